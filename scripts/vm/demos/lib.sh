# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What demos are written with, beside scripts/vm/lib.sh. A demo is an executable
# file in this directory that scripts/demo runs inside a VM. It creates a situation
# with real programs and shows, step by step, what happens and what tcpdiag reports.
#
# Every command a demo prints goes through show or change. Both print the command
# line and run exactly that line in a shell of its own, so a reader who types it in
# the VM gets the output below it. The scenario "demos" checks this.
. "$TOP/scripts/vm/lib.sh"

# The VM ends with the demo, so there is nothing to clean up; the scenario "demos"
# runs one demo after another and needs the cleanup.
DEMO_RECORD=${DEMO_RECORD:-}
[ -n "$DEMO_RECORD" ] || trap - EXIT

commands=0

# tell_user TEXT...: begins a step
tell_user() {
	printf '\n== %s\n' "$*"
}

# more TEXT...: another line of text in the same step
more() {
	printf '   %s\n' "$*"
}

run_line() {
	bash -o pipefail -c "$1" </dev/null 2>&1
}

# type_line LINE: prints the command line, runs it, and keeps it for the check
type_line() {
	commands=$((commands + 1))
	printf '$ %s\n' "$1"
	run_line "$1"
	[ -z "$DEMO_RECORD" ] || printf '%s\n' "$1" >"$DEMO_RECORD/$commands.line"
}

# show LINE: runs a command line that may be repeated, and shows its output. The
# check runs it a second time and compares.
show() {
	type_line "$1"
	[ -z "$DEMO_RECORD" ] || run_line "$1" >"$DEMO_RECORD/$commands.again"
}

# change LINE: runs a command line that changes the VM and prints nothing. It is
# not run a second time.
change() {
	type_line "$1"
}

# begin TEXT...: the title of the demo; loads the module
begin() {
	printf '%s\n' "$*"
	tell_user "$(uname -sr) as Debian ships it, in a VM. Every line that begins with \"\$\" was"
	more "typed here, and its output follows. What the programs do is told in words; they"
	more "are all build/tcpplay, which opens and closes sockets when it is told to."
	change "insmod build/$KVER/tcpdiag.ko"
}

# Detail files have one space between columns, and "# " before the header. Without
# it, column -t puts each header above its column.

# show_view VIEW: a detail file
show_view() {
	show "sed 's/^# //' /proc/net/tcpdiag/$1 | column -t"
}

# field_list VIEW COLUMN...: their numbers as cut -f wants them: 1-3,5
field_list() {
	# shellcheck disable=SC2034 # lines is what read_view fills
	local lines at column list='' first='' last=''
	local -A wanted=()

	read_view "$1"
	for column in "${@:2}"; do
		find_column "$1" "$column"
		wanted[$((at + 1))]=1
	done
	for at in $(printf '%s\n' "${!wanted[@]}" | sort -n) end; do
		if [ -n "$last" ] && [ "$at" != $((last + 1)) ]; then
			[ "$first" = "$last" ] || first+=-$last
			list+=${list:+,}$first
			first=''
		fi
		: "${first:=$at}"
		last=$at
	done
	printf '%s\n' "$list"
}

# show_columns VIEW COLUMN...: some columns of a detail file, in the file's order
show_columns() {
	local fields

	fields=$(field_list "$@")
	show "sed 's/^# //' /proc/net/tcpdiag/$1 | cut -d' ' -f$fields | column -t"
}

# show_rows VIEW PATTERN [NETNS]: the header and some rows of a detail file
show_rows() {
	show "${3:+ip netns exec $3 }grep -E '^# |$2' /proc/net/tcpdiag/$1 | sed 's/^# //' | column -t"
}

# show_port: the sockets on port 8080, both ends of each
show_port() {
	show "ss -Htan '( sport = :8080 or dport = :8080 )'"
}

# second_machine NAME: a network namespace plays a second machine, on a wire of its
# own. We are 10.0.1.1 on to-NAME, it is 10.0.1.2 on to-here. One a demo.
second_machine() {
	change "ip netns add $1"
	change "ip link add to-$1 type veth peer name to-here netns $1"
	change "ip addr add 10.0.1.1/24 dev to-$1"
	change "ip -n $1 addr add 10.0.1.2/24 dev to-here"
	change "ip link set to-$1 up"
	change "ip -n $1 link set to-here up"
	change "ip -n $1 link set lo up"
}
