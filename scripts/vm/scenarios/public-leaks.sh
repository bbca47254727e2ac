#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two situations of public reports in which connections pile up, each with a healthy twin
# that is silent. The truth is ss.
#
# "leaking CLOSE_WAIT"
# https://github.com/franela/goreq/issues/76
# A program does not close the answers of its HTTP client: each request leaves a
# connection that the server has closed.
#
# "Redis 2.4.14 possible socket leak"
# https://github.com/redis/redis/issues/618
# Clients were switched off: the server keeps their connections, because it never writes
# to them and does not use keepalive.
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 3000
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/public.sh"

plan 14

netns far
veth "" far
load_module
set_sysctl net.tcpdiag.stale_established_ms 600000
play server -n far
there=$(v4 far "")
tell server listen l "$there" 80

# requests COUNT: each answered and closed by the server
requests() {
	local i

	for ((i = 1; i <= $1; i++)); do
		tell client connect "c$i" "$there" 80
		tell server accept s l
		tell client send "c$i" 100
		tell server recv s 100 >/dev/null
		tell server send s 200
		tell server close s
		tell client recv "c$i" 200 >/dev/null
		[ -z "$2" ] || tell client close "c$i"
		sleep 2
	done
}

note "twin: the program closes its answers"
play client
tell client comm item-poster
requests 20 closes
is "$(ss_count CLOSE_WAIT)" 0 "no connection is left"
is "$(findings)" "" "and nothing is wrong"
dismiss client

note "it does not"
play client
tell client comm item-poster
tell client nofile 256
requests 120 ''
page_of http-client
is "$(ss_count CLOSE_WAIT)" 120 "each request leaves a connection"
is "$(findings | cut -d" " -f2)" close_wait_leak "that is one finding"
reads "item-poster \(pid $(tell client pid)\)" "with whose they are"
reads "keeps [0-9]+ sockets in CLOSE_WAIT on connections to port 80" "and where they go, and how many stay"
reads "close\(\)|close (the|each)" "and what to do"
reads_not "accept|more workers|listen" "and nothing about a server"
dismiss client
wait_until 20 equal findings -- ""

note "twin: a server with keepalive"
play redis
tell redis comm redis-server
here=$(v4 "" far)
tell redis listen l "$here" 6379

# clients COUNT KEEPALIVE: connect, ask once, and are switched off
clients() {
	local i

	play app -n far
	for ((i = 1; i <= $1; i++)); do
		tell app connect "c$i" "$here" 6379
		tell redis accept "s$i" l
		[ -z "$2" ] || tell redis opt "s$i" keepalive 1
		[ -z "$2" ] || tell redis opt "s$i" keepidle 300
		[ -z "$2" ] || tell redis opt "s$i" keepcnt 3
		tell app send "c$i" 30
		tell redis recv "s$i" 30 >/dev/null
		tell redis send "s$i" 30
		tell app recv "c$i" 30 >/dev/null
	done
	drop_all to-here far
	drop_all to-far
	dismiss app
	sleep 70
	no_qdisc to-here far
	no_qdisc to-far
	# a machine that is off answers nothing
	in_netns far ip addr del "$there/24" dev to-here
	sleep 800
	in_netns far ip addr add "$there/24" dev to-here
}

clients 20 keepalive
is "$(ss -Htan state established 'sport = :6379' | wc -l)" 0 "the kernel has ended all of them"
is "$(findings | grep -v NOTE)" "" "and nothing is wrong"

note "a server without"
tell redis closeall s >/dev/null
clients 20 ''
is "$(ss -Htan state established 'sport = :6379' | wc -l)" 20 "the server has all of them"
page_of dead-clients
is "$(findings)" "NOTE stale_established" "that is one finding"
reads "20 connections without keepalive.* redis-server \(pid $(tell redis pid)\)" "with how many and whose"
reads "on port 6379" "and by which port"
