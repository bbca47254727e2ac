#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A proxy passes the end of its clients on to its backend and waits for the
# backend's: who does not close is the backend, and it is named first. Then with
# a backend that closes, and with one in another namespace.
# Then with several backends: the one that most wait for is named, or none. Last with
# more such processes than are looked at.
# kernels: 6.1 6.12
# also: debug
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# pass N BACKEND ADDR [PORT]: a question and an answer through the proxy; then the
# client closes, and the proxy passes the end on
pass() {
	tell client connect "c$1" 127.0.0.1 8000
	tell proxy accept "s$1" l
	tell proxy connect "b$1" "$3" "${4:-9000}"
	tell "$2" accept "a$1" l
	tell client send "c$1" 10
	tell proxy recv "s$1" 10 >/dev/null
	tell proxy send "b$1" 10
	tell "$2" recv "a$1" 10 >/dev/null
	tell "$2" send "a$1" 10
	tell proxy recv "b$1" 10 >/dev/null
	tell proxy send "s$1" 10
	tell client recv "c$1" 10 >/dev/null
	tell client close "c$1"
	tell proxy drain "s$1" >/dev/null
	tell proxy shutdown "b$1" wr
}

# The backend closes; the proxy passes that on too.
end() {
	tell "$2" close "a$1"
	tell proxy drain "b$1" >/dev/null
	tell proxy close "b$1"
	tell proxy close "s$1"
}

plan 22

load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
netns away
veth '' away
play client
play proxy
play backend
play far -n away
tell proxy comm gate
tell backend comm backend
tell proxy listen l 127.0.0.1 8000
tell backend listen l 127.0.0.1 9000
tell far listen l "$(v4 away '')" 9000

note "a backend that does not close"
for i in 1 2 3; do
	pass "$i" backend 127.0.0.1
done
sleep 3
is "$(ss_count CLOSE_WAIT) $(ss_count FIN_WAIT2)" "6 6" "three at the proxy, three at the backend"
is "$(findings | tr '\n' ';')" "WARNING close_wait_leak;NOTE close_wait_leak;" "a warning and a note"
is "$(view findings | awk '$1 == 1 && $4 == "what" { print $5 }')" backend "the backend comes first"
what=$(finding close_wait_leak gate what)
check "the proxy waits for it" grep -q 'gate (pid .*because it waits for backend (pid .* at 127.0.0.1:9000' <<<"$what"
check "the chain is told" grep -q 'client > gate > backend' <<<"$what"
check "who reads the proxy's line is sent on" grep -q "^look at backend (pid $(tell backend pid)) first" \
	<<<"$(finding close_wait_leak gate application)"
for i in 1 2 3; do
	end "$i" backend
done
wait_until 10 equal ss_count CLOSE_WAIT -- 0
is "$(findings)" "" "it closes, and there is no finding any more"

note "the twin: a backend that closes at once"
pass 4 backend 127.0.0.1
end 4 backend
sleep 2
is "$(findings)" "" "is none either"

note "a backend elsewhere"
for i in 5 6; do
	pass "$i" far "$(v4 away '')"
done
sleep 3
is "$(findings | tr '\n' ';')" "NOTE close_wait_leak;" "the proxy is not accused"
check "the address of who does not close is told" grep -q \
	"because it waits for $(v4 away ''):9000: .* that side has not closed" <<<"$(finding close_wait_leak gate what)"

note "a proxy that keeps sockets on its own account"
for i in 7 8 9 10; do
	tell client connect "c$i" 127.0.0.1 8000
	tell proxy accept "s$i" l
	tell client close "c$i"
	tell proxy drain "s$i" >/dev/null
done
# more than twice as long as it needed for those that it did close
sleep 12
is "$(findings | tr '\n' ';')" "WARNING close_wait_leak;" "is accused"
check_not "and not excused" grep -q 'waits for' <<<"$(finding close_wait_leak gate what)"
is "$(finding close_wait_leak gate evidence | grep -o 'fin_wait2=[0-9]*')" fin_wait2=2 "for it waits for two only"
is "$(finding close_wait_leak gate what | grep -o 'keeps [0-9]* sockets')" "keeps 6 sockets" "of six"
kill_player proxy
kill_player backend
wait_until 10 equal ss_count CLOSE_WAIT -- 0

note "a proxy with three backends; most of its connections lead to one of them"
play proxy
tell proxy comm balance
tell proxy listen l 127.0.0.1 8000
for name in one two three; do
	play "$name"
	tell "$name" comm "$name"
done
tell one listen l 127.0.0.1 9001
tell two listen l 127.0.0.1 9002
tell three listen l 127.0.0.1 9003
pass 21 one 127.0.0.1 9001
pass 22 two 127.0.0.1 9002
pass 23 two 127.0.0.1 9002
sleep 3
check "that one is named" grep -q 'waits for two (pid .* at 127.0.0.1:9002' \
	<<<"$(finding close_wait_leak balance what)"
pass 24 three 127.0.0.1 9003
sleep 3
what=$(finding close_wait_leak balance what)
check "half of them are not most: none is named" grep -q 'because it waits for several others' <<<"$what"
check_not "at all" grep -qwE 'one|two|three' <<<"${what#*waits for several others}"
check "where to look is said" grep -q '^look at those that do not close first' \
	<<<"$(finding close_wait_leak balance application)"
for name in proxy one two three; do
	kill_player "$name"
done
wait_until 10 equal ss_count CLOSE_WAIT -- 0

note "more processes than are looked at have such connections"
play proxy
play backend
play sink
play crowd
tell proxy comm late
tell proxy listen l 127.0.0.1 8000
tell backend listen l 127.0.0.1 9000
tell sink listen l 127.0.0.1 9100
for ((i = 1; i <= 66; i++)); do
	tell crowd connect "x$i" 127.0.0.1 9100
	tell sink accept "x$i" l
	tell crowd shutdown "x$i" wr
	tell crowd heir "x$i" >/dev/null
	tell crowd close "x$i"
done
sleep 3
for i in 31 32 33; do
	pass "$i" backend 127.0.0.1
done
sleep 15
what=$(finding close_wait_leak late what)
is "$(view findings | awk '$3 == "close_wait_leak" && $5 == "late" { print $2 }')" NOTE \
	"whether it is a proxy is not known: it is not accused"
check "and why is told" grep -q 'as a proxy it might wait for others' <<<"$what"
is "$(finding close_wait_leak late evidence | grep -o 'fin_wait2=[^ ]*')" "fin_wait2=-" "how many is not known"
check "that a bound was met is counted" test "$(self looks_cut)" -gt 0
