#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is refused says why where one looks: in the error, in the last line of the
# log, or in the file itself. The truth is errno's words and dmesg.
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

files=(/proc/tcpdiag /proc/net/tcpdiag/{states,transitions,histograms,sockets,close_wait}
	/proc/net/tcpdiag/{time_wait,ports,listeners,handshake,resets,stalls,flows,congestion,findings,history,self})
with_owners=(sockets close_wait time_wait ports listeners resets stalls flows findings history)
without_owners=(states transitions histograms handshake congestion self)
owners_note='owners are shown to CAP_NET_ADMIN over this network namespace'
parameters=/sys/module/tcpdiag/parameters

as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"
}

last_logged() {
	local lines

	dmesg -t >"$scratch/log"
	mapfile -t lines <"$scratch/log"
	[ ${#lines[@]} = 0 ] || printf '%s\n' "${lines[-1]}"
}

# opened HOW: the files that HOW does not fail to open with EACCES, with what it says
opened() {
	local file said

	for file in "${files[@]}"; do
		if "$1" "$file" 2>"$scratch/said"; then
			printf '%s: no error\n' "$file"
			continue
		fi
		read -r said <"$scratch/said" || :
		case $said in
		*'write error'*) printf '%s: %s\n' "$file" "$said" ;;
		*"$file: Permission denied") ;;
		*) printf '%s: %s\n' "$file" "$said" ;;
		esac
	done
}

to_write() {
	printf '0\n' >>"$1"
}

to_read_and_write() {
	printf '0\n' 1<>"$1"
}

to_cut_off() {
	: >"$1"
}

# usage: lines_that_say [COMMAND...]: the files that say it, and in which line
lines_that_say() {
	(
		cd /proc/net/tcpdiag
		# shellcheck disable=SC2016 # awk's
		"$@" awk -v note="# $owners_note" '$0 == note { print FILENAME, FNR }' \
			"${with_owners[@]}" "${without_owners[@]}"
	)
}

# usage: load_refused DESCRIPTION TEXT PARAMETER...: insmod says EINVAL, and TEXT
# ends the log
load_refused() {
	local description=$1 text=$2 said
	shift 2

	dmesg -C
	said=$(insmod "$BUILD/tcpdiag.ko" "$@" 2>&1) || :
	if module_loaded; then
		not_ok "$description"
		unload_module
	else
		is "${said##*: }/$(last_logged)" "Invalid parameters/tcpdiag: $text" "$description"
	fi
}

# usage: write_refused DESCRIPTION TEXT FILE VALUE: EINVAL, the file stays as it was,
# and TEXT ends the log
write_refused() {
	local before said

	before=$(<"$3")
	dmesg -C
	{ printf '%s\n' "$4" >"$3"; } 2>"$scratch/said" || :
	said=$(<"$scratch/said")
	is "${said##*: }/$(<"$3")/$(last_logged)" "Invalid argument/$before/tcpdiag: $2" "$1"
}

plan 47

note "a parameter that is refused at load"
range='max_records must be a number from 64 to 16777216'
for bad in 63 16777217 -1 many; do
	load_refused "max_records=$bad" "$range" "max_records=$bad"
done
load_refused "max_records without a value" "$range" max_records
load_refused "an increase of 99" 'aimd_increase must be a number from 1 to 16' aimd_increase=99
load_refused "a beta of 9" 'aimd_beta_percent must be a number from 10 to 90' aimd_beta_percent=9
load_refused "11 percent of loss" 'bbr3_loss_percent must be a number from 2 to 10' bbr3_loss_percent=11
load_refused "a flag that is none" 'cubic_fast_convergence must be Y or N' cubic_fast_convergence=maybe
load_refused "the first of two" "$range" max_records=1 aimd_increase=2

note "loaded and unloaded"
dmesg -C
load_module max_records=4096 aimd_increase=2 cubic_fast_convergence=n
is "$(cat $parameters/{max_records,aimd_increase,cubic_fast_convergence} | paste -sd ' ')" "4096 2 N" \
	"what is in range is set"
check "the log says that it is loaded" grep -q '^tcpdiag: version .* loaded' <<<"$(last_logged)"
unload_module
is "$(last_logged)" "tcpdiag: unloaded" "and that it is unloaded"
load_module

note "a parameter that is refused at run time"
for bad in 0 17 -1 many; do
	write_refused "aimd_increase: '$bad'" 'aimd_increase must be a number from 1 to 16' \
		$parameters/aimd_increase "$bad"
