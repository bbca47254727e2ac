#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# One connection's whole life, over IPv4 and over IPv6: which steps it takes when
# the client closes first and when the server does, each exactly once.
#
#   client                     server
#   SYN_SENT     --- SYN --->  NEW_SYN_RECV
#   ESTABLISHED  <- SYN+ACK -
#                --- ACK --->  SYN_RECV, ESTABLISHED
#   FIN_WAIT1    --- FIN --->  CLOSE_WAIT
#   FIN_WAIT2    <-- ACK ----
#   TIME_WAIT    <-- FIN ----  LAST_ACK
#                --- ACK --->  CLOSE
#
# kernels: 6.1 6.12 7.3 debug
# clock: virtual
# limit: 60
. "$TOP/scripts/vm/lib.sh"

# usage: handshake ADDR
handshake() {
	tell server listen l "$1" 8080
	moved "$1: a listener" <<<"CLOSE>LISTEN 1"

	tell client connect c "$1" 8080
	tell server accept s l
	moved "$1: a handshake" <<-END
		CLOSE>SYN_SENT 1
		LISTEN>NEW_SYN_RECV 1
		LISTEN>SYN_RECV 1
		SYN_SENT>ESTABLISHED 1
		SYN_RECV>ESTABLISHED 1
	END
	gauges_agree "$1: both ends and the listener as ss has them"
}

# usage: teardown ADDR FIRST SOCKET SECOND SOCKET
teardown() {
	local addr=$1 before

	before=$(state_col TIME_WAIT entered)
	tell "$2" close "$3"
	moved "$addr: the $2 closes first" <<-END
		ESTABLISHED>FIN_WAIT1 1
		ESTABLISHED>CLOSE_WAIT 1
		FIN_WAIT1>FIN_WAIT2 1
	END
	is "$(state_col FIN_WAIT2 now)" 1 "$addr: the $2 is in FIN_WAIT2"
	gauges_agree "$addr: half closed, the gauges as ss has them"

	tell "$4" close "$5"
	moved "$addr: the $4 closes too" <<-END
		FIN_WAIT2>TIME_WAIT 1
		CLOSE_WAIT>LAST_ACK 1
		LAST_ACK>CLOSE 1
	END
	is "$(state_col TIME_WAIT entered)" $((before + 1)) "$addr: one more TIME_WAIT"
	gauges_agree "$addr: closed, the gauges as ss has them"
}

plan 45

load_module
play client
play server
for addr in 127.0.0.1 ::1; do
	handshake "$addr"
	teardown "$addr" client c server s
	tell server close l
	moved "$addr: the listener closes" <<<"LISTEN>CLOSE 1"

	handshake "$addr"
	teardown "$addr" server s client c
	tell server close l
	moved "$addr: the listener closes again" <<<"LISTEN>CLOSE 1"
done

is "$(view transitions | awk 'NR > 1 && $4 != "expected"')" "" "nothing unusual happened"
is "$(mib TcpActiveOpens) $(mib TcpPassiveOpens)" "4 4" "the kernel counted as many opens"
is "$(state_col SYN_RECV entered) $(state_col NEW_SYN_RECV entered)" "4 4" \
	"as many were entered as requests and as children"
is "$(state_col NEW_SYN_RECV left)" 4 "and no request is left over"
is "$(mib TcpExtTW)" 4 "the kernel made as many TIME_WAITs"
