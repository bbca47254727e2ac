#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Connections that end by a RST: the view counts them by reason and program, as
# nstat counts them, and findings tell of those that cost somebody an answer. Each
# situation has a twin that is healthy: no finding. All of it over IPv4 and IPv6.
# kernels: 6.1 6.12 7.3 debug
# clock: virtual
# limit: 3600
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

	for name in TcpOutRsts TcpEstabResets TcpExtTCPAbortOnClose TcpExtTCPAbortOnData \
		TcpExtTCPAbortOnLinger TcpExtTCPAbortOnMemory; do
		before[$name]=$(mib "$name")
	done
}
grew() {
	printf '%s\n' $(($(mib "$1") - before[$1]))
}
declare -A before=()

# pair I: connection cI of the client to the server's sI, a request and an answer on it
pair() {
	tell client connect "c$1" "$own" 8080
	tell server accept "s$1" l
	tell client send "c$1" 100
	tell server recv "s$1" 100 >/dev/null
	tell server send "s$1" 100
	tell client recv "c$1" 100 >/dev/null
}

# far_pair I: connection rI of the far host to the server's sI
far_pair() {
	tell remote connect "r$1" "$here" 8000
	tell server accept "s$1" far-l
}

# unread BYTES I...: the server closes with data unread, its answer of BYTES being on its
# way: for so long that a slow CPU has closed before it is acknowledged
unread() {
	local bytes=$1 i

	shift
	delay to-far 400
	for i; do
		far_pair "$i"
		tell remote send "r$i" 5000
		sleep 0.1
		tell server send "s$i" "$bytes"
		tell server close "s$i"
	done
	sleep 0.8
	tell remote closeall r >/dev/null
	delay to-far 20
}

plan 100

netns far
veth "" far
play client
play server
play remote -n far
tell client comm balancer
tell server comm backend

