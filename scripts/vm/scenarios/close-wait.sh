#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Programs that keep sockets whose peer has closed, each in its own way: tcpdiag
# names the process, the port, the count and the cause, whether the sockets are
# younger than the module or older. Truth: ss -tanp, /proc/PID, the programs.
# kernels: 6.12 7.3 debug
# also: 6.1 arm64
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# group PORT COLUMN: of the row whose local or remote port that is; nothing if
# there is none
group() {
	view close_wait | awk -v port="$1" -v column="$2" '
		NR == 1 { for (i = 2; i <= NF; i++) at[$i] = i - 1 }
		NR > 1 && ($at["local_port"] == port || $at["remote_port"] == port) {
			print $at[column] }'
}

# groups COLUMN...: these of all rows but `other`, sorted
groups() {
	view close_wait | awk -v columns="$*" '
		NR == 1 { for (i = 2; i <= NF; i++) at[$i] = i - 1
			  n = split(columns, c, " "); next }
		$1 != "other" { line = $at[c[1]]
				for (i = 2; i <= n; i++) line = line " " $at[c[i]]
				print line }' | sort
}

# What ss says of sockets in CLOSE_WAIT: local port (for the pool its peer's),
# count, bytes that wait. An unread FIN is one byte to ss: the caller says for
# which ports.
ss_groups() {
	ss -Htan state close-wait | awk -v fin_read=8001 '
		{ n = split($3, l, ":"); split($4, r, ":"); port = l[n]
		  if (r[2] == 8008) port = 8008
		  count[port]++; bytes[port] += $1 - (port != fin_read) }
		END { for (port in count) print port, count[port], bytes[port] }' | sort
}

# Processes that ss sees to hold a port's sockets in CLOSE_WAIT.
ss_pids() {
	ss -Htanp state close-wait "( sport = :$1 or dport = :$1 )" |
		grep -o 'pid=[0-9]*' | cut -d = -f 2 | sort -nu | tr '\n' ' '
}

# leak NAME COUNT: the client opens so many to NAME's listener and closes them,
# after the server has accepted (unless NAME never does)
leak() {
	local i

	for ((i = ${leaked[$1]:-0} + 1; i <= ${leaked[$1]:-0} + $2; i++)); do
		tell client connect "$1$i" 127.0.0.1 "${port[$1]}"
		[ "$1" = standstill ] || tell "$1" accept "s$i" l
		[ "$1" != hoarder ] || tell client send "$1$i" 100
		if [ "$1" = writer ]; then
			tell client shutdown "$1$i" wr
		else
			tell client close "$1$i"
		fi
		[ "$1" != forgetful ] || tell "$1" drain "s$i" >/dev/null
	done
	leaked[$1]=$((i - 1))
}

# Counts, ports, bytes, and who: the same to tcpdiag and to ss. Of so many groups it
# is proven that they are leaks: who has accepted newer connections since, and who
# never accepts.
# usage: compare WHEN PROVEN
compare() {
	is "$(groups local_port sockets unread_bytes | sed 's/^- /8008 /' | sort)" \
		"$(ss_groups)" "$1: ports, counts and unread bytes as ss has them"
	is "$(groups sockets suspects | awk '$1 != $2' | wc -l)" 1 \
		"$1: all are suspects but those that write"
	for name in forgetful deaf hoarder pool writer; do
		is "$(group "${port[$name]}" pid)/$(group "${port[$name]}" comm)" \
			"$(ss_pids "${port[$name]}" | tr -d ' ')/$name" "$1: $name is named"
	done
	is "$(group 8004 pid)/$(group 8004 comm)" "$(tell standstill pid)/standstill" \
		"$1: of what nobody accepted the listener's owner is named"
	is "$(group 8005 pid)" "$(ss_pids 8005 | tr -d ' ')" "$1: the child that holds it now is named"
	is "$(group 8006 pid)" "$(ss_pids 8006 | cut -d ' ' -f 1)" \
		"$1: of two that share it the first is named"
	is "$(ss_pids 8006 | wc -w)" 2 "$1: ... for ss sees two"
	for name in "${!cause[@]}"; do
		is "$(group "${port[$name]}" cause)" "${cause[$name]}" "$1: $name: ${cause[$name]}"
	done
	is "$(view close_wait | awk '{ n += $7 } END { print n }')" "$(ss_count CLOSE_WAIT)" \
		"$1: rows and other add up to what ss counts"
	# That one never calls accept() is a finding on its listener too: for ten seconds a
	# note, because it may still be starting.
	is "$(findings | sed 's/.* slow_accept/any slow_accept/' | LC_ALL=C sort | uniq -c |
		awk '{ printf "%s %s %s;", $1, $2, $3 }')" \
		"$((7 - $2)) NOTE close_wait_leak;$2 WARNING close_wait_leak;1 any slow_accept;" \
		"$1: a finding for each but who writes"
}

plan 68

declare -A leaked=()
declare -A port=([forgetful]=8001 [deaf]=8002 [hoarder]=8003 [standstill]=8004
	[prefork]=8005 [sharing]=8006 [writer]=8007 [pool]=8008)
declare -A cause=([forgetful]=eof_read [deaf]=eof_unread [hoarder]=data_unread
	[standstill]=not_accepted [prefork]=eof_unread [sharing]=shared
	[writer]=writing [pool]=eof_unread)

