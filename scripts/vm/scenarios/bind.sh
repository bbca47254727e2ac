#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A program calls bind() to a local address before connect() until bind() finds no port
# (EADDRINUSE), another wants a port that somebody has: each is told with who failed,
# who has the port, and what to change. The truth is the programs' errno and ss. Its
# healthy twin sets IP_BIND_ADDRESS_NO_PORT.
# kernels: 6.1 6.12
# also: debug
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"

DESTINATIONS=5
EACH=8

# from_local NAME PORT: connects with bind() to port 0 first
from_local() {
	tell client socket "$1" v4
	[ -z "$no_port" ] || tell client opt "$1" bind_address_no_port 1
	tell client bind "$1" 127.0.0.1 0
	tell client again "$1" 127.0.0.1 "$2"
}

# spread: EACH connections to each destination
spread() {
	local i j

	for ((i = 0; i < DESTINATIONS; i++)); do
		for ((j = 0; j < EACH; j++)); do
			from_local "$1$i.$j" $((9000 + i))
		done
	done
}

# what CODE
what() {
	finding "$1" '' what
}

plan 39

netns twin
set_sysctl net.ipv4.ip_local_port_range '40000 40039'
load_module
# nobody accepts here
set_sysctl net.tcpdiag.slow_accept_ms 600000
set_sysctl net.tcpdiag.close_wait_leak_ms 600000
play server
play client
tell client comm gateway
for ((i = 0; i < DESTINATIONS; i++)); do
	tell server listen "l$i" 127.0.0.1 $((9000 + i))
done

note "with IP_BIND_ADDRESS_NO_PORT"
no_port=1
spread ok
counted
is "$(ss -Htan state established 'sport >= :40000' | wc -l)" $((DESTINATIONS * EACH)) "all connect"
is "$(findings)" "" "and nothing is wrong"
is "$(sum_of ports bound)" 0 "no port is taken for all destinations"
tell client closeall ok >/dev/null
sleep 70

note "without"
no_port=''
spread c
is "$(ss -Htan state established 'sport >= :40000' | wc -l)" $((DESTINATIONS * EACH)) "as many connect"
counted
is "$(sum_of ports bound)" $((DESTINATIONS * EACH)) "each port is taken for all destinations"
is "$(cell ports 127.0.0.1 percent) $(cell ports 127.0.0.1 bound_local)" "100 40" \
	"of the local address none is left"
# 7.3 sends some of these SYNs again (TcpExtTCPSynRetrans), which is told as well
is "$(findings | grep bind)" "WARNING bind_no_port" "which is a finding before one fails"
check "that names who does it" grep -q "40 of 40 local ports (100 %).*bind() to port 0 was called before connect().*, all by gateway (pid $(tell client pid))" \
	<<<"$(what bind_no_port)"
check "and the change" grep -q IP_BIND_ADDRESS_NO_PORT <<<"$(finding bind_no_port '' application)"
for i in 1 2 3; do
	tell client socket "f$i" v4
	tell_err client EADDRINUSE bind "f$i" 127.0.0.1 0
done
is "$(cell handshake bind_no_port count) $(cell handshake bind_in_use count)" "3 0" "three fail"
is "$(findings | grep bind)" "CRITICAL bind_no_port" "which is a finding"
check "with who failed, and what has the ports" grep -q \
	"bind() to 127.0.0.1:0 failed 3 times with EADDRINUSE.* in gateway (pid $(tell client pid)): no port is left.*40 of 40 are held by.*, all by gateway (pid $(tell client pid))" \
	<<<"$(what bind_no_port)"
tell server socket v v4
tell_err server EADDRINUSE bind v 127.0.0.1 0
check "another program that fails is not at fault" grep -q \
	"in tcpplay (pid $(tell server pid)): no port is left.*, all by gateway (pid $(tell client pid))" \
	<<<"$(what bind_no_port)"
check "the change is for the one that is" grep -q "^in gateway (pid $(tell client pid)): set IP_BIND" \
	<<<"$(finding bind_no_port '' application)"
tell server listen l6 ::1 9500
tell_err client EADDRNOTAVAIL connect six ::1 9500
counted
is "$(cell ports '[::1] [::1]:9500' percent) $(cell ports '[::1] [::1]:9500' in_use)" "100 0" \
	"connect() finds none for any destination, and the view says why"
check "so does the finding" grep -q "IP_BIND_ADDRESS_NO_PORT.* 40 ports were taken by bind()" \
	<<<"$(finding ports_exhausted '' application)"
for ((i = 0; i < 40; i++)); do
	tell server socket "o$i" v4
	tell server bind "o$i" 127.0.0.2 0
done
for i in 1 2 3 4 5; do
	tell_err server EADDRINUSE bind v 127.0.0.2 0
done
check "of another local address only the failure is told" grep -q "bind() to 127.0.0.2:0 failed 5 times.*no port is left for this local address$" \
	<<<"$(what bind_no_port)"
tell server closeall o >/dev/null
tell client closeall c >/dev/null
tell client closeall f >/dev/null

note "a port that a listener has"
tell server socket own v4
tell_err server EADDRINUSE bind own 127.0.0.1 9000
is "$(cell handshake bind_in_use count)" 1 "one fails"
is "$(findings | grep -c 'NOTE bind_in_use')" 1 "once is a note"
for i in 1 2; do
	tell_err server EADDRINUSE bind own 127.0.0.1 9000
done
is "$(findings | grep bind_in_use)" "WARNING bind_in_use" "three times a finding"
sleep 2
check "that names who listens" grep -q "bind() for 127.0.0.1:9000 failed 3 times.*; tcpplay (pid $(tell server pid)) listens on it" \
	<<<"$(what bind_in_use)"

