#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server on another host closes without reading all that its client has sent, and clients
# of a server vanish without a word; and one here throws its answers away: who lost what is told. Truth: nstat and ss. Healthy
# twins: a server that answers and then resets, health checks that send nothing,
# clients that break off, and peers that answer keepalive.
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"

plan 19

netns far
veth "" far
here=$(v4 "" far) there=$(v4 far "")
delay to-far 20
load_module
play webapp
play serverd
play remote -n far
tell webapp comm webapp
tell serverd comm serverd
tell remote listen l "$there" 8080
tell serverd listen l "$here" 7000

# request SENT READ: a connection, on which the server reads as much of what is sent
request() {
	tell webapp connect c "$there" 8080
	tell remote accept s l
	[ "$1" -eq 0 ] || tell webapp send c "$1"
	sleep 0.1
	[ "$2" -eq 0 ] || tell remote recv s "$2" >/dev/null
}

note "healthy: the answer comes first, then a RST"
for i in 1 2 3 4 5 6; do
	request 300 300
	tell remote send s 100
	tell webapp recv c 100 >/dev/null
	tell remote reset s
	sleep 0.1
	tell webapp close c
done
note "healthy: nothing was asked"
for i in 1 2 3 4 5 6; do
	request 0 0
	tell remote reset s
	sleep 0.1
	tell webapp close c
done
note "healthy: clients break off while the server works"
for i in 1 2 3 4 5 6; do
	tell remote connect c "$here" 7000
	tell serverd accept s l
	tell serverd send s 100
	tell remote reset c
	sleep 0.1
	tell serverd close s
done
note "healthy: SO_LINGER of 0 s when the answer has been acknowledged"
for i in 1 2 3 4; do
	tell remote connect c "$here" 7000
	tell serverd accept s l
	tell serverd send s 100
	sleep 0.2
	tell serverd reset s
	tell remote close c
done
is "$(mib TcpEstabResets)" 22 "22 connections were reset"
is "$(findings)" "" "that is no finding"

note "the server closes when it has read a part"
for i in 1 2 3; do
	request 3000 1000
	tell remote close s
	sleep 0.1
	tell webapp close c
done
is "$(mib TcpEstabResets)" 25 "three more"
is "$(findings)" "NOTE resets_by_peer" "three are told of"
for i in 1 2 3 4 5 6 7; do
	request 3000 1000
	sleep 1.2
	tell remote close s
	sleep 0.1
	tell webapp close c
done
is "$(findings)" "WARNING resets_by_peer" "ten, which have waited for long, are too many"
what=$(finding resets_by_peer "" what)
check "with program and server" grep -qF \
	"connections of webapp (pid $(tell webapp pid)) to $there:8080 are reset by the peer" <<<"$what"
check "with how many had no answer" grep -q "in 10 of 22 before anything came back" <<<"$what"
within "$(finding resets_by_peer "" evidence | sed -n 's/.*after_sent_max_ms=\([0-9]*\).*/\1/p')" 1200 3000 \
	"and how long they had waited"
is "$(view resets | awk '$2 == "by_peer" && $5 == "webapp" { print $7, $9 }')" "$there:8080 22" \
	"the view counts all of them"

note "healthy: keepalive is answered, and two clients vanish"
for i in 1 2 3 4 5 6 7 8 9; do
	tell remote connect "k$i" "$here" 7000
	tell serverd accept "k$i" l
	tell serverd opt "k$i" keepidle 5
	tell serverd opt "k$i" keepintvl 2
	tell serverd opt "k$i" keepcnt 3
	tell serverd opt "k$i" keepalive 1
done
sleep 60
is "$(ss_count ESTABLISHED)" 9 "all are still there after a minute"
# forget N...: the far host forgets connections without a word
forget() {
	local i

	in_netns far nft add table inet gone
	in_netns far nft add chain inet gone in "{ type filter hook input priority 0; }"
	for i; do
		in_netns far nft add rule inet gone in tcp dport "$(tell remote port "k$i")" drop
	done
}
forget 1 2
wait_until 60 equal ss_count ESTABLISHED -- 7
is "$(findings)" "WARNING resets_by_peer" "two are no finding of their own"

note "seven more vanish"
forget 3 4 5 6 7 8 9
wait_until 60 equal ss_count ESTABLISHED -- 0
is "$(mib TcpExtTCPAbortOnTimeout)" 9 "keepalive has ended nine"
is "$(findings | tail -n 1)" "NOTE keepalive_timeouts" "that is a finding"
what=$(finding keepalive_timeouts "" what)
check "with the server" grep -qF \
	"keepalive has ended connections of serverd (pid $(tell serverd pid)) on port 7000" <<<"$what"
check "how often" grep -q "(9 times in the last" <<<"$what"
check "and whose" grep -q "most were with $there" <<<"$what"

note "SO_LINGER of 0 s at once"
for i in 1 2 3 4; do
	tell remote connect c "$here" 7000
	tell serverd accept s l
	tell serverd send s 100
	tell serverd reset s
	sleep 0.1
	tell remote close c
done
is "$(findings | grep linger)" "WARNING resets_linger" "that is a finding"
check "with program and port" grep -qF \
	"serverd (pid $(tell serverd pid)) closes connections on port 7000 with SO_LINGER of 0 s" \
	<<<"$(finding resets_linger "" what)"
check "and how many had an answer on its way" grep -q "in 4 of 8 there was some" <<<"$(finding resets_linger "" what)"
