#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The log is the host's. Root of a user namespace, who was nobody on the host, may set
# the sysctls of a network namespace of its own; what is refused there gives an error
# and no line in the log, however often. The host's root is told the range.
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 90
. "$TOP/scripts/vm/lib.sh"

sysctls=/proc/sys/net/tcpdiag
parameters=/sys/module/tcpdiag/parameters

# usage: as_nobody COMMAND...: root of namespaces that nobody made
as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all unshare -Urn "$@"
}

# Root of the host's user namespace, but with power over its network namespace only.
without_sys_admin() {
	setpriv --inh-caps=-all --bounding-set=-all,+net_admin "$@"
}

# Writes what is refused to each sysctl, so often, and says how often the error was
# EINVAL. What it writes must not be found in the log.
# shellcheck disable=SC2016 # the other shell's
refused='n=0
	for ((i = 0; i < $1; i++)); do
		for file in /proc/sys/net/tcpdiag/*; do
			said=$({ echo "SeCrEt 4711" >"$file"; } 2>&1)
			[[ $said != *"Invalid argument" ]] || n=$((n + 1))
		done
	done
	echo $n'

logged() {
	dmesg -t | grep -c tcpdiag || :
}

plan 12

load_module
dmesg -C
files=("$sysctls"/*)
# shellcheck disable=SC2016 # the other shell's
is "$(as_nobody bash -c 'echo 30000 >/proc/sys/net/tcpdiag/close_wait_leak_ms
	cat /proc/sys/net/tcpdiag/close_wait_leak_ms')" 30000 \
	"root of a namespace of its own sets a sysctl"
is "$(<$sysctls/close_wait_leak_ms)" 60000 "which changes no other namespace"
is "$(as_nobody bash -c "$refused" - 3)" $((3 * ${#files[@]})) \
	"what is out of range is refused with EINVAL"
is "$(logged)" 0 "and the log has no line of it"
is "$(without_sys_admin bash -c "$refused" - 3)" $((3 * ${#files[@]})) \
	"so it is for one who has CAP_NET_ADMIN and no more"
is "$(logged)" 0 "and the log has no line of that"
# shellcheck disable=SC2016 # the other shell's
check_not "root of a namespace of its own cannot write a parameter" \
	as_nobody bash -c 'echo 99 >"$1"' - $parameters/aimd_increase
is "$(logged)" 0 "and the log has no line of that either"
# shellcheck disable=SC2016 # the other shell's
check_not "the host's root has a value refused" \
	bash -c 'echo "SeCrEt 4711" >"$1"' - $sysctls/ports_percent
check "and the log says the range" \
	grep -q 'net.tcpdiag.ports_percent must be a number from 1 to 100' <<<"$(dmesg)"
as_nobody bash -c "$refused" - 1 >/dev/null
is "$(logged)" 1 "once: nobody cannot add to it"
is "$(dmesg | grep -c 'SeCrEt\|4711' || :)" 0 "what was written is nowhere in the log"
