#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Bulk transfers over a path of 50 ms: one program has set SO_SNDBUF, one peer has set
# SO_RCVBUF. The truth is what ss tells of buffers and of the kernel's clocks. Healthy twins:
# a transfer whose buffers the kernel sets, and a small buffer on a short path.
# kernels: 6.1 6.12
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"

plan 9

netns far
veth '' far
load_module
play server -n far
tell server listen own "$(v4 far '')" 8001
tell server listen own2 "$(v4 far '')" 8003
tell server socket set v4
tell server opt set rcvbuf 16384
tell server bind set "$(v4 far '')" 8002
tell server await set

# transfer NAME PORT LISTENER SNDBUF: a program of that name sends for 4 s, 64 KiB at a
# time; its connection stays open, and pid is set to it. SNDBUF 0: it sets none.
transfer() {
	/usr/bin/python3 -S -E - "$1" "$(v4 far '')" "$2" "$4" <<-'P' >"$scratch/$1.log" &
		import socket, sys, time
		open("/proc/self/comm", "w").write(sys.argv[1])
		s = socket.socket()
		if int(sys.argv[4]):
		    s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, int(sys.argv[4]))
		s.connect((sys.argv[2], int(sys.argv[3])))
		end = time.time() + 4
		while time.time() < end:
		    s.sendall(b"z" * 65536)
		print("sent", flush=True)
		time.sleep(1e6)
	P
	pid=$!
	tell server accept "$1" "$3"
	ask server drain "$1"
	wait_until 60 grep -q sent "$scratch/$1.log"
	sleep 2
}

# over: the program ends, and what the server got is told
over() {
	kill "$pid"
	wait "$pid" 2>/dev/null || :
	answer server >/dev/null
}

note "healthy"
transfer short 8001 own 32768
is "$(findings)" "" "a small buffer on a short path is none of a finding"
over
delay to-far 25
delay to-here 25 far
transfer auto 8001 own 0
is "$(findings | grep -v ^NOTE || :)" "" "nor is one that the kernel sets"
over

note "SO_SNDBUF"
transfer tunnel 8003 own2 32768
is "$(findings)" "WARNING send_buffer_limited" "is a finding"
check "with program and remedy" grep -qE \
	"1 connection of tunnel \(pid $pid\) to 10.0.1.2:8003 reaches no more than .* \(SO_SNDBUF\) has 65536 bytes and a round trip takes 5[0-9]\.[0-9] ms" \
	<<<"$(finding send_buffer_limited '' what)"
check "ss has the buffer too" grep -q "tb65536" <<<"$(ss -Htnmi dst :8003)"
over

note "SO_RCVBUF at the peer"
transfer feeder 8002 set 0
is "$(findings)" "WARNING window_limited" "is one as well"
check "with program and peer" grep -qE \
	"1 connection of feeder \(pid $pid\) to 10.0.1.2:8002 reaches no more than .* the peer's receive window has [0-9]+ bytes" \
	<<<"$(finding window_limited '' what)"
share=$(ss -Htni dst :8002 | sed -n 's/.*rwnd_limited:[0-9]*ms(\([0-9]*\)[.%].*/\1/p')
within "$(finding window_limited '' evidence | sed -n 's/.*percent=\([0-9]*\).*/\1/p')" \
	$((share - 3)) $((share + 3)) "for the share of the time that ss has"
sleep 62
is "$(findings)" "" "a minute after the last byte it is over"
over
