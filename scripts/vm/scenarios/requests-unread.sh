#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server accepts connections and then hangs: requests wait unread. And a download is
# held back by the receive buffer that its program has set. Truth: ss. Healthy twins: a
# server that works on what it has read, one that sends without reading, clients of a pool
# that do not look at idle connections, and downloads whose buffer the kernel sets, or
# whose sender is slow.
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"

plan 15

netns far
veth "" far
here=$(v4 "" far) there=$(v4 far "")
load_module
play hungd
play longpoll
play streamer
play pool
play remote -n far
for who in hungd longpoll streamer pool; do
	tell "$who" comm "$who"
done
tell hungd listen l "$here" 7000
tell longpoll listen l "$here" 7001
tell streamer listen l "$here" 7002
tell remote listen l "$there" 7003

note "healthy: a long poll, a stream, a pool"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	tell remote connect "p$i" "$here" 7001
	tell longpoll accept "s$i" l
	tell remote send "p$i" 400
	tell longpoll recv "s$i" 400 >/dev/null
	tell remote connect "t$i" "$here" 7002
	tell streamer accept "s$i" l
	tell remote send "t$i" 400
	tell pool connect "c$i" "$there" 7003
	tell remote accept "o$i" l
	tell remote send "o$i" 255
done
for ((n = 0; n < 12; n++)); do
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		tell streamer send "s$i" 100
	done
	sleep 8
done
is "$(findings)" "" "that is no finding"
is "$(view stalls | wc -l)" 1 "and no stall"

note "a server hangs"
for i in 1 2 3 4 5 6 7 8 9; do
	tell remote connect "h$i" "$here" 7000
	tell hungd accept "s$i" l
	tell remote send "h$i" 400
done
sleep 20
is "$(findings)" "" "twenty seconds are no finding yet"
is "$(view stalls | grep -c " unread ")" 9 "the connections can be seen already"
sleep 15
is "$(findings)" "NOTE requests_unread" "nine that wait are told of"
sleep 30
tell remote connect h10 "$here" 7000
tell hungd accept s10 l
tell remote send h10 400
sleep 15
is "$(findings)" "WARNING requests_unread" "ten are too many"
what=$(finding requests_unread "" what)
check "with program and port" grep -qF \
	"hungd (pid $(tell hungd pid)) does not read what clients have sent: on 10 connections on port 7000" <<<"$what"
is "$(finding requests_unread "" evidence | sed -n 's/.*bytes=\([0-9]*\).*/\1/p')" \
	"$(ss -Htn sport = :7000 | awk '$1 == "ESTAB" { n += $2 } END { print n }')" \
	"as many bytes wait as ss says"
for i in 1 2 3 4 5 6 7 8 9 10; do
	tell hungd recv "s$i" 400 >/dev/null
done
wait_until 10 equal findings -- ""
ok "it reads: the finding is over"

# download SENDER SO_RCVBUF PORT: one of that name sends, and a program reads for 20 s
delay to-far 50
delay to-here 50 far
download() {
	in_netns far python3 -S -E - "$there" "$1" "$3" >"$scratch/sender-$3" 2>&1 <<-'P' &
		import socket, sys, time
		l = socket.socket()
		l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		l.bind((sys.argv[1], int(sys.argv[3])))
		l.listen()
		s, _ = l.accept()
		slow = sys.argv[2] == "slow"
		while True:
		    s.sendall(b"x" * (2000 if slow else 65536))
		    if slow:
		        time.sleep(0.1)
	P
	sender=$!
	until in_netns far ss -Htln sport = ":$3" | grep -q .; do sleep 0.1; done
	python3 -S -E - "$there" "$2" "$3" >"$scratch/reader-$3" 2>&1 <<-'P' &
		import socket, sys
		open("/proc/self/comm", "w").write("downloader")
		s = socket.socket()
		if int(sys.argv[2]):
		    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(sys.argv[2]))
		s.connect((sys.argv[1], int(sys.argv[3])))
		while s.recv(65536):
		    pass
	P
	reader=$!
	sleep 20
	note "$(cat "$scratch/sender-$3" "$scratch/reader-$3")"
	note "$(ss -Htnmi dst "$there:$3")"
}
over() {
	kill "$sender" "$reader"
	wait "$sender" "$reader" 2>/dev/null || :
}

note "healthy: the kernel sets the buffer"
download fast 0 9000
is "$(findings | grep -v NOTE || :)" "" "that is no finding"
over
note "healthy: a small buffer, and a slow sender"
download slow 16384 9001
is "$(findings)" "" "that is no finding"
over
note "SO_RCVBUF"
download fast 16384 9002
is "$(findings)" "WARNING receive_buffer_limited" "is a finding"
what=$(finding receive_buffer_limited "" what)
check "with program and sender" grep -qF \
	"1 connection of downloader (pid $reader) to $there:9002 gets no more than" <<<"$what"
check "and the path" grep -qE "that the program has set \(SO_RCVBUF\) .* a round trip takes 100 ms" <<<"$what"
received=$(ss -Htni dst "$there:9002" | sed -n 's/.*bytes_received:\([0-9]*\).*/\1/p')
rate=$(finding receive_buffer_limited "" evidence | sed -n 's/.*bps=\([0-9]*\).*/\1/p')
within "$((rate * 20 / 8))" $((received * 8 / 10)) $((received * 12 / 10)) "at the rate that ss's bytes give"
over
