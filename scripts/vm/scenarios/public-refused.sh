#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Three situations of public reports in which a service runs and nobody gets through to
# it, each with a healthy twin that is silent. The truth is the programs' errno and ss.
#
# "Unable to connect to establish a TCP connection (ECONNREFUSED)"
# https://github.com/nodejs/node/issues/40702
# From Node 17 on localhost is ::1 first, and the service listens on 127.0.0.1 only.
#
# "python:3 Recv failure: Connection reset by peer"
# https://github.com/docker-library/python/issues/95
# The service in a container listens on the container's 127.0.0.1, so that the proxy of
# the published port is refused and resets its clients.
#
# "No upstream connections available after time out"
# https://github.com/fluent/fluent-bit/issues/5424
# A security group drops the SYNs, and the program gives up before the kernel does.
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 900
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/public.sh"

plan 21

netns container
veth "" container
netns logs
veth "" logs
load_module
play service
play client

note "twin: localhost is 127.0.0.1"
tell service comm api
tell client comm node
tell service listen l 127.0.0.1 3004
for i in 1 2 3 4 5; do
	tell client connect "c$i" 127.0.0.1 3004
	tell service accept "s$i" l
	tell client close "c$i"
	tell service close "s$i"
done
is "$(findings)" "" "each connects, and nothing is wrong"

note "it is ::1"
for ((i = 0; i < 60; i++)); do
	tell_err client ECONNREFUSED connect c ::1 3004
	tell client close c
	sleep 0.5
done
page_of localhost
is "$(ss -Hltn 'sport = :3004' | awk '{ print $4 }')" 127.0.0.1:3004 "the service listens on 127.0.0.1"
reads "attempts to connect failed.* by node \(pid $(tell client pid)\) to \[::1\]:3004: the connection was refused" \
	"who was refused is told, and where"
reads "api \(pid $(tell service pid)\) listens on 127.0.0.1:3004" "and that the service is there, but on another address"
reads_not "nothing listens there|nobody listens on port 3004|start the service" "and nothing that is not so"
is "$(findings | grep -c WARNING)" 1 "that is one finding"
dismiss service
dismiss client
load_anew

# published: a client asks the published port, its proxy the container; the answer or ""
published() {
	tell curl connect c 127.0.0.1 8955
	tell proxy accept a pub
	tell curl send c 80
	sleep 0.1
	if [ -n "$1" ]; then
		tell proxy connect up "$inside" 8955
		tell app accept s l
		tell proxy recv a 80 >/dev/null
		tell proxy send up 80
		tell app recv s 80 >/dev/null
		tell app send s 100
		tell proxy recv up 100 >/dev/null
		tell proxy send a 100
		tell curl recv c 100 >/dev/null
		tell curl close c
		tell app close s
	else
		tell_err proxy ECONNREFUSED connect up "$inside" 8955
	fi
	tell proxy close a
	tell proxy close up
	[ -n "$1" ] || tell_err curl ECONNRESET drain c
	[ -n "$1" ] || tell curl close c
}

inside=$(v4 container "")
play curl
play proxy
play app -n container
tell curl comm curl
tell proxy comm docker-proxy
tell app comm python3
tell proxy listen pub 0.0.0.0 8955

note "twin: the service in the container listens on all addresses"
tell app listen l 0.0.0.0 8955
for i in 1 2 3 4 5; do
	published answer
done
is "$(findings) $(findings container)" " " "each gets an answer, and nothing is wrong"
tell app close l

note "it listens on the container's 127.0.0.1"
tell app listen l 127.0.0.1 8955
for ((i = 0; i < 60; i++)); do
	published ""
done
page_of published
reads "attempts to connect failed.* by docker-proxy \(pid $(tell proxy pid)\) to $inside:8955: the connection was refused" \
	"the proxy was refused by the container"
reads "127\.0\.0\.1 is reached from its own host or container only" "and what may be the matter there"
is "$(findings | sort -u)" "WARNING connects_fail" "the clients' resets are no finding of their own"
page_of published-container container
reads "python3 \(pid $(tell app pid)\) listens on 127.0.0.1:8955" "the container's page has the service, and where it listens"
reads_not "start the service" "and does not say that nobody is there"
reads "0\.0\.0\.0|all addresses" "but what to change"
dismiss proxy
dismiss curl
dismiss app
load_anew

there=$(v4 logs "")
# the router to the collector is there: only what lies behind it drops SYNs
ip neigh replace "$there" lladdr "$(in_netns logs ip -br link show to-here | awk '{ print $3 }')" dev to-logs nud permanent
play shipper
play collector -n logs
tell shipper comm fluent-bit
tell collector comm fluentd
tell collector listen l "$there" 24224

# rounds NUMBER [ACCEPTED]: two connections every 12 s, given up after 10 s
rounds() {
	local i

	for ((i = 0; i < $1; i++)); do
		tell shipper start a "$there" 24224
		tell shipper start b "$there" 24224
		if [ -n "${2:-}" ]; then
			tell collector accept a l
			tell collector accept b l
			tell collector closeall a >/dev/null
			tell collector closeall b >/dev/null
		fi
		sleep 10
		tell shipper close a
		tell shipper close b
		sleep 2
	done
}

note "twin: nothing is dropped"
rounds 5 accepted
is "$(findings) $(findings logs)" " " "the collector is reached, and nothing is wrong"
sleep 70

note "twin: a program that is impatient, as with a second address at hand"
for i in {1..10}; do
	drop_all to-logs
	tell shipper start a "$there" 24224
	sleep 0.3
	no_qdisc to-logs
	tell shipper close a
done
is "$(findings)" "" "is no finding"

note "SYNs are dropped on their way"
drop_all to-logs
before=$(mib TcpActiveOpens)
rounds 10
page_of dropped
is "$(($(mib TcpActiveOpens) - before))" 20 "the program tried twenty times"
reads "fluent-bit \(pid $(tell shipper pid)\)" "who is told"
reads "$there:24224" "and where he wants to go"
reads "SYN" "and what is lost"
reads "no answer came to at least [0-9]+ attempts" "without an answer"
reads "firewall" "and who may do that"
is "$(findings)$(findings logs)" "WARNING connects_fail" "that is one finding, and none at the collector's"
no_qdisc to-logs
