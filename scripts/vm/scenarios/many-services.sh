#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# More services than are told apart, and real clients fill the SYN queue of one of
# those beyond. Nobody knows how many of them get in: no flood is said, and no rate. The truth is ss and
# the kernel's counters.
#
#   client ---- 800 ms ----> server: early, 79 others, late
#          <---------------
#
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"

OTHERS=79
CLIENTS=220

# usage: column PORT COLUMN: of a listener's row
column() {
	cell listeners "$addr:$1" "$2" server
}

# usage: found CODE: whether there is such a finding
found() {
	read_view findings server
	[[ ${lines[*]} == *" $1 what "* ]]
}

# Clients come to a listener 22 at a time, and there is room for 16: the others get in
# when they try again. Sets
# verdicts and rates (all that were read), floods (findings), and full (how often ss
# saw the queue half full or more).
# usage: crowd LISTENER PORT
crowd() {
	local i

	verdicts='' rates='' floods=0 full=0
	for ((i = 1; i <= CLIENTS; i++)); do
		ask server accept "$1$i" "$1"
	done
	for ((i = 1; i <= CLIENTS; i++)); do
		tell client start "$1$i" "$addr" "$2"
		[ $((i % 22)) -eq 0 ] || continue
		sleep 0.1
		[ "$(ss_count SYN_RECV server)" -lt 8 ] || full=$((full + 1))
		verdicts+=" $(column "$2" verdict)"
		rates+=" $(column "$2" accepted_per_s)"
		! found syn_flood || floods=$((floods + 1))
	done
	for ((i = 1; i <= CLIENTS; i++)); do
		answer server >/dev/null
	done
	note "$1: verdicts:$verdicts; accepted a second:$rates; $full times full"
}

plan 9

netns client
netns server
veth client server
addr=$(v4 server client)
set_sysctl net.ipv4.tcp_syncookies 0 server
load_module
set_sysctl net.tcpdiag.syn_flood_per_s 2 server
play server -n server
play client -n client
tell server listen early "$addr" 8000 16
tell client connect e "$addr" 8000
tell server accept es early
for ((i = 1; i <= OTHERS; i++)); do
	tell server listen "l$i" "$addr" $((7000 + i))
	tell client connect "c$i" "$addr" $((7000 + i))
	tell server accept "s$i" "l$i"
done
tell server listen late "$addr" 8001 16
tell client connect c "$addr" 8001
tell server accept s late
is "$(in_netns server ss -Hltn | wc -l)" $((OTHERS + 2)) "ss shows more than 80 listeners"
is "$(column 8000 handshakes) $(column 8001 handshakes)" "1 -" \
	"the handshakes of the first are known, those of the last are not"
delay to-server 800 client

sleep 3
is "$(column 8000 accepted_per_s) $(column 8001 accepted_per_s)" "0 -" "and so are their rates"

before=$(mib TcpPassiveOpens server)
crowd late 8001
check "late: its queue was full" test "$full" -gt 0
is "$(($(mib TcpPassiveOpens server) - before))" $CLIENTS "of real clients: the kernel counted each"
check_not "no verdict calls it a flood" grep -qw syn_flood <<<"$verdicts"
is "$floods" 0 "nor does a finding"
is "$(tr ' ' '\n' <<<"$rates" | grep -cvx -e - -e '' || :)" 0 \
	"how many were accepted is not known"
gauges_agree "the gauges as ss has them" server
