#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The files are read in every way a program may read: byte by byte, from the
# middle, by two at once, while the module is unloaded. Then: wrong parameters.
# kernels: 6.12 debug
# also: 6.1
# clock: virtual
# limit: 90
. "$TOP/scripts/vm/lib.sh"

dir=/proc/net/tcpdiag

# What does not change while nothing happens. usage: steady VIEW <contents
steady() {
	case $1 in
	states) awk '{ NF -= 1; print }' ;;
	sockets) awk '{ print $1, $2, $3, $10 }' ;;
	*) cat ;;
	esac
}

# usage: refused DESCRIPTION ERROR LOG PARAMETER...: insmod fails so, and says why
refused() {
	local description=$1 error=$2 log=$3 said
	shift 3

	dmesg -C
	said=$(insmod "$BUILD/tcpdiag.ko" "$@" 2>&1 || :)
	if module_loaded; then
		not_ok "$description"
		unload_module
		return
	fi
	check "$description" grep -q "$error" <<<"$said"
	check "... and the log says it" grep -q "$log" <<<"$(dmesg)"
}

plan 42

load_module
play server
tell server nofile 8000
tell server listen l 127.0.0.1 8080
tell server pairs few 4 l 127.0.0.1 8080
tell server close fewc1
# The ACK of its FIN may be delayed.
wait_until 10 equal ss_count FIN_WAIT2 -- 1

for name in states transitions histograms sockets; do
	cat "$dir/$name" >"$scratch/whole"
	for bs in 1 7 100; do
		is "$(dd bs=$bs if="$dir/$name" 2>/dev/null | steady "$name")" \
			"$(steady "$name" <"$scratch/whole")" "$name, $bs bytes at a time"
	done
done
cat /proc/tcpdiag >"$scratch/whole"
is "$(dd bs=1 if=/proc/tcpdiag 2>/dev/null | wc -l)" "$(wc -l <"$scratch/whole")" \
	"/proc/tcpdiag, a byte at a time"

cat "$dir/transitions" >"$scratch/whole"
for skip in 1 30 77; do
	is "$(dd bs=1 skip=$skip if="$dir/transitions" 2>/dev/null)" "$(tail -c +$((skip + 1)) "$scratch/whole")" \
		"transitions, from byte $skip"
done
is "$(dd bs=1 skip=100000 if="$dir/transitions" 2>/dev/null)" "" "transitions, from far behind its end"
is "$(dd bs=1 skip=33 count=20 if="$dir/sockets" 2>/dev/null)" \
	"$(dd bs=1 if="$dir/sockets" 2>/dev/null | tail -c +34 | head -c 20)" "sockets, from the middle of a line"

note "two thousand sockets, two readers"
tell server pairs many 1000 l 127.0.0.1 8080
wait_until 20 equal ss_count ESTABLISHED -- 2006
ss -Htane | sed -n '/timewait/d; s/.* ino:\([0-9]*\) .*/\1/p' | sort >"$scratch/truth"
dd bs=4096 if="$dir/sockets" >"$scratch/one" 2>/dev/null &
one=$!
dd bs=100 if="$dir/sockets" >"$scratch/two" 2>/dev/null
wait "$one"
for reader in one two; do
	is "$(awk 'NR > 1 { print $10 }' "$scratch/$reader" | sort | uniq -c | awk '$1 != 1' | wc -l)" 0 \
		"reader $reader: no row is double"
	check "reader $reader: none is missing" cmp "$scratch/truth" \
		<(awk 'NR > 1 { print $10 }' "$scratch/$reader" | sort)
done

note "the module goes while its files are read"
exec 6<"$dir" 7<"$dir/sockets" 8<"$dir/states" 9</proc/tcpdiag
read -r -u 7 line
dd bs=16 if="$dir/sockets" >/dev/null 2>&1 &
one=$!
check "the module unloads under its readers" unload_module
wait "$one" || :
for fd in 7 8 9; do
	check_not "what is still open ($fd) has an error" dd if="/dev/fd/$fd" of=/dev/null
done
check_not "an open directory has no files any more" cat /proc/self/fd/6/states
exec 6<&- 7<&- 8<&- 9<&-
load_module
gauges_agree "loaded again: the gauges as ss has them"
unload_module

for bad in 0 63 16777217 -1 many ''; do
	refused "max_records=$bad is refused" 'Invalid\|range' \
		'max_records must be a number from 64 to 16777216' "max_records=$bad"
done
load_module no_such_parameter=1
check "an unknown parameter is said to be ignored" \
	grep -q "unknown parameter 'no_such_parameter' ignored" <<<"$(dmesg)"
unload_module
check "the smallest cap there is" load_module max_records=64
