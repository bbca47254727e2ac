#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ten things that busy, healthy machines do. Some look like trouble if you only count
# states. None of them is a finding.
# kernels: 6.1 6.12 7.3
# also: debug
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# well DESCRIPTION: no finding, now and when all has lasted for a while
well() {
	local found

	found=$(findings)
	sleep 1.5
	is "$found$(findings)" "" "$1"
	is "$(summary | grep -c '^no findings$')" 1 "$1: the summary says so"
}

plan 20

load_module
play server
play client
tell server listen l 127.0.0.1 8080
well "nothing but a listener"

tell client churn 127.0.0.1 8081 300
well "three hundred TIME_WAITs"

tell server pairs pool 50 l 127.0.0.1 8080
well "a pool of idle connections"

# The client has said all it has to say and waits for a long answer.
tell client connect c 127.0.0.1 8080
tell server accept s l
tell client shutdown c wr
ask server send s 50000000
sleep 1.5
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
well "a half-closed connection that is still being answered"
tell client close c
answer server >/dev/null
tell server close s

set_sysctl net.tcpdiag.close_wait_leak_ms 60000
tell client connect c 127.0.0.1 8080
tell server accept s l
tell client close c
well "a server that takes a few seconds to close"
tell server close s

for i in 1 2 3; do
	tell_err client ECONNREFUSED connect "refused$i" 127.0.0.1 9
done
well "refused connections"

for i in 1 2 3; do
	tell client connect "r$i" 127.0.0.1 8080
	tell server accept "rs$i" l
	tell client reset "r$i"
done
well "resets, and the descriptors still open"

for i in 1 2 3; do
	tell client connect "q$i" 127.0.0.1 8080
done
tell client sleep 500
for i in 1 2 3; do
	tell server accept "qs$i" l
done
well "connections that wait a moment to be accepted"

iperf3 -s -D -1 >/dev/null
wait_until 10 sh -c 'ss -Htln "sport = :5201" | grep -q .'
iperf3 -c 127.0.0.1 -n 20M >/dev/null
well "a bulk transfer"

# The client closes, the server reads on: FIN_WAIT2 here, CLOSE_WAIT there.
netns far
veth "" far
play remote -n far
tell remote listen l "$(v4 far "")" 8080
tell client connect f "$(v4 far "")" 8080
tell remote accept s l
tell client close f
well "an orphan in FIN_WAIT2 that waits for a far server"
