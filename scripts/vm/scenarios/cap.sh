#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# More sockets than max_records: those past the cap have no row, but every gauge
# counts them, and tcpdiag says how many are missing. No other record is evicted.
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 60
. "$TOP/scripts/vm/lib.sh"

rows() {
	view sockets | awk 'NR > 1' | wc -l
}

# Of all namespaces: sockets that an earlier scenario left behind would have records.
orphans() {
	awk '$1 == "TCP:" { print $5 }' /proc/net/sockstat
}

plan 16

wait_until 60 equal orphans -- 0
load_module max_records=64
play server
tell server listen l 127.0.0.1 8080
is "$(self cap)" 64 "the cap is what was asked for"
is "$(summary | grep -c records_refused || :)" 0 "there is no finding yet"

# A listener, 31 connections and a client: 64.
tell server pairs in 31 l 127.0.0.1 8080
is "$(self records) $(self cap_hits) $(rows)" "63 0 63" "up to the cap each has a record"
view sockets | awk 'NR > 1 { print $10 }' | sort >"$scratch/first"
tell server pairs out 50 l 127.0.0.1 8080
is "$(self records) $(self cap_hits)" "64 99" "past it each is counted as refused"
is "$(rows)" 64 "the cap is the number of rows"
is "$(view sockets | awk 'NR > 1 { print $10 }' | sort | comm -13 - "$scratch/first")" "" \
	"none was evicted"
gauges_agree "counted in the gauges as ss has them"
check "a finding says so" grep -q 'NOTE records_refused: 99 sockets' <<<"$(summary)"

tell server closeall outc >/dev/null
wait_until 10 equal ss_count FIN_WAIT2 -- 50
is "$(state_col FIN_WAIT2 now)" 50 \
	"half closed, each is told from a TIME_WAIT in spite of the cap"
is "$(state_col CLOSE_WAIT now)" 50 "the other ends are where they are"
tell server closeall outs >/dev/null
wait_until 10 equal ss_count TIME_WAIT -- 50
gauges_agree "all of them closed: the gauges as ss has them"
is "$(self cap_hits) $(self minisock_records)" "148 1" \
	"a TIME_WAIT needs a record too, and is refused like any other"

note "those with a record go without a TIME_WAIT"
for ((i = 1; i <= 31; i++)); do
	ask server reset "inc$i"
	ask server close "ins$i"
done
for ((i = 1; i <= 62; i++)); do
	answer server >/dev/null
done
wait_until 10 equal self records -- 1
gauges_agree "gone: the gauges as ss has them"
tell server pairs new 31 l 127.0.0.1 8080
is "$(self records) $(self cap_hits) $(rows)" "63 148 63" "new ones are given their records"
gauges_agree "the gauges as ss has them"
is "$(self gauges) $(self events_mismatched)" "exact 0" "all the while the account was exact"