load_module
is "$(findings)" "" "a quiet box has no findings"
is "$(view close_wait | tail -n 1 | cut -d ' ' -f 1,7)" "other 0" "and no sockets in CLOSE_WAIT"
for value in 999 86400001 -1 x; do
	check_not "close_wait_leak_ms refuses $value" set_sysctl net.tcpdiag.close_wait_leak_ms "$value"
done
is "$(sysctl -n net.tcpdiag.close_wait_leak_ms)" 60000 "and stays as it was"

play client
for name in "${!port[@]}"; do
	play "$name"
	tell "$name" comm "$name"
	[ "$name" = pool ] || tell "$name" listen l 127.0.0.1 "${port[$name]}"
done
tell client listen upstream 127.0.0.1 8008
# on a slow machine all this takes more than a second
set_sysctl net.tcpdiag.slow_accept_ms 60000
leak forgetful 5
leak deaf 3
leak hoarder 4
leak standstill 4
leak prefork 1
leak sharing 1
leak writer 1
for i in 1 2; do
	tell pool connect "c$i" 127.0.0.1 8008
	tell client accept "u$i" upstream
	tell client close "u$i"
done
tell prefork heir s1 >/dev/null
tell prefork close s1
tell sharing heir s1 >/dev/null
# The client reads nothing, so this never ends.
ask writer send s1 50000000
is "$(ss_count CLOSE_WAIT)" 21 "twenty-one sockets are in CLOSE_WAIT"
is "$(findings)" "" "that is no finding before they are there for too long"
set_sysctl net.tcpdiag.slow_accept_ms 1000

sleep 2
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
wait_until 10 equal groups pid -- "$(groups pid)"
compare young 4

what=$(finding close_wait_leak "forgetful" what)
is "${what%, the oldest for*}" "forgetful (pid $(tell forgetful pid)) keeps 5 sockets in CLOSE_WAIT on port 8001" \
	"the sentence says who, how many, where"
is "${what##*: }" "the program has read everything but has not called close()" "... and why"
check "the program's change is to close" grep -q '^call close() when read() returns 0' \
	<<<"$(finding close_wait_leak forgetful application)"
check "/proc/tcpdiag shows it, with the change" grep -q -A 1 'WARNING close_wait_leak: forgetful' <<<"$(summary)"
is "$(summary | grep -c close_wait_leak)/$(summary | grep -o 'and .* more')" "4/and 3 more" \
	"the worst five are on the page"
is "$(summary | awk 'length > 100')" "" "no line of /proc/tcpdiag is longer than 100 characters"
is "$(summary | awk '/^  [0-9] [A-Z]+ close_wait_leak/ { print $4; exit }')" forgetful "the one with most sockets first"
is "$(group 8001 fds)/$(group 8001 fd_limit)" \
	"$(find "/proc/$(tell forgetful pid)/fd" -mindepth 1 | wc -l)/$(awk '/open files/ { print $4 }' \
		"/proc/$(tell forgetful pid)/limits")" "descriptors and their limit as /proc has them"

as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"
}
is "$(as_nobody cat /proc/net/tcpdiag/close_wait | awk '!/^#/ { print $2, $3, $4 }' | sort -u)" \
	"- - -" "nobody is told no names"
is "$(as_nobody cat /proc/net/tcpdiag/close_wait | awk '$5 == 8001 { print $7 }')" 5 "but the counts"
is "$(as_nobody cat /proc/net/tcpdiag/findings | grep -c 'forgetful\|pid')" 0 "nor in the findings"

# Growth: a minute's worth from what the worker remembers.
tell forgetful nofile 64
wait_until 20 equal group 8001 growth_per_min -- 0
leak forgetful 30
# The youngest are in the row `other` until the worker has come by.
wait_until 10 equal group 8001 sockets -- 35
growth=$(group 8001 growth_per_min)
within "$growth" 22 400 "thirty more: growth a minute"
left=$(group 8001 fds_full_us)
# shared by two reads: the span grows meanwhile
within "$((left / 1000000))" "$(((64 - $(group 8001 fds)) * 60 / (growth + 20)))" \
	"$(((64 - $(group 8001 fds)) * 60 * 2 / growth + 2))" "so its descriptors run out in so many seconds"
is "$(finding close_wait_leak forgetful host | cut -d ' ' -f 1-3)" "restart the program" \
	"the advice is to restart it in time"
is "$(findings | sort | uniq -c | awk '/CRITICAL/ { print $1, $2, $3 }')" "1 CRITICAL close_wait_leak" \
	"which makes it critical"

unload_module
load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
wait_until 20 equal groups estimated -- "$(printf 'yes\n%.0s' {1..8})"
# How old they are is an estimate, so none is known to be newer.
compare "older than insmod" 1
is "$(finding close_wait_leak "forgetful" what | grep -c 'at least')" 1 "their age is said to be an estimate"

tell forgetful closeall s >/dev/null
for name in deaf hoarder standstill sharing prefork pool; do
	kill_player "$name"
done
wait_until 10 equal ss_count CLOSE_WAIT -- 1
# deaf had not accepted its connections, and is gone
wait_until 10 equal findings -- "NOTE resets_not_accepted"
ok "once they are closed there are no findings"
