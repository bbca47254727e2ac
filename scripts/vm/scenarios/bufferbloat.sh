#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Transfers through a link of 10 Mbit/s with a queue of a megabyte before it: at a router, and
# at the own device. The truth is the router's backlog and the round trips of ss. Healthy
# twins: fq_codel at the same link, a path that becomes longer, a reader that pauses.
# kernels: 6.1 6.12
# also: 7.3 debug
# clock: virtual
# limit: 900
. "$TOP/scripts/vm/lib.sh"

plan 18

modprobe -aq sch_tbf sch_fq_codel sch_netem || :
netns mid
netns far
veth '' mid
veth mid far
set_sysctl net.ipv4.ip_forward 1 mid
ip route add 10.0.2.0/24 via "$(v4 mid '')"
in_netns far ip route add 10.0.1.0/24 via "$(v4 mid far)"
# one packet is one segment, and windows are no limit
ip link set to-mid gso_max_segs 1
set_sysctl net.ipv4.tcp_rmem '4096 1000000 16000000' far
delay to-mid 20 far
load_module
play app
play server -n far
tell server listen l "$(v4 far mid)" 8001

# link NETNS DEVICE [RATE]: 10 Mbit/s or RATE, with a queue of a megabyte
link() {
	in_netns "$1" tc qdisc replace dev "$2" root handle 1: tbf rate "${3:-10mbit}" burst 64kb limit 1mb
}

# transfer NAME: the program has this name from now on, and sends without end; see over
transfer() {
	tell app comm "$1"
	tell app connect "$1" "$(v4 far mid)" 8001
	tell server accept "$1" l
	ask app send "$1" 1000000000
	ask server drain "$1"
}

# over NAME: the transfer ends
over() {
	kill_player app
	answer server >/dev/null
	tell server close "$1"
	play app
}

# rtt: smoothed and shortest round trip of the transfer, in ms, as ss has them
rtt() {
	ss -Htni dst ":8001" | sed -n 's/.* rtt:\([0-9]*\).* minrtt:\([0-9]*\).*/\1 \2/p'
}

# backlog NETNS DEVICE: bytes in its queue
backlog() {
	in_netns "$1" tc -s qdisc show dev "$2" | sed -n 's/.*backlog \([0-9]*\)\(K\?\)b.*/\1\2/p' |
		sed 's/K/000/' | sort -n | tail -1
}

note "healthy: fq_codel at the link"
link mid to-far
in_netns mid tc qdisc add dev to-far parent 1:1 handle 10: fq_codel
transfer managed
sleep 25
read -r srtt base < <(rtt)
within "$srtt" 20 90 "ss has a round trip of $srtt ms, and $base ms as the shortest"
is "$(findings)" "" "no finding"
over managed

note "healthy: a path becomes longer"
in_netns mid tc qdisc replace dev to-far root netem rate 50mbit delay 1ms limit 40
transfer route
sleep 10
in_netns mid tc qdisc replace dev to-far root netem rate 50mbit delay 200ms limit 1000
sleep 20
read -r srtt base < <(rtt)
within "$srtt" 190 280 "ss has a round trip of $srtt ms now"
within "$base" 20 40 "and $base ms as the shortest"
is "$(findings)" "" "no finding"
over route

note "a queue at a router"
link mid to-far
transfer backup
sleep 30
bytes=$(backlog mid to-far)
within "$bytes" 300000 1048576 "$bytes bytes stand in its queue"
read -r srtt base < <(rtt)
within "$srtt" 300 1000 "ss has a round trip of $srtt ms, and $base ms as the shortest"
is "$(findings)" "WARNING bufferbloat" "is a finding"
check "with program and destination" grep -qE \
	"transfers of backup \(pid ${player_pid[app]}\) to 10.0.2.2:8001 stand in a queue on the way" \
	<<<"$(finding bufferbloat '' what)"
f=$(finding bufferbloat '' evidence)
within "$(sed -n 's/.*srtt_us=\([0-9]*\).*/\1/p' <<<"$f")" $((srtt * 900)) 1100000 "with the round trip of ss"
within "$(sed -n 's/.*min_rtt_us=\([0-9]*\).*/\1/p' <<<"$f")" $((base * 1000)) $((base * 1000 + 1000)) \
	"and the shortest one"
check "it knows that another congestion control helps" grep -q "bbr fills it less than cubic" \
	<<<"$(finding bufferbloat '' host)"
over backup
sleep 245
is "$(findings)" "" "four minutes later it is over"

note "healthy: a reader that pauses, behind no queue"
in_netns mid tc qdisc del dev to-far root
tell app comm feeder
tell app connect paused "$(v4 far mid)" 8001
tell server accept paused l
ask app send paused 20000000
sleep 4
tell server take paused 20000000 >/dev/null
answer app >/dev/null
sleep 2
is "$(findings)" "" "no finding"
tell app close paused

note "the queue is that of the own device: a hundred transfers"
link '' to-mid 5mbit
for ((i = 0; i < 100; i++)); do
	tell app connect "many$i" "$(v4 far mid)" 8001
	tell server accept "many$i" l
	tell app opt "many$i" sndbuf 400000
done
for ((i = 0; i < 100; i++)); do
	tell app send "many$i" 150000
done
sleep 7
bytes=$(backlog '' to-mid)
within "$bytes" 150000 1048576 "$bytes bytes stand in the own queue"
is "$(findings | grep bufferbloat)" "WARNING bufferbloat" "is a finding"
check "with the device" grep -q "feeder (pid ${player_pid[app]}) to 10.0.2.2:8001 stand in a queue of to-mid:" \
	<<<"$(finding bufferbloat '' what)"
check "and how to look at it" grep -q "tc -s qdisc show dev to-mid" <<<"$(finding bufferbloat '' host)"
