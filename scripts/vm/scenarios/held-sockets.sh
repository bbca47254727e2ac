#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server shuts down its connections and waits for ever for clients that do not close:
# FIN_WAIT2 with descriptors, which tcp_fin_timeout does not end. ss counts them. Healthy
# twins: a server that closes, and a client that waits for a slow answer.
# kernels: 6.1 6.12 debug
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

plan 17

netns far
veth '' far
load_module
set_sysctl net.ipv4.tcp_fin_timeout 5
set_sysctl net.ipv4.tcp_fin_timeout 5 far
play server
play client -n far
here=$(v4 '' far)
tell server comm websrv
tell server nofile 32
tell server listen l "$here" 8000

# connections PREFIX COUNT
connections() {
	local i

	for ((i = 0; i < $2; i++)); do
		tell client connect "c$1$i" "$here" 8000
		tell server accept "s$1$i" l
	done
}

note "a server that closes"
connections closed 3
for i in 0 1 2; do
	tell server close "sclosed$i"
done
sleep 10
is "$(findings)" "" "FIN_WAIT2 of closed sockets is nothing"
tell client closeall cclosed >/dev/null

note "a client that has said all and waits for a slow answer"
tell client connect slow "$here" 8000
tell server accept answer l
tell client shutdown slow wr
sleep 30
is "$(view findings far | grep -c WARNING)" 0 "is no warning in its namespace"
check "but a note that it may wait for an answer" grep -q "NOTE held_sockets what .*keeps 1 socket in FIN_WAIT2 to port 8000, open for .*may still be waiting for an answer" \
	<<<"$(view findings far)"
tell server send answer 1
tell client recv slow 1 >/dev/null
is "$(view findings far | tail -n +2)" "" "when data comes, it is over"
tell server close answer
tell client close slow

note "a server that waits for ever"
connections held 24
for ((i = 0; i < 24; i++)); do
	tell server shutdown "sheld$i" wr
done
is "$(findings)" "" "for a while it may"
sleep 8
held=$(ss -Htan state fin-wait-2 "sport = :8000" | wc -l)
is "$held" 24 "ss has all of them"
is "$(findings)" "WARNING held_sockets" "then it is a finding"
check "with program, state, port and count" grep -q "websrv (pid $(tell server pid)) keeps $held sockets in FIN_WAIT2 on port 8000" \
	<<<"$(finding held_sockets '' what)"
descriptors=$(find "/proc/$(tell server pid)/fd" -type l | wc -l)
check "and with its descriptors" grep -q "$descriptors of its 32 file descriptors" \
	<<<"$(finding held_sockets '' what)"
check "tcp_fin_timeout is no remedy" grep -q "tcp_fin_timeout is 5 s and does not apply" \
	<<<"$(finding held_sockets '' host)"
i=24
while tell client connect "cmore$i" "$here" 8000 && [ "$descriptors" -lt 32 ]; do
	tell server accept "smore$i" l
	descriptors=$((descriptors + 1))
	i=$((i + 1))
done
tell_err server EMFILE accept none l
is "$(findings | grep held)" "CRITICAL held_sockets" "with no descriptor left it is critical"
check "and says that accept() fails" grep -q "EMFILE" <<<"$(finding held_sockets '' what)"

note "the clients close"
tell client closeall c >/dev/null
sleep 1
is "$(findings | grep -c held)" 0 "it is over"
is "$(ss -Htan state fin-wait-2 | wc -l)" 0 "as ss has it"

note "a client whose sockets are older than the module"
tell server closeall sheld >/dev/null
tell server closeall smore >/dev/null
connections old 5
for i in 0 1 2 3 4; do
	tell client shutdown "cold$i" wr
done
unload_module
load_module
set_sysctl net.ipv4.tcp_fin_timeout 5 far
sleep 30
is "$(ss -N far -Htan state fin-wait-2 "dport = :8000" | wc -l)" 5 "ss has all of them"
is "$(view findings far | grep -c 'NOTE held_sockets what')" 1 "they are one finding"
check "on the service they were connected to" grep -q "keeps 5 sockets in FIN_WAIT2 to port 8000" \
	<<<"$(view findings far)"
