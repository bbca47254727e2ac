#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An unprivileged user makes 2,000 network namespaces and fills max_records with
# their TIME_WAITs. A neighbour still gets records for its new sockets, up to
# its share: rows, owners, the CLOSE_WAIT leak. The user's live sockets keep
# theirs, and what is counted stays what ss counts.
#
#   init: root     neighbour: root     2,000 namespaces of uid 1000
#
# kernels: debug
# also: 6.12
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"

# The crowd and its TIME_WAITs: more than the cap, whose half is a share.
crowd=2000 waits=6 cap=4096
[ "$KVER" != debug ] || crowd=100 waits=6 cap=512
share=$((cap / 2)) reserve=$((cap / 16))
pairs=$((cap / 8))

rows() {
	view sockets "$1" | awk 'NR > 1' | wc -l
}

# Makes the namespace behind a descriptor of the crowd known. usage: name_crowd NAME FD
name_crowd() {
	mkdir -p /run/netns
	touch "/run/netns/$1"
	mount --bind "/proc/${player_pid[crowd]}/fd/$2" "/run/netns/$1"
}

plan 25

netns neighbour
load_module max_records=$cap
set_sysctl net.tcpdiag.close_wait_leak_ms 1000 neighbour
play server -n neighbour
play client -n neighbour
tell server nofile 8192
tell server listen l 127.0.0.1 8080

play crowd
tell crowd nofile 8192
tell crowd uid 1000
first=$(tell crowd crowd 1 127.0.0.1 8080 "$waits")
tell crowd listen live 127.0.0.1 9090
tell crowd pairs live 2 live 127.0.0.1 9090
last=$(tell crowd crowd $((crowd - 1)) 127.0.0.1 8080 "$waits")
is $((last - first)) $((crowd + 5 - 1)) "one user has $crowd network namespaces"
name_crowd first "$first"
name_crowd last "$last"
# Each of them has records to spare. While the cap is nearly reached some of these go back
# every second, and are used in the last, where the player is now, until there are none.
spares_used() {
	local before after

	sleep 3
	before=$(self minisock_records last)
	tell crowd churn 127.0.0.1 8080 $((cap / 4))
	after=$(self minisock_records last)
	[ $((after - before)) -lt 4 ]
}
wait_until 40 spares_used
gauges_agree "the crowd's first namespace: the gauges as ss has them" first
gauges_agree "its last, where most sockets got no record: the same" last
check "the records are all in use" test "$(self cap_hits last)" -gt 0

note "the neighbour"
tell server pairs a "$pairs" l 127.0.0.1 8080
is "$(rows neighbour)" "$(in_netns neighbour ss -Htan | wc -l)" "each of the neighbour's sockets has a row"
is "$(view sockets neighbour | awk 'NR > 1 && $7 == "-"' | wc -l)" 0 "and an owner"
gauges_agree "the neighbour's gauges as ss has them" neighbour
tell client connect leak 127.0.0.1 8080
tell server accept leaked l
tell client close leak
leaks() { findings neighbour | grep -q close_wait_leak; }
wait_until 10 leaks
ok "its CLOSE_WAIT leak is found"
is "$(self cap_hits neighbour) $(self taken neighbour)" "0 0" "it was refused nothing and lost nothing"

note "what the user has lost"
gauges_agree "the crowd's first namespace: the gauges as ss has them" first
is "$(view sockets first | awk 'NR > 1 { print $3 }' | sort | uniq -c | xargs)" "4 ESTABLISHED 1 LISTEN" \
	"its live sockets keep their records"
within "$(self all_taken init)" $((2 * pairs - reserve)) $((2 * pairs + reserve)) \
	"as many TIME_WAITs lost their records as the neighbour needed, or up to the reserve more"
is "$(self user_taken first)" "$(self all_taken init)" "all of them the user's, and he is told"
within "$(self user_records first)" "$share" $((cap - 2 * pairs)) "he still has more than his share"
within "$(self all_records init)" $((cap - reserve)) "$cap" "never more than max_records"
is "$(self share first) $(self share neighbour) $(self all_users init)" "$share $share 2" \
	"a share is half of max_records, for two users have records"
is "$(self top_uid init)" 1000 "the machine's administrator is told who it is"
is "$(in_netns init setpriv --reuid 65534 --clear-groups --inh-caps=-all \
	cat /proc/net/tcpdiag/self | awk '$1 == "top_uid" { print $2 }')" - "nobody is not"
is "$(self all_records first) $(self all_records neighbour)" "- -" \
	"nor is the machine's sum shown in other namespaces"
is "$(view findings init | grep -c 'records_refused host .*uid 1000 has' || :)" 1 \
	"the finding in the initial namespace says so"
check "and that in the user's namespace" grep -q 'NOTE records_refused' <<<"$(summary last)"

note "the neighbour borrows in its turn, and is refused"
tell server pairs b $((share / 2 + 8 - pairs)) l 127.0.0.1 8080
within "$(self cap_hits neighbour)" 1 32 "beyond its share it is refused while the user has no more than his own"
gauges_agree "the neighbour's gauges as ss has them" neighbour

note "all TIME_WAITs end, with a record or without"
wait_until 100 equal ss_count TIME_WAIT first -- 0
wait_until 100 equal ss_count TIME_WAIT last -- 0
gauges_agree "the crowd's first namespace: the gauges as ss has them" first
gauges_agree "and its last" last
