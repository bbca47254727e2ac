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

# show COMMAND...: with its output
show() {
	printf '$ %s\n' "$*"
	"$@"
}
