#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# One side stops sending and the other goes on: who waits, and for how long. A
# FIN_WAIT2 with a descriptor is a full socket; without one it is a minisocket
# that tcp_fin_timeout ends.
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 60
. "$TOP/scripts/vm/lib.sh"

# Between the FIN and now lie the time before and after the commands.
# usage: age_is_real STATE BEFORE_US AFTER_US DESCRIPTION
age_is_real() {
	local age read_before read_after

	read_before=${EPOCHREALTIME/./}
	age=$(state_col "$1" oldest_us)
	read_after=${EPOCHREALTIME/./}
	within "$age" $((read_before - $3 - 1000)) $((read_after - $2 + 1000)) "$4"
}

plan 23

load_module
play client
play server
tell server listen l 127.0.0.1 8080
tell client connect c 127.0.0.1 8080
tell server accept s l
mark_moves

note "the client has said all it has to say; the server goes on"
before=${EPOCHREALTIME/./}
tell client shutdown c wr
after=${EPOCHREALTIME/./}
moved "the client shuts down its half" <<-END
	ESTABLISHED>FIN_WAIT1 1
	FIN_WAIT1>FIN_WAIT2 1
	ESTABLISHED>CLOSE_WAIT 1
END
# The ACK of the FIN may be delayed.
acked=${EPOCHREALTIME/./}
is "$(tell server drain s)" 0 "the server reads the end of the client's data"
tell server send s 1000
is "$(tell client recv c 1)" 1 "the client still receives"
gauges_agree "half closed: the gauges as ss has them"
is "$(self minisock_records)" 0 "FIN_WAIT2 is a full socket while somebody holds it"
sleep 1
age_is_real CLOSE_WAIT "$before" "$after" "the CLOSE_WAIT is as old as the FIN"
age_is_real FIN_WAIT2 "$before" "$acked" "so is the FIN_WAIT2"
is "$(state_col CLOSE_WAIT max_us)" - "a stay that goes on is not among the completed"

tell server close s
moved "the server closes" <<-END
	CLOSE_WAIT>LAST_ACK 1
	LAST_ACK>CLOSE 1
	FIN_WAIT2>TIME_WAIT 1
END
tell client close c
gauges_agree "closed: the gauges as ss has them"

note "the other way round: the server is done first, then forgets the socket"
tell client connect c 127.0.0.1 8080
tell server accept s l
mark_moves
tell server shutdown s wr
moved "the server shuts down its half" <<-END
	ESTABLISHED>FIN_WAIT1 1
	FIN_WAIT1>FIN_WAIT2 1
	ESTABLISHED>CLOSE_WAIT 1
END
is "$(self minisock_records)" 1 "of minisockets there is but the TIME_WAIT"
before=$(state_col FIN_WAIT2 oldest_us)
tell server close s
is "$(self minisock_records)" 2 "the orphan becomes a minisocket"
is "$(moves)" "" "which is no transition"
is "$(state_col FIN_WAIT2 now) $(ss_count FIN_WAIT2)" "1 1" "it is in FIN_WAIT2 still"
check "and its age goes on" test "$(state_col FIN_WAIT2 oldest_us)" -gt "$before"
gauges_agree "orphaned: the gauges as ss has them"

note "nobody ends a FIN_WAIT2 but tcp_fin_timeout"
set_sysctl net.ipv4.tcp_fin_timeout 1
tell client connect d 127.0.0.1 8080
tell server accept t l
mark_moves
tell server close t
moved "the server closes another, and its time runs out" <<-END
	ESTABLISHED>FIN_WAIT1 1
	FIN_WAIT1>FIN_WAIT2 1
	ESTABLISHED>CLOSE_WAIT 1
	FIN_WAIT2>CLOSE 1
END
check "not before its time" test "$(state_col FIN_WAIT2 max_us)" -ge 900000
is "$(state_col CLOSE_WAIT now)" 2 "the client never noticed, twice"
gauges_agree "timed out: the gauges as ss has them"

tell client close d
moved "a late close is answered with a reset" <<-END
	CLOSE_WAIT>LAST_ACK 1
	LAST_ACK>CLOSE 1
END
is "$(view transitions | awk 'NR > 1 && $4 == "impossible"')" "" "nothing impossible happened"
