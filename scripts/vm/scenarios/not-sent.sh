#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What TCP sends does not leave the host: its own firewall drops it, its connection tracking
# is full. The truth is nstat's count of what could not be sent again, and
# /proc/net/stat/nf_conntrack. Healthy twins: a firewall that drops elsewhere, an address that
# nobody has, a peer that is gone, connection tracking that has room.
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 2400
. "$TOP/scripts/vm/lib.sh"

plan 33

netns far
veth '' far
load_module
play app
play server -n far
tell app comm shop
tell server listen db "$(v4 far '')" 5432
tell server listen other "$(v4 far '')" 8001
addr=$(v4 far '')

# filter NETNS HOOK RULE...: what comes to a chain there
filter() {
	local netns=$1 hook=$2
	shift 2

	in_netns "$netns" nft add table ip t
	in_netns "$netns" nft add chain ip t "$hook" "{ type filter hook $hook priority 0; }"
	in_netns "$netns" nft add rule ip t "$hook" "$@"
}

# attempts COUNT PORT: as many that wait for 3 s each, one after another, so that each SYN is
# sent three times
attempts() {
	local i

	for ((i = 1; i <= $1; i++)); do
		tell app start "a$i" "$addr" "$2"
	done
	sleep 4
	for ((i = 1; i <= $1; i++)); do
		tell app close "a$i"
	done
	sleep 1
}

# what CODE: its sentence, and what is to be done on the host
what() {
	finding "$1" '' what
	finding "$1" '' host
}

# not_sent COUNT: so many connections are said to be so
not_sent() {
	grep -q "^$1 connection" <<<"$(what not_sent)"
}

note "healthy: the other host drops"
filter far input tcp dport 5432 drop
failed=$(mib TcpExtTCPRetransFail)
attempts 8 5432
is "$(findings)" "WARNING connects_fail" "no answer comes"
is "$(mib TcpExtTCPRetransFail)" "$failed" "everything has left this host"
check_not "nobody says that this host drops" grep -q "this host" <<<"$(what connects_fail)"
in_netns far nft flush ruleset
sleep 320
is "$(findings)" "" "five minutes later it is over"

note "healthy: nobody has the address, and the SYN waits for ARP"
set_sysctl net.tcpdiag.failed_connects 5
for i in {1..6}; do
	tell app start "n$i" "${addr%.*}.99" 5432
done
for i in {1..6}; do
	tell_err app EHOSTUNREACH finish "n$i"
done
sleep 2.1
is "$(findings)" "WARNING connects_fail" "the host is unreachable"
check_not "nobody says that this host drops" grep -q "this host" <<<"$(what connects_fail)"
sleep 65
set_sysctl net.tcpdiag.failed_connects 1000
is "$(findings)" "" "it is over"

note "this host's firewall drops what leaves it"
tell app connect idle "$addr" 5432
tell server accept idle db
tell app connect busy "$addr" 5432
tell server accept busy db
# on its way when the rule comes: the answer is lost as well
drop_all to-far
tell app send busy 1000
sleep 0.1
filter '' output tcp dport 5432 drop
no_qdisc to-far
tell app send idle 1000
attempts 8 5432
wait_until 60 not_sent 2
is "$(findings | sort)" "$(printf 'WARNING %s\n' connects_fail not_sent)" "two findings"
note "$(what not_sent)"
note "$(what connects_fail)"
check "on connections that are open, with the program" grep -qE \
	"2 connections of shop \(pid ${player_pid[app]}\) to $addr:5432 cannot send: what they send does not leave this host, the longest for [0-9]+\.[0-9] s; 2000 bytes wait" \
	<<<"$(what not_sent)"
check "and on attempts" grep -qE \
	"attempts to connect to $addr:5432, .* by shop \(pid ${player_pid[app]}\), whose last SYN did not leave this host" \
	<<<"$(what connects_fail)"
