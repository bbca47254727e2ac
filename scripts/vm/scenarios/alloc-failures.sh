#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Memory allocations fail. First each allocation that a read makes, one after the
# other: the read fails, or it shows what it showed before, and the failure is
# counted. Then many at once, under traffic, those of the worker included: gauges stay
# what ss counts, no growth is invented, and tcpdiag says what it could not count.
# kernels: debug
# clock: virtual
# limit: 120
# leaks: yes
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/failslab.sh"

# Of each view the columns that stay as long as nothing happens.
declare -A steady=([states]="0 1 2 3" [transitions]="0 1 2 3" [histograms]="0 1 2 3 4"
	[sockets]="0 1 2 6 7" [close_wait]="0 1 2 4 5 6 7 12" [time_wait]="0 1 2 3 4 5"
	[ports]="0 1 2 3 4 5 6" [listeners]="0 1 2" [handshake]="0 1 2 7"
	[congestion]="0 1 2 3" [findings]="1 2 3 4 5 6 7 8" [self]="0" [summary]="0 1")
# Of each view how many reads failed.
declare -A failed=()

path_of() {
	[ "$1" = summary ] && echo /proc/tcpdiag || echo "/proc/net/tcpdiag/$1"
}

# look VIEW: its steady columns into seen, each followed by a space; nothing if it
# cannot be read. In this very process, so that fail-nth is about this read.
look() {
	local row words at

	seen='' lines=()
	mapfile -t lines 2>/dev/null <"${file[$1]}" || :
	for row in "${lines[@]}"; do
		case $1 in
		findings) [[ $row == *\ what\ * ]] || continue ;;
		# not the rest of a sentence, which is broken where its figures let it
		summary) [[ $row == *:* && $row != "            "* ]] || continue ;;
		esac
		read -ra words <<<"$row"
		for at in ${steady[$1]}; do
			seen+="${words[at]:-} "
		done
	done
}

# Fails one allocation after the other of a read, until it makes no more.
# usage: fail_each VIEW; sets wrong to what was shown and should not have been
fail_each() {
	local expected n left=0

	look "$1"
	expected=$seen
	[ -n "$expected" ] || give_up "$1 has nothing to show"
	failed[$1]=0
	for ((n = 1; left == 0; n++)); do
		echo $n >"/proc/$BASHPID/fail-nth"
		look "$1"
		read -r left <"/proc/$BASHPID/fail-nth"
		echo 0 >"/proc/$BASHPID/fail-nth"
		if [ "$seen" = "$expected" ]; then
			continue
		elif [[ -z $seen || ($1 =~ ^(sockets|listeners)$ && $expected == "$seen"*) ]]; then
			failed[$1]=$((failed[$1] + 1))
		else
			wrong+="$1, allocation $n: $seen"$'\n'
		fi
	done
	look "$1"
	[ "$seen" = "$expected" ] || wrong+="$1, afterwards: $seen"$'\n'
	note "$1: $((n - 2)) allocations, ${failed[$1]} failed the read"
}

towards() {
	ss -H4tan "$@" "dport = :8080" | wc -l
}

group() {
	view close_wait | awk -v name="$1" -v at="$2" '$3 == name { print $at }'
}

plan 18

declare -A file=()
for name in "${!steady[@]}"; do
	file[$name]=$(path_of "$name")
done

# What is older than the module has owners that must be looked for.
play leaker
play standstill
play client
for name in leaker standstill client; do
	tell $name comm $name
done
tell leaker listen l 127.0.0.1 8001
tell standstill listen l 127.0.0.1 8004
for i in 1 2 3; do
	tell client connect "a$i" 127.0.0.1 8001
	tell leaker accept "s$i" l
	tell client close "a$i"
	tell client connect "b$i" 127.0.0.1 8004
	tell client close "b$i"
