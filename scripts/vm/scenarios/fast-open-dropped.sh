#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A path drops SYNs with data (Fast Open): each connection falls back to a SYN without, a
# second late. The truth is the kernel's own counters. Healthy twin: the same before.
# kernels: 6.1 6.12
# also: debug
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"

# fast_connect NAME: connects with data in the SYN, if there is a cookie
fast_connect() {
	tell client socket "$1" v4
	tell client opt "$1" fastopen_connect 1
	tell client again "$1" "$there" 8080
}

plan 9

netns far
veth '' far
there=$(v4 far '')
set_sysctl net.ipv4.tcp_fastopen 3
set_sysctl net.ipv4.tcp_fastopen 3 far
load_module
set_sysctl net.tcpdiag.slow_accept_ms 600000 far
play server -n far
play client
tell client comm caller
tell server socket l v4
tell server opt l fastopen 64
tell server bind l "$there" 8080
tell server await l 64

note "a good path"
fast_connect asks
for i in 1 2 3; do
	fast_connect "good$i"
	tell client send "good$i" 10
done
sleep 1
used=$(mib TcpExtTCPFastOpenActive)
is "$used" 3 "three begin with data in the SYN"
is "$(sum_of ports tfo_used) $(sum_of ports tfo_dropped)" "3 0" "and are counted at their destination"
is "$(findings)" "" "and nothing is wrong"

note "a path that drops them"
for i in 1 2 3; do
	fast_connect "bad$i"
	drop_all to-far
	ask client send "bad$i" 10
	sleep 0.5
	no_qdisc to-far
	answer client >/dev/null
done
sleep 2
is "$(mib TcpExtTCPFastOpenActiveFail)" 3 "three fall back"
is "$(sum_of ports tfo_used) $(sum_of ports tfo_dropped)" "3 3" "and are counted as dropped"
is "$(findings)" "WARNING fast_open" "which is a finding"
check "with program, destination and cost" grep -q \
	"3 of 6 connections from $(v4 '' far) to $there:8080 .*ago in caller (pid $(tell client pid)), which cost 1.[0-9] s on average" \
	<<<"$(finding fast_open '' what)"
is "$(view findings far | tail -n +2)" "" "the far namespace has nothing of this"
sleep 310
is "$(findings)" "" "after five minutes it is over"
