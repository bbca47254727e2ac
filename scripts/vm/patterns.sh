# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Patterns of healthy services, some of them together, each in a network namespace of its
# own: nobody may be warned of them. Sourced after lib.sh by the scenarios patterns-*.
#
# A pattern P is functions of its scenario: P_begins; P_goes_on, once a turn, if anything
# happens later; P_ends, which compares what is there in the end with what should be. In
# them $ns is the namespace, $turn the number of the turn. Its players are cast in it.

# other_end: a second namespace of a pattern, in which findings are read too
declare -A accusations=() deviations=() other_end=()
ns='' turn=0

# cast NAME...: players of the present pattern, each a program of that name
cast() {
	local name

	for name; do
		play "$ns.$name" -n "$ns"
		tell "$ns.$name" comm "$name"
	done
}

# act NAME COMMAND...: like tell, for commands whose value does not matter
act() {
	local name=$1
	shift

	tell "$ns.$name" "$@" >/dev/null
}

# got NAME COMMAND...: like tell
got() {
	local name=$1
	shift

	tell "$ns.$name" "$@"
}

# must_fail NAME ERRNO COMMAND...
must_fail() {
	local name=$1
	shift

	tell_err "$ns.$name" "$@"
}

# exits NAME: the program ends
exits() {
	dismiss "$ns.$1"
}

# meet CLIENT SERVER NAME [PORT]: a connection, which has that name at both; the
# server's listener is l
meet() {
	act "$1" connect "$3" 127.0.0.1 "${4:-8080}"
	act "$2" accept "$3" l
}

# says FROM TO NAME BYTES: sent and received
says() {
	act "$1" send "$3" "$4"
	deviates "$(got "$2" take "$3" "$4")" "$4" "bytes that $2 got on $3"
}

# asks CLIENT SERVER NAME [REQUEST ANSWER]: a request and its answer
asks() {
	says "$1" "$2" "$3" "${4:-100}"
	says "$2" "$1" "$3" "${5:-1000}"
}

# parts FIRST SECOND NAME: the first closes, the second notices and closes
parts() {
	act "$1" close "$3"
	deviates "$(got "$2" recv "$3" 10)" 0 "what $2 read at the end of $3"
	act "$2" close "$3"
}

# every N: whether it is one of these turns; a second argument shifts them
every() {
	((turn % $1 == ${2:-0}))
}

# deviates ACTUAL EXPECTED WHAT: notes it if they differ
deviates() {
	[ "$1" = "$2" ] || deviations[$ns]+="turn $turn: $3: $1, not $2; "
}

# established COUNT: ends of connections that ss must find open both ways
established() {
	deviates "$(ss_count ESTABLISHED "$ns")" "$1" "ends established"
}

# at_least NAME COUNT: what nstat must have counted
at_least() {
	local counted_by_kernel

	counted_by_kernel=$(mib "$1" "$ns")
	[ "$counted_by_kernel" -ge "$2" ] ||
		deviations[$ns]+="$1 is $counted_by_kernel, not $2 or more; "
}

# read_findings NETNS: who is warned, or worse, at this moment
read_findings() {
	local lines row severity part

	read_view findings "$1"
	for row in "${lines[@]:1}"; do
		read -r _ severity _ part _ <<<"$row"
		case "$severity $part" in
		'NOTE '*) ;;
		*' what' | *' evidence') accusations[$ns]+="turn $turn: $row"$'\n' ;;
		esac
	done
}

# read_history NETNS: who was at any time
read_history() {
	local lines row event severity

	read_view history "$1"
	for row in "${lines[@]:1}"; do
		read -r _ _ _ event severity _ <<<"$row"
		case "$event $severity" in
		cleared* | *' NOTE') ;;
		*) accusations[$ns]+="history: $row"$'\n' ;;
		esac
	done
}

# What a warning is for: whether the readings of a scenario can fail at all. A server
# forgets every connection that its client has closed, and takes new ones.
forgetful_begins() {
	cast server client
	act server listen l 127.0.0.1 8080
}

forgetful_goes_on() {
	[ "$turn" -le 5 ] || return 0
	meet client server "c$turn"
	act client close "c$turn"
}

# for_each SUFFIX PATTERN...: calls that function of each pattern that has it
for_each() {
	local suffix=$1 pattern
	shift

	for pattern; do
		ns=${pattern//_/-}
		! declare -F "${pattern}_$suffix" >/dev/null || "${pattern}_$suffix"
	done
}

# readings COMMAND PATTERN...: the command for the namespaces of each
readings() {
	local command=$1 pattern
	shift

	for pattern; do
		ns=${pattern//_/-}
		"$command" "$ns"
		[ -z "${other_end[$ns]:-}" ] || "$command" "${other_end[$ns]}"
	done
}

# next_turn BEGUN STEP: sleeps until it is time for it
next_turn() {
	local left=$(($1 + turn * $2 - SECONDS))

	[ "$left" -le 0 ] || sleep "$left"
}

# patterns SECONDS STEP PATTERN...: all of them at once, for so long, with a turn every
# STEP seconds; findings are read every tenth turn.
patterns() {
	local length=$1 step=$2 pattern begun
	shift 2

	plan $((2 * $# + 3))
	load_module
	for pattern in "$@" forgetful; do
		netns "${pattern//_/-}"
	done
	for_each begins "$@" forgetful
	begun=$SECONDS
	for ((turn = 1; turn * step <= length; turn++)); do
		next_turn "$begun" "$step"
		for_each goes_on "$@" forgetful
		! every 10 5 || readings read_findings "$@" forgetful
	done
	for_each ends "$@" forgetful
	readings read_findings "$@" forgetful
	readings read_history "$@" forgetful
	check "$length s have passed" test $((SECONDS - begun)) -ge $((length - step))
	for pattern; do
		ns=${pattern//_/-}
		is "${deviations[$ns]:-}" "" "$ns: took place"
		is "${accusations[$ns]:-}" "" "$ns: nobody is warned"
	done
	is "$(ss_count CLOSE_WAIT forgetful)" 5 "a server beside them forgets five connections"
	check "and is warned" grep -q "WARNING close_wait_leak what server" \
		<<<"${accusations[forgetful]:-}"
}
