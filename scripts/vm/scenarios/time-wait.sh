#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TIME_WAIT: how many, how fast, whose, and towards where; orphaned FIN_WAIT2s are
# counted separately; the limit, and what exceeds it. Truth: ss, nstat, sockstat and
# the players.
# kernels: 6.1 6.12 7.3 debug
# clock: virtual
# limit: 900
# also: arm64
. "$TOP/scripts/vm/lib.sh"

# tw COLUMN: of the row "total"
tw() {
	cell time_wait total "$1"
}

# tw_sum KIND: of its rows, "other" included
tw_sum() {
	view time_wait | awk -v kind="$1" '$1 == kind { n += $6 } END { print n + 0 }'
}

# owner_rows: PID COMM NOW of each owner except "other"
owner_rows() {
	view time_wait | awk '$1 == "owner" && $3 != "other" { print $2, $3, $6 }' | sort
}

dest_rows() {
	view time_wait | awk '$1 == "destination" && $4 != "other" { print $4, $5, $6 }' | sort
}

# What sockstat calls tw.
minisockets() {
	awk '$1 == "TCP:" { for (i = 2; i < NF; i += 2) if ($i == "tw") print $(i + 1) }' /proc/net/sockstat
}

plan 26

set_sysctl net.ipv4.tcp_tw_reuse 0
load_module
play maker
play taker
tell maker comm maker
tell taker comm 'taker two'
is "$(tw now)" 0 "none at first"
is "$(tw limit)" "$(sysctl -n net.ipv4.tcp_max_tw_buckets)" "the limit is the sysctl"

tell maker churn 127.0.0.1 8080 50
tell taker churn 127.0.0.1 8081 20
is "$(tw now)" "$(ss_count TIME_WAIT)" "now: as ss says"
counted
is "$(owner_rows)" "$(printf '%s\n' "$(tell maker pid) maker 50" "$(tell taker pid) taker\\040two 20" | sort)" \
	"owners are who closed first"
is "$(dest_rows)" "$(printf -- '- 127.0.0.1:%s\n' '8080 50' '8081 20')" "destinations are where they went"
is "$(tw_sum owner)" "$(tw now)" "owners add up to the total"
is "$(tw_sum destination)" "$(tw now)" "so do destinations"

# A program that has ended has no pid any more.
dismiss taker
check "a process that ended keeps its name" grep -q '^owner - taker\\040two - - 20 ' /proc/net/tcpdiag/time_wait

# 70 in less than a minute: the rate is over the time there is.
up=$(($(self uptime_us) / 1000))
rate=$(tw per_s_60 | tr -d .)
within $((rate * up / 10000)) 50 90 "made a minute: as many as were made"

# A server that closes first has them on its own port.
play server
tell server comm closer
tell server listen l 127.0.0.1 9090
tell server pairs p 5 l 127.0.0.1 9090
for ((i = 1; i <= 5; i++)); do
	tell server close "ps$i"
	tell server close "pc$i"
done
counted
is "$(dest_rows | grep 9090)" "127.0.0.1:9090 - 5" "who accepted and closed first has them on its port"
is "$(owner_rows | grep closer)" "$(tell server pid) closer 5" "and is their owner"

# FIN_WAIT2 without a program is kept in the same way, and counted apart.
tell server pairs q 7 l 127.0.0.1 9090
tell server closeall qc >/dev/null
wait_until 5 equal ss_count FIN_WAIT2 -- 7
# ss counts a full socket, too, whose place a minisocket is about to take
wait_until 5 equal minisockets -- $(($(ss_count TIME_WAIT) + 7))
is "$(tw fin_wait2)" 7 "orphaned FIN_WAIT2s are counted apart"
is "$(tw now)" "$(ss_count TIME_WAIT)" "and not as TIME_WAIT"
is "$(minisockets)" $(($(tw now) + $(tw fin_wait2))) "both together are what sockstat calls tw"

# Over the limit.
is "$(summary | grep -c time_wait_overflow || :)" 0 "no overflow is no finding"
set_sysctl net.ipv4.tcp_max_tw_buckets 60
before=$(mib TcpExtTCPTimeWaitOverflow)
tell maker churn 127.0.0.1 8080 100
over=$(($(mib TcpExtTCPTimeWaitOverflow) - before))
is "$(tw overflows)" $((before + over)) "overflows: as nstat says"
within "$over" 40 100 "all beyond 60 went over"
is "$(tw now)" "$(ss_count TIME_WAIT)" "none of them is counted as TIME_WAIT"
check "it is a finding" grep -q "time_wait_overflow: $over connections" /proc/tcpdiag
check "that names the sysctl and its value" grep -q 'tcp_max_tw_buckets, which is 60' /proc/net/tcpdiag/findings

# Ports in TIME_WAIT that connect() takes again.
set_sysctl net.ipv4.tcp_max_tw_buckets 10000
set_sysctl net.ipv4.tcp_tw_reuse 1
set_sysctl net.ipv4.ip_local_port_range '41000 41009'
tell maker churn 127.0.0.1 8085 10
sleep 2
tell maker churn 127.0.0.1 8085 10
is "$(tw recycled)" "$(mib TcpExtTWRecycled)" "recycled: as nstat says"
within "$(tw recycled)" 1 10 "some were"
is "$(tw now)" "$(ss_count TIME_WAIT)" "and are not counted twice"
is "$(self events_mismatched)" 0 "no event was out of place"

# Ten minutes without one more.
sleep 610
is "$(tw overflows)" $((before + over)) "the overflows are still counted"
is "$(findings | grep -c time_wait_overflow || :)" 0 "and no finding any more"
