# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the soak and the fuzzer share: counts of what was done, progress lines, and
# rest points at which tcpdiag's gauges must be what ss counts, and for how long. Sourced
# after lib.sh.

began=$SECONDS
# What was not as it should be, so far; and whether memory has failed, so that
# gauges may be approximate if tcpdiag says so
wrong=0 faults=0
declare -A done_often=()

# tally NUMBER WHAT...: a line of the table
tally() {
	local n=$1
	shift

	done_often[$*]=$((${done_often[$*]:-0} + n))
}

progress() {
	printf '[%5d s] %s\n' $((SECONDS - began)) "$*"
}

# The host's clock, from a file that it makes: that of a guest which a busy host does not
# serve may stand still.
host_time() {
	rm -f "$OUT/now"
	: >"$OUT/now"
	stat -c %Y "$OUT/now"
}
host_began=$(host_time)

# usage: is_over SECONDS: whether so many have passed on the host
is_over() {
	[ $(($(host_time) - host_began)) -ge "$1" ]
}

# wrongly TEXT...: something is not as it should be; the soak goes on
wrongly() {
	wrong=$((wrong + 1))
	progress "WRONG: $*"
}

# What lingers by itself is ended, as an administrator would: ss -K.
bring_to_rest() {
	local ns=$1

	in_netns "$ns" ss -KHtan state time-wait >/dev/null 2>&1 || :
	in_netns "$ns" ss -KHtan state fin-wait-2 >/dev/null 2>&1 || :
}

# usage: gauges_at_rest NETNS WORDS: equal within a minute, for what is closing takes
# its time
gauges_at_rest() {
	local ours='' theirs='' deadline

	served
	deadline=$((SERVED + 60))
	while [ "$SERVED" -lt "$deadline" ]; do
		bring_to_rest "$1"
		ours=$(our_gauges "$1")
		theirs=$(ss_gauges "$1")
		[ "$ours" != "$theirs" ] || break
		sleep 1
		served
	done
	if [ "$(self gauges "$1")" = approximate ] && [ "$faults" = 1 ]; then
		tally 1 "rest points with gauges that are said to be approximate"
	elif [ "$ours" = "$theirs" ]; then
		tally 1 "rest points with gauges as ss has them"
	else
		wrongly "gauges $2: ours ${ours//$'\n'/, }; ss: ${theirs//$'\n'/, }"
	fi
}

# Not where an event was lost, for then what follows on it is out of turn.
nothing_impossible() {
	local found

	[ "$(self events_lost "$1")" = 0 ] || return 0
	found=$(view transitions "$1" | awk 'NR > 1 && $4 == "impossible" { printf "%s>%s %s, ", $1, $2, $3 }')
	[ -z "$found" ] || wrongly "impossible transitions: $found"
	[ "$(self events_mismatched "$1")" = 0 ] ||
		wrongly "events out of turn: $(self events_mismatched "$1")"
}

lockdep_is_on() {
	grep -q 'debug_locks: *1' /proc/lockdep_stats
}

# kmemleak ignores objects younger than 5 s, hence two scans.
no_leaks() {
	local report=/sys/kernel/debug/kmemleak found

	echo scan >"$report" || return 1
	sleep 6
	echo scan >"$report"
	found=$(cat "$report")
	printf '%s\n' "$found"
	[ -z "$found" ]
}

# checkers_found_nothing: two results
checkers_found_nothing() {
	if [ -e /proc/lockdep_stats ]; then
		check "lockdep has watched to the end" lockdep_is_on
		check "kmemleak finds nothing" no_leaks
	else
		skip "not in this kernel" "lockdep"
		skip "not in this kernel" "kmemleak"
	fi
}

# print_table WORDS: what was done how often
print_table() {
	local what

	printf '# %s, %d s:\n' "$1" $((SECONDS - began))
	for what in "${!done_often[@]}"; do
		printf '# %12d  %s\n' "${done_often[$what]}" "$what"
	done | sort -k3
}
