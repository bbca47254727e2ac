#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A user opens very many listeners, on one port and on many: no read takes longer
# for it, and a server that is overloaded is still found. Truth: ss and the clock.
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"

READS=20
ONE_PORT=10000
MANY_PORTS=20000
# What a look keeps: LISTENERS_KEPT of module/survey/listeners_stock.c.
KEPT=8192
FILES=(tcpdiag net/tcpdiag/states net/tcpdiag/transitions net/tcpdiag/self
	net/tcpdiag/handshake net/tcpdiag/findings)

# read_us FILE: how long a read takes
read_us() {
	printf '%s\n' $(($(tell reader time-read "/proc/$1" $READS) / READS / 1000))
}

plan $((9 + ${#FILES[@]}))

load_module
play reader
play owner
play server
tell owner nofile 40000
tell server comm slowpoke
# The same work is done before and after, so that nothing is new then.
tell server listen first 127.0.0.1 8001
sleep 2
declare -A before=()
for file in "${FILES[@]}"; do
	read_us "$file" >/dev/null
	before[$file]=$(read_us "$file")
done

tell owner listen-many same $ONE_PORT 9000 same
tell owner listen-many each $MANY_PORTS 0 each
crowd=$((ONE_PORT + MANY_PORTS + 1))
is "$(ss_count LISTEN)" $crowd "a crowd of listeners"
is "$(state_col LISTEN now)" $crowd "all of them are counted"
sleep 2
for file in "${FILES[@]}"; do
	after=$(for i in 1 2 3; do read_us "$file"; done | sort -n | head -n 1)
	within "$after" 0 $((before[$file] * 3 / 2 + 20)) "$file: ${before[$file]} us with one, $after with all"
done

# A server begins last of all, and does not accept.
tell server listen slow 127.0.0.1 8002 4
tell server fill waits 5 127.0.0.1 8002
for ((i = 0; i < 3; i++)); do
	tell server start "dropped$i" 127.0.0.1 8002
done
sleep 3
is "$(ss -Htln sport = :8002 | awk '{ print $2, $3 }')" "5 4" "a server's accept queue is full"
is "$(view listeners | awk '$1 == "127.0.0.1:8002" { print $10, $12, $34 }')" "5 4 accept_full" "its row says so"
check "and a finding" grep -q slowpoke <(finding accept_queue_overflow slowpoke what)

# The list is bounded, and says how many it leaves out.
kept=$(($(view listeners | wc -l) - 2))
within "$kept" 1 $KEPT "the list keeps some listeners"
is "$(cell listeners namespace listeners)" $((crowd + 1)) "the row of the namespace counts all"
is "$(self listeners_left_out)" $((crowd + 1 - kept)) "self says how many have no row"

# NEW_SYN_RECV is counted over all of them.
tell owner flood 10.9.9.9 127.0.0.1 9000 50 10000
sleep 2
is "$(state_col NEW_SYN_RECV now)" "$(ss_count SYN_RECV)" "requests: as ss says"
