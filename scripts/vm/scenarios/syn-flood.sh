#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A SYN flood from addresses that answer nothing, with legitimate clients beside
# it: with SYN cookies and without, and a second one after the first. tcpdiag
# names the listener each time; the kernel's own warning comes only once.
#
#   attacker ---- SYN, source 10.99.x.y ----> server
#            <--- SYN+ACK to nowhere -------
#   client   <--- a connection ------------->
#
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"

BACKLOG=64
SYNS=1500
PER_S=300

listener() {
	cell listeners "$addr:8080" "$1" server
}

verdict_is() {
	[ "$(listener verdict)" = "$1" ]
}

# of_namespace COLUMN
of_namespace() {
	cell listeners namespace "$1" server
}

# finding TEXT: a line of the findings of the server
finding() {
	view findings server | grep -q "$1"
}

# flood FROM: in the background; the answer comes when it is over
flood() {
	ask attacker flood "$1" "$addr" 8080 "$SYNS" "$PER_S"
}

cookies() {
	echo "$(mib TcpExtSyncookiesSent server) $(mib TcpExtSyncookiesRecv server) $(mib TcpExtSyncookiesFailed server)"
}

plan 32

netns client
netns attacker
netns server
veth client server
veth attacker server
addr=$(v4 server attacker)
# The answers go back by the way of the attacker, who drops them.
in_netns server ip route add 10.99.0.0/16 via "$(v4 attacker server)"
in_netns client ip route add "$addr" via "$(v4 server client)"
set_sysctl net.ipv4.tcp_syncookies 1 server
set_sysctl net.ipv4.tcp_max_syn_backlog 128 server
warned=$(dmesg | grep -c 'Possible SYN flooding' || :)
load_module
play server -n server
play client -n client
play attacker -n attacker
tell server comm web
tell server listen l "$addr" 8080 "$BACKLOG"
tell client connect before "$addr" 8080
tell server accept before l
is "$(listener verdict) $(listener floods)" "ok 0" "all is well"
is "$(listener syn_limit)" "$BACKLOG" "the queue of SYNs has the limit of listen()"

note "a flood, cookies allowed"
flood 10.99.1.1
wait_until 10 verdict_is syn_flood
ok "the flood is seen"
check "a finding names the owner and the listener" finding \
	"WARNING syn_flood what SYN flood against web (pid $(tell server pid)) on $addr:8080 for "
check "with the cookies that keep it reachable" finding 'syn_flood host net.ipv4.tcp_syncookies is 1'
tell client connect during "$addr" 8080
tell server accept during l
ok "a legitimate client gets in"
answer attacker >/dev/null
is "$(cell listeners namespace cookies_sent server) $(of_namespace cookies_valid) $(of_namespace cookies_failed)" \
	"$(cookies)" "cookies sent, valid and failed as the kernel counts them"
check "cookies were sent" test "$(of_namespace cookies_sent)" -gt 500
is "$(of_namespace cookies_valid)" 1 "the client's came back"
is "$(listener untimed)" 1 "its handshake has no time"
is "$(listener handshakes)" 2 "two were completed"
within "$(listener syn_peak)" $((BACKLOG - 8)) $((BACKLOG + 8)) "the queue was full"
is "$(listener floods)" 1 "that was one flood"
is "$(state_col NEW_SYN_RECV now server)" "$(of_namespace syn_now)" "states has as many requests"
is "$(ss_count SYN_RECV server)" "$(of_namespace syn_now)" "and so has ss"
wait_until 60 verdict_is ok
ok "it is over some seconds after the last SYN"
check_not "and so is the finding" finding syn_flood

note "again, without cookies"
set_sysctl net.ipv4.tcp_syncookies 0 server
set_sysctl net.ipv4.tcp_max_syn_backlog 64 server
is "$(listener syn_limit)" 48 "without cookies a quarter of tcp_max_syn_backlog is kept back"
drops_before=$(mib TcpExtListenDrops server)
ours_before=$(listener drops)
flood 10.99.9.1
wait_until 10 verdict_is syn_flood
ok "the second flood is seen too"
check "a finding says that clients are shut out" finding 'CRITICAL syn_flood what'
check "and what to set" finding 'syn_flood host net.ipv4.tcp_syncookies is 0'
answer attacker >/dev/null
is "$(listener floods)" 2 "those were two floods"
is "$(listener syn_now)" "$(ss_count SYN_RECV server)" "ss has as many requests"
is "$(($(listener drops) - ours_before))" $(($(mib TcpExtListenDrops server) - drops_before)) \
	"the listener's drops are the kernel's"
is "$(listener overflows)" 0 "none of them was for a full accept queue"
is "$(($(dmesg | grep -c 'Possible SYN flooding') - warned))" 1 "the kernel warned once"

note "real clients, faster than their round trip lets the queue empty"
wait_until 60 verdict_is ok
set_sysctl net.tcpdiag.syn_flood_per_s 5 server
tell server listen far "$addr" 8081 16
delay to-server 200 client
pid=$(tell server pid)
for ((i = 1; i <= 400; i++)); do
	ask server accept "far$i" far
done
for ((i = 1; i <= 400; i++)); do
	tell client start "far$i" "$addr" 8081
	[ $((i % 25)) -eq 0 ] || continue
	sleep 0.4
	! finding 'syn_queue_full what' || break
done
check "the queue is full, of clients that get in" finding \
	"WARNING syn_queue_full what web (pid $pid) on $addr:8081: the SYN queue is full"
check "and the knob is named" finding 'syn_queue_full application .*listen()'
check_not "that is no flood" finding syn_flood

note "real clients, all at once, on a small backlog"
play other -n server
play crowd -n client
tell other listen burst "$addr" 8082 16
for ((i = 1; i <= 400; i++)); do
	ask other accept "burst$i" burst
done
before=$(mib TcpExtListenDrops server)
for ((i = 1; i <= 400; i++)); do
	ask crowd start "burst$i" "$addr" 8082
done
accused=''
for ((i = 1; i <= 30; i++)); do
	sleep 0.5
	! finding 'syn_flood what' || accused=yes
done
check "most of their SYNs are dropped" test $(($(mib TcpExtListenDrops server) - before)) -gt 400
check "and yet they get in" test "$(ss_count ESTABLISHED client)" -gt 60
is "$accused" "" "that is no flood at any time"
