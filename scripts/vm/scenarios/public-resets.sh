#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two situations of public reports in which connections are reset, each with a healthy
# twin that is silent. The truth is the programs' errno and nstat.
#
# "Enhancing load handling: solving socket backlog issues during worker reloads under
# extreme pressure"
# https://github.com/emmett-framework/granian/issues/567
# Workers have a listener each (SO_REUSEPORT). One is replaced while connections wait in
# its queue, and the kernel resets them.
#
# "Fix "Connection Reset by peer" error after long idle periods"
# https://github.com/pinecone-io/python-sdk/pull/114
# A load balancer forgets connections that were idle for ten minutes; the next request of
# the pool is answered with a RST.
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 3000
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/public.sh"

plan 17

netns far
veth "" far
load_module
play old
play new
play client
tell old comm worker
tell new comm worker
tell client comm bench

# listener WHO
listener() {
	tell "$1" socket l v4
	tell "$1" opt l reuseaddr 1
	tell "$1" opt l reuseport 1
	tell "$1" bind l 127.0.0.1 8000
	tell "$1" await l 128
}

# burst: twenty connections, which one of the two gets
burst() {
	local i

	for i in {1..20}; do
		tell client connect "c$i" 127.0.0.1 8000
		tell client send "c$i" 100
	done
}

note "twin: the worker accepts what waits before it goes"
listener old
burst
for i in {1..20}; do
	tell old accept "s$i" l
done
listener new
tell old close l
for i in {1..20}; do
	tell old recv "s$i" 100 >/dev/null
	tell old send "s$i" 100
	tell client recv "c$i" 100 >/dev/null
	tell client close "c$i"
	tell old close "s$i"
done
is "$(mib TcpOutRsts)" 0 "nobody is reset"
is "$(findings)" "" "and nothing is wrong"
tell new close l

note "twin: the kernel hands them on, as the finding below advises"
set_sysctl net.ipv4.tcp_migrate_req 1
listener old
burst
listener new
tell old close l
for i in {1..20}; do
	tell new accept "s$i" l
	tell new recv "s$i" 100 >/dev/null
	tell client close "c$i"
	tell new close "s$i"
done
is "$(mib TcpOutRsts)" 0 "nobody is reset"
is "$(findings)" "" "and nothing is wrong"
tell new close l
set_sysctl net.ipv4.tcp_migrate_req 0

note "it goes at once"
listener old
burst
listener new
tell old close l
failed=0
for i in {1..20}; do
	ask client drain "c$i"
	[ "$(answer client)" != "err ECONNRESET" ] || failed=$((failed + 1))
	tell client close "c$i"
done
is "$failed" 20 "each that waited is reset"
sleep 2
page_of worker-reload
reads "worker \(pid $(tell old pid)\)" "who closed the listener is told"
reads "the listener on port 8000" "and its port"
reads "20 (connections|times)" "and how many waited"
reads "before close\(\) call accept\(\) until EAGAIN" "and what to do"
is "$(findings | wc -l)" 1 "that is one finding"
tell new close l
dismiss old
dismiss new
dismiss client
load_anew

there=$(v4 far "")
play balancer -n far
play sdk
tell sdk comm pinecone
tell balancer listen l "$there" 443

# pool IDLE FORGETS: ten connections with a request each, and after IDLE seconds another
pool() {
	local i

	for i in {1..10}; do
		tell sdk connect "c$i" "$there" 443
		tell balancer accept "s$i" l
		tell sdk send "c$i" 100
		tell balancer recv "s$i" 100 >/dev/null
		tell balancer send "s$i" 100
		tell sdk recv "c$i" 100 >/dev/null
	done
	sleep "$1"
	if [ -n "$2" ]; then
		drop_all to-here far
		for i in {1..10}; do
			tell balancer reset "s$i"
		done
		no_qdisc to-here far
		sleep 600
	fi
}

note "twin: the balancer remembers for longer"
pool 600 ''
for i in {1..10}; do
	tell sdk send "c$i" 100
	tell balancer recv "s$i" 100 >/dev/null
	tell balancer send "s$i" 100
	tell sdk recv "c$i" 100 >/dev/null
	tell sdk close "c$i"
	tell balancer close "s$i"
done
is "$(findings)" "" "each gets its answer, and nothing is wrong"

note "the balancer forgets"
before=$(mib TcpEstabResets)
pool 600 forgets
for i in {1..10}; do
	tell sdk send "c$i" 100
	sleep 0.2
	tell_err sdk ECONNRESET drain "c$i"
	tell sdk close "c$i"
done
is "$(($(mib TcpEstabResets) - before))" 10 "ten connections are reset"
page_of forgotten
reads "pinecone \(pid $(tell sdk pid)\)" "who gets the resets is told"
reads "$there:443" "and from where"
reads "idle|without data" "and that the connections had been idle"
reads "close pooled connections that were idle for more than|SO_KEEPALIVE" "and what to do"
is "$(findings | wc -l)" 1 "that is one finding"
