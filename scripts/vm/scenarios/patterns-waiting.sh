#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ten services whose connections wait for an hour for what seldom comes: nobody is warned.
# kernels: none
# also: 6.12
# not: 6.12-deb13 7.2 7.3
# clock: virtual
# limit: 4500
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/patterns.sh"

# sse: browsers with an EventSource; the server limits how long a stream lasts
sse_begins() {
	local i

	cast server browser
	act server listen l 127.0.0.1 8080
	for i in 1 2 3; do
		meet browser server "$i"
		says browser server "$i" 200
	done
}

sse_goes_on() {
	local i

	! every 10 || for i in 1 2 3; do
		says server browser "$i" 300
	done
	if every 50 49; then
		parts server browser 3
		meet browser server 3
		says browser server 3 200
	fi
}

sse_ends() {
	established 6
}

# websocket: tabs with pings both ways; one is closed
websocket_begins() {
	cast server browser
	act server listen l 127.0.0.1 8080
	for i in 1 2 3; do
		meet browser server "tab$i"
		asks browser server "tab$i" 400 200
	done
}

websocket_goes_on() {
	local i

	for i in 1 2; do
		asks browser server "tab$i" 6 2
	done
	[ "$turn" -ne 40 ] || parts browser server tab3
}

websocket_ends() {
	established 4
}

# grpc: pings of HTTP/2; at its greatest age a connection ends after its last stream
grpc_begins() {
	cast server stub
	act server listen l 127.0.0.1 50051
	meet stub server 1 50051
	asks stub server 1
}

grpc_goes_on() {
	local now=$((1 + turn / 60))

	case $((turn % 60)) in
	0)
		says server stub $((now - 1)) 17
		meet stub server "$now" 50051
		;;
	1)
		[ "$turn" -eq 1 ] || {
			says server stub $((now - 1)) 5000
			parts stub server $((now - 1))
		}
		;;
	esac
	asks stub server "$now" 17 17
}

grpc_ends() {
	# The last turn begins one that the next would end.
	established 4
}

# pubsub: Redis; subscribers without keepalive, to whom something is sent thrice an hour
pubsub_begins() {
	cast redis app publisher
	act redis listen l 127.0.0.1 6379
	for i in 1 2 3 4; do
		meet app redis "sub$i" 6379
		asks app redis "sub$i" 40 40
	done
	meet publisher redis pub 6379
}

pubsub_goes_on() {
	every 40 39 || return 0
	asks publisher redis pub 60 4
	for i in 1 2 3 4; do
		says redis app "sub$i" 60
	done
}

pubsub_ends() {
	established 10
}

# amqp: RabbitMQ with heartbeats of both sides
amqp_begins() {
	cast broker worker
	act broker listen l 127.0.0.1 5672
	for i in 1 2; do
		meet worker broker "$i" 5672
		asks worker broker "$i" 8 500
	done
}

amqp_goes_on() {
	for i in 1 2; do
		says broker worker "$i" 8
		says worker broker "$i" 8
	done
}

amqp_ends() {
	established 4
}

# mqtt: Mosquitto; devices ping once a minute; one is reset and comes again
mqtt_begins() {
	cast mosquitto device
	act mosquitto listen l 127.0.0.1 1883
	for i in 1 2 3 4; do
		meet device mosquitto "$i" 1883
		asks device mosquitto "$i" 30 4
	done
}

mqtt_goes_on() {
	if every 2; then
		for i in 1 2 3 4; do
			asks device mosquitto "$i" 2 2
		done
	fi
	if [ "$turn" -eq 50 ]; then
		act device reset 4
		must_fail mosquitto ECONNRESET recv 4 10
		act mosquitto close 4
		meet device mosquitto 4 1883
		asks device mosquitto 4 30 4
	fi
}

mqtt_ends() {
	established 8
}

# imap: Dovecot; IDLE is begun anew every 29 minutes, and mail is seldom
imap_begins() {
	cast dovecot phone
	act dovecot listen l 127.0.0.1 143
	for i in 1 2 3; do
		meet phone dovecot "$i" 143
		asks phone dovecot "$i" 50 200
	done
}

imap_goes_on() {
	! every 45 44 || says dovecot phone 2 20
	every 58 57 || return 0
	for i in 1 2 3; do
		asks phone dovecot "$i" 16 60
	done
}

imap_ends() {
	established 6
}

# ssh: OpenSSH with ControlMaster and ServerAliveInterval 60; a session now and then
ssh_begins() {
	cast sshd ssh
	act sshd listen l 127.0.0.1 22
	meet ssh sshd master 22
	for side in ssh sshd; do
		act "$side" opt master keepalive 1
		act "$side" opt master nodelay 1
	done
	asks ssh sshd master 2000 3000
}

ssh_goes_on() {
	! every 2 || asks ssh sshd master 52 28
	! every 40 7 || asks ssh sshd master 200 200000
}

ssh_ends() {
	established 2
}

# postgres: ten connections of a pool, of which one is used every two minutes
postgres_begins() {
	cast postgres app
	act postgres listen l 127.0.0.1 5432
	for i in 0 1 2 3 4 5 6 7 8 9; do
		meet app postgres "$i" 5432
		act postgres opt "$i" keepalive 1
		asks app postgres "$i"
	done
}

postgres_goes_on() {
	! every 4 || asks app postgres $((turn / 4 % 10))
}

postgres_ends() {
	established 20
}

# pgbouncer: clients come and go; what has been idle for ten minutes is closed by it
pgbouncer_begins() {
	cast postgres
	act postgres listen l 127.0.0.1 5432
	cast pgbouncer app
	act pgbouncer listen l 127.0.0.1 6432
	for i in 0 1 2; do
		meet pgbouncer postgres "$i" 5432
		asks pgbouncer postgres "$i"
	done
}

pgbouncer_goes_on() {
	local i=$((turn / 20 % 3))

	if every 5; then
		meet app pgbouncer client 6432
		says app pgbouncer client 100
		asks pgbouncer postgres "$i"
		says pgbouncer app client 1000
		parts app pgbouncer client
	fi
	if every 20 19; then
		parts pgbouncer postgres "$i"
		meet pgbouncer postgres "$i" 5432
		asks pgbouncer postgres "$i"
	fi
}

pgbouncer_ends() {
	established 6
	at_least TcpPassiveOpens 30
}

patterns 3600 30 sse websocket grpc pubsub amqp mqtt imap ssh postgres pgbouncer
