#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP Fast Open: a client without a cookie, one with, and one that has nothing to
# send. The kernel's own counters say what happened.
#
# kernels: 6.1 6.12 7.3 debug
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"

# as_counted EVENT MIB: the view has what the kernel counts; prints it
as_counted() {
	is "$(cell handshake "$1" count)" "$(mib "$2")" "$1 is $2"
}

# fast_connect NAME [PORT]: to the listener, by Fast Open if there is a cookie
fast_connect() {
	tell client socket "$1" v4
	tell client opt "$1" fastopen_connect 1
	tell client again "$1" 127.0.0.1 "${2:-8080}"
}

plan 24

set_sysctl net.ipv4.tcp_fastopen 3
load_module
play server
play client
tell server socket l v4
tell server opt l fastopen 16
tell server bind l 127.0.0.1 8080
tell server await l 8
tell server listen plain 127.0.0.1 8081
is "$(cell listeners 127.0.0.1:8080 tfo_limit)" 16 "the limit is the option's"
is "$(cell listeners 127.0.0.1:8080 tfo_now)" 0 "nobody is half open"
is "$(cell listeners 127.0.0.1:8081 tfo_limit)" - "the other has no Fast Open"

fast_connect first
tell server accept first l
as_counted tfo_server_cookies TcpExtTCPFastOpenCookieReqd
is "$(cell handshake tfo_server_cookies count)" 1 "the first client got a cookie"
is "$(cell listeners 127.0.0.1:8080 handshakes)" 1 "its handshake counts"
is "$(cell listeners 127.0.0.1:8080 tfo_used)" 0 "which brought no data"

fast_connect second
tell client send second 100
tell server accept second l
is "$(tell server recv second 100)" 100 "the second sent data with its SYN"
as_counted tfo_client TcpExtTCPFastOpenActive
as_counted tfo_server TcpExtTCPFastOpenPassive
is "$(cell handshake tfo_server count)" 1 "it used its cookie"
is "$(cell listeners 127.0.0.1:8080 tfo_used)" 1 "with that listener"
is "$(cell listeners 127.0.0.1:8081 tfo_used)" - "the other has none"
is "$(cell listeners 127.0.0.1:8080 handshakes)" 2 "its handshake counts too"
is "$(cell handshake server_handshake count)" 2 "and in the namespace"
is "$(cell handshake client_handshake count)" 2 "the clients had as many"

fast_connect third
is "$(state_col SYN_SENT now)" 1 "the third waits for data to send"
tell client close third
is "$(cell handshake connect_abandoned count)" 1 "and gives up: abandoned"
is "$(cell handshake connect_no_port count)" 0 "not for want of a port"
is "$(cell handshake connect_unfinished count)" 1 "one attempt was not finished"

note "a listener of any address"
tell server socket any v4
tell server opt any fastopen 16
tell server bind any 0.0.0.0 8082
tell server await any 8
fast_connect fourth 8082
tell client send fourth 100
tell server accept fourth any
is "$(tell server recv fourth 100)" 100 "the fourth sent data with its SYN: its cookie is the address's"
as_counted tfo_server TcpExtTCPFastOpenPassive
is "$(cell listeners 0.0.0.0:8082 handshakes)" 1 "its handshake counts for that listener"
is "$(cell listeners 0.0.0.0:8082 tfo_used)" 1 "and that its SYN brought data"
