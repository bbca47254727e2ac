#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The congestion control algorithm bbr3: chosen at the start and in mid-flight,
# inherited from a listener, shown by ss, kept through loss and idleness, and its
# memory freed with it. A connection that gets no memory for it falls back to Reno.
#
#   sender --- 10 ms, loss at will --> receiver
#          <-------- 10 ms ----------
#
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

failslab=/sys/kernel/debug/failslab

# usage: bbr_line: what ss -ti says of the sender's connection
bbr_line() {
	in_netns sender ss -Htin dst "$(v4 receiver sender)" | tr '\n' ' '
}

# usage: transfer BYTES: all of it, from c to s
transfer() {
	local got=0 asked

	tell sender send c "$1" >/dev/null
	while [ "$got" -lt "$1" ]; do
		asked=$(($1 - got > 16384 ? 16384 : $1 - got))
		got=$((got + $(tell receiver recv s "$asked")))
	done
}

# usage: algorithms NAME...: one after another, while data is under way
algorithms() {
	local name

	for name in "$@"; do
		tell sender opt c cc "$name"
		transfer 40000
	done
}

planned=12
[ "$KVER" != debug ] || planned=15
plan $planned
load_module
netns sender
netns receiver
veth sender receiver
delay to-receiver 10 sender
delay to-sender 10 receiver

play sender -n sender
play receiver -n receiver
tell receiver listen l "$(v4 receiver sender)" 8080
tell receiver opt l cc bbr3
is "$(tell receiver getcc l)" bbr3 "a listener may have it"
tell sender connect c "$(v4 receiver sender)" 8080
tell receiver accept s l
is "$(tell receiver getcc s)" bbr3 "its child has it too"
is "$(tell sender getcc c)" cubic "the client begins with the default"
tell sender opt c cc bbr3
is "$(tell sender getcc c)" bbr3 "and takes bbr3 up"
transfer 400000
check "ss shows a bandwidth" grep -qE 'bbr:\(bw:[0-9.]+[KMG]?bps' <<<"$(bbr_line)"
check "and the minimum RTT of the path" grep -qE 'mrtt:2[0-9]\.' <<<"$(bbr_line)"
check "and a gain" grep -qE 'pacing_gain:(2.7|1.2|0.[589]|1[,)])' <<<"$(bbr_line)"
check_not "the module stays while a connection uses it" rmmod tcpdiag

note "changes of algorithm while data is under way, with loss"
in_netns sender tc qdisc replace dev to-receiver root netem delay 10ms loss 5% limit 1000
algorithms cubic bbr3 aimd bbr3 reno bbr3 bbr3 cubic bbr3
is "$(tell sender getcc c)" bbr3 "the last one stays"
in_netns sender tc qdisc replace dev to-receiver root netem delay 10ms limit 1000

note "idle for longer than the minimum RTT is kept, then on"
sleep 11
transfer 200000
ok "and data flows again"

if [ "$KVER" = debug ]; then
	before=$(self bbr3_fallbacks sender)
	echo 1 >/sys/kernel/slab/tcpdiag_bbr3/failslab
	echo 1 >$failslab/cache-filter
	echo N >$failslab/ignore-gfp-wait
	echo -1 >$failslab/times
	echo 100 >$failslab/probability
	tell sender connect n "$(v4 receiver sender)" 8080
	tell sender opt n cc bbr3
	echo 0 >$failslab/probability
	is "$(tell sender getcc n)" bbr3-reno "without memory a connection gets Reno"
	is "$(self bbr3_fallbacks sender)" $((before + 2)) \
		"which is counted, and so is the listener's child"
	tell sender close n
fi

ask receiver drain s
tell sender close c
check "every byte arrives" grep -q '^ok' <<<"$(answer receiver)"
tell receiver close s
tell receiver close l
wait_until 20 equal ss_count ESTABLISHED sender -- 0
dismiss receiver
wait_until 20 unload_module
ok "with its last connection closed, the module goes"
[ "$KVER" != debug ] ||
	check_not "and its memory with it" grep -q '^tcpdiag_bbr3 ' /proc/slabinfo
