#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The view congestion: what connections did under each algorithm, ours and the
# kernel's at once, against what ss says of the live ones, what the programs sent,
# and the kernel's own counters of losses.
#
#   sender --- 10 ms, loss, marks or nothing at will --> receiver
#
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 180
. "$TOP/scripts/vm/lib.sh"

algorithms=(cubic_rfc9438 bbr3 cubic reno)
default=net.ipv4.tcp_congestion_control
port=8080

# A column of the view, 0 if there is no such row. usage: figure CC SCOPE COLUMN [NETNS]
figure() {
	view congestion "${4:-sender}" | awk -v cc="$1" -v scope="$2" -v column="$3" '
		NR == 1 { for (i = 2; i <= NF; i++) if ($i == column) at = i - 1
			  if (!at) exit 1 }
		NR > 1 && $1 == cc && $2 == scope { v = $at }
		END { print at ? v + 0 : "no column" }'
}

# A column over all algorithms. usage: total SCOPE COLUMN [NETNS]
total() {
	view congestion "${3:-sender}" | awk -v scope="$1" -v column="$2" '
		NR == 1 { for (i = 2; i <= NF; i++) if ($i == column) at = i - 1
			  if (!at) exit 1 }
		NR > 1 && $2 == scope { v += $at }
		END { if (at) printf "%.0f\n", v; else print "no column" }'
}

# What ss has of the sender's connections of an algorithm, summed up, NAME VALUE a
# line; times, which it prints in ms, in us. usage: ss_sums CC
ss_sums() {
	in_netns sender ss -OHtin | awk -v cc="$1" '
		{ mine = 0
		  for (i = 1; i <= NF; i++) mine += $i == cc
		  for (i = 1; mine && i <= NF; i++)
			if (split($i, f, ":") == 2)
				sum[f[1]] += f[2] * (f[2] ~ /ms/ ? 1000 : 1) }
		END { for (name in sum) printf "%s %.0f\n", name, sum[name] }'
}

# One of them, 0 if ss does not print it. usage: ss_sum CC NAME
ss_sum() {
	ss_sums "$1" | awk -v name="$2" '$1 == name { v = $2 } END { print v + 0 }'
}

# Live connections that are at rest are what ss says, to the byte and the tick.
# usage: ss_agrees CC DESCRIPTION
ss_agrees() {
	is "$(awk -v cc="$1" '
		NR == FNR { ss[$1] = $2; next }
		FNR == 1 { for (i = 2; i <= NF; i++) at[$i] = i - 1 }
		FNR > 1 && $1 == cc && $2 == "live" {
			n = split("bytes_acked bytes_sent bytes_retrans delivered" \
				  " delivered_ce busy_us rwnd_limited_us" \
				  " sndbuf_limited_us", name, " ")
			for (i = 1; i <= n; i++) {
				theirs = name[i]
				sub("_us$", "", theirs)
				if (!(name[i] in at) || $at[name[i]] != ss[theirs] + 0)
					printf "%s %s, ss: %s;", name[i],
						$at[name[i]], ss[theirs] + 0
			}
			found = 1 }
		END { if (!found) print "no row" }' \
		<(ss_sums "$1") <(view congestion sender))" "" "$2"
}

# usage: join_up NAME CC: a connection, the sender's c-NAME to the receiver's s-NAME
join_up() {
	set_sysctl $default "$2" sender
	tell sender connect "c-$1" "$(v4 receiver sender)" $port
	tell receiver accept "s-$1" web
}

# usage: move NAME BYTES: all of it arrives, and is acknowledged
move() {
	ask sender send "c-$1" "$2"
	is "$(tell receiver take "s-$1" "$2")" "$2" "$1: all $2 bytes arrive"
	answer sender >/dev/null
	wait_until 20 at_rest
}

# Nothing is on its way: no timer but keepalive's.
at_rest() {
	! in_netns sender ss -OHtin | grep -qE 'unacked:|notsent:'
}

# usage: path NETEM...: what happens on the way from the sender
path() {
	in_netns sender tc qdisc replace dev to-receiver root netem "$@" limit 10000
}

# The peer's window has held a connection back for a second.
held_back() {
	[ "$(ss_sum reno rwnd_limited)" -gt 1000000 ]
}

# usage: fired COUNT: so many timeouts since boot, or more
fired() {
	[ "$(mib TcpExtTCPTimeouts sender)" -ge "$1" ]
}

