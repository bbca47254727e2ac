#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A load that fails in its last step has registered no algorithm: a program that asks
# for one all the while never gets it, so no socket uses a module that is freed. The
# truth is setsockopt(TCP_CONGESTION).
#
# kernel.ftrace_enabled=0 makes the last step fail.
#
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

ours="aimd cubic_rfc9438 bbr3 ab_split"

# The kernel would look for a module of each name it does not know.
modprobe_path=$(</proc/sys/kernel/modprobe)
echo >/proc/sys/kernel/modprobe
trap 'status=$?
	echo "$modprobe_path" >/proc/sys/kernel/modprobe
	sysctl -qw kernel.ftrace_enabled=1
	(exit "$status")
	scenario_end' EXIT

# usage: asked ALGORITHM COMMAND...: how often a program had it while the command ran
asked() {
	local algorithm=$1 status=0
	shift

	rm -f "$scratch/done"
	ask client insist c "$algorithm" "$scratch/done"
	"$@" || status=$?
	touch "$scratch/done"
	answer client
	return "$status"
}

fails_late() {
	! load_module 2>"$scratch/said" && grep -q 'Device or resource busy' "$scratch/said" &&
		! module_loaded
}

# The program has a moment to see it.
loads() {
	load_module && sleep 0.2
}

plan 10

play client
play server
tell server listen l 127.0.0.1 8080
tell client connect c 127.0.0.1 8080
tell server accept s l
tell client opt c cc reno

for algorithm in $ours; do
	sysctl -qw kernel.ftrace_enabled=0
	had=$(asked "$algorithm" fails_late)
	is "$had" "ok 0" "the load fails in its last step: TCP never had $algorithm"
	sysctl -qw kernel.ftrace_enabled=1
	had=$(asked "$algorithm" loads)
	check "loaded, TCP has it, the program sees" test "${had#ok }" -gt 0
	wait_until 10 unload_module
done
check "the log said why" grep -q 'set sysctl kernel.ftrace_enabled=1' <<<"$(dmesg)"
is "$(tell client getcc c)" reno "the connection is as it was"