for version in v4 v6; do
	case $version in
	v4) own=127.0.0.1 shown=127.0.0.1 ;;
	v6) own=::1 shown='[::1]' ;;
	esac
	here=$($version "" far) there=$($version far "")
	delay to-far 20
	load_module
	tell server listen l "$own" 8080
	tell server listen far-l "$here" 8000
	tell remote listen l "$there" 8001

	note "$version: the server closes when a request is on its way, and the client writes no more"
	delay to-far 150
	mark
	for i in 1 2 3 4; do
		tell client connect "c$i" "$there" 8001
		tell remote accept "s$i" l
	done
	for i in 1 2 3 4; do
		tell client send "c$i" 100
		tell remote close "s$i"
	done
	wait_until 10 equal grew TcpEstabResets -- 4
	is "$(resets peer_had_closed balancer) $(resets by_peer balancer)" "0 4" \
		"the peer ended each; nobody wrote to a peer that had closed"
	is "$(findings)" "" "that is no finding"
	tell client closeall c >/dev/null
	delay to-far 20

	note "$version: the server closes idle connections, and the client looks before it reuses one"
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

	note "$version: it does not look"
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
	check "it names the client" grep -qF "balancer (pid $(tell client pid)) reuses connections to $shown:8080" \
		<<<"$what"
	check "and the server on this host" grep -q "the server is backend (pid $(tell server pid)) on this host" <<<"$what"
	check "and after how long the server closes" grep -q "closes after about 3\.[0-9] s without data" <<<"$what"
	within "$(resets data_after_close backend idle_min_us)" 2900000 3300000 "the server's side knows the idle time too"
	within "$(resets peer_had_closed balancer after_min_us)" 490000 1200000 "and the request came half a second later"
	check "the client's limit is to be below that" grep -q "idle for more than 2\.[0-9] s" \
		<<<"$(finding resets_keepalive_race "" application)"

	note "$version: the server closes half a second after a request came, which it does not answer"
	tell client comm caller
	pair 1
	sleep 3
	tell client send c1 100
	tell server recv s1 100 >/dev/null
	sleep 0.5
	tell server close s1
	sleep 0.2
	tell client send c1 100
	wait_until 10 equal resets peer_had_closed caller -- 1
	within "$(resets peer_had_closed caller idle_min_us)" 400000 700000 \
		"the client's side knows that the request came late"
	tell client close c1
	tell client comm balancer

	note "$version: close() with data unread: the answer had arrived"
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

	note "$version: close() with data unread: a good-bye is still on its way"
	mark
	unread 6 1 2 3
	unread 24 4 5 6
	is "$(grew TcpExtTCPAbortOnClose)" 6 "the kernel sent a RST for each"
	is "$(resets close_unread backend lost)" 0 "nobody misses it"
	is "$(findings)" "WARNING resets_keepalive_race" "so that is no finding"

	note "$version: close() with data unread: the answer is still on its way"
	mark
	unread 100 1 2 3 4
	is "$(grew TcpExtTCPAbortOnClose)" 4 "the kernel sent a RST for each"
	is "$(findings)" "$(printf 'WARNING %s\n' resets_keepalive_race resets_close_unread)" "that is a finding"
	check "it names program and port" grep -q "backend (pid $(tell server pid)) calls close() on connections on port 8000 with data unread" \
		<<<"$(finding resets_close_unread "" what)"
	check "and in how many the answer is lost" grep -q "in 4 of 10 " <<<"$(finding resets_close_unread "" what)"

	note "$version: SO_LINGER of 0 s, and connect() to AF_UNSPEC"
	mark
	pair 1
	tell server reset s1
	pair 2
	tell client disconnect c2
	is "$(resets linger_0 backend) $(resets disconnect balancer)" "1 1" "have reasons of their own"
	is "$(grew TcpOutRsts)" 2 "as many as the kernel counts"
	tell client closeall c >/dev/null
	tell server closeall s >/dev/null

	note "$version: FIN_WAIT2 is not held: TCP_LINGER2 below 0"
	mark
	pair 1
	tell server opt s1 linger2 -1
	tell server close s1
	wait_until 10 equal grew TcpOutRsts -- 1
	pair 2
	tell server opt s2 linger2 -1
	tell server shutdown s2 wr
	wait_until 10 equal ss_count FIN_WAIT2 -- 1
	tell server close s2
	is "$(resets linger_0 backend) $(grew TcpOutRsts)" "3 2" "is what the program asked for"
	is "$(resets data_after_close backend)" 6 "no data came after the close"
	tell client closeall c >/dev/null

	note "$version: the peer resets in FIN_WAIT2, when some of its data is lost"
	far_pair 1
	tell server close s1
	wait_until 10 equal ss_count FIN_WAIT2 -- 1
	drop_all to-here far
	tell remote send r1 1000
	no_qdisc to-here far
	tell remote reset r1
	wait_until 10 equal ss_count FIN_WAIT2 -- 0
	is "$(resets after_our_close backend)" 1 "is counted, like one that comes in order"

	note "$version: orphans that the kernel lets be"
	for i in 1 2 3 4 5 6 7 8 9; do
		far_pair "$i"
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

	note "$version: and beyond net.ipv4.tcp_max_orphans"
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

	note "$version: an administrator ends one"
	mark
	aborted=$(resets orphans backend)
	tell server send s9 1000
	tell server close s9
	ss -tK state fin-wait-1 dport = ":$(tell remote port r9)" >/dev/null
	is "$(resets killed backend) $(resets orphans backend)" "$(grew TcpOutRsts) $aborted" \
		"its RST, if the kernel sends one, is no fault of the limit"
	delay to-far 20
	tell remote closeall r >/dev/null
	wait_until 60 equal ss_count FIN_WAIT1 -- 0

	note "$version: nobody listens"
	mark
	for ((i = 0; i < 60; i++)); do
		tell_err client ECONNREFUSED connect "no$i" "$own" 9999
	done
	is "$(view resets | awk '$2 == "no_listener" { print $6, $9 }')" "9999 60" "one row has them all"
	is "$(resets refused balancer)" 60 "the client's side is counted too"
	check "a finding names the port" grep -qF "nobody listens on port 9999 of the address asked for (last $own): at least 60 " \
		<<<"$(finding resets_refused "" what)"

	note "$version: ten minutes later the same without a loss, and a scan"
	tell client closeall no >/dev/null
	sleep 700
	is "$(findings)" "" "what was is over"
	unread 6 1 2 3 4
	for ((i = 0; i < 60; i++)); do
		tell_err client ECONNREFUSED connect "no$i" "$own" $((10000 + i))
	done
	is "$(view resets | awk '$2 == "no_listener" { print $6, $9 }')" "- 120" "no port has most of the SYNs"
	is "$(resets close_unread backend lost)" 4 "answers were lost long ago"
	is "$(findings | grep resets_ || :)" "" "neither is a finding"

	tell server closeall s >/dev/null
	tell server close l
	tell server close far-l
	tell client closeall c >/dev/null
	tell client closeall no >/dev/null
	tell remote closeall s >/dev/null
	tell remote close l
	wait_until 60 unload_module
done
