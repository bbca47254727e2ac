#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A machine that has been working before the module is loaded: a thousand sockets
# in every state that can be held. At once each gauge is what ss counts, and from
# then on nothing is counted twice or lost until the last one is closed.
# kernels: 6.1 6.12 7.3 debug
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# now = preexisting + entered - left, in every state; prints those that differ
unbalanced() {
	cat /proc/net/tcpdiag/self /proc/net/tcpdiag/states | awk '
		/^preexisting_/ { pre[substr($1, 13)] = $2; next }
		pre[$1] != "" && $1 != "CLOSE" {
			if ($2 != pre[$1] + $3 - $4)
				print $1, $2, "is not", pre[$1], "+", $3, "-", $4 }'
}

# What self says was there before, as ss_gauges prints it.
preexisting_gauges() {
	local -A gauge=()
	local lines row state count

	read_view self
	for row in "${lines[@]}"; do
		[[ $row == preexisting_* ]] || continue
		read -r state count <<<"${row#preexisting_}"
		state=${state/NEW_SYN_RECV/SYN_RECV}
		gauge[$state]=$((${gauge[$state]:-0} + count))
	done
	print_gauges
}

plan 21

# Nobody gets through to port 9, and nothing from 8081: SYN_SENT and half open.
nft -f - <<-END
	table inet lost {
		chain in {
			type filter hook input priority 0
			tcp dport 9 drop
			tcp sport 8081 drop
		}
	}
END
set_sysctl net.ipv4.tcp_fin_timeout 60
ulimit -n 4096
play server
play client
tell server listen l 127.0.0.1 8080
tell server listen l6 ::1 8080
tell server listen h 127.0.0.1 8081

tell server pairs old 40 l 127.0.0.1 8080
closing=${EPOCHREALTIME/./}
for ((i = 1; i <= 20; i++)); do
	ask server shutdown "oldc$i" wr
done
for ((i = 1; i <= 20; i++)); do
	answer server >/dev/null
done
wait_until 10 equal ss_count CLOSE_WAIT -- 20
waited=${EPOCHREALTIME/./}

tell server pairs est 250 l 127.0.0.1 8080
tell server pairs six 50 l6 ::1 8080
tell server pairs tw 150 l 127.0.0.1 8080
tell server closeall tw >/dev/null
tell server pairs orphan 60 l 127.0.0.1 8080
tell server closeall orphanc >/dev/null
for ((i = 1; i <= 30; i++)); do
	tell client start "syn$i" 127.0.0.1 9
	tell client start "half$i" 127.0.0.1 8081
done
for ((i = 1; i <= 5; i++)); do
	tell client connect "queued$i" 127.0.0.1 8080
done

left=$((4000000 - (${EPOCHREALTIME/./} - waited)))
[ "$left" -le 0 ] || sleep "$((left / 1000000)).$((left / 100000 % 10))"
ss_gauges >"$scratch/truth"
sed 's/^/# /' "$scratch/truth"
load_module
is "$(our_gauges)" "$(cat "$scratch/truth")" "at once every gauge is what ss counted"
gauges_agree "and still is"
is "$(preexisting_gauges)" "$(cat "$scratch/truth")" "self says that all of it was there before"
is "$(awk '{ n += $2 } END { print (n >= 1000) }' "$scratch/truth")" 1 "that is a thousand sockets"
is "$(self gauges)" exact "the walk had memory enough"
is "$(view sockets | awk 'NR > 1 && $13 != "yes"' | wc -l)" 0 "every row is an estimate"
# How many orphans are still full sockets is up to the kernel's timing.
is "$(view sockets | awk 'NR > 1 && $6 != "unknown" { print $6 }' | sort | uniq -c |
	awk '{ print $1, $2 }')" "$(printf '%s\n' "60 active" "3 listener")" \
	"who connected to whom is told only where the state tells"
is "$(view sockets | awk 'NR > 1' | wc -l)" \
	"$(ss -Htano | grep -vc 'timer:(timewait\|^SYN-RECV')" \
	"full sockets and only they have a row"
is "$(view transitions | awk 'NR > 1' | wc -l)" 0 "no transition is invented"

before=${EPOCHREALTIME/./}
oldest=$(state_col CLOSE_WAIT oldest_us)
within "$oldest" $((before - waited - 1500000)) $((${EPOCHREALTIME/./} - closing + 1000000)) \
	"the oldest CLOSE_WAIT is told nearly its real age"
check "a TIME_WAIT is no older than the run" test "$(state_col TIME_WAIT oldest_us)" -lt 60000000

tell server closeall sixc >/dev/null
wait_until 10 equal ss_count CLOSE_WAIT -- 130
tell server closeall sixs >/dev/null
tell server closeall orphans >/dev/null
wait_until 10 equal ss_count CLOSE_WAIT -- 20
gauges_agree "some close: the gauges as ss has them"
is "$(unbalanced)" "" "now = preexisting + entered - left"
is "$(transition ESTABLISHED FIN_WAIT1)" 50 "each old connection that closed was seen to"

tell server pairs new 20 l 127.0.0.1 8080
gauges_agree "new ones come: the gauges as ss has them"
is "$(unbalanced)" "" "now = preexisting + entered - left"

nft flush table inet lost
tell server close h
dismiss client
dismiss server
wait_until 20 equal ss_count ESTABLISHED -- 0
wait_until 10 equal self records -- 0
# ss shows a closed listener's requests until their timers run out.
wait_until 40 equal ss_count SYN_RECV -- 0
gauges_agree "all descriptors are closed: the gauges as ss has them"
is "$(our_gauges | sed 's/ .*//' | tr '\n' ' ')" "TIME_WAIT " "only TIME_WAITs are left"
is "$(unbalanced)" "" "now = preexisting + entered - left"
is "$(self events_mismatched) $(self allocation_failures)" "0 0" "no event out of turn"
is "$(view transitions | awk 'NR > 1 && $4 == "impossible"')" "" "nothing impossible happened"
