# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What demos are written with, beside scripts/vm/lib.sh. A demo is an executable
# file of this directory, run inside a VM by scripts/demo: it plays a situation
# with real programs and shows, step by step, what it is and what tcpdiag says.
. "$TOP/scripts/vm/lib.sh"

# Nothing is judged at the end, and the VM ends with the demo.
trap - EXIT

# tell_user TEXT...: a step begins
tell_user() {
	printf '\n== %s\n' "$*"
}

# more TEXT...: another line on it
more() {
	printf '   %s\n' "$*"
}

# typed COMMAND...: how one would type it
typed() {
	local word line='$'

	for word; do
		[[ $word =~ ^[[:alnum:]_./:=,+-]+$ ]] || word="'$word'"
		line+=" $word"
	done
	printf '%s\n' "$line"
}

# show COMMAND...: with its output
show() {
	typed "$@"
	"$@"
}

# in_line: detail files come with one space between columns; here they stand one
# below the other. From stdin.
in_line() {
	awk '
		{ sub("^# ", ""); for (i = 1; i <= NF; i++) {
			cell[NR, i] = $i
			if (length($i) > wide[i]) wide[i] = length($i) } }
		NR == 1 { last = NF }
		END { for (row = 1; row <= NR; row++) {
			for (i = 1; i < last; i++) printf "%-" wide[i] "s  ", cell[row, i]
			print cell[row, last] } }'
}

# show_view VIEW: a detail file
show_view() {
	typed cat "/proc/net/tcpdiag/$1"
	in_line <"/proc/net/tcpdiag/$1"
}

# show_columns VIEW COLUMN...: some columns of a detail file
show_columns() {
	local view=$1
	shift

	printf '$ cat /proc/net/tcpdiag/%s     # %d of its columns\n' "$view" $#
	awk -v wanted="$*" '
		NR == 1 { n = split(wanted, want); for (i = 2; i <= NF; i++) at[$i] = i - 1 }
		{ for (i = 1; i <= n; i++) printf "%s ", NR == 1 ? want[i] : $at[want[i]] }
		{ print "" }' "/proc/net/tcpdiag/$view" | in_line
}

# show_rows VIEW PATTERN [NETNS]: some rows of a detail file
show_rows() {
	local command=(grep -E "^# |$2" "/proc/net/tcpdiag/$1")

	[ -z "${3:-}" ] || command=(ip netns exec "$3" "${command[@]}")
	typed "${command[@]}"
	"${command[@]}" | in_line
}

# The sockets on port 8080, both ends of each.
show_port() {
	show ss -Htan '( sport = :8080 or dport = :8080 )'
}
