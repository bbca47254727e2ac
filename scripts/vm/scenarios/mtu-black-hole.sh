#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A router's next link has a smaller MTU, and its ICMP does not arrive: handshakes and small
# requests pass, large ones do not. The truth is the route and what the programs send.
# Healthy twins: net.ipv4.tcp_mtu_probing, a smaller MSS; a peer that is gone; and one that a
# large transfer has got to.
# kernels: 6.1 6.12
# clock: virtual
# limit: 400
. "$TOP/scripts/vm/lib.sh"

plan 15

modprobe -aq sch_ingress cls_u32 act_gact || :
netns mid
netns far
veth '' mid
veth mid far
set_sysctl net.ipv4.ip_forward 1 mid
ip route add 10.0.2.0/24 via "$(v4 mid '')"
in_netns far ip route add 10.0.1.0/24 via "$(v4 mid far)"
in_netns mid ip link set to-far mtu 1300
tc qdisc add dev to-mid ingress
tc filter add dev to-mid ingress protocol ip u32 match ip protocol 1 0xff action drop

load_module
play app
play server -n far
tell app comm importer
tell server listen l "$(v4 far mid)" 1521

# login PREFIX COUNT: connections with a small request each
login() {
	local i

	for ((i = 0; i < $2; i++)); do
		tell app connect "$1$i" "$(v4 far mid)" 1521
		tell server accept "$1$i" l
		tell app send "$1$i" 6
		tell server recv "$1$i" 6 >/dev/null
	done
}

note "healthy: the kernel finds the size out, or has a smaller one from the beginning"
set_sysctl net.ipv4.tcp_mtu_probing 1
login probing 2
tell app send probing0 20001
tell app send probing1 20001
is "$(tell server take probing0 20001)" 20001 "with tcp_mtu_probing it arrives"
is "$(tell server take probing1 20001)" 20001 "on the other one too"
set_sysctl net.ipv4.tcp_mtu_probing 0
ip route change 10.0.2.0/24 via "$(v4 mid '')" advmss 1200
in_netns far ip route change 10.0.1.0/24 via "$(v4 mid far)" advmss 1200
login clamped 2
tell app send clamped0 20001
is "$(tell server take clamped0 20001)" 20001 "with a smaller MSS as well"
sleep 2
is "$(findings)" "" "no finding"
ip route change 10.0.2.0/24 via "$(v4 mid '')"
in_netns far ip route change 10.0.1.0/24 via "$(v4 mid far)"

note "one connection does not tell whether it is the size"
login large 3
tell app send large0 20001
sleep 10
is "$(findings)" "WARNING peer_silent" "the peer is silent"
note "two do"
tell app send large1 20001
tell app send large2 20001
sleep 10
is "$(view stalls | awk '!/^#/ { print $4 }' | uniq -c | tr -s ' ')" " 3 large_lost" \
	"large segments are lost on each"
is "$(findings)" "WARNING mtu_black_hole" "it is one finding"
check "with program, peer and size" grep -qE \
	"3 connections of importer \(pid ${player_pid[app]}\) to 10.0.2.2:1521 lose every large segment \(1448 bytes\)" \
	<<<"$(finding mtu_black_hole '' what)"
check "it says what the kernel can do" grep -q "tcp_mtu_probing is 0" <<<"$(finding mtu_black_hole '' host)"

note "small ones are lost too: the peer is gone"
login small 1
drop_all to-mid
tell app send small0 100
sleep 10
is "$(findings)" "WARNING peer_silent" "which is one finding"
check "of all four" grep -q "^4 connections of importer" <<<"$(finding peer_silent '' what)"

note "a large transfer gets to the same host, while others are lost: it is not the MTU"
for c in large0 large1 large2 small0; do
	tell app close "$c"
done
no_qdisc to-mid
in_netns mid ip link set to-far mtu 1500
ip route flush cache
sleep 61
login bulk 1
ask app send bulk0 2000001
is "$(tell server take bulk0 2000001)" 2000001 "two megabytes arrive"
answer app >/dev/null
login later 2
drop_all to-mid
tell app send later0 20001
tell app send later1 20001
sleep 10
is "$(view stalls | awk '!/^#/ { print $4 }' | sort | uniq -c | tr -s ' ')" " 2 large_lost" \
	"others lose large segments"
note "$(ss -Htni dst "$(v4 far mid)")"
note "$(finding mtu_black_hole "" what)"
is "$(findings)" "WARNING peer_silent" "the peer is silent"
note "what got there long ago says nothing"
tell app close later0
tell app close later1
no_qdisc to-mid
sleep 75
in_netns mid ip link set to-far mtu 1300
login newer 2
tell app send newer0 20001
tell app send newer1 20001
sleep 10
is "$(findings)" "WARNING mtu_black_hole" "the route has changed since"
