# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Memory that fails tcpdiag and nobody else, on kernels with CONFIG_FAILSLAB:
# allocations with a function of the module on their stack, kmemleak's for them left
# out. Where the kernel has CONFIG_FAIL_PAGE_ALLOC, whole pages fail as well.

FAILSLAB=/sys/kernel/debug/failslab
FAILPAGES=/sys/kernel/debug/fail_page_alloc

# fault_setting NAME VALUE: of both kinds of fault
fault_setting() {
	echo "$2" >"$FAILSLAB/$1"
	[ ! -d "$FAILPAGES" ] || echo "$2" >"$FAILPAGES/$1"
}

# fail_only_between BEGIN END: selects the allocations that may fail; none fails yet
fail_only_between() {
	local leak

	leak=$(awk '$3 ~ /^kmemleak_(alloc|alloc_percpu|vmalloc)$/ { print $1 }' /proc/kallsyms | sort)
	fault_setting require-start "$1"
	fault_setting require-end "$2"
	if [ -n "$leak" ]; then
		fault_setting reject-start "0x${leak%%$'\n'*}"
		fault_setting reject-end "$(printf '0x%x' $((0x${leak##*$'\n'} + 0x200)))"
	fi
	fault_setting stacktrace-depth 32
	fault_setting times -1
	fault_setting verbose 0
	fault_setting ignore-gfp-wait N
	fault_setting space 0
	fault_setting probability 0
	fault_setting interval 1
	[ ! -d "$FAILPAGES" ] || echo 0 >"$FAILPAGES/min-order"
}

# fail_only_tcpdiag: the same for the module that is loaded now
fail_only_tcpdiag() {
	local addresses

	addresses=$(awk '$4 == "[tcpdiag]" && tolower($2) == "t" { print $1 }' /proc/kallsyms | sort)
	fail_only_between "0x${addresses%%$'\n'*}" \
		"$(printf '0x%x' $((0x${addresses##*$'\n'} + 0x1000)))"
}

# fail_any_module: the same for every module, before tcpdiag's addresses are known:
# what is loaded as a module has its code in this part of the address space
fail_any_module() {
	fail_only_between 0xffffffffa0000000 0xffffffffff000000
}

# fail_percent PERCENT: from now on that share of them fails
fail_percent() {
	fault_setting probability "$1"
}
