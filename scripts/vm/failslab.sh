# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Memory that fails tcpdiag and nobody else, for scenarios on the debug kernel
# (CONFIG_FAILSLAB): allocations with a function of the module on their stack,
# kmemleak's for them left out.

FAILSLAB=/sys/kernel/debug/failslab

# fail_only_tcpdiag: selects the allocations that may fail; none fails yet
fail_only_tcpdiag() {
	local addresses leak

	addresses=$(awk '$4 == "[tcpdiag]" && tolower($2) == "t" { print $1 }' /proc/kallsyms | sort)
	leak=$(awk '$3 == "kmemleak_alloc" { print $1 }' /proc/kallsyms)
	echo "0x${addresses%%$'\n'*}" >"$FAILSLAB/require-start"
	printf '0x%x' $((0x${addresses##*$'\n'} + 0x1000)) >"$FAILSLAB/require-end"
	echo "0x$leak" >"$FAILSLAB/reject-start"
	printf '0x%x' $((0x$leak + 0x100)) >"$FAILSLAB/reject-end"
	echo 32 >"$FAILSLAB/stacktrace-depth"
	echo -1 >"$FAILSLAB/times"
	echo 0 >"$FAILSLAB/verbose"
	echo N >"$FAILSLAB/ignore-gfp-wait"
	echo 0 >"$FAILSLAB/space"
	echo 0 >"$FAILSLAB/probability"
	echo 1 >"$FAILSLAB/interval"
}

# fail_percent PERCENT: from now on that share of them fails
fail_percent() {
	echo "$1" >"$FAILSLAB/probability"
}
