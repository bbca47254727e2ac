#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Attempts to connect that fail: refused, timed out, unreachable, abandoned,
# killed, for want of a port, for want of a route. Each counted once under its
# cause, by the errors that the programs got.
#
# kernels: 6.1 6.12 7.3
# also: debug
# clock: virtual
# limit: 900
. "$TOP/scripts/vm/lib.sh"

# failed CAUSE: in the client's namespace
failed() {
	cell handshake "connect_$1" count client
}

# others_than CAUSE: all failures but those of it
others_than() {
	view handshake client | awk -v this="connect_$1" '
		$1 ~ /^connect_/ && $1 != this && $1 != "connect_unfinished" && $8 != "-" { n += $8 }
		END { print n + 0 }'
}

# finding TEXT: a line of the findings of the client
finding() {
	view findings client | grep -q "$1"
}

# resets_sent NETNS: one a line: state of the socket, reason, how many
resets_sent() {
	view handshake "$1" | awk '$1 == "reset_sent" { print $2, $3, $8 }'
}

plan 33

netns client
netns server
veth client server
load_module
play client -n client
play server -n server
addr=$(v4 server client)
addr6=$(v6 server client)

note "refused"
tell_err client ECONNREFUSED connect a "$addr" 9
tell_err client ECONNREFUSED connect b "$addr6" 9
tell_err client ECONNREFUSED again a "$addr" 9
is "$(failed refused)" 3 "three refused, one of them a second try of a descriptor"
is "$(others_than refused)" 0 "nothing else"
is "$(cell handshake resets_sent count server)" "$(mib TcpOutRsts server)" \
	"as many resets as the kernel counts"
# Before 6.10 the kernel does not say why.
if [ "$KVER" = 6.1 ]; then
	is "$(resets_sent server)" "none - 3" "of no socket"
else
	is "$(resets_sent server)" "none NO_SOCKET 3" "of no socket, and why"
fi
is "$(cell handshake connect_unfinished count client)" 3 "their times are apart"
is "$(cell handshake client_handshake count client)" 0 "from those of handshakes"

note "timed out: the server's answers are lost"
drop_all to-client server
set_sysctl net.ipv4.tcp_syn_retries 1 client
in_netns client ip neigh replace "$addr" dev to-server lladdr 02:00:00:00:00:0b
in_netns server ip link set to-client address 02:00:00:00:00:0b
tell_err client ETIMEDOUT connect t "$addr" 9
is "$(failed timed_out)" 1 "one timed out"
check "its SYN was sent again" test "$(cell handshake syn_repeated count client)" -ge 1
is "$(cell handshake syn_repeated count client)" "$(mib TcpExtTCPSynRetrans client)" \
	"as the kernel counts"
is "$(cell handshake synack_repeated count client)" 0 "no SYN-ACK was"
within "$(cell handshake connect_unfinished max_us client)" 2000000 10000000 "it took some seconds"

note "abandoned"
tell client start u "$addr" 9
tell client close u
tell client start v "$addr" 9
tell client disconnect v
is "$(failed abandoned)" 2 "two given up by the program"

note "killed by an administrator"
tell client start k "$addr" 10
in_netns client ss -tK state syn-sent "dport = :10" >/dev/null
tell_err client ECONNABORTED finish k
is "$(failed killed)" 1 "one by ss -K"

note "unreachable: nobody has the address"
no_qdisc to-client server
set_sysctl net.ipv4.tcp_syn_retries 6 client
tell_err client EHOSTUNREACH connect w "${addr%.*}.99" 9
is "$(failed unreachable)" 1 "one got no answer to ARP"
tell_err client ENETUNREACH connect x 192.0.2.1 9
is "$(failed unreachable)" 1 "without a route no SYN is sent"
is "$(cell handshake connect_no_route count client)" - "which is not seen"

note "no port left"
set_sysctl net.ipv4.ip_local_port_range '50000 50001' client
tell server listen l "$addr" 8080
tell client connect p1 "$addr" 8080
tell client connect p2 "$addr" 8080
tell_err client EADDRNOTAVAIL connect p3 "$addr" 8080
tell_err client EADDRNOTAVAIL connect p4 "$addr" 8080
is "$(failed no_port)" 2 "two for want of a port"
is "$(others_than no_port)" 8 "and eight for other causes"
is "$(cell handshake client_handshake count client)" 2 "two handshakes were completed"
is "$(cell handshake server_handshake count server)" 2 "on the server too"
is "$(cell handshake connect_unfinished count client)" 10 "ten were not"

note "many in a minute are a finding"
set_sysctl net.tcpdiag.failed_connects 5 client
set_sysctl net.ipv4.ip_local_port_range '32768 60999' client
sleep 2
check_not "those three refused are none" finding connects_fail
tell client comm retrier
for i in 1 2 3 4 5 6; do
	tell_err client ECONNREFUSED connect "r$i" "$addr" 9
done
# The three may be in the same minute.
wait_until 5 finding 'WARNING connects_fail what [69] attempts to connect failed in the last minute, .*refused'
ok "six more are"
check "the last victim is named" finding "the last one .* ago by retrier (pid $(tell client pid)) to $addr:9:"
play typo -n client
tell typo comm typo
tell_err typo ECONNREFUSED connect t "$addr" 81
wait_until 5 finding 'connects_fail what \(7\|10\) attempts'
check "one that another program makes once leaves that so" finding \
	"at least [0-9]* of them to one port, the last one .* ago by retrier (pid $(tell client pid)) to $addr:9:"
for ((i = 100; i < 120; i++)); do
	tell_err typo ECONNREFUSED connect "s$i" "$addr" "$i"
done
wait_until 5 finding 'NOTE connects_fail what [0-9]* attempts to connect failed in the last minute, to several ports'
ok "a scan of ports accuses nobody"
dismiss typo

note "nobody answers, and programs wait for the kernel to give up"
drop_all to-client server
set_sysctl net.tcpdiag.failed_connects 30 client
tell client comm patient
tell client start n1 "$addr" 8080
sleep 135
tell_err client ETIMEDOUT finish n1
sleep 5
check_not "one that waited for two minutes is no finding" finding 'no answer'
play other -n client
tell other comm other
tell client start n2 "$addr" 8080
tell other start n3 "$addr" 8080
tell other start n4 "$addr" 8080
sleep 135
tell_err client ETIMEDOUT finish n2
tell_err other ETIMEDOUT finish n3
tell_err other ETIMEDOUT finish n4
wait_until 5 finding "WARNING connects_fail what no answer came to at least [34] attempts to connect to $addr:8080"
ok "four are; one counts against the attempt at port 9"
check "with the age of the first, and who made one of the last" finding \
	"the first one [0-9][0-9a-z. ]* ago, the last one [0-9][0-9a-z. ]* ago by \(patient\|other\) (pid"
dismiss other
no_qdisc to-client server

note "closed by a reset"
tell server accept s1 l
tell server accept s2 l
tell client reset p1
tell server reset s2
sleep 1
is "$(view handshake server | awk '$1 == "reset_received" { print $2, $8 }')" "ESTABLISHED 1" \
	"the server got one, established"
is "$(view handshake client | awk '$1 == "reset_received" && $2 == "ESTABLISHED" { print $8 }')" 1 \
	"and so did the client"
if [ "$KVER" = 6.1 ]; then
	is "$(resets_sent client)" "ESTABLISHED - 1" "the client sent one, established"
else
	is "$(resets_sent client)" "ESTABLISHED TCP_STATE 1" \
		"the client sent one, established, and why"
fi
is "$(cell handshake resets_sent count client)" "$(mib TcpOutRsts client)" "as the kernel counts"
