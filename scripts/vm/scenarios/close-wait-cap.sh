#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# More sockets leak than a read looks at (32,768): all are counted, the figures of
# each program are marked as lower bounds, and no growth is reported. Below the bound
# all is exact again. Truth: ss, and the programs' own counts.
# kernels: 6.12
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

EACH=8400
CAP=32768
LEAKERS=(1 2 3 4)

rows() {
	view close_wait | awk -v at="$1" 'NR > 1 && $1 != "other" { print $at }'
}

total() {
	view close_wait | awk 'NR > 1 { n += $7 } END { print n }'
}

other() {
	view close_wait | awk '$1 == "other" { print $7 }'
}

# What the findings say: PID WORDS COUNT of each leaker, "at least" or nothing.
said() {
	view findings | sed -n 's/.* close_wait_leak what leaker[0-9] (pid \([0-9]*\)) keeps \(at least \|\)\([0-9]*\) sockets in CLOSE_WAIT.*/\1 \2\3/p' |
		sort
}

# The same of ss. usage: truth [LEAKER...]
truth() {
	local i

	for i; do
		printf '%s %s\n' "$(tell "leaker$i" pid)" \
			"$(ss -Htan state close-wait "src 127.0.0.$i" | wc -l)"
	done | sort
}

plan 16

# No other finding: what the clients leave behind finds room.
set_sysctl net.ipv4.tcp_max_tw_buckets 100000
# each FIN that waits takes a page, more than a small VM has for TCP
was=$(in_netns init sysctl -n net.ipv4.tcp_mem)
in_netns init sysctl -qw net.ipv4.tcp_mem='100000 200000 300000'
load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
for i in "${LEAKERS[@]}"; do
	play "leaker$i"
	tell "leaker$i" comm "leaker$i"
	tell "leaker$i" nofile 20000
	tell "leaker$i" listen l "127.0.0.$i" 8080
	tell "leaker$i" pairs s $EACH l "127.0.0.$i" 8080
	is "$(tell "leaker$i" closeall sc)" $EACH "leaker$i keeps what its clients have closed"
	if [ "$i" = 3 ]; then
		wait_until 10 equal other -- 0
		ok "as long as they are fewer, all are looked at"
	fi
done
sleep 2.5

all=$(ss_count CLOSE_WAIT)
is "$all" $((4 * EACH)) "ss counts them all"
is "$(total)" "$all" "so do the rows with other"
# the places of other surveys in the list are passed over, one each
within "$(other)" $((all - CAP)) $((all - CAP + 4)) "what is beyond the bound is in other"
check "and self says that looks were cut" test "$(self looks_cut)" -gt 0
is "$(said | awk '$2 $3 == "atleast"' | wc -l)" 4 "each finding says that it is a lower bound"
is "$(join <(said | awk '{ print $1, $4 }') <(truth "${LEAKERS[@]}") | awk '$2 <= $3' | wc -l)" 4 \
	"which it is: ss counts as many or more"
sleep 15
is "$(rows 11 | sort -u)" - "growth is not told of a part"
summary >"$OUT/page"
within "$(wc -l <"$OUT/page")" 20 55 "/proc/tcpdiag is one page"
ns=$(($(tell leaker1 time-read /proc/tcpdiag 4) / 4))
note "a read of /proc/tcpdiag with $all suspects: $((ns / 1000)) us"
# 50 ms, and as much again when the worker judges meanwhile
within "$ns" 1 100000000 "and costs what so many cost"

kill_player leaker4
wait_until 10 equal ss_count CLOSE_WAIT -- $((3 * EACH))
is "$(said)" "$(truth 1 2 3)" "below the bound again: each finding is what ss counts"
sleep 16
check_not "and growth is told again" grep -q -- - <<<"$(rows 11)"
in_netns init sysctl -qw net.ipv4.tcp_mem="$was"