done
load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
set_sysctl net.tcpdiag.stale_established_ms 1000
set_sysctl net.tcpdiag.slow_accept_ms 86400000
play server
tell server listen l 127.0.0.1 8080
tell server pairs idle 4 l 127.0.0.1 8080
tell server send idlec1 1000
for i in 1 2 3 4; do
	tell_err client ECONNREFUSED connect "refused$i" 127.0.0.1 9
done
tell client churn 127.0.0.1 8081 5
wait_until 20 equal group leaker 7 -- 3
wait_until 20 grep -q stale_established /proc/net/tcpdiag/findings
counted

# Who closes a file before its end leaves nothing behind: kmemleak looks afterwards.
for name in "${!steady[@]}"; do
	head -c 1 "$(path_of "$name")" >/dev/null
done

fail_only_tcpdiag
before=$(self allocation_failures)
is "$before" 0 "there was memory"
wrong=
for name in time_wait "${!steady[@]}"; do
	[ -z "${failed[$name]:-}" ] || continue
	fail_each "$name"
done
check "some reads fail" test "$((failed[summary] + failed[close_wait]))" -gt 0
is "$wrong" "" "what is shown is never a part, and never wrong"
sum=0
for name in "${!failed[@]}"; do
	sum=$((sum + failed[$name]))
done
within "$(($(self allocation_failures) - before))" $((sum - 2)) $((sum + 20)) \
	"reads that failed are counted, but those that could not be begun"

note "everything fails, for twelve seconds"
before=$(self allocation_failures)
fail_percent 100
tell server pairs dark 3 l 127.0.0.1 8080
tell server send darkc1 1000
tell client churn 127.0.0.1 8082 5
tell_err client ECONNREFUSED connect refused5 127.0.0.1 9
tell client connect r 127.0.0.1 8080
tell client reset r
sleep 12
readable=
for name in "${!steady[@]}"; do
	! cat "${file[$name]}" >/dev/null 2>&1 || readable+="$name "
done
is "$readable" "" "meanwhile nothing can be read"
fail_percent 0
lost=$(($(self allocation_failures) - before))
check "that is counted" test "$lost" -gt 10
is "$(self gauges) $(self events_lost)" "exact 0" "no event is lost for it"
gauges_agree "the gauges are what ss counts"
is "$(group leaker 7) $(group standstill 7)" "3 3" "the leaks are what they were"
is "$(view close_wait | awk 'NR > 1 && $1 != "other" && $11 > 0')" "" "and no growth is made of it"
is "$(view close_wait | awk 'NR > 1 { n += $7 } END { print n }')" "$(ss_count CLOSE_WAIT)" \
	"rows and other add up to what ss counts"
# Sockets without a record are in no row of ports.
ours=$(sum_of ports in_use)
theirs=$(ss -H4tan state established state close-wait state fin-wait-2 state time-wait \
	'( dport = :8080 or dport = :8081 or dport = :8082 )' | wc -l)
within $((theirs - ours)) 0 "$lost" "of ports as many are missing as memory failed, at most"

note "there is memory again"
rows=$(sum_of ports in_use)
connects=$(cell ports '127.0.0.1 127.0.0.1:8080' connects)
handshakes=$(cell listeners 127.0.0.1:8080 handshakes)
tell server pairs late 5 l 127.0.0.1 8080
counted
is "$(($(sum_of ports in_use) - rows))" 5 "new connections have their ports counted"
is "$(($(cell ports '127.0.0.1 127.0.0.1:8080' connects) - connects))" 5 "and their connects"
is "$(($(cell listeners 127.0.0.1:8080 handshakes) - handshakes))" 5 "and their handshakes"
is "$(self events_mismatched)" 0 "no event was out of turn"

note "and a namespace whose first event finds none"
netns late
play latecomer -n late
fail_percent 100
tell latecomer listen l 127.0.0.1 8080
fail_percent 0
is "$(self gauges late)" approximate "its gauges are said to be approximate"
is "$(findings late)" "NOTE gauges_approximate" "which is a finding"
