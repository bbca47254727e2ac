#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server closes connections that have been idle for 20 s; a program's pool keeps them.
# The truth is when the server closed. Healthy twin: a server whose work on each ends at
# another time.
# kernels: 6.1 6.12
# also: debug
# clock: virtual
# limit: 180
. "$TOP/scripts/vm/lib.sh"

plan 5

load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 3600000
play server
play client
tell client comm app
tell server listen l 127.0.0.1 5432

# connections PREFIX: four, each with a request and its answer
connections() {
	local i

	for i in 1 2 3 4; do
		tell client connect "c$1$i" 127.0.0.1 5432
		tell server accept "s$1$i" l
		tell client send "c$1$i" 100
		tell server recv "s$1$i" 100 >/dev/null
		tell server send "s$1$i" 100
		tell client recv "c$1$i" 100 >/dev/null
	done
}

note "work that ends at different times"
connections work
for i in 1 2 3 4; do
	sleep 5
	tell server close "swork$i"
done
sleep 12
is "$(ss_count CLOSE_WAIT)" 4 "the client keeps all four"
is "$(findings)" "" "which is no idle limit"
tell client closeall cwork >/dev/null

note "a server with an idle limit"
connections pool
sleep 20
tell server closeall spool >/dev/null
sleep 12
is "$(findings)" "NOTE pool_outlives_server" "is a note"
check "that says after how long the server closes, and who keeps the connections" grep -qE \
	"4 connections of app \(pid $(tell client pid)\) to 127.0.0.1:5432 were closed by that server after (19\.9|20\.[0-4]) s without data" \
	<<<"$(finding pool_outlives_server '' what)"
tell client closeall cpool >/dev/null
sleep 1
is "$(findings)" "" "when the pool lets go, it is over"
