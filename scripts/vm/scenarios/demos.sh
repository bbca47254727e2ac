#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every demo, command by command: the line after "$ ", typed at that moment, gives
# the output that the demo prints below it. demos/lib.sh runs each line of show a
# second time and keeps the output; here it is compared with what the demo printed.
# What each demo printed is left in $OUT/demo-NAME. DEMOS="ports tour" in the
# environment: only these.
# kernels: none
# also: 6.12
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"

demos=$TOP/scripts/vm/demos

# Two runs of a command differ in times: numbers with a unit, numbers of four digits
# and more (microseconds), and rates, which have one decimal. Columns are as wide as
# these numbers.
without_times() {
	sed -E 's/[0-9]+m[0-9]+s\b/TIME/g
		s/[0-9.]+ ?(us|ms|s|sec|min|h|d)\b/TIME/g
		s/(last(snd|rcv|ack)):[0-9]+/\1:TIME/g
		s/\b[0-9]+ a (minute|second)\b/RATE a \1/g
		s/[0-9]{4,}/TIME/g; s/=/ = /g; s/ +/ /g; s/ $//
		:rates
		s/(^| )[0-9]+\.[0-9]( |$)/\1RATE\2/; trates'
}

# usage: same LINE LINE: word by word; a forecast or a rate may have changed by one
same() {
	local a=() b=() at off

	read -ra a <<<"$1"
	read -ra b <<<"$2"
	[ ${#a[@]} -eq ${#b[@]} ] || return 1
	for at in "${!a[@]}"; do
		[ "${a[at]}" != "${b[at]}" ] || continue
		[[ ${a[at]}${b[at]} =~ ^[0-9]+$ ]] || return 1
		off=$((10#${a[at]} - 10#${b[at]}))
		[ "${off#-}" -le 1 ] || return 1
	done
}

# Only the VM's first namespace may have aimd as its default.
in_its_namespace() {
	if [ "${1##*/}" = tour ]; then
		in_netns init bash "$1"
	else
		unshare --net bash "$1"
	fi
}

# usage: play_demo FILE: its output in $record/transcript, its commands beside it
play_demo() {
	local status=0

	record=$scratch/record-${1##*/}
	mkdir -p "$record"
	DEMO_RECORD=$record in_its_namespace "$1" >"$record/transcript" 2>&1 </dev/null ||
		status=$?
	cp "$record/transcript" "$OUT/demo-${1##*/}"
	[ "$status" -eq 0 ] || {
		echo "the demo failed, status $status:"
		tail -n 5 "$record/transcript"
		return 1
	}
}

# What a demo printed below its Nth command: in block, a line an element.
read_block() {
	mapfile -t block < <(awk -v n="$1" '
		/^\$ / { at++; next }
		at == n' "$record/transcript" | without_times)
}

# usage: is_text LINE...: nothing but steps and text of the demo
is_text() {
	local line

	for line; do
		[[ -z $line || $line == ' '* || $line == '== '* ]] || {
			echo "nobody typed what printed: $line"
			return 1
		}
	done
}

# usage: check_block N LINE: below it is what it prints, then only text
check_block() {
	local block=() again=() at

	[ "$(cat "$record/$1.line" 2>/dev/null)" = "$2" ] || {
		echo "not run by show or change: $2"
		return 1
	}
	read_block "$1"
	if [ -e "$record/$1.again" ]; then
		mapfile -t again < <(without_times <"$record/$1.again")
		[ ${#again[@]} -gt 0 ] || { echo "prints nothing: $2"; return 1; }
	fi
	for at in "${!again[@]}"; do
		same "${again[at]}" "${block[at]:-}" || {
			printf 'not what it prints: %s\n  shown: %s\n  typed: %s\n' \
				"$2" "${block[at]:-}" "${again[at]}"
			return 1
		}
	done
	is_text "${block[@]:${#again[@]}}"
}

# usage: check_demo FILE
check_demo() {
	local record typed=() n

	play_demo "$1" || return 1
	mapfile -t typed < <(sed -n 's/^\$ //p' "$record/transcript")
	[ ${#typed[@]} -gt 0 ] || { echo "no command"; return 1; }
	for n in "${!typed[@]}"; do
		check_block $((n + 1)) "${typed[n]}" || return 1
	done
}

# finds WORDS DESCRIPTION: the check refuses the demo on stdin, saying so
finds() {
	local said

	{ printf '. "%s/lib.sh"\n' "$demos"; cat; } >"$scratch/dishonest-$ktap_count"
	said=$(check_demo "$scratch/dishonest-$ktap_count") || :
	is "${said%%:*}" "$1" "$2"
}

list=()
for demo in "$demos"/*; do
	[ ! -x "$demo" ] || [[ " ${DEMOS:-${demo##*/}} " != *" ${demo##*/} "* ]] || list+=("$demo")
done
plan $((${#list[@]} + 4))

finds "not what it prints" "a command that is not the one that ran is found" <<'END'
run_line() { [ -n "${first:-}" ] && bash -c "$1" || { first=no; echo "$1"; }; }
show "echo shown"
END
finds "not run by show or change" "a command that the demo prints itself is found" <<'END'
show "echo shown"
echo '$ echo hidden'
echo hidden
END
finds "nobody typed what printed" "output without a command is found" <<'END'
show "echo shown"
echo more
END
finds "nobody typed what printed" "a change that prints is found" <<'END'
change "echo changed"
END
for demo in "${list[@]}"; do
	check "${demo##*/}: each command gives the output below it" check_demo "$demo"
done
