#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ten services that for an hour half close connections on purpose, answer late, start
# when they are needed or leave good-byes unread: nobody is warned.
# kernels: none
# also: 6.12
# not: 6.12-deb13 7.2 7.3
# clock: virtual
# limit: 4500
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/patterns.sh"

# rsh: its input has ended, the command goes on for the whole hour and prints
rsh_begins() {
	cast rshd rsh
	act rshd listen l 127.0.0.1 514
	for i in 1 2; do
		meet rsh rshd "$i" 514
		says rsh rshd "$i" 80
		act rsh shutdown "$i" wr
		deviates "$(got rshd recv "$i" 10)" 0 "what rshd read at the end"
	done
}

rsh_goes_on() {
	! every 4 || says rshd rsh 1 1000
	! every 10 || says rshd rsh 2 300
}

rsh_ends() {
	deviates "$(ss_count CLOSE_WAIT "$ns")" 2 "sockets in CLOSE_WAIT"
	deviates "$(ss_count FIN_WAIT2 "$ns")" 2 "sockets in FIN_WAIT2"
}

# report: who asks ends his side; the answer is computed for 90 s
report_begins() {
	cast reportd curl
	act reportd listen l 127.0.0.1 8080
}

report_goes_on() {
	case $((turn % 6)) in
	0)
		for i in 1 2 3; do
			meet curl reportd "$i"
			says curl reportd "$i" 500
			act curl shutdown "$i" wr
		done
		;;
	3)
		[ "$turn" -gt 6 ] || return 0
		deviates "$(ss_count CLOSE_WAIT "$ns")" 3 "sockets in CLOSE_WAIT"
		for i in 1 2 3; do
			says reportd curl "$i" 40000
			parts reportd curl "$i"
		done
		;;
	esac
}

# relay: HAProxy in mode tcp; both legs are half closed, one after the other
relay_begins() {
	cast backend
	act backend listen l 127.0.0.1 9000
	cast haproxy client
	act haproxy listen l 127.0.0.1 8080
}

relay_goes_on() {
	if every 4; then
		meet client haproxy front
		meet haproxy backend back 9000
		says client haproxy front 3000
		act client shutdown front wr
		says haproxy backend back 3000
		deviates "$(got haproxy drain front)" 0 "what was left of the request"
		act haproxy shutdown back wr
		deviates "$(got backend drain back)" 0 "what was left of the request"
	fi
	if every 4 2 && [ "$turn" -gt 4 ]; then
		says backend haproxy back 9000
		says haproxy client front 9000
		parts backend haproxy back
		parts haproxy client front
	fi
}

relay_ends() {
	deviates "$(ss_count CLOSE_WAIT "$ns") $(ss_count FIN_WAIT2 "$ns")" "2 2" "legs half closed"
}

# netcat: nc -N in a job; its end is the end of the file
netcat_begins() {
	cast collector nc
	act collector listen l 127.0.0.1 9999
}

netcat_goes_on() {
	meet nc collector c 9999
	act nc send c 5000
	act nc shutdown c wr
	deviates "$(got collector drain c)" 5000 "bytes collected"
	parts collector nc c
}

netcat_ends() {
	at_least TcpPassiveOpens 100
}

# activated: systemd with Accept=no; the service starts when somebody connects and exits
# when nobody does
activated_begins() {
	cast systemd client
	act systemd listen l 127.0.0.1 8080
}

activated_goes_on() {
	if every 20; then
		act client connect c 127.0.0.1 8080
		act client send c 100
		act client sleep $((turn == 60 ? 3000 : 300))
		cast service
		act service adopt l "$(got systemd pid)" "$(got systemd fd l)"
		act service accept c l
		deviates "$(got service recv c 100)" 100 "the request"
		says service client c 1000
		parts client service c
	fi
	! every 20 2 || [ "$turn" -eq 2 ] || exits service
}

activated_ends() {
	at_least TcpPassiveOpens 6
}

# inetd: systemd with Accept=yes; a process for each connection
inetd_begins() {
	cast inetd client
	act inetd listen l 127.0.0.1 79
}

inetd_goes_on() {
	every 4 || return 0
	meet client inetd c 79
	cast fingerd
	act fingerd adopt c "$(got inetd pid)" "$(got inetd fd c)"
	act inetd close c
	asks client fingerd c 10 300
	parts fingerd client c
	exits fingerd
}

inetd_ends() {
	at_least TcpPassiveOpens 30
}

# sshd: a child for each session, which ends with it; the sessions are idle
sshd_begins() {
	cast sshd ssh
	act sshd listen l 127.0.0.1 22
	for i in 1 2 3; do
		meet ssh sshd "$i" 22
		play "$ns.sshd$i" -n "$ns"
		act "sshd$i" comm sshd
		act "sshd$i" adopt "$i" "$(got sshd pid)" "$(got sshd fd "$i")"
		act sshd close "$i"
		asks ssh "sshd$i" "$i"
	done
}

sshd_goes_on() {
	if [ "$turn" -eq 50 ]; then
		act ssh close 3
		deviates "$(got sshd3 recv 3 10)" 0 "what the session read at its end"
		exits sshd3
	fi
	! every 30 || asks ssh sshd1 1
}

sshd_ends() {
	established 4
}

# goodbye: a TLS close_notify comes after the answer, and the client closes without it
goodbye_begins() {
	cast server client
	act server listen l 127.0.0.1 443
}

goodbye_goes_on() {
	every 2 || return 0
	meet client server c 443
	asks client server c 300 4000
	act server send c 31
	act client sleep 50
	act client close c
	must_fail server ECONNRESET recv c 10
	act server close c
}

goodbye_ends() {
	at_least TcpExtTCPAbortOnClose 50
}

# one_way: who receives a stream has ended his own side of it, as socat -u may
one_way_begins() {
	cast collector agent
	act collector listen l 127.0.0.1 2003
	for i in 1 2 3; do
		meet agent collector "$i" 2003
		act collector shutdown "$i" wr
	done
}

one_way_goes_on() {
	for i in 1 2 3; do
		says agent collector "$i" 200
	done
}

one_way_ends() {
	deviates "$(ss_count FIN_WAIT2 "$ns")" 3 "sockets in FIN_WAIT2"
}

# standby: a warm one, to which nobody ever connects
standby_begins() {
	cast primary standby client
	act primary listen l 127.0.0.1 8080
	act standby listen l 127.0.0.1 8081
	meet client primary c
}

standby_goes_on() {
	! every 10 || asks client primary c
}

standby_ends() {
	established 2
	deviates "$(ss_count LISTEN "$ns")" 2 "listeners"
}

patterns 3600 30 rsh report relay netcat activated inetd sshd goodbye one_way standby
