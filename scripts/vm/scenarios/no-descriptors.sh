#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# accept() fails with EMFILE: the finding says so, with the limit and what holds the
# descriptors, and does not send anybody to look for a hang. Then the same server
# with descriptors enough, and one that merely waits.
# kernels: 6.1 6.12
# also: debug
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# visit NAME: connect and say something
visit() {
	tell client connect "$1" 127.0.0.1 7946
	tell client send "$1" 10
}

plan 16

load_module
play client
play server
tell server comm appd
tell server listen l 127.0.0.1 7946
used=$(find "/proc/$(tell server pid)/fd" -mindepth 1 | wc -l)
tell server nofile $((used + 10))
for ((i = 1; i <= 10; i++)); do
	visit "c$i"
	tell server accept "s$i" l
	tell server recv "s$i" 10 >/dev/null
done
visit late1
visit late2
tell_err server EMFILE accept s11 l
sleep 4
is "$(findings)" "WARNING slow_accept" "two wait"
what=$(finding slow_accept 7946 what)
check "it does not accept, for want of descriptors" grep -q \
	"^appd (pid $(tell server pid)) on 127.0.0.1:7946 does not accept: 2 .*EMFILE: all $((used + 10)) file descriptors" \
	<<<"$what"
check "most of them are connections" grep -q '10 of them by sockets in ESTABLISHED' <<<"$what"
is "$(finding slow_accept 7946 evidence | grep -o 'fds=[0-9]* fd_limit=[0-9]*')" \
	"fds=$((used + 10)) fd_limit=$((used + 10))" "the figures are there"
check_not "it does not hang, nor is it slow" grep -qE 'hangs|in a loop|more workers' \
	<<<"$(finding slow_accept 7946 application)"
check "the limit is named" grep -q "the limit is $((used + 10))" <<<"$(finding slow_accept 7946 host)"

note "the visitors leave, and it keeps their sockets"
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
tell client closeall c >/dev/null
sleep 3
check "CLOSE_WAIT holds them" grep -q '10 of them by sockets in CLOSE_WAIT' <<<"$(finding slow_accept 7946 what)"
check "to close them is the change" grep -q '^close sockets when read() returns 0' \
	<<<"$(finding slow_accept 7946 application)"
is "$(findings | head -n 1)" "WARNING close_wait_leak" "what takes them comes first"
check "that it may be at work on them is said" grep -q 'may still be working on the answers (its peers waited' \
	<<<"$(finding close_wait_leak appd what)"
is "$(view findings | awk '$3 == "slow_accept" && $4 == "because_of" { print $5, $6 }')" "1 close_wait_leak" \
	"the listener waits because of it"

note "one descriptor is free again"
tell server close s1
tell server accept s11 l
tell server recv s11 10 >/dev/null
sleep 4
check "one waits, and it is out of them again" grep -q 'EMFILE' <<<"$(finding slow_accept 7946 what)"

note "the twin: with descriptors enough"
tell server closeall s >/dev/null
tell server accept t1 l
tell client closeall late >/dev/null
tell server closeall t >/dev/null
wait_until 10 equal findings -- ""
ok "there is no finding"
visit w1
sleep 12
what=$(finding slow_accept 7946 what)
check "one that does not accept for another reason" grep -q 'does not accept: 1 connection' <<<"$what"
check_not "is not short of descriptors" grep -q EMFILE <<<"$what"
check "when it last did is told" grep -q 'the last one was accepted' <<<"$what"