# The kernel's counters, both kinds of fast recovery as one.
recoveries() {
	echo $(($(mib TcpExtTCPSackRecovery sender) + $(mib TcpExtTCPRenoRecovery sender)))
}

load_module
in_netns init sysctl -qw net.ipv4.tcp_allowed_congestion_control="${algorithms[*]}"
plan 60
netns sender
netns receiver
netns nobody
veth sender receiver
# a buffer on the sender's side is one packet, not 64 KiB of them
in_netns sender ip link set to-receiver gso_max_segs 1 gso_max_size 1514
path delay 10ms
play sender -n sender
play receiver -n receiver
tell receiver listen web "$(v4 receiver sender)" $port

is "$(view congestion nobody | wc -l)" 1 "a namespace without connections has the header only"
is "$(summary nobody | grep -c '^algorithm')" 0 "and its summary no table"

note "four algorithms at once, 1 % loss"
size=1000000
[ "$KVER" != debug ] || size=200000
for cc in "${algorithms[@]}"; do
	join_up "$cc" "$cc"
done
path delay 10ms loss 1%
for cc in "${algorithms[@]}"; do
	move "$cc" $size
done
path delay 10ms
for cc in "${algorithms[@]}"; do
	ss_agrees "$cc" "$cc: the live connection is as ss has it"
	is $(($(figure "$cc" live bytes_sent) - $(figure "$cc" live bytes_retrans))) $size \
		"$cc: sent, without repetitions, is what the program sent"
done
within "$(figure cubic live min_rtt_p50_us)" 8750 16000 "the smallest RTT is the wire's"
within "$(figure cubic live inflation_p50_percent)" 88 1000 "the smoothed one is no smaller"
goodput=$(awk -v us="$(ss_sum cubic busy)" -v n="$(ss_sum cubic bytes_acked)" \
	'BEGIN { printf "%.0f", n * 8e6 / us }')
within "$(figure cubic live goodput_p50_bps)" $((goodput * 87 / 100)) $((goodput * 113 / 100)) \
	"goodput is bytes over busy time, to an eighth"
is "$(total all rtos)" "$(mib TcpExtTCPTimeouts sender)" "as many timeouts as the kernel counts"
within "$(total all loss_episodes)" "$(recoveries)" \
	$(($(recoveries) + $(mib TcpExtTCPTimeouts sender))) \
	"as many episodes as recoveries, and timeouts outside of them"
check "there were some" test "$(recoveries)" -gt 0

note "they end: orderly, by a reset, as an orphan; the last sends nothing"
before=$(total all bytes_sent)
for cc in cubic_rfc9438 bbr3; do
	tell sender close "c-$cc"
	is "$(tell receiver drain "s-$cc")" 0 "$cc: the sender closes first"
	tell receiver close "s-$cc"
done
tell receiver close s-cubic
tell sender drain c-cubic >/dev/null
tell sender close c-cubic
tell sender reset c-reno
tell receiver close s-reno
join_up idle reno
tell receiver close s-idle
tell sender drain c-idle >/dev/null
tell sender close c-idle
wait_until 10 equal total live connections -- 0
is "$(total all bytes_sent)" "$before" "the totals stay what they were"
for cc in cubic_rfc9438 bbr3 cubic; do
	is "$(figure "$cc" finished senders) $(figure "$cc" finished bytes_acked)" "1 $((size + 2))" \
		"$cc: finished, SYN and FIN counted as TCP does"
done
is "$(figure reno finished senders) $(figure reno finished bytes_acked)" "1 $((size + 1))" \
	"reno: the reset one had no FIN acknowledged"
is "$(figure reno finished connections)" 2 "the one that sent nothing is counted"
is "$(total all connections)" "$(state_col ESTABLISHED entered sender)" \
	"the algorithms' connections are all that were established"
is "$(total all connections receiver)" "$(state_col ESTABLISHED entered receiver)" \
	"on the other side too"
is "$(total all bytes_sent receiver)" 0 "where nobody sent"

note "a retransmission timer that fires three times"
join_up rto cubic
move rto 20000
timeouts=$(mib TcpExtTCPTimeouts sender)
rtos=$(figure cubic all rtos)
episodes=$(figure cubic all loss_episodes)
drop_all to-receiver sender
tell sender send c-rto 5000
wait_until 20 fired $((timeouts + 3))
path delay 10ms
is "$(tell receiver take s-rto 5000)" 5000 "after that all bytes arrive"
wait_until 20 at_rest
is $(($(figure cubic all rtos) - rtos)) $(($(mib TcpExtTCPTimeouts sender) - timeouts)) \
	"as many timeouts as the kernel counts"
