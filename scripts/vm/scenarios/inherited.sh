#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Descriptors without close-on-exec: helpers that a server starts keep copies of its
# connections and of its listener. Who let them inherit is named, and the helpers
# are one finding. Beside that processes that share sockets, or hand them over, on
# purpose: to have inherited a connection accuses nobody.
# kernels: 6.1 6.12
# also: debug
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# serve N HEIR...: a connection that the server answers and closes, and a child keeps
serve() {
	local n=$1
	shift

	tell client connect "c$n" 127.0.0.1 9000
	tell server accept "s$n" l
	tell client send "c$n" 10
	tell server recv "s$n" 10 >/dev/null
	tell server heir "s$n" "$@" >/dev/null
	tell server send "s$n" 10
	tell server close "s$n"
	tell client recv "c$n" 10 >/dev/null
}

plan 21

load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
play client
play server
tell server comm hookd
tell server listen l 127.0.0.1 9000

note "six helpers keep a connection each"
for i in 1 2 3 4 5 6; do
	serve "$i" as helper
done
sleep 2
is "$(findings)" "" "while the clients wait for the end there is nothing to see"
tell client closeall c >/dev/null
sleep 3
is "$(ss_count CLOSE_WAIT)" 6 "the clients have given up"
is "$(findings)" "NOTE close_wait_leak" "six processes are one finding"
what=$(finding close_wait_leak helper what)
check "which says so" grep -q '^helper (6 processes) keeps 6 sockets' <<<"$what"
check "and names who let them inherit" grep -q \
	"inherited (fork, exec) from hookd (pid $(tell server pid)), which accepted them" <<<"$what"
check "the change is there" grep -q '^hookd .*close-on-exec' <<<"$(finding close_wait_leak helper application)"
kill_player server
wait_until 10 equal findings -- ""

note "a twin: one that accepts and hands over, as inetd and Accept=yes do"
play server
tell server comm inetd
tell server listen l 127.0.0.1 9000
for i in 11 12 13; do
	tell client connect "c$i" 127.0.0.1 9000
	tell server accept "s$i" l
	tell server heir "s$i" as service >/dev/null
	tell server close "s$i"
	tell client send "c$i" 10
	tell client shutdown "c$i" wr
	sleep 1
done
sleep 10
is "$(ss_count CLOSE_WAIT)" 3 "the clients have said all"
is "$(findings)" "NOTE close_wait_leak" "nobody is warned"
check "that it may be on purpose is said" grep -q \
	'unless it was handed over on purpose (inetd, Accept=yes)' <<<"$(finding close_wait_leak service application)"
tell client closeall c >/dev/null
kill_player server
wait_until 10 equal findings -- ""

note "the twin: workers of one name that a server forks for its connections"
play server
tell server comm prefork
tell server listen l 127.0.0.1 9000
serve 7
tell client closeall c >/dev/null
sleep 3
is "$(findings)" "NOTE close_wait_leak" "one such is no proof"
check_not "and nothing is said of inheritance" grep -q inherited <<<"$(finding close_wait_leak prefork what)"
kill_player server
wait_until 10 equal findings -- ""

note "a helper keeps a listener whose program has closed it"
play server
tell server comm webd
tell server listen l 127.0.0.1 8080
tell server heir l as helper >/dev/null
tell server close l
tell client connect v1 127.0.0.1 8080
tell client connect v2 127.0.0.1 8080
sleep 4
is "$(findings)" "WARNING slow_accept" "nobody accepts"
what=$(finding slow_accept 8080 what)
check "who has it and who made it are named" grep -q \
	"^helper (pid .*, which has the listener from webd (pid $(tell server pid)), on 127.0.0.1:8080 does not accept" \
	<<<"$what"
check "it has inherited it" grep -q 'it has inherited the listener' <<<"$what"
check "close-on-exec is the change" grep -q '^webd .*close-on-exec' <<<"$(finding slow_accept 8080 application)"
check_not "nobody is told to accept in a loop" grep -q 'in a loop' <<<"$(finding slow_accept 8080 application)"
kill_player server
wait_until 10 equal findings -- ""

note "the twin: who listened keeps it and passes it on, as a service manager does"
play server
tell server comm manager
tell server listen l 127.0.0.1 8080
tell server heir l as service >/dev/null
tell client connect w1 127.0.0.1 8080
sleep 4
is "$(findings)" "NOTE slow_accept" "a service may need a while to start"
sleep 8
is "$(findings)" "WARNING slow_accept" "but not that long"
what=$(finding slow_accept 8080 what)
check "the service does not accept" grep -q '^service (pid .*manager.* does not accept' <<<"$what"
check "close-on-exec is the change only if it is not meant to" grep -q \
	'if that one is not meant to accept, set close-on-exec' <<<"$(finding slow_accept 8080 application)"
check "nothing was ever accepted" grep -q 'nothing was ever accepted' <<<"$what"
