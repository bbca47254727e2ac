#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A peer goes away: sockets that wait for it in LAST_ACK and FIN_WAIT1, and
# connections on which nothing happens. The findings count what ss counts.
# kernels: 6.1 6.12 7.3 debug
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# evidence CODE NAME: a figure of the finding
evidence() {
	finding "$1" "" evidence | tr ' ' '\n' | sed -n "s/^$2=//p"
}

planned=15 rto_max=/proc/sys/net/ipv4/tcp_rto_max_ms
[ ! -e $rto_max ] || planned=16
plan $planned

netns far
veth "" far
load_module
play server
play client -n far
tell server comm server
here=$(v4 "" far)
tell server listen l "$here" 8080
for i in 1 2 3 4 5 6; do
	tell client connect "c$i" "$here" 8080
	tell server accept "s$i" l
done
peer=$(v4 far ""):$(tell client port c1)
for i in 1 2 3; do
	tell client shutdown "c$i" wr
done
wait_until 10 equal ss_count CLOSE_WAIT -- 3
is "$(findings)" "" "all is well"

drop_all to-far
for i in 1 2 3; do
	tell server close "s$i"
	sleep 0.3
done
tell server close s4
is "$(ss_count LAST_ACK) $(ss_count FIN_WAIT1)" "3 1" "four are closed while the peer is away"
sleep 2
is "$(findings)" "" "which may take a while"
set_sysctl net.tcpdiag.stuck_last_ack_ms 1000
is "$(findings)" "NOTE stuck_last_ack" "then it is a finding: clients may go without a word"
is "$(evidence stuck_last_ack sockets)" "$(ss_count LAST_ACK)" "of as many as ss counts"
check "the oldest's peer is named" grep -q "peer $peer " <<<"$(finding stuck_last_ack "" what)"
retransmits=$(evidence stuck_last_ack retransmits)
within "$retransmits" 2 8 "its FIN was sent again some times"
set_sysctl net.ipv4.tcp_orphan_retries 5
check "the advice has the sysctl's value" grep -q 'tcp_orphan_retries is 5: the kernel gives up after 5 ' \
	<<<"$(finding stuck_last_ack "" host)"
if [ -e $rto_max ]; then
	set_sysctl net.ipv4.tcp_orphan_retries 0
	set_sysctl net.ipv4.tcp_rto_max_ms 20000
	check "and what else ends them" grep -q 'after 8 retransmissions, or sooner when the next would be 20000 ms later (net.ipv4.tcp_rto_max_ms)' \
		<<<"$(finding stuck_last_ack "" host)"
	set_sysctl net.ipv4.tcp_rto_max_ms 120000
	set_sysctl net.ipv4.tcp_orphan_retries 5
fi
is "$(findings)" "NOTE stuck_last_ack" "orphans that the kernel lets be are no finding"
is "$(view findings far)" "$(view findings far | head -n 1)" "the far namespace has nothing of this"

no_qdisc to-far
wait_until 60 equal findings -- ""
ok "the peer is back, and the findings are gone"

# Two are left, and one more that is kept alive.
tell client connect alive "$here" 8080
tell server accept a l
tell server opt a keepalive 1
sleep 1
set_sysctl net.tcpdiag.stale_established_ms 1000
wait_until 30 equal evidence stale_established sockets -- \
	"$(($(ss -Htano state established | grep -vc 'timer:(keepalive')))"
is "$(findings)" "NOTE stale_established" "idle connections without keepalive are a finding"
is "$(finding stale_established "" what | grep -o "of server (pid $(tell server pid)) on port [0-9]* from [0-9.]*" |
	sed 's/port [0-9]*/port/')" "of server (pid $(tell server pid)) on port from $(v4 far "")" \
	"the longest idle one's owner is named"
for i in 5 6; do
	tell server send "s$i" 1
done
set_sysctl net.tcpdiag.stale_established_ms 3600000
wait_until 30 equal findings -- ""
ok "with a longer limit there is none"
is "$(self events_mismatched) $(self allocation_failures)" "0 0" "no event out of turn"