is $(($(figure cubic all loss_episodes) - episodes)) 1 "of one episode"
ss_agrees cubic "what was repeated is as ss has it"

note "marks of congestion, 20 %"
set_sysctl net.ipv4.tcp_ecn 1 sender
set_sysctl net.ipv4.tcp_ecn 1 receiver
join_up ecn cubic_rfc9438
path delay 10ms loss 20% ecn
move ecn 300000
path delay 10ms
ss_agrees cubic_rfc9438 "marked and unmarked are as ss has it"
check "some are marked" test "$(figure cubic_rfc9438 live delivered_ce)" -gt 0
is "$(figure cubic_rfc9438 live ce_ppm)" \
	$(($(ss_sum cubic_rfc9438 delivered_ce) * 1000000 / $(ss_sum cubic_rfc9438 delivered))) \
	"the share is the one of ss"
is "$(figure cubic_rfc9438 live bytes_retrans)" 0 "nothing was lost"

note "a peer that does not read, then a small send buffer"
join_up rwnd reno
ask sender send c-rwnd 4000000
wait_until 20 held_back
is "$(tell receiver take s-rwnd 4000000)" 4000000 "then it reads"
answer sender >/dev/null
wait_until 20 at_rest
ss_agrees reno "held back by the peer's window as ss has it"
check "for a second and more" test "$(figure reno live rwnd_limited_us)" -ge 1000000
path delay 50ms
# a few packets; what pacing holds back leaves while the program waits for room
join_up sndbuf bbr3
tell sender opt c-sndbuf sndbuf 8192
move sndbuf 150000
ss_agrees bbr3 "held back by the send buffer as ss has it"
check "for a tenth of the time and more" test "$(figure bbr3 live sndbuf_limited_us)" -gt \
	$(($(figure bbr3 live busy_us) / 10))
path delay 10ms

note "another algorithm in mid-connection"
join_up change reno
move change 50000
reno=$(figure reno all connections) cubic=$(figure cubic all connections)
acked=$(figure cubic all bytes_acked)
tell sender opt c-change cc cubic
is "$(figure reno all connections) $(figure cubic all connections)" "$((reno - 1)) $((cubic + 1))" \
	"the connection counts for the new one"
tell sender close c-change
tell receiver drain s-change >/dev/null
tell receiver close s-change
is $(($(figure cubic all bytes_acked) - acked)) 50002 "with all it did"

note "a second life of a descriptor counts anew"
connections=$(total all connections)
senders=$(total finished senders)
join_up life cubic
move life 1000
tell sender disconnect c-life
tell receiver close s-life
tell sender again c-life "$(v4 receiver sender)" $port
tell receiver accept s-life web
move life 2000
tell sender close c-life
tell receiver drain s-life >/dev/null
tell receiver close s-life
is "$(($(total all connections) - connections)) $(($(total finished senders) - senders))" "2 2" \
	"two connections, both told"

note "sums, and what is on the page"
is "$(view congestion sender | awk '
	NR == 1 { for (i = 4; i <= NF; i++)
			if ($i !~ /_p[0-9]+_|_ppm$|^loss_episodes$|^rtos$/) name[i - 1] = $i }
	NR > 1 { for (i in name) v[$1, $2, i] = $i; ccs[$1] }
	END { for (cc in ccs) for (i in name) if (v[cc, "all", i] != \
		v[cc, "finished", i] + v[cc, "live", i]) print cc, name[i] }')" "" \
	"all is finished and live, column by column"
is "$(total live connections)" "$(ss_count ESTABLISHED sender)" "as many live ones as ss finds"
is "$(total live read)" "$(total live connections)" "all of them were looked at"
is "$(summary sender | sed -n '/^algorithm/,/^details/p' | awk '$2 + 0 == $2 { print $1, $2, $3 }')" \
	"$(view congestion sender | awk 'NR > 1 && $2 == "live" { live[$1] = $3 }
		NR > 1 && $2 == "finished" { done[$1] = $3; order[n++] = $1 }
		END { for (i = 0; i < n; i++) print order[i], live[order[i]] , done[order[i]] }')" \
	"the summary has a line for each"
is "$(summary sender | awk 'length > 100')" "" "no line of /proc/tcpdiag is longer than 100 characters"
is "$(view congestion nobody | wc -l)" 1 "nothing of it in another namespace"
is "$(self allocation_failures sender)" 0 "nothing was left out"
