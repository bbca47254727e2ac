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

# show_columns VIEW COLUMN...: some columns of a detail file, in line
show_columns() {
	local view=$1
	shift

	printf '$ cat /proc/net/tcpdiag/%s     # %d of its columns\n' "$view" $#
	awk -v wanted="$*" '
		function cell(name, text,   wide) {
			wide = name ~ /^(local|remote|comm|victim_comm)$/ ? 15 : length(name)
			printf "%-" wide "s  ", text
		}
		NR == 1 { n = split(wanted, want); for (i = 2; i <= NF; i++) at[$i] = i - 1
			for (i = 1; i <= n; i++) cell(want[i], want[i]) }
		NR > 1 { for (i = 1; i <= n; i++) cell(want[i], $at[want[i]]) }
		{ print "" }' "/proc/net/tcpdiag/$view"
}

# show COMMAND...: with its output
show() {
	printf '$ %s\n' "$*"
	"$@"
}
