#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# More leaking ports, owners of TIME_WAIT and services than the tables hold: rows are
# exact, the rest is in "other", sums are those of ss and nstat, and tcpdiag says that
# a table is full. (Destinations: ports-table.)
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# There is room for 64.
MANY=80

# of_rows VIEW KIND NAME COUNT WHAT: of the rows of time_wait or close_wait whose
# first column matches KIND, where NAME and COUNT are columns: the sum, how many
# have a name, how many of these do not count 1, what "other" counts
of_rows() {
	view "$1" | awk -v kind="$2" -v name="$3" -v count="$4" -v what="$5" '
		NR > 1 && $1 ~ kind {
			n["sum"] += $count
			if ($name == "other") { n["other"] = $count; next }
			n["rows"]++
			n["wrong"] += $count != 1 }
		END { print n[what] + 0 }'
}

owners() {
	of_rows time_wait owner 3 6 "$1"
}

leaks() {
	of_rows close_wait . 1 7 "$1"
}

# How many listeners have just one handshake, or what else that column may say.
handshakes() {
	view listeners | awk -v like="$1" '
		NR == 1 { for (i = 2; i <= NF; i++) at[$i] = i - 1 }
		/^127/ && $at["handshakes"] ~ like { n++ }
		END { print n + 0 }'
}

plan 15

set_sysctl net.ipv4.tcp_tw_reuse 0
load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
play server
play maker
for ((i = 1; i <= MANY; i++)); do
	tell server listen "l$i" 127.0.0.1 $((7000 + i))
	tell server pairs "p$i-" 1 "l$i" 127.0.0.1 $((7000 + i))
	tell server close "p$i-c1"
	tell maker comm "maker$i"
	tell maker churn 127.0.0.1 6999 1
done
sleep 2.5
is "$(leaks sum)" "$(ss_count CLOSE_WAIT)" "CLOSE_WAIT: rows and other are what ss counts"
is "$(leaks rows) $(leaks other)" "64 $((MANY - 64))" "64 ports have a row, the rest is in other"
is "$(leaks wrong)" 0 "each row is exact"
check "self says that there was no room" test "$(self looks_cut)" -gt 0
is "$(findings | uniq -c | awk '{ print $1, $2, $3 }')" "8 NOTE close_wait_leak" "eight of them are findings"
within "$(summary | wc -l)" 20 55 "/proc/tcpdiag is one page"

counted
is "$(owners sum)" "$(ss_count TIME_WAIT)" "TIME_WAIT: owners and other are what ss counts"
is "$(owners rows) $(owners other)" "64 $((MANY - 64))" "64 owners have a row, the rest is in other"
is "$(owners wrong)" 0 "each row is exact"

is "$(cell listeners namespace handshakes)" "$(mib TcpPassiveOpens)" "handshakes of all services are what nstat counts"
is "$(view listeners | grep -c '^127')" "$MANY" "each listener has a row"
within "$(handshakes '^1$')" 62 64 "as many as there is room for have handshakes of their own"
is "$(handshakes '^(1|-)$')" "$MANY" "the others say that they are not known"

tell server closeall p >/dev/null
wait_until 10 equal ss_count CLOSE_WAIT -- 0
is "$(findings)" "" "once they are closed there is no finding"
# The old TIME_WAITs are gone, and their slots free.
sleep 60
wait_until 10 equal ss_count TIME_WAIT -- 0
tell maker comm again
tell maker churn 127.0.0.1 6999 3
counted
is "$(view time_wait | awk '$1 == "owner" { print $3, $6 }')" "$(printf 'again 3\nother 0')" \
	"a new owner gets a slot that is free again"
