#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# connect() is refused: by a host on which nobody listens, by the firewall of the other host,
# and by this host's own. The truth is which rule is there, and nstat's count of ICMP messages
# and RSTs.
# kernels: 6.1 6.12 7.3
# also: debug
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"

plan 12

netns far
veth '' far
addr=$(v4 far '')
addr6=$(v6 far '')
in_netns far sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
load_module
set_sysctl net.tcpdiag.failed_connects 5
play app
play server -n far
tell app comm shop
tell server listen l4 "$addr" 5432
tell server listen l6 "$addr6" 5432

# reject NETNS HOOK WITH...
reject() {
	local netns=$1 hook=$2
	shift 2

	in_netns "$netns" nft add table inet t
	in_netns "$netns" nft add chain inet t "$hook" "{ type filter hook $hook priority 0; }"
	in_netns "$netns" nft add rule inet t "$hook" tcp dport 5432 reject "$@"
}

# attempts ADDRESS PORT: ten, all refused
attempts() {
	local i

	for i in {1..10}; do
		tell_err app ECONNREFUSED connect "a$i" "$1" "$2"
		tell app close "a$i" 2>/dev/null || :
	done
	sleep 2.1
}

said() {
	view findings | sed -n 's/^[0-9]* WARNING connects_fail //p'
}

note "nobody listens"
attempts "$addr" 9
is "$(findings)" "WARNING connects_fail" "is a finding"
check "which says so" grep -q "^application .*nothing listens there" <<<"$(said)"
check_not "and nothing of firewalls that use ICMP" grep -q ICMP <<<"$(said)"
sleep 65

note "the other host's firewall rejects"
icmp=$(mib IcmpInDestUnreachs)
reject far input with icmpx type port-unreachable
for a in "$addr" "$addr6"; do
	attempts "$a" 5432
	check "by an ICMP message" grep -q "^what .* by shop (pid ${player_pid[app]}) to .*5432: .*(ECONNREFUSED), by an ICMP message and not by a RST" \
		<<<"$(said)"
	check_not "nobody is told to look for the service" grep -q "nothing listens" <<<"$(said)"
	check "but at firewalls" grep -q "^host a firewall rejects" <<<"$(said)"
	sleep 65
done
# the first ones find the program in connect(), and the kernel waits for another
check "the kernel counts such messages" [ $(($(mib IcmpInDestUnreachs) - icmp)) -ge 10 ]
in_netns far nft flush ruleset

note "this host's own firewall rejects"
reject '' output
attempts "$addr" 5432
check "its SYN did not leave this host" grep -q "^what .* whose last SYN did not leave this host" <<<"$(said)"
check "and nobody is sent to the other one" grep -q "^host this host drops it itself" <<<"$(said)"
