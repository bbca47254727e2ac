#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A program stops calling accept(): its accept queue fills, the kernel drops what
# arrives then, and tcpdiag says whose queue it is, since when, and what limits it.
# Beside it a healthy listener; finally one of two listeners that share a port.
#
# kernels: 6.1 6.12 7.3
# also: debug arm64
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"

BACKLOG=4

# listener COLUMN: of the stalled one
listener() {
	cell listeners 127.0.0.1:8080 "$1"
}

# suspects PID: not accepted, in CLOSE_WAIT, put down to that process
suspects() {
	view close_wait | awk -v pid="$1" '$2 == pid { print $14 }'
}

# waiting PID: in the accept queue of that process, as ss has it
waiting() {
	ss -Htlnp "sport = :8082" | awk -v pid="pid=$1," 'index($0, pid) { print $2 }'
}

# share PLAYER: it listens on port 8082 beside others
share() {
	play "$1"
	tell "$1" socket l v4
	tell "$1" opt l reuseport 1
	tell "$1" bind l 127.0.0.1 8082
	tell "$1" await l
}

# The verdict is a second old at most.
verdict_is() {
	[ "$(listener verdict)" = "$1" ]
}

# ss has both queues of a listener: Recv-Q is what waits, Send-Q the limit.
ss_queues() {
	ss -Htln "sport = :$1" | awk '{ print $2, $3 }'
}

# From the answers of the kernel alone: what its two counters say.
kernel_counts() {
	echo "$(mib TcpExtListenOverflows) $(mib TcpExtListenDrops)"
}

plan 39

play early
tell early listen old 127.0.0.1 8090 1
for i in 1 2 3; do
	tell early start "waits$i" 127.0.0.1 8090
done
sleep 2
tell early closeall waits >/dev/null
sleep 1
read -r overflows_before drops_before <<<"$(kernel_counts)"
check "drops there were before the module" test "$drops_before" -gt 0
load_module
is "$(cell listeners 127.0.0.1:8090 drops)" 0 "which do not count"
is "$(cell listeners 127.0.0.1:8090 pid)" "$(tell early pid)" "whose that listener is was found"
dismiss early
play server
play client
tell server comm lazy-server
tell server listen l 127.0.0.1 8080 "$BACKLOG"
tell server listen well 127.0.0.1 8081
is "$(listener pid) $(listener comm)" "$(tell server pid) lazy-server" "the owner is named"
is "$(listener inode)" "$(tell server inode l)" "so is the socket"
is "$(listener accept_limit) $(listener limit_by)" "$BACKLOG listen" "listen() set its limit"
is "$(cell listeners 127.0.0.1:8081 accept_limit)" 4096 "the other has all somaxconn allows"
is "$(cell listeners 127.0.0.1:8081 limit_by)" somaxconn "and that sets its limit"
is "$(listener verdict)" ok "nothing is wrong"

note "it accepts nothing from here on"
for i in 1 2 3; do
	tell client connect "c$i" 127.0.0.1 8080
done
is "$(listener accept_now)" 3 "three wait"
is "$(listener accept_now) $(listener accept_limit)" "$(ss_queues 8080)" "as ss has it"
is "$(listener handshakes)" 3 "three handshakes were completed"
wait_until 5 verdict_is slow_accept
ok "they wait longer than net.tcpdiag.slow_accept_ms"
within "$(listener accept_wait_us)" 1000000 20000000 "the first of them for more than a second"
check "a finding says so" grep -q 'WARNING slow_accept what lazy-server (pid ' /proc/net/tcpdiag/findings

note "six more: two fit in, the rest is dropped"
for i in 4 5 6 7 8 9; do
	tell client start "c$i" 127.0.0.1 8080
done
wait_until 5 verdict_is accept_full
ok "the accept queue is full"
sleep 3
is "$(listener accept_now)" $((BACKLOG + 1)) "one more than the limit fits in"
is "$(listener accept_now) $(listener accept_limit)" "$(ss_queues 8080)" "as ss has it"
is "$(listener accept_peak)" $((BACKLOG + 1)) "that is the peak"
check "nothing is dropped for the other" test "$(cell listeners 127.0.0.1:8081 drops)" -eq 0

# No more comes: the clients give up repeating themselves.
tell client closeall c >/dev/null
sleep 3
read -r overflows drops <<<"$(kernel_counts)"
is "$(listener overflows)" $((overflows - overflows_before)) "as many overflows as the kernel counts"
is "$(listener drops)" $((drops - drops_before)) "as many drops"
is "$(cell listeners namespace overflows) $(cell listeners namespace drops)" \
	"$((overflows - overflows_before)) $((drops - drops_before))" "the namespace's, since insmod"
check "a finding names owner and limit" grep -q \
	'accept_queue_overflow what lazy-server (pid .*127.0.0.1:8080' /proc/net/tcpdiag/findings
check "and what to change" grep -q 'accept_queue_overflow application .*backlog' \
	/proc/net/tcpdiag/findings
check "with its figures" grep -q \
	"accept_queue_overflow evidence .*limit=$BACKLOG .*somaxconn=4096" /proc/net/tcpdiag/findings

note "it accepts again"
for i in 1 2 3 4 5; do
	tell server accept "s$i" l
done
is "$(listener accept_now)" 0 "nothing waits"
within "$(listener accept_wait_max_us)" 3000000 30000000 "the longest wait is remembered"
wait_until 5 verdict_is ok
ok "nothing is wrong any more"
is "$(listener handshakes)" 5 "five handshakes were completed"

note "listening again with a larger backlog"
tell server await l 64
is "$(listener accept_limit)" 64 "the new limit is shown"
set_sysctl net.core.somaxconn 32
is "$(listener limit_by)" earlier_somaxconn "of a somaxconn that is lowered it is said"

note "two programs share a port, and neither accepts"
share first
share second
for i in {1..12}; do
	tell client connect "r$i" 127.0.0.1 8082
done
first=$(tell first pid) second=$(tell second pid)
check "connections wait for either" test "$(waiting "$first")" -gt 0 -a "$(waiting "$second")" -gt 0
is "$(view listeners | awk '$1 == "127.0.0.1:8082" { print $2, $10, $19 }' | sort)" \
	"$(printf '%s %s 2\n' "$first" "$(waiting "$first")" "$second" "$(waiting "$second")" | sort)" \
	"each has its own queue, as ss has it, and both share the handshakes"
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
tell client closeall r >/dev/null
sleep 3
is "$(suspects "$first")" "$(waiting "$first")" "what waits for the first in CLOSE_WAIT is put down to it"
is "$(suspects "$second")" "$(waiting "$second")" "and what waits for the second to that"
is "$(finding close_wait_leak "port 8082" what | grep -o '^[^ ]* ([^)]*) keeps [0-9]* sockets')" \
	"tcpplay (2 processes) keeps 12 sockets" "one finding for the two, of the same name"
set_sysctl net.tcpdiag.close_wait_leak_ms 60000
check "that they share the port is told" grep -q \
	'it is one of 2 listeners of this port (SO_REUSEPORT), for which 12 connections wait in all' \
	<<<"$(finding slow_accept 8082 what)"
check_not "so nobody is told to use SO_REUSEPORT" grep -q SO_REUSEPORT <<<"$(finding slow_accept 8082 application)"
