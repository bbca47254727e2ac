#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The path needs smaller packets than before. TCP sends again what was too large, in
# the state it also has after a timeout; but that is no congestion, and neither bbr3's
# bandwidth nor its window falls. (What a real timeout does: kunit/bbr3_test.c.) The truth is ss, and
# the kernel's count of timeouts.
#
#   sender ---- router ---- 20 Mbit/s, 20 ms ---> receiver
#                    its MTU shrinks: ICMP
#                       <------------ 20 ms -----
#
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 180
. "$TOP/scripts/vm/lib.sh"

# usage: arrive BYTES: so many go from c to s
arrive() {
	local answered

	ask receiver take s "$1"
	tell sender send c "$1" >/dev/null
	answered=$(answer receiver)
	[ "$answered" = "ok $1" ] || give_up "receiver answered $answered"
}

# What ss shows of the connection: sets mss, cwnd, gain (of the window; 0.5 is
# ProbeRTT, which is short of packets on purpose) and rate, in packets a second.
look() {
	local line

	line=$(in_netns sender ss -Htin dst "$there" | tr '\n' ' ')
	[[ $line =~ \ mss:([0-9]+) ]] || give_up "ss says $line"
	mss=${BASH_REMATCH[1]}
	[[ $line =~ \ cwnd:([0-9]+) ]] || give_up "ss says $line"
	cwnd=${BASH_REMATCH[1]}
	[[ $line =~ bbr:\(bw:([0-9.]+)([KMG]?)bps.*cwnd_gain:([0-9.]+) ]] || give_up "ss says $line"
	gain=${BASH_REMATCH[3]}
	rate=$(awk -v bw="${BASH_REMATCH[1]}" -v unit="${BASH_REMATCH[2]}" -v mss="$mss" 'BEGIN {
		factor["K"] = 1e3; factor["M"] = 1e6; factor["G"] = 1e9; factor[""] = 1
		printf "%d", bw * factor[unit] / 8 / mss }')
}

# Sends little at a time for a while, and finds the least of both, in percent of what
# they were: sets rate_left and cwnd_left.
least() {
	local rate_before=$rate cwnd_before=$cwnd i

	rate_left=100 cwnd_left=100
	for ((i = 0; i < 6; i++)); do
		arrive 4000
		look
		[ $((rate * 100 / rate_before)) -ge "$rate_left" ] ||
			rate_left=$((rate * 100 / rate_before))
		[ "$gain" = 0.5 ] || [ $((cwnd * 100 / cwnd_before)) -ge "$cwnd_left" ] ||
			cwnd_left=$((cwnd * 100 / cwnd_before))
	done
	note "left: $rate_left % of the rate ($rate_before packets a second)," \
		"$cwnd_left % of the window ($cwnd_before packets)"
}

timeouts() {
	mib TcpExtTCPTimeouts sender
}

timer_fired() {
	[ "$(timeouts)" -gt "$timeouts_before" ]
}

plan 17

load_module
netns sender
netns router
netns receiver
veth sender router
veth router receiver
there=$(v4 receiver router)
in_netns sender ip route add default via "$(v4 router sender)"
in_netns receiver ip route add default via "$(v4 router receiver)"
set_sysctl net.ipv4.ip_forward 1 router
in_netns router tc qdisc replace dev to-receiver root netem rate 20mbit delay 20ms limit 100
delay to-router 20 receiver
play sender -n sender
play receiver -n receiver
tell receiver listen l "$there" 8080
tell sender socket c v4
tell sender opt c cc bbr3
tell sender again c "$there" 8080
tell receiver accept s l

note "the pipe is full, so that the bandwidth is known; then little is sent"
arrive 4000000
look
within "$rate" 1500 1800 "bbr3 knows the bandwidth: 20 Mbit/s are 1,650 packets a second"
is "$mss" 1448 "packets are as large as Ethernet takes"

for mtu in 1400 1300 1200 1100; do
	arrive 2000000
	look
	in_netns router ip link set to-receiver mtu $mtu
	least
	is "$mss" $((mtu - 52)) "MTU $mtu: TCP has learned it"
	within "$rate_left" 97 100 "the bandwidth is what it was"
	within "$cwnd_left" 75 100 "and so is the window"
done
is "$(timeouts)" 0 "the kernel counted no timeout"
is "$(sum_of congestion rtos sender)" 0 "nor did tcpdiag"

note "nothing gets through until the timer fires"
arrive 2000000
timeouts_before=$(timeouts)
in_netns router tc qdisc replace dev to-receiver root netem loss 100%
tell sender send c 4000
wait_until 20 timer_fired
in_netns router tc qdisc replace dev to-receiver root netem rate 20mbit delay 20ms limit 100
tell receiver take s 4000 >/dev/null
is "$(sum_of congestion rtos sender)" "$(timeouts)" "a timeout is counted as often as the kernel does"
# The path must stay until both ends are closed: a socket that waits for its peer
# holds the module.
tell sender close c
tell receiver close s
wait_until 20 equal ss_count FIN_WAIT1 sender -- 0
wait_until 20 equal ss_count LAST_ACK receiver -- 0
