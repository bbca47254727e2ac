#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ten services that for an hour share listeners, hand connections on, let go of a port or
# keep what is idle: nobody is warned.
# kernels: none
# also: 6.12
# not: 6.12-deb13 7.2 7.3
# clock: virtual
# limit: 4500
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/patterns.sh"

# alive: idle connections with SO_KEEPALIVE to a peer that answers
alive_begins() {
	cast server client
	act server listen l 127.0.0.1 8080
	for i in 1 2 3; do
		meet client server "$i"
		act client opt "$i" keepidle 60
		act client opt "$i" keepintvl 10
		act client opt "$i" keepalive 1
	done
}

alive_ends() {
	established 6
	at_least TcpExtTCPKeepAlive 150
}

# wakeup: a program's connections with itself, to wake its own poll() (libevent, Java)
wakeup_begins() {
	cast java
	act java listen l 127.0.0.1 0
	act java pairs pipe 4 l 127.0.0.1 "$(got java port l)"
	act java close l
}

wakeup_goes_on() {
	every 7 || return 0
	act java send pipec1 1
	deviates "$(got java recv pipes1 10)" 1 "bytes that wake it"
}

wakeup_ends() {
	established 8
}

# dual: a listener on :: for both families
dual_begins() {
	cast server client
	act server socket l v6
	act server opt l reuseaddr 1
	act server opt l v6only 0
	act server bind l :: 8080
	act server await l
	meet client server four
	act client connect six ::1 8080
	act server accept six l
}

dual_goes_on() {
	every 4 || return 0
	asks client server four
	asks client server six
	act client connect short ::1 8080
	act server accept short l
	asks client server short
	parts client server short
}

dual_ends() {
	established 4
}

# seldom: a listener with a backlog of 1 (an administrator's port)
seldom_begins() {
	cast daemon telnet
	act daemon listen l 127.0.0.1 4242 1
}

seldom_goes_on() {
	every 20 || return 0
	meet telnet daemon c 4242
	asks telnet daemon c
	parts telnet daemon c
}

seldom_ends() {
	at_least TcpPassiveOpens 6
}

# passed: one process accepts, others get the connections (SCM_RIGHTS), as in nginx Unit
passed_begins() {
	cast router worker1 worker2 client
	act router listen l 127.0.0.1 8080
}

passed_goes_on() {
	local worker=worker$((1 + turn % 2))

	meet client router c
	act "$worker" adopt c "$(got router pid)" "$(got router fd c)"
	act router close c
	asks client "$worker" c
	parts client "$worker" c
}

passed_ends() {
	at_least TcpPassiveOpens 100
}

# group: three processes with a listener each for the same port (SO_REUSEPORT)
group_begins() {
	cast client
	for i in 1 2 3; do
		play "$ns.$i" -n "$ns"
		act "$i" comm envoy
		act "$i" socket l v4
		act "$i" opt l reuseport 1
		act "$i" bind l 127.0.0.1 8080
		act "$i" await l
		act "$i" serve l 1000
	done
}

group_goes_on() {
	act client visit 127.0.0.1 8080 5 1000
}

group_ends() {
	deviates "$(ss_count LISTEN "$ns")" 3 "listeners"
	at_least TcpPassiveOpens 500
}

# drained: no new connections after ten minutes; the old ones go on
drained_begins() {
	cast server client
	act server listen l 127.0.0.1 8080
	for i in 1 2 3 4; do
		meet client server "$i"
	done
}

drained_goes_on() {
	[ "$turn" -ne 20 ] || act server close l
	every 4 || return 0
	for i in 1 2 3 4; do
		asks client server "$i"
	done
}

drained_ends() {
	established 8
	deviates "$(ss_count LISTEN "$ns")" 0 "listeners"
}

# upgrade: a new program takes the listener over (nginx with USR2, einhorn), the old one
# serves what it has to the end
upgrade_begins() {
	cast unicorn client
	act unicorn listen l 127.0.0.1 8080
	for i in 1 2; do
		meet client unicorn "$i"
		asks client unicorn "$i"
	done
}

upgrade_goes_on() {
	case $turn in
	40)
		play "$ns.new" -n "$ns"
		act new comm unicorn
		act new adopt l "$(got unicorn pid)" "$(got unicorn fd l)"
		act unicorn close l
		;;
	60)
		parts client unicorn 1
		parts client unicorn 2
		exits unicorn
		;;
	esac
	if [ "$turn" -lt 40 ]; then
		! every 5 || asks client unicorn 1
	elif every 5; then
		meet client new c
		asks client new c
		parts client new c
	fi
}

upgrade_ends() {
	deviates "$(ss_count LISTEN "$ns")" 1 "listeners"
}

# syslog: lines go one way, and nothing ever comes back
syslog_begins() {
	cast rsyslogd agent
	act rsyslogd listen l 127.0.0.1 514
	for i in 1 2 3; do
		meet agent rsyslogd "$i" 514
	done
}

syslog_goes_on() {
	says agent rsyslogd 1 120
	! every 20 || says agent rsyslogd 2 120
	! every 100 || says agent rsyslogd 3 120
}

syslog_ends() {
	established 6
}

# ftp: a control connection, and a listener for each passive transfer
ftp_begins() {
	cast vsftpd ftp
	act vsftpd listen l 127.0.0.1 21
	meet ftp vsftpd control 21
	asks ftp vsftpd control 20 60
}

ftp_goes_on() {
	every 15 || return 0
	asks ftp vsftpd control 6 50
	act vsftpd listen passive 127.0.0.1 0 1
	act ftp connect data 127.0.0.1 "$(got vsftpd port passive)"
	act vsftpd accept data passive
	act vsftpd close passive
	asks ftp vsftpd control 20 40
	says vsftpd ftp data 100000
	parts vsftpd ftp data
	says vsftpd ftp control 24
}

ftp_ends() {
	established 2
	at_least TcpPassiveOpens 9
}

patterns 3600 30 alive wakeup dual seldom passed group drained upgrade syslog ftp
