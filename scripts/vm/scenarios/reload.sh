#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module is loaded and unloaded again and again while connections are opened and
# closed. The kernel log is the judge, and after the last load the gauges are too. On
# the debug kernel, memory allocations of the module fail as well.
#
# One load in many ended in an Oops (int3) on QEMU's emulated CPUs when two of them
# ran at once: one came upon a breakpoint that the other had removed already while
# it patched the code. Hence the CPUs take turns. CYCLES: how often.
#
# kernels: 6.1 6.12 7.3 debug
# clock: turns
# limit: 150
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/failslab.sh"

cycles=${CYCLES:-10}
[ "$KVER" != debug ] || cycles=${CYCLES:-5}
churners="1 2"

churn_begins() {
	local i

	for i in $churners; do
		ask "churn$i" churn "127.0.0.$i" "808$i" 1000000
	done
}

# The churners never answer: they are killed, and their sockets with them.
churn_ends() {
	local i

	for i in $churners; do
		kill_player "churn$i"
	done
}

# What insmod and rmmod do is all that is left to judge: no program beside them.
cycle() {
	local i

	for ((i = 0; i < cycles; i++)); do
		load_module || return 1
		while read -r line; do :; done </proc/net/tcpdiag/states
		unload_module || return 1
	done
}

at_rest() {
	[ "$(ss_count ESTABLISHED)$(ss_count CLOSE_WAIT)$(ss_count SYN_SENT)" = 000 ]
}

plan "$([ "$KVER" = debug ] && echo 9 || echo 5)"

for i in $churners; do
	play "churn$i"
done
churn_begins
check "$cycles times loaded and unloaded while connections come and go" cycle
load_module
sleep 1
check "connections went on" test "$(mib TcpActiveOpens)" -gt 100
churn_ends
wait_until 20 at_rest
gauges_agree "at rest after the last time: the gauges as ss has them"
is "$(self events_mismatched)" 0 "no event out of turn"
is "$(view transitions | awk 'NR > 1 && $4 == "impossible"')" "" "nothing impossible happened"
unload_module

[ "$KVER" = debug ] || exit 0

load_module
fail_only_tcpdiag
for i in $churners; do
	play "churn$i"
done
fail_percent 20
churn_begins
sleep 5
for name in states transitions histograms sockets self; do
	cat "/proc/net/tcpdiag/$name" >/dev/null 2>&1 || note "no memory to show $name"
done
churn_ends
fail_percent 0
wait_until 20 at_rest
check "failures are counted" test "$(self allocation_failures)" -gt 0
if [ "$(self events_lost)" = 0 ]; then
	is "$(self gauges)" exact "records may fail: the gauges are exact"
	gauges_agree "the gauges as ss has them"
else
	is "$(self gauges)" approximate "events were lost, and self says so"
	skip "events were lost" "the gauges as ss has them"
fi
is "$(view transitions | awk 'NR > 1 && $4 == "impossible"')" "" "nothing impossible happened"
