#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Traces start, end at their limits, are asked to end and are killed while connections come
# and go, and the module is unloaded and loaded beneath them: every trace ends, and
# nothing keeps the module. (The debug kernel cannot list hooks of Netfilter: the
# scenario trace does.)
# kernels: none
# also: 6.12 debug
# clock: turns
# limit: 60
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/trace.sh"

ROUNDS=2

# ended_well NAME DESCRIPTION: in a way that there is: done, failed with the module, not
# loaded
ended_well() {
	local status=0

	wait_for_trace "$1" || status=$?
	within "$status" 0 3 "$2"
}

plan $((3 * ROUNDS + 1))

load_module
play server
play client
tell server listen l 127.0.0.1 8080
ask client churn 127.0.0.1 8090 100000000
for ((round = 1; round <= ROUNDS; round++)); do
	start_trace asked trace segments 1000000
	start_trace limited -j trace segments 200 rate 100000
	start_trace short -j trace time 100ms
	start_trace killed -j trace rate 100000
	kill -9 "${trace_pid[killed]}"
	wait "${trace_pid[killed]}" 2>/dev/null || :
	trace_ends limited "round $round: ended by its limit of segments"
	trace_ends short "round $round: ended by its time"
	start_trace left -j trace segments 1000000
	[ $((round % 2)) -eq 0 ] || stop_trace asked
	unload_module
	[ -z "${trace_pid[asked]:-}" ] || wait_for_trace asked || :
	ended_well left "round $round: ended with the module"
	load_module
done
kill_player client
dismiss server
check "the module can be unloaded" let_go_of_module
