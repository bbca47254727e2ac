#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SYNs are lost on the way, so connect() takes a second or more. The truth is the time
# that the program measured and TcpExtTCPSynRetrans. Healthy twin: a long path.
# kernels: 6.1 6.12
# also: debug
# clock: virtual
# limit: 1200
. "$TOP/scripts/vm/lib.sh"

# connect NAME: connects and says how many ms it took
connect() {
	local began

	began=$(date +%s%N)
	tell client connect "$1" "$there" 443
	echo $((($(date +%s%N) - began) / 1000000))
}

plan 16

netns far
veth '' far
there=$(v4 far '')
load_module
set_sysctl net.tcpdiag.slow_accept_ms 600000 far
play server -n far
play client
tell client comm caller
tell server listen l "$there" 443

note "a long path"
delay to-far 400
for i in 1 2 3 4 5 6; do
	connect "long$i" >/dev/null
done
counted
is "$(mib TcpExtTCPSynRetrans) $(sum_of ports late)" "0 0" "no SYN is sent again"
is "$(findings)" "" "and nothing is wrong"
no_qdisc to-far

note "a path that loses SYNs"
for i in 1 2 3 4 5 6; do
	drop_all to-far
	ask client connect "late$i" "$there" 443
	sleep 0.5
	no_qdisc to-far
	answer client >/dev/null
done
again=$(mib TcpExtTCPSynRetrans)
# while the host is slow, one may be lost twice
within "$again" 6 9 "six are sent again"
counted
is "$(sum_of ports late)" 6 "and six connects were late"
is "$(findings)" "WARNING slow_connects" "which is a finding"
check "that names program, destination and share" grep -q \
	"6 of 12 connections (50 %) from $(v4 '' far) to $there:443 were slow to begin.*in caller (pid $(tell client pid))" \
	<<<"$(finding slow_connects '' what)"
check "and what it costs" grep -q "it took 1\.[0-9] s on average" <<<"$(finding slow_connects '' what)"
for ((i = 0; i < 108; i++)); do
	tell client connect "fast$i" "$there" 443
done
counted
is "$(findings)" "WARNING slow_connects" "six of 120 are 5 %"
for ((i = 108; i < 150; i++)); do
	tell client connect "fast$i" "$there" 443
done
counted
is "$(findings)" "NOTE slow_connects" "six of more are a note"
is "$(view findings far | tail -n +2)" "" "the far namespace has nothing of this"
sleep 310
is "$(findings)" "" "after five minutes it is over"

note "another host, with a server on a port whose listener here is full"
play here
tell here socket full v4
tell here bind full 0.0.0.0 443
tell here await full 1
for i in 1 2 3 4; do
	tell client start "full$i" 127.0.0.1 443
done
for i in 1 2 3 4 5 6; do
	drop_all to-far
	ask client connect "again$i" "$there" 443
	sleep 0.5
	no_qdisc to-far
	answer client >/dev/null
done
counted
check "the listener here drops connections" grep -q accept_queue_overflow <<<"$(findings)"
check "the other host's connects are slow" grep -q "to $there:443 were slow" <<<"$(finding slow_connects '' what)"
check "which is not put down to it" grep -q "look for what drops SYNs" <<<"$(finding slow_connects '' host)"
tell client closeall full >/dev/null
sleep 310

note "TCP_DEFER_ACCEPT: a client that sends nothing gets the SYN-ACK again by design"
tell here socket defers v4
tell here opt defers defer_accept 1
tell here bind defers 127.0.0.1 8443
tell here await defers 64
before=$(mib TcpExtTCPSynRetrans)
for i in 1 2 3 4 5 6; do
	tell client connect "silent$i" 127.0.0.1 8443
done
sleep 3
counted
check "SYN-ACKs are sent again" test $(($(mib TcpExtTCPSynRetrans) - before)) -ge 6
is "$(view findings | grep -c 'slow_connects.*port 8443')" 0 "and nobody is to blame"
