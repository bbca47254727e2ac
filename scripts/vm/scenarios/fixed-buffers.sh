#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Bulk transfers over a path of 50 ms: one program has set SO_SNDBUF, one peer has set
# SO_RCVBUF. The truth is what ss tells of the kernel's clocks. Healthy twins: a transfer
# whose buffers the kernel sets, and a small buffer on a short path.
# kernels: 6.1 6.12
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"

plan 8

netns far
veth '' far
load_module
play app
play server -n far
tell app comm tunnel
tell server listen own "$(v4 far '')" 8001
tell server socket set v4
tell server opt set rcvbuf 16384
tell server bind set "$(v4 far '')" 8002
tell server await set
# transfer PORT LISTENER WRITES [SNDBUF]: one connection sends so many times 50,000 bytes; it
# stays open
transfer() {
	local i

	tell app socket "c$1$3" v4
	[ -z "${4:-}" ] || tell app opt "c$1$3" sndbuf "$4"
	tell app again "c$1$3" "$(v4 far '')" "$1"
	tell server accept "s$1$3" "$2"
	ask server take "s$1$3" $(($3 * 50000))
	for ((i = 0; i < $3; i++)); do
		ask app send "c$1$3" 50000
	done
	for ((i = 0; i < $3; i++)); do
		answer app >/dev/null
	done
	answer server >/dev/null
}

note "healthy"
transfer 8001 own 60 16384
is "$(findings)" "" "a small buffer on a short path is none of a finding"
delay to-far 25
delay to-here 25 far
transfer 8001 own 600
sleep 2
is "$(findings)" "" "nor is one that the kernel sets"

note "SO_SNDBUF"
transfer 8001 own 61 16384
sleep 2
is "$(findings)" "WARNING send_buffer_limited" "is a finding"
check "with program and remedy" grep -qE \
	"1 connection of tunnel \(pid ${player_pid[app]}\) to 10.0.1.2:8001 reaches no more than .* \(SO_SNDBUF\) has 32768 bytes and a round trip takes 5[0-9]\.[0-9] ms" \
	<<<"$(finding send_buffer_limited '' what)"
check "ss has the buffer too" grep -q "tb32768" <<<"$(ss -Htnmi dst :8001)"

note "SO_RCVBUF at the peer"
transfer 8002 set 40
sleep 2
is "$(findings | sort)" "$(printf 'WARNING %s\n' send_buffer_limited window_limited)" "is one as well"
check "with program and peer" grep -qE \
	"1 connection of tunnel \(pid ${player_pid[app]}\) to 10.0.1.2:8002 reaches no more than .* the peer's receive window has [0-9]+ bytes" \
	<<<"$(finding window_limited '' what)"
share=$(ss -Htni dst :8002 | sed -n 's/.*rwnd_limited:[0-9]*ms(\([0-9]*\)[.%].*/\1/p')
within "$(finding window_limited '' evidence | sed -n 's/.*percent=\([0-9]*\).*/\1/p')" \
	$((share - 3)) $((share + 3)) "for the share of the time that ss has"