is "$(what connects_fail | grep -c 'this host drops it itself')" 1 "nobody is sent to the other host"
is "$(view stalls | awk '$4 == "not_sent"' | wc -l)" 2 "stalls has both connections"
check "nstat counts what could not be sent again" \
	[ $(($(mib TcpExtTCPRetransFail) - failed)) -ge 16 ]
is "$(ss -Htn state established dst "$addr:5432" | awk '{ sum += $2 } END { print sum }')" 2000 \
	"ss has as many bytes that wait"
nft flush ruleset
sleep 100
check_not "the rule is gone: connections go on" grep -q not_sent <<<"$(findings)"
sleep 320
is "$(findings)" "" "and later all is well"
tell app close idle
tell app close busy

note "a peer that is gone is another finding"
tell app connect gone "$addr" 8001
tell server accept gone other
drop_all to-far
tell app send gone 1000
sleep 12
is "$(findings)" "WARNING peer_silent" "what was sent has left this host"
no_qdisc to-far
sleep 30
tell app close gone
is "$(findings)" "" "it is over"
tell app connect gone2 "$addr" 8001
tell server accept gone2 other
in_netns far ip link set to-here arp off
ip neigh flush dev to-far
tell app send gone2 1000
sleep 14
note "$(findings)"
check_not "and so is one that ARP does not find" grep -q not_sent <<<"$(findings)"
in_netns far ip link set to-here arp on
sleep 60
tell app close gone2
is "$(findings)" "" "it is over as well"

note "this host's device has a filter"
tell app connect again "$addr" 8001
tell server accept again other
drop_all to-far
tell app send again 1000
sleep 0.1
tc qdisc add dev to-far clsact
tc filter add dev to-far egress protocol ip matchall action drop
no_qdisc to-far
wait_until 60 not_sent 1
check "does not let a connection send" grep -q "^1 connection of shop .* to $addr:8001 cannot send" \
	<<<"$(what not_sent)"
is "$(findings)" "WARNING not_sent" "and nobody is silent"
tc qdisc del dev to-far clsact
sleep 60
is "$(findings)" "" "without it the connection goes on"
tell app close again

note "connection tracking has room"
# the kernel loads connection tracking for the rule
filter '' output ct state established accept
max=$(in_netns init sysctl -n net.netfilter.nf_conntrack_max)
# in the first namespace, for all
at() {
	in_netns init sysctl -qw net.netfilter.nf_conntrack_max="$1"
}
for i in {1..20}; do
	tell app connect "t$i" "$addr" 8001
	tell server accept "t$i" other
done
entries() {
	cat /proc/sys/net/netfilter/nf_conntrack_count
}
# dropped: packets, as the kernel counts
dropped() {
	local sum=0 n

	while read -r n; do
		sum=$((sum + 16#$n))
	done < <(awk 'NR == 1 { while ($++at != "drop"); next } { print $at }' \
		/proc/net/stat/nf_conntrack)
	echo "$sum"
}
check "it has entries" [ "$(entries)" -ge 20 ]
sleep 3
is "$(findings)" "" "is no finding"

note "and then none"
at "$(entries)"
before=$(dropped)
attempts 8 5432
attempts 8 5432
is "$(findings | head -1)" "CRITICAL conntrack_full" "is one"
note "$(what conntrack_full)"
lost=$(($(dropped) - before))
check "$lost packets were dropped, says the kernel" [ "$lost" -ge 16 ]
is "$(finding conntrack_full '' evidence | sed -n 's/dropped=\([0-9]*\) .*/\1/p')" "$lost" "as many"
is "$(finding conntrack_full '' evidence | sed -n 's/.* max=\([0-9]*\)$/\1/p')" "$(entries)" "of so many entries"
is "$(findings | tail -1)" "WARNING connects_fail" "the attempts are another"
check "because of it" grep -q "because of 1" <<<"$(view findings | grep connects_fail; summary)"
at "$max"
sleep 70
check_not "with room again it is over" grep -q conntrack_full <<<"$(findings)"
nft flush ruleset
for i in {1..20}; do
	tell app close "t$i"
done
sleep 320
is "$(findings)" "" "and so are the attempts"