note "a port that a socket is only bound to: it has no event"
tell client comm squatter
tell client socket b v4
tell client bind b 127.0.0.1 7000
sleep 1
tell server socket wants v4
for i in 1 2 3 4; do
	tell_err server EADDRINUSE bind wants 127.0.0.1 7000
done
sleep 1
check "its process is named" grep -q "bind() for 127.0.0.1:7000 failed 4 times.*; squatter (pid $(tell client pid)) has bound a socket" \
	<<<"$(what bind_in_use)"

note "a port in TIME_WAIT"
tell server listen m 127.0.0.1 9100
tell client socket d v4
tell client bind d 127.0.0.1 7001
tell client again d 127.0.0.1 9100
tell server accept s m
tell client close d
tell server close s
is "$(ss -Htan state time-wait "sport = :7001" | wc -l)" 1 "its end closed first"
for i in 1 2 3 4 5; do
	tell_err server EADDRINUSE bind wants 127.0.0.1 7001
done
check "is told" grep -q "bind() for 127.0.0.1:7001 failed 5 times.*; 1 socket in TIME_WAIT has it" \
	<<<"$(what bind_in_use)"
check "with its remedy" grep -q "set SO_REUSEADDR" <<<"$(finding bind_in_use '' application)"

note "a program that tries again and succeeds"
for i in 1 2 3 4 5 6; do
	tell_err server EADDRINUSE bind wants 127.0.0.1 7000
done
check "while it fails it is a finding" grep -q "127.0.0.1:7000 failed 10 times" <<<"$(what bind_in_use)"
tell client close b
tell server bind wants 127.0.0.1 7000
check_not "once it has the port it is none" grep -q "127.0.0.1:7000" <<<"$(what bind_in_use)"

note "a listener that came after the failure"
tell client socket b2 v4
tell client bind b2 127.0.0.1 7010
tell server socket wants2 v4
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	tell_err server EADDRINUSE bind wants2 127.0.0.1 7010
done
check "the one that has the port is named" grep -q "127.0.0.1:7010 failed 12 times.*squatter" <<<"$(what bind_in_use)"
tell client close b2
sleep 1
tell client listen late 127.0.0.1 7010
check_not "the later one is not" grep -q "127.0.0.1:7010" <<<"$(what bind_in_use)"
sleep 3
check_not "nor a few seconds later" grep -q "127.0.0.1:7010" <<<"$(what bind_in_use)"

note "healthy: a program that looks for a free port, as sshd does for X11"
tell client comm sshd
tell server comm sshd
for port in 7030 7031; do
	tell client socket "x$port" v4
	tell client bind "x$port" 127.0.0.1 "$port"
done
for i in {1..13}; do
	tell server socket "x$i" v4
	for port in 7030 7031; do
		tell_err server EADDRINUSE bind "x$i" 127.0.0.1 "$port"
	done
	tell server bind "x$i" 127.0.0.1 7032
	tell server close "x$i"
done
check_not "accuses nobody" grep -qE "127.0.0.1:703[01]" <<<"$(what bind_in_use)"
for i in {1..13}; do
	tell_err server EADDRINUSE bind own 127.0.0.1 7030
done
check "one that goes on with no other port does" grep -q "127.0.0.1:7030 failed 26 times" <<<"$(what bind_in_use)"
tell client close x7030
tell server bind own 127.0.0.1 7030
tell client comm gateway
# what failed before is of another minute then
sleep 61
for i in {1..13}; do
	tell server socket "y$i" v4
	tell_err server EADDRINUSE bind "y$i" 127.0.0.1 7031
	tell server bind "y$i" 127.0.0.1 7032
	tell server close "y$i"
done
check "one that wants both ports, of which another program has one" grep -q \
	"127.0.0.1:7031 failed [0-9]* times.*gateway" <<<"$(what bind_in_use)"
tell client close x7031
tell server socket y v4
tell server bind y 127.0.0.1 7031

note "a wildcard of IPv6 only is not in the way of IPv4"
tell client socket only6 v6
tell client opt only6 v6only 1
tell client bind only6 :: 7020
tell client await only6
tell client socket b4 v4
tell client bind b4 127.0.0.1 7020
sleep 1
tell server socket wants4 v4
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do
	tell_err server EADDRINUSE bind wants4 127.0.0.1 7020
done
check "the socket of IPv4 is told" grep -q "127.0.0.1:7020 failed 13 times.*has bound a socket to it" <<<"$(what bind_in_use)"

note "listen() and bind() that succeed, and IPv6"
before=$(cell handshake bind_in_use count)
tell server socket six v6
tell server bind six ::1 9000
tell server await six
is "$(cell handshake bind_in_use count)" "$before" "are no failures"
tell server socket six2 v6
tell_err server EADDRINUSE bind six2 ::1 9000
is "$(cell handshake bind_in_use count)" $((before + 1)) "a bind() of IPv6 that fails is one"
is "$(cell handshake listen_in_use count)" 0 "none of them was a listen()"
tell server socket r1 v4
tell server opt r1 reuseaddr 1
tell server bind r1 127.0.0.1 7005
tell server socket r2 v4
tell server opt r2 reuseaddr 1
tell server bind r2 127.0.0.1 7005
tell server await r1
tell_err server EADDRINUSE await r2
is "$(cell handshake listen_in_use count)" 1 "a listen() that fails is told apart"
is "$(view findings twin | tail -n +2)" "" "another namespace has nothing of this"
