#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A client ends its side after the request and waits: the server has a socket in
# CLOSE_WAIT while it works on the answer, which is no leak, and nobody is accused.
# Beside it the same server with connections that it has answered and forgotten.
# kernels: 6.1 6.12
# also: debug
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# ask_for NAME: a request, and the end of the client's side
ask_for() {
	tell client connect "$1" 127.0.0.1 8000
	tell server accept "s$1" l
	tell client send "$1" 100
	tell server recv "s$1" 100 >/dev/null
	tell client shutdown "$1" wr
}

# forget NAME: answered, closed by the client, and not by the server
forget() {
	tell client connect "$1" 127.0.0.1 8001
	tell server accept "s$1" m
	tell client send "$1" 100
	tell server recv "s$1" 100 >/dev/null
	tell server send "s$1" 100
	tell client recv "$1" 100 >/dev/null
	tell client close "$1"
	tell server drain "s$1" >/dev/null
}

# handshake NAME: as with TLS 1.3: the request comes with the end of the handshake, which
# the server's library answers at once, and the client gives up
handshake() {
	tell client connect "$1" 127.0.0.1 8003
	tell server accept "s$1" h
	tell client send "$1" 100
	tell server recv "s$1" 100 >/dev/null
	tell server send "s$1" 1000
	tell client recv "$1" 1000 >/dev/null
	# at once, however slow the CPU is
	ask server recv "s$1" 200
	ask server send "s$1" 300
	tell client send "$1" 200
	answer server >/dev/null
	answer server >/dev/null
	tell client recv "$1" 300 >/dev/null
	sleep 1.5
	tell client close "$1"
}

kind() {
	findings | sort | uniq -c | awk '{ print $1, $2, $3 }'
}

plan 21

load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
play client
play server
tell server comm reportd
tell server listen l 127.0.0.1 8000
tell server listen m 127.0.0.1 8001
tell server listen h 127.0.0.1 8003

note "three requests, one after another; the server works on all of them"
for i in 1 2 3; do
	ask_for "a$i"
done
sleep 4
is "$(ss_count CLOSE_WAIT)" 3 "three sockets are in CLOSE_WAIT for long"
is "$(kind)" "1 NOTE close_wait_leak" "nobody is accused, although newer ones were accepted"
check "the page says that it may be at work" grep -q \
	'reportd (pid .*may still be working on the answers' <<<"$(finding close_wait_leak reportd what)"
check "and asks for nothing, if that is so" grep -q '^nothing, if' \
	<<<"$(finding close_wait_leak reportd application)"

note "it answers and closes"
for i in 1 2 3; do
	tell server send "sa$i" 1000
	is "$(tell client recv "a$i" 1000)" 1000 "answer $i comes"
	tell server close "sa$i"
	tell client close "a$i"
done
is "$(findings)" "" "there is no finding any more"

note "once more: how long such answers take is known by now"
ask_for b1
sleep 2
is "$(kind)" "1 NOTE close_wait_leak" "again a note"
check "that tells how long it took before" grep -q \
	'3 such sockets on this port were closed by a program after up to' <<<"$(finding close_wait_leak reportd what)"
tell server close sb1
tell client close b1

note "a peer that waits for a while without an answer, and closes: a long poll"
tell client connect poll 127.0.0.1 8000
tell server accept spoll l
tell client send poll 100
tell server recv spoll 100 >/dev/null
sleep 2
tell client close poll
sleep 2
is "$(kind)" "1 NOTE close_wait_leak" "the server learns of it when it answers; no accusation"
check "that the peer gave up is told" grep -q 'waited for a while, then closed' \
	<<<"$(finding close_wait_leak reportd what)"
tell server close spoll

note "requests over TLS, to which tickets are sent at once, and no answer"
for i in 1 2; do
	handshake "h$i"
done
sleep 2
is "$(kind)" "1 NOTE close_wait_leak" "nobody is accused, although a newer one was accepted"
check "the page says that it may be at work" grep -q \
	'may still be working on the answers, for what it sent at once may have been none' \
	<<<"$(finding close_wait_leak reportd what)"
for i in 1 2; do
	tell server close "sh$i"
done

note "the twin: answered, closed by the peer, and forgotten"
for i in 1 2 3; do
	forget "f$i"
done
sleep 3
is "$(kind)" "1 WARNING close_wait_leak" "that is a leak"
check "with the reason" grep -q 'signs=newer' <<<"$(finding close_wait_leak reportd evidence)"
check "and the change" grep -q '^call close() when read() returns 0' \
	<<<"$(finding close_wait_leak reportd application)"
kill_player server
wait_until 10 equal findings -- ""

note "so many requests at a time that no descriptor is left"
play busy
tell busy comm busyd
tell busy listen l 127.0.0.1 8002
used=$(find "/proc/$(tell busy pid)/fd" -mindepth 1 | wc -l)
tell busy nofile $((used + 8))
for i in 1 2 3 4 5 6 7 8; do
	tell client connect "n$i" 127.0.0.1 8002
	tell busy accept "s$i" l
	tell client send "n$i" 100
	tell busy recv "s$i" 100 >/dev/null
	tell client shutdown "n$i" wr
done
sleep 4
is "$(kind)" "1 WARNING close_wait_leak" "that is worth a warning"
check "but nobody is said to forget them" grep -q 'busyd (pid .*may still be working on the answers' \
	<<<"$(finding close_wait_leak busyd what)"
check "that there are no more is told" grep -q "$((used + 8)) of $((used + 8)) file descriptors are in use" \
	<<<"$(finding close_wait_leak busyd what)"
check "a higher limit is the change" grep -q '^raise the limit of file descriptors' \
	<<<"$(finding close_wait_leak busyd host)"
