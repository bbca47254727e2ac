#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ten services with short connections for five minutes: closed by either side, reset on
# purpose, probed, broken off, scanned: nobody is warned.
# kernels: none
# also: 6.12
# not: 6.12-deb13 7.2 7.3
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/patterns.sh"

# proxy: without keep-alive to its backend; two fifths of its ports are in TIME_WAIT
proxy_begins() {
	set_sysctl net.ipv4.ip_local_port_range "32768 35767" "$ns"
	set_sysctl net.ipv4.tcp_tw_reuse 0 "$ns"
	cast backend proxy
	act backend listen l 127.0.0.1 9000
	act backend serve l 1000
}

proxy_goes_on() {
	act proxy visit 127.0.0.1 9000 40 1000
}

proxy_ends() {
	local time_wait

	time_wait=$(ss_count TIME_WAIT "$ns")
	[ "$time_wait" -gt 1000 ] || deviates "$time_wait" "over 1000" "sockets in TIME_WAIT"
}

# http10: the server closes after each answer (ab without -k)
http10_begins() {
	cast httpd ab
	act httpd listen l 127.0.0.1 80
	act httpd serve l 5000 once
}

http10_goes_on() {
	act ab visit 127.0.0.1 80 10 5000 end
}

http10_ends() {
	at_least TcpPassiveOpens 1500
}

# probe: a balancer connects and resets at once, to see whether somebody listens
probe_begins() {
	cast server balancer
	act server listen l 127.0.0.1 8080
	act server serve l 100
}

probe_goes_on() {
	act balancer connect c 127.0.0.1 8080
	act balancer reset c
}

probe_ends() {
	at_least TcpEstabResets 100
}

# nolinger: a server that resets on purpose when its answer has arrived (HAProxy's option)
nolinger_begins() {
	cast server client
	act server listen l 127.0.0.1 8080
}

nolinger_goes_on() {
	meet client server c
	asks client server c
	act server reset c
	must_fail client ECONNRESET recv c 10
	act client close c
}

nolinger_ends() {
	at_least TcpOutRsts 100
}

# scanned: a slow scan from elsewhere of ports that nobody listens on
scanned_begins() {
	netns scanner
	veth scanned scanner
	cast server
	act server listen l "$(v4 scanned scanner)" 80
	act server serve l 100
	play scanner -n scanner
}

scanned_goes_on() {
	tell_err scanner ECONNREFUSED connect c "$(v4 scanned scanner)" $((1000 + turn))
	tell scanner close c
	! every 10 || tell scanner visit "$(v4 scanned scanner)" 80 1 100
}

scanned_ends() {
	at_least TcpOutRsts 150
}

# eyeballs: Happy Eyeballs; nobody listens on IPv6, and IPv4 does it
eyeballs_begins() {
	cast server browser
	act server listen l 127.0.0.1 8080
	act server serve l 1000
}

eyeballs_goes_on() {
	every 3 || return 0
	must_fail browser ECONNREFUSED connect six ::1 8080
	act browser close six
	act browser visit 127.0.0.1 8080 1 1000
}

eyeballs_ends() {
	at_least TcpAttemptFails 50
}

# deferred: a listener with TCP_DEFER_ACCEPT (Apache); clients speak first
deferred_begins() {
	cast apache client
	act apache socket l v4
	act apache opt l reuseaddr 1
	act apache opt l defer 30
	act apache bind l 127.0.0.1 80
	act apache await l
	act apache serve l 1000
}

deferred_goes_on() {
	act client visit 127.0.0.1 80 5 1000
}

deferred_ends() {
	at_least TcpPassiveOpens 700
}

# fastopen: data in the SYN
fastopen_begins() {
	set_sysctl net.ipv4.tcp_fastopen 3 "$ns"
	cast server client
	act server socket l v4
	act server opt l reuseaddr 1
	act server bind l 127.0.0.1 8080
	act server opt l fastopen 16
	act server await l
}

fastopen_goes_on() {
	act client socket c v4
	act client opt c fastopen_connect 1
	act client again c 127.0.0.1 8080
	act client send c 100
	act server accept c l
	act server take c 100
	says server client c 1000
	parts client server c
}

fastopen_ends() {
	at_least TcpExtTCPFastOpenPassive 100
}

# stopped: the browser's stop button, in the middle of a download
stopped_begins() {
	cast server browser
	act server listen l 127.0.0.1 8080
}

stopped_goes_on() {
	local outcome

	every 2 || return 0
	meet browser server c
	says browser server c 300
	ask "$ns.server" send c 20000000
	act browser take c 100000
	act browser close c
	outcome=$(answer "$ns.server")
	case $outcome in
	'err ECONNRESET' | 'err EPIPE') ;;
	*) deviates "$outcome" "an error" "what the server's write() returned" ;;
	esac
	act server close c
}

stopped_ends() {
	at_least TcpExtTCPAbortOnClose 50
}

# noticed: the server closes after five seconds without a request (Node), and the client
# sees that in time
noticed_begins() {
	cast node client
	act node listen l 127.0.0.1 3000
	act node serve l 1000 idle 5000
}

noticed_goes_on() {
	case $((turn % 5)) in
	1)
		act client connect c 127.0.0.1 3000
		act client send c 100
		act client take c 1000
		;;
	2)
		act client send c 100
		act client take c 1000
		;;
	0)
		deviates "$(got client recv c 10)" 0 "what the client read at the end"
		act client close c
		;;
	esac
}

noticed_ends() {
	at_least TcpPassiveOpens 30
}

patterns 300 2 proxy http10 probe nolinger scanned eyeballs deferred fastopen stopped noticed
