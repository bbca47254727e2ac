#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Network namespaces are a wall: each has an account of its own, and a file shows
# the namespace it was opened in. A namespace may go while it is looked at.
#
#   a: 3 connections on lo     b: 1 connection on lo
#   |
#   wire ---- here: nothing
#
# kernels: 6.1 6.12 debug
# clock: smp
# limit: 60
. "$TOP/scripts/vm/lib.sh"

# usage: ns_number NETNS: as the title line of /proc/tcpdiag has it
ns_number() {
	in_netns "$1" readlink /proc/self/ns/net | tr -dc 0-9
}

# The rows, without header, counted. usage: rows NETNS
rows() {
	view sockets "$1" | awk 'NR > 1' | wc -l
}

plan 25

netns a
netns b
veth a ""
load_module
play a -n a
play b -n b
tell a listen l 127.0.0.1 8080
tell a pairs p 3 l 127.0.0.1 8080
tell b listen l 127.0.0.1 9090
tell b pairs p 1 l 127.0.0.1 9090

for ns in a b ''; do
	gauges_agree "${ns:-here}: the gauges as ss has them there" "$ns"
	is "$(rows "$ns")" "$(in_netns "$ns" ss -Htan | wc -l)" "${ns:-here}: as many rows as ss"
	is "$(summary "$ns" | sed -n '1s/.*network namespace \([0-9]*\).*/\1/p')" "$(ns_number "$ns")" \
		"${ns:-here}: /proc/tcpdiag says whose it is"
	is "$(summary "$ns" | awk '$1 == "ESTABLISHED" { print $2 }')" "$(ss_count ESTABLISHED "$ns")" \
		"${ns:-here}: and shows its figures"
done
is "$(view sockets a | grep -c :9090 || :)$(view sockets b | grep -c :8080 || :)" 00 \
	"neither shows the other's sockets"

note "files opened in a, read from here"
inside=/proc/${player_pid[a]}/net/tcpdiag
exec 7<"$inside/states" 8<"$inside/sockets"
is "$(awk '$1 == "ESTABLISHED" { print $2 }' <&7)" 6 "states goes on to show a"
is "$(grep -c :8080 <&8)" 7 "sockets too"
exec 7<&- 8<&-
is "$(in_netns a bash -c 'exec 7</proc/tcpdiag; exec nsenter --net=/proc/1/ns/net cat <&7' |
	awk '$1 == "ESTABLISHED" { print $2 }')" 6 \
	"/proc/tcpdiag shows its opener's namespace, wherever it is read"

note "a ends with connections and TIME_WAITs in it, and with files open"
tell a closeall pc >/dev/null
wait_until 10 equal ss_count CLOSE_WAIT a -- 3
tell a closeall ps >/dev/null
wait_until 10 equal ss_count TIME_WAIT a -- 3
gauges_agree "a: three TIME_WAITs" a
tell a pairs p 2 l 127.0.0.1 8080
exec 6<"$inside" 7<"$inside/states" 8<"$inside/sockets"
read -r -u 8 line
is "${line%% local*}" "#" "sockets is being read"
kill_player a
ip netns delete a
# Ends that close at the same time may both be in TIME_WAIT.
within "$(awk '$1 == "TIME_WAIT" { print $2 }' <&7)" 5 7 "an open file keeps it for its reader"
is "$(cat <&8 >/dev/null; echo $?)" 0 "the other is read to its end"
exec 7<&- 8<&-
no_wire() { ! ip link show to-a; }
wait_until 20 no_wire
ok "with its reader the namespace goes, and its end of the wire"
check_not "a directory that was open has no files any more" cat /proc/self/fd/6/states
exec 6<&-

gauges_agree "b goes on: its gauges as ss has them" b
tell b pairs q 5 l 127.0.0.1 9090
gauges_agree "and its new connections are counted" b
is "$(rows b)" "$(in_netns b ss -Htan | wc -l)" "and have rows"
