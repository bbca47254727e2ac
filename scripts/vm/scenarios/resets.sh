#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Connections that end by a RST: the view counts them by reason and program, as
# nstat counts them, and findings tell of those that cost somebody an answer. Each
# situation has a twin that is healthy: no finding.
# kernels: 6.1 6.12 debug
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"

# resets REASON COMM [COLUMN]: the sum of a column over the rows; count if not given
resets() {
	view resets | awk -v reason="$1" -v comm="$2" -v column="${3:-count}" '
		NR == 1 { for (i = 2; i <= NF; i++) at[$i] = i - 1; next }
		$at["reason"] == reason && $at["comm"] == comm { n += $at[column] }
		END { print n + 0 }'
}

# mark: the kernel counters before a situation; grew NAME: since then
mark() {
	local name

	for name in TcpOutRsts TcpExtTCPAbortOnClose TcpExtTCPAbortOnData TcpExtTCPAbortOnMemory; do
		before[$name]=$(mib "$name")
	done
}
grew() {
	printf '%s\n' $(($(mib "$1") - before[$1]))
}
declare -A before=()

# pair I: connection cI of the client to the server's sI, a request and an answer on it
pair() {
	tell client connect "c$1" 127.0.0.1 8080
	tell server accept "s$1" l
	tell client send "c$1" 100
	tell server recv "s$1" 100 >/dev/null
	tell server send "s$1" 100
	tell client recv "c$1" 100 >/dev/null
}

plan 36

netns far
veth "" far
delay to-far 20
load_module
play client
play server
play remote -n far
tell client comm balancer
tell server comm backend
tell server listen l 127.0.0.1 8080
here=$(v4 "" far)
tell server listen far-l "$here" 8000

note "the server closes idle connections, and the client looks before it reuses one"
mark
for i in 1 2 3 4 5; do
	pair "$i"
done
sleep 3
for i in 1 2 3 4 5; do
	tell server close "s$i"
	is "$(tell client drain "c$i")" 0 "the client sees the end of connection $i"
	tell client close "c$i"
done
is "$(findings)" "" "that is no finding"
is "$(grew TcpOutRsts)" 0 "and no RST"

note "it does not look"
mark
for i in 1 2 3 4 5; do
	pair "$i"
done
sleep 3
for i in 1 2 3 4 5; do
	tell server close "s$i"
done
sleep 0.5
for i in 1 2 3 4 5; do
	tell client send "c$i" 100
done
wait_until 10 equal grew TcpOutRsts -- 5
for i in 1 2 3 4 5; do
	tell client close "c$i"
done
is "$(grew TcpOutRsts)" 5 "each request is answered with a RST"
is "$(resets data_after_close backend)" 5 "the server's side of each is counted"
is "$(resets peer_had_closed balancer)" 5 "so is the client's"
is "$(findings)" "WARNING resets_keepalive_race" "one finding for both ends"
what=$(finding resets_keepalive_race "" what)
is "$(grep -o "balancer (pid $(tell client pid)) reuses connections to 127.0.0.1:8080" <<<"$what")" \
	"balancer (pid $(tell client pid)) reuses connections to 127.0.0.1:8080" "it names the client"
check "and the server on this host" grep -q "the server is backend (pid $(tell server pid)) on this host" <<<"$what"
check "and after how long the server closes" grep -q "closes after about 3\.[0-9] s without data" <<<"$what"
within "$(resets data_after_close backend idle_min_us)" 2900000 3300000 "the server's side knows the idle time too"
within "$(resets peer_had_closed balancer after_min_us)" 490000 1200000 "and the request came half a second later"
check "the client's limit is to be below that" grep -q "idle for more than 2\.[0-9] s" \
	<<<"$(finding resets_keepalive_race "" application)"

note "close() with data unread: the answer had arrived"
mark
for i in 1 2 3 4; do
	pair "$i"
	tell client send "c$i" 5000
	sleep 0.1
	tell server close "s$i"
	tell client close "c$i"
done
is "$(grew TcpExtTCPAbortOnClose)" 4 "the kernel sent a RST for each"
is "$(resets close_unread backend)" 4 "which are counted"
is "$(resets close_unread backend lost)" 0 "but nothing was lost"
is "$(findings)" "WARNING resets_keepalive_race" "so that is no finding"

note "close() with data unread: the answer is still on its way"
mark
for i in 1 2 3 4; do
	tell remote connect "r$i" "$here" 8000
	tell server accept "s$i" far-l
	tell remote send "r$i" 5000
	sleep 0.1
	tell server send "s$i" 100
	tell server close "s$i"
done
is "$(grew TcpExtTCPAbortOnClose)" 4 "the kernel sent a RST for each"
is "$(findings)" "$(printf 'WARNING %s\n' resets_keepalive_race resets_close_unread)" "that is a finding"
check "it names program and port" grep -q "backend (pid $(tell server pid)) calls close() on connections on port 8000 with data unread" \
	<<<"$(finding resets_close_unread "" what)"
check "and in how many the answer is lost" grep -q "in 4 of 4 " <<<"$(finding resets_close_unread "" what)"
sleep 0.2
tell remote closeall r >/dev/null

note "SO_LINGER of 0 s, and connect() to AF_UNSPEC"
mark
pair 1
tell server reset s1
pair 2
tell client disconnect c2
is "$(resets linger_0 backend) $(resets disconnect balancer)" "1 1" "have reasons of their own"
is "$(grew TcpOutRsts)" 2 "as many as the kernel counts"
tell client closeall c >/dev/null
tell server closeall s >/dev/null

note "orphans that the kernel lets be"
for i in 1 2 3 4 5 6 7 8; do
	tell remote connect "r$i" "$here" 8000
	tell server accept "s$i" far-l
done
drop_all to-far
mark
for i in 1 2 3 4; do
	tell server send "s$i" 1000
	tell server close "s$i"
done
sleep 0.5
is "$(ss_count FIN_WAIT1)" 4 "four sockets are closed and have data to deliver"
is "$(findings | grep -c orphans)" 0 "that is no finding"

note "and beyond net.ipv4.tcp_max_orphans"
most=$(in_netns init sysctl -n net.ipv4.tcp_max_orphans)
set_sysctl net.ipv4.tcp_max_orphans 2 init
for i in 5 6 7 8; do
	tell server send "s$i" 1000
	tell server close "s$i"
done
is "$(grew TcpExtTCPAbortOnMemory)" 4 "the kernel resets the next ones"
is "$(resets orphans backend)" 4 "which are counted"
is "$(findings | head -n 1)" "CRITICAL orphans" "that is a finding"
check "it names program, port and limit" grep -q "connections of backend (pid $(tell server pid)) on port 8000 .*net.ipv4.tcp_max_orphans" \
	<<<"$(finding orphans "" what)"
set_sysctl net.ipv4.tcp_max_orphans "$most" init
no_qdisc to-far

note "nobody listens"
mark
for ((i = 0; i < 60; i++)); do
	tell_err client ECONNREFUSED connect "no$i" 127.0.0.1 9999
done
is "$(view resets | awk '$2 == "no_listener" { print $6, $9 }')" "9999 60" "one row has them all"
is "$(resets refused balancer)" 60 "the client's side is counted too"
check "a finding names the port" grep -q "nobody listens on port 9999: at least 60 " \
	<<<"$(finding resets_refused "" what)"
