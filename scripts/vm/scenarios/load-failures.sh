#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each allocation that a load makes fails once. Either the module is not loaded, and
# leaves nothing behind: no file, no sysctl, no algorithm, no hook. Or it is, and then
# it counts as always.
# kernels: none
# also: debug
# clock: virtual
# limit: 120
# leaks: yes
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/failslab.sh"

# What is there before the first load and after each that failed.
traces() {
	ls -d /proc/tcpdiag /proc/net/tcpdiag /proc/sys/net/tcpdiag /sys/module/tcpdiag \
		2>/dev/null || :
	cat /proc/sys/net/ipv4/tcp_available_congestion_control
	grep -c . /sys/kernel/tracing/enabled_functions /sys/kernel/debug/kprobes/list || :
}

# load NTH: sets line to what the player answers
load() {
	ask loader load "$BUILD/tcpdiag.ko" "$1"
	line=$(answer loader)
}

plan 6

insmod "$TOP/build/vm-modules/$KVER/whole_caches.ko"
play loader
play server
tell server listen l 127.0.0.1 8080
tell server pairs p 2 l 127.0.0.1 8080
before=$(traces)
fail_any_module
refused=0 loaded=0 other='' left_behind='' miscounted=''
for ((n = 1; n < 2000; n++)); do
	load $n
	case $line in
	'err ENOMEM')
		refused=$((refused + 1))
		[ "$(traces)" = "$before" ] || left_behind+="$n: $(traces) "
		;;
	'ok 0')
		loaded=$((loaded + 1))
		[ "$(self gauges)" = approximate ] || [ "$(our_gauges)" = "$(ss_gauges)" ] ||
			miscounted+="$n: $(our_gauges) "
		unload_module
		;;
	'ok '*) break ;;
	*) other+="$n: $line " ;;
	esac
done
note "$((n - 1)) allocations: $refused stopped the load, $loaded did not matter"
check "loads were stopped" test "$refused" -gt 20
is "$other" "" "and say ENOMEM"
is "$left_behind" "" "nothing is left of a load that was stopped"
is "$miscounted" "" "what was loaded counts, or says that its gauges are approximate"
check "in the end there was no more to fail" test "$n" -lt 2000
gauges_agree "and the gauges are what ss counts"
