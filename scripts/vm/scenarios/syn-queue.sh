#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Handshakes that stay half open: the client's answers do not come through. The
# kernel keeps no event for the end of such a request, but the gauge must fall.
#
#   client ---- SYN ----> server      15 of them in its queue
#          <- SYN+ACK --- X           all lost
#
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 60
# also: arm64
. "$TOP/scripts/vm/lib.sh"

half_open() {
	echo $(($(state_col NEW_SYN_RECV now server) + $(state_col SYN_RECV now server)))
}

plan 15

netns client
netns server
veth client server
drop_all to-client server
# A handshake is given up after one repetition, 3 s.
set_sysctl net.ipv4.tcp_synack_retries 1 server
load_module
play client -n client
play server -n server
tell server listen l4 "$(v4 server client)" 8080
tell server listen l6 "$(v6 server client)" 8080
in_netns server ip neigh replace "$(v4 client server)" dev to-client lladdr 02:00:00:00:00:0a
in_netns server ip neigh replace "$(v6 client server)" dev to-client lladdr 02:00:00:00:00:0a
in_netns client ip link set to-server address 02:00:00:00:00:0a
in_netns server ip link set to-client address 02:00:00:00:00:0b
in_netns client ip neigh replace "$(v4 server client)" dev to-server lladdr 02:00:00:00:00:0b
in_netns client ip neigh replace "$(v6 server client)" dev to-server lladdr 02:00:00:00:00:0b

for i in 1 2 3 4 5 6 7 8 9 10; do
	tell client start "a$i" "$(v4 server client)" 8080
done
for i in 1 2 3 4 5; do
	tell client start "b$i" "$(v6 server client)" 8080
done
is "$(half_open)" 15 "fifteen handshakes are half open"
is "$(ss_count SYN_RECV server)" 15 "ss shows as many"
is "$(state_col NEW_SYN_RECV now server)" 15 "all as requests"
is "$(state_col NEW_SYN_RECV entered server)" 15 "each was counted at its beginning"
is "$(state_col SYN_SENT now client)" 15 "the clients wait"
gauges_agree "the clients' gauges as ss has them" client

tell client closeall b >/dev/null
# The clients repeat their SYNs at any moment.
given_up() {
	[ "$(ss_count SYN_RECV server) $(half_open) $(ss_count SYN_RECV server)" = "0 0 0" ]
}
wait_until 30 given_up
ok "given up by the server, none is half open"
gauges_agree "the server's gauges as ss has them" server

note "the clients repeat their SYNs and are half open again"
wait_until 15 equal ss_count SYN_RECV server -- 10
gauges_agree "ten again: the server's gauges as ss has them" server
is "$(view states server | awk '$1 == "NEW_SYN_RECV" { print $3 - $4 - $2 }')" 0 \
	"entered less left is what there is"
tell server close l4
is "$(half_open)" 0 "the listener closes, and its requests go"
gauges_agree "closed: the server's gauges as ss has them" server
is "$(transition LISTEN SYN_RECV server)" 0 "none came to be a socket"

note "the wire is repaired"
no_qdisc to-client server
tell server listen m "$(v4 server client)" 8081
tell client connect c "$(v4 server client)" 8081
tell server accept s m
is "$(transition LISTEN SYN_RECV server)" 1 "a handshake that is completed does"
gauges_agree "the server's gauges as ss has them" server
