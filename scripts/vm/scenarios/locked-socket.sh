#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A task sleeps in sendmsg() with its socket locked, for memory that nobody
# provides: neither insmod nor a reader waits for it. Truth: the task's stack and
# ss.
# kernels: 6.1 6.12
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# is_stuck PID: it sleeps in a page fault of sendmsg()
is_stuck() {
	grep -q handle_userfault "/proc/$1/stack" && grep -q tcp_sendmsg "/proc/$1/stack"
}

plan 8

play client
play server
tell server listen l 127.0.0.1 8080
tell client connect c 127.0.0.1 8080
tell client connect cfree 127.0.0.1 8080
tell server accept s l
tell server accept sfree l
tell client send cfree 1000
tell server recv sfree 1000
stuck=$(tell client stuck c)
wait_until 10 is_stuck "$stuck"
ok "a task sleeps with its socket locked"

check "insmod does not wait for it" timeout 20 insmod "$BUILD/tcpdiag.ko"
loaded_at=$SECONDS
check "the task still sleeps" is_stuck "$stuck"
gauges_agree "the gauges are those of ss nevertheless"
is "$(self gauges)" approximate "and said to be approximate"

tell client connect clate 127.0.0.1 8080
tell server accept slate l
tell client send clate 1000
tell server recv slate 1000
second=$(tell client stuck clate)
wait_until 10 is_stuck "$second"
check "a reader of congestion does not wait either" timeout 20 cat /proc/net/tcpdiag/congestion
kill "$stuck" "$second"
tell client closeall c >/dev/null
tell server closeall s >/dev/null
gauges_agree "the gauges are those of ss when all is closed"
check "rmmod" timeout 60 rmmod tcpdiag