done
write_refused "aimd_beta_percent: 91" 'aimd_beta_percent must be a number from 10 to 90' \
	$parameters/aimd_beta_percent 91
for bad in 1 11; do
	write_refused "bbr3_loss_percent: $bad" 'bbr3_loss_percent must be a number from 2 to 10' \
		$parameters/bbr3_loss_percent "$bad"
done
write_refused "cubic_fast_convergence: maybe" 'cubic_fast_convergence must be Y or N' \
	$parameters/cubic_fast_convergence maybe
echo 3 >$parameters/aimd_increase
is "$(<$parameters/aimd_increase)" 3 "what is in range is written"

note "a sysctl that is refused"
sysctls=/proc/sys/net/tcpdiag
for bad in 999 86400001 4294967296 -1 many; do
	write_refused "close_wait_leak_ms: $bad" \
		'net.tcpdiag.close_wait_leak_ms must be a number from 1000 to 86400000' \
		$sysctls/close_wait_leak_ms "$bad"
done
write_refused "ports_percent: 101" 'net.tcpdiag.ports_percent must be a number from 1 to 100' \
	$sysctls/ports_percent 101
weights='net.tcpdiag.ab_weights must be NAME=WEIGHT, blank, NAME=WEIGHT ..., with names of'
weights+=' aimd cubic_rfc9438 bbr3, each at most once, weights 0 to 1000000, not all 0'
write_refused "ab_weights: an unknown name" "$weights: unknown algorithm in word 2" \
	$sysctls/ab_weights 'aimd=1 nosuch=1'
write_refused "ab_weights: a number" "$weights: no NAME=WEIGHT in word 1" $sysctls/ab_weights 5
write_refused "ab_weights: below 0" "$weights: weight out of range in word 1" $sysctls/ab_weights aimd=-1
write_refused "ab_weights: above the range" "$weights: weight out of range in word 2" \
	$sysctls/ab_weights 'aimd=1 bbr3=1000001'
write_refused "ab_weights: all 0" "$weights: all weights are 0" $sysctls/ab_weights aimd=0
write_refused "ab_weights: nothing" "$weights: no weights" $sysctls/ab_weights ' '
before=$(<$sysctls/ab_weights)
dmesg -C
printf 'aimd=1\n' | dd of=$sysctls/ab_weights bs=64 seek=3 oflag=seek_bytes conv=notrunc \
	2>"$scratch/said" || :
is "$(grep -c 'Invalid argument' "$scratch/said")/$(<$sysctls/ab_weights)/$(last_logged)" \
	"1/$before/tcpdiag: $weights: written from the middle of the file" \
	"ab_weights: from the middle of the file"
dmesg -C
for file in close_wait_leak_ms ab_weights; do
	echo 'SeCrEt' 2>/dev/null >"$sysctls/$file" || :
done
echo 'SeCrEt' 2>/dev/null >$parameters/aimd_increase || :
is "$(dmesg -t | grep -c '^tcpdiag: ')/$(dmesg | grep -ci secret)" "3/0" \
	"the log says the range, and not what was written"

note "files that nobody writes to"
is "${#files[@]}/$(find /proc/net/tcpdiag/ -type f | wc -l)" 17/16 "these are all files there are"
is "$(opened to_write)" "" "root cannot open one to write: EACCES"
is "$(opened to_read_and_write)" "" "nor to read and write"
is "$(opened to_cut_off)" "" "nor to cut it off"
# shellcheck disable=SC2016 # the other shell's
is "$(as_nobody bash -c 'for file; do : >>"$file"; done' - "${files[@]}" 2>&1 | grep -c 'Permission denied')" 17 \
	"nor can nobody"

note "why owners are -"
play server
tell server listen l 127.0.0.1 8080
is "$(lines_that_say as_nobody)" "$(printf '%s 2\n' "${with_owners[@]}")" \
	"nobody reads it under the header of each file with owners"
is "$(lines_that_say)" "" "root does not"
is "$(as_nobody cat </proc/net/tcpdiag/sockets | grep -c '^#')" 1 \
	"nor who was handed a file that root opened"
is "$(as_nobody dd bs=1 if=/proc/net/tcpdiag/sockets 2>/dev/null | grep -c '^#')" 2 \
	"it is there once if a file is read a byte at a time"
is "$(as_nobody grep -cx "$owners_note" /proc/tcpdiag)" 1 "/proc/tcpdiag says it to nobody"
is "$(grep -c 'owners are' /proc/tcpdiag || :)" 0 "and not to root"
