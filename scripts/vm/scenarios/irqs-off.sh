#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How long tcpdiag keeps interrupts off at most, with very many listeners, on one port
# and on many, with long lists of CLOSE_WAIT and TIME_WAIT, with many namespaces and
# readers. In virtual time an instruction takes a nanosecond, so 100 us are 100,000
# instructions. Truth: the kernel's irqsoff tracer, which records each section that
# is longer with its stack.
# kernels: none
# also: lean
# clock: virtual
# limit: 5400
. "$TOP/scripts/vm/lib.sh"

TRACE=/sys/kernel/tracing
LIMIT_US=100
SOCKETS=${SOCKETS:-50000}
FILES=(tcpdiag net/tcpdiag/{states,transitions,histograms,sockets,close_wait,congestion}
	net/tcpdiag/{listeners,handshake,resets,stalls,time_wait,ports,findings,history,self})

# trace THRESHOLD_US: sections that are longer are recorded from now on
trace() {
	echo 0 >$TRACE/tracing_on
	echo "$1" >$TRACE/tracing_thresh
	echo irqsoff >$TRACE/current_tracer
	echo 1 >$TRACE/options/stacktrace
	echo 0 >$TRACE/tracing_max_latency
	echo >$TRACE/trace
	echo 1 >$TRACE/tracing_on
}

# longest: of the sections since then, in us
longest() {
	cat $TRACE/tracing_max_latency
}

# ours DESCRIPTION: no section that is too long has a function of tcpdiag in its
# stack. Only the longest is recorded, so it must not be ours.
ours() {
	local us

	echo 0 >$TRACE/tracing_on
	us=$(longest)
	if grep -q '\[tcpdiag' $TRACE/trace; then
		not_ok "$1: $us us"
		sed -n 's/^/#   /p' $TRACE/trace | tail -40
	else
		ok "$1: none of tcpdiag above $LIMIT_US us"
		[ "${us:-0}" -eq 0 ] || note "  the kernel's own: $us us"
	fi
	trace $LIMIT_US
}

read_all() {
	local file

	for file in "${FILES[@]}"; do
		cat "/proc/$file"
	done >/dev/null
}

plan 8

trace $LIMIT_US
play owner
play client
tell owner nofile 400000
tell client nofile 400000
tell owner listen-many same "$SOCKETS" 9000 same
tell owner listen-many each "$SOCKETS" 0 each
trace $LIMIT_US
load_module
ours "insmod with $((2 * SOCKETS)) listeners"
read_all
sleep 3
ours "reads and the worker"

tell owner listen l 127.0.0.1 8080 4096
tell owner pairs p 20000 l 127.0.0.1 8080
tell owner closeall pc >/dev/null
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
sleep 13
read_all
ours "20,000 sockets in CLOSE_WAIT"
tell owner closeall ps >/dev/null
tell client churn 127.0.0.1 8081 20000
sleep 3
read_all
ours "20,000 in TIME_WAIT"

nobody=$(tell client tenants 100)
sleep 12
ours "100 namespaces with a leak in each"
kill "$nobody"
sleep 2
ours "they end"

readers=()
for ((i = 0; i < 100; i++)); do
	(read_all) &
	readers+=($!)
done
wait "${readers[@]}"
ours "100 readers at once"

tell owner closeall same >/dev/null
tell owner closeall each >/dev/null
ours "the listeners are closed"
