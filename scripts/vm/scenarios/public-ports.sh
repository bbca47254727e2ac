#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two situations of public reports in which a service cannot have its port, each with a
# healthy twin that is silent. The truth is the programs' errno and ss.
#
# "it is a problem -- using 43110 port on Linux"
# https://github.com/HelloZeroNet/ZeroNet/issues/1948
# The port is in the range of which connect() takes ports: another program's connection
# got it, and the service cannot start.
#
# "Use SO_REUSEADDR in pageserver and safekeepers"
# https://github.com/neondatabase/neon/issues/801
# A server that is started again finds the TIME_WAITs of its last run, because it does
# not set SO_REUSEADDR.
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 180
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/public.sh"


plan 17

load_module
play printing
play desktop
tell printing comm cupsd
tell desktop comm print-applet
tell printing listen ipp 127.0.0.1 631

note "twin: the port is reserved"
range=$(sysctl -n net.ipv4.ip_local_port_range)
set_sysctl net.ipv4.ip_local_port_range '43110 43111'
set_sysctl net.ipv4.ip_local_reserved_ports 43110
tell desktop connect c 127.0.0.1 631
set_sysctl net.ipv4.ip_local_port_range "$range"
tell printing accept a ipp
is "$(tell desktop port c)" 43111 "another program's connection gets another port"
play server
tell server comm zeronet
tell server socket l v4
tell server opt l reuseaddr 1
tell server bind l 127.0.0.1 43110
tell server await l
counted
is "$(findings)" "" "the service starts, and nothing is wrong"
dismiss server
tell desktop close c
tell printing close a
echo >/proc/sys/net/ipv4/ip_local_reserved_ports

note "it is not reserved"
set_sysctl net.ipv4.ip_local_port_range '43110 43110'
tell desktop connect c 127.0.0.1 631
set_sysctl net.ipv4.ip_local_port_range "$range"
tell printing accept a ipp
is "$(tell desktop port c)" 43110 "another program's connection gets the port"
play server
tell server comm zeronet
tell server socket l v4
tell server opt l reuseaddr 1
for i in 1 2 3; do
	tell_err server EADDRINUSE bind l 127.0.0.1 43110
	sleep 2
done
counted
page_of taken-port
is "$(findings)" "WARNING bind_in_use" "that is one finding"
reads "bind\(\) for 127.0.0.1:43110 failed 3 times with EADDRINUSE.* in zeronet" "with who cannot have which port"
reads "print-applet \(pid $(tell desktop pid)\)" "and who has it"
reads "connection.* to 127.0.0.1:631" "by a connection to where"
reads "ip_local_reserved_ports" "and what to change"
reads_not "SO_REUSEADDR" "which the service's own option is not"
tell desktop close c
tell printing close a
dismiss server
load_anew

# run REUSE: the server accepts ten connections, closes them, ends, and starts again
run() {
	local i

	play server
	tell server comm pageserver
	tell server socket l v4
	tell server opt l reuseaddr "$1"
	tell server bind l 127.0.0.1 9898
	tell server await l
	for i in 1 2 3 4 5 6 7 8 9 10; do
		tell desktop connect "c$i" 127.0.0.1 9898
		tell server accept "s$i" l
		tell server close "s$i"
		tell desktop drain "c$i" >/dev/null
		tell desktop close "c$i"
	done
	dismiss server
	play server
	tell server comm pageserver
	tell server socket l v4
	tell server opt l reuseaddr "$1"
}

note "twin: the server sets SO_REUSEADDR"
tell desktop comm compute
run 1
tell server bind l 127.0.0.1 9898
tell server await l
is "$(ss -Htan state time-wait 'sport = :9898' | wc -l)" 10 "it starts beside its TIME_WAITs"
is "$(findings)" "" "and nothing is wrong"
dismiss server
sleep 70

note "the server does not"
run 0
for i in 1 2 3 4 5; do
	tell_err server EADDRINUSE bind l 127.0.0.1 9898
	sleep 2
done
is "$(ss -Htan state time-wait 'sport = :9898' | wc -l)" 10 "its TIME_WAITs have the port"
page_of restart
is "$(findings)" "WARNING bind_in_use" "that is one finding"
reads "bind\(\) for 127.0.0.1:9898 failed 5 times with EADDRINUSE.* in pageserver \(pid $(tell server pid)\)" "with who cannot have which port"
reads "10 sockets in TIME_WAIT have it" "and what has it"
reads "SO_REUSEADDR" "and what to change"
reads_not "stop the program|another port|tcp_tw_reuse|ip_local_reserved" "and nothing that does not help"
