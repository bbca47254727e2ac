#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A path that loses segments at random, and one that loses the end of requests. The truth is
# what ss and nstat count of the same connections. Healthy twins: a path that loses one in
# two hundred, a switch-over of 700 ms, a peer that is gone.
# kernels: 6.1 6.12
# also: 7.3 debug
# clock: virtual
# limit: 1000
. "$TOP/scripts/vm/lib.sh"

plan 17

netns far
veth '' far
# one packet is one segment
ip link set to-far gso_max_segs 1
load_module
play app
play server -n far
tell app comm loader
tell server listen l "$(v4 far '')" 8001
tell server listen kv "$(v4 far '')" 11211

# lose PERCENT [MS]: of what leaves for far, after so long
lose() {
	tc qdisc replace dev to-far root netem loss "$1%" delay "${2:-0}ms" limit 100000
}

# bulk BYTES NAME...: a connection each, one after another
bulk() {
	local bytes=$1 c
	shift

	for c; do
		tell app connect "$c" "$(v4 far '')" 8001
		tell server accept "$c" l
	done
	for c; do
		ask app send "$c" "$bytes"
		tell server take "$c" "$bytes" >/dev/null
		answer app >/dev/null
	done
}

# sent PORT: data segments that connections to it have sent, and those sent again, as ss has
# them
sent() {
	ss -Htni dst ":$1" | awk '{
		for (i = 1; i <= NF; i++) {
			n = split($i, v, /[:\/]/)
			if (v[1] == "data_segs_out") segs += v[2]
			if (v[1] == "retrans") again += v[3]
		}
	} END { print segs + 0, again + 0 }'
}

# evidence CODE NAME: a figure of the finding
evidence() {
	finding "$1" '' evidence | tr ' ' '\n' | sed -n "s/^$2=//p"
}

# requests NAME COUNT: 100 bytes each, the answer has 6
requests() {
	local i

	for ((i = 0; i < $2; i++)); do
		ask app send "$1" 100
		ask app take "$1" 6
		ask server take "$1" 100
		ask server send "$1" 6
	done
	for ((i = 0; i < 2 * $2; i++)); do
		answer app >/dev/null
		answer server >/dev/null
	done
}

note "healthy: one segment in two hundred is lost"
lose 0.5 10
bulk 4000000 quiet1 quiet2
read -r segments again < <(sent 8001)
within "$again" 10 60 "ss has segments that were sent again: $again of $segments"
sleep 2
is "$(findings)" "" "that is usual"
tell app close quiet1
tell app close quiet2

note "healthy: a path is gone for 700 ms"
for ((i = 0; i < 12; i++)); do
	tell app connect "short$i" "$(v4 far '')" 8001
	tell server accept "short$i" l
	tell app send "short$i" 100
done
lose 100
for ((i = 0; i < 12; i++)); do
	tell app send "short$i" 100
done
sleep 0.7
no_qdisc to-far
before=$(mib TcpExtTCPTimeouts)
sleep 2
within "$before" 12 100 "each connection had a timeout"
is "$(findings)" "" "which is no finding"

note "a peer that is gone is another finding"
lose 100
for ((i = 0; i < 12; i++)); do
	tell app send "short$i" 100
done
sleep 15
is "$(findings)" "WARNING peer_silent" "and only that"
no_qdisc to-far
sleep 40
is "$(findings)" "" "it is over"

note "the end of requests is lost"
set_sysctl net.ipv4.tcp_early_retrans 0
tell app comm kvclient
for c in kv1 kv2; do
	tell app connect "$c" "$(v4 far '')" 11211
	tell server accept "$c" kv
done
before=$(mib TcpExtTCPTimeouts)
# more than two timeouts in a row are not counted: one in a hundred
lose 10
requests kv1 500
requests kv2 500
no_qdisc to-far
is "$(findings)" "WARNING timeouts" "is a finding"
check "with program and peer" grep -qE \
	"connections of kvclient \(pid ${player_pid[app]}\) to 10.0.1.2:11211 wait for retransmission timeouts" \
	<<<"$(finding timeouts '' what)"
all=$(($(mib TcpExtTCPTimeouts) - before))
within "$(($(evidence timeouts timeouts) + $(evidence timeouts repeated)))" $((all * 8 / 10)) "$all" \
	"nstat has $all timeouts"
is "$(evidence timeouts tails)" "$(evidence timeouts timeouts)" "nothing was sent after what was lost"
within "$(evidence timeouts waited_ms)" $((all * 160)) $((all * 400)) "each took 200 ms or more"
check "it says what the kernel could do" grep -q "tcp_early_retrans is 0" <<<"$(finding timeouts '' host)"
set_sysctl net.ipv4.tcp_early_retrans 3

note "one segment in twenty is lost"
tell app closeall short >/dev/null
tell app comm mover
lose 5 10
bulk 4000000 lossy1 lossy2
read -r segments again < <(sent 8001)
tell app close lossy1
tell app close lossy2
sleep 2
check "is a finding, with program and peer" grep -qE \
	"mover \(pid ${player_pid[app]}\) sends again [456]\.[0-9] % of the segments of long connections to 10.0.1.2:8001" \
	<<<"$(finding retransmits '' what)"
is "$(findings | grep retransmits)" "WARNING retransmits" "a warning"
within "$(evidence retransmits segments)" $((segments - 40)) $((segments + 4)) "ss has $segments segments"
within "$(evidence retransmits again)" $((again - 40)) $((again + 4)) "ss has $again that were sent again"
no_qdisc to-far
sleep 610
is "$(findings)" "" "ten minutes after the last loss it is over"
