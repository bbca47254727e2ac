#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sockets in CLOSE_WAIT that are older than the module: which end connected was seen by
# nobody, and the ports do not tell if a service has one of those that connect() chooses
# too. They are put together by the service all the same. Truth: what was played.
# kernels: 6.12
# also: 6.1 7.3 debug
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# half_closed PORT END: three connections to a service, whose other END closes
half_closed() {
	tell server listen "l$1" 127.0.0.1 "$1"
	tell server pairs "p$1-" 3 "l$1" 127.0.0.1 "$1"
	tell server closeall "p$1-$2" >/dev/null
}

# groups: LOCAL REMOTE SOCKETS of each group
groups() {
	view close_wait | awk '$1 ~ /^[0-9]+$/ { print $5, $6, $7 }' | sort
}

plan 3

set_sysctl net.ipv4.ip_local_port_range '32768 60999'
play server
half_closed 8080 c
half_closed 9000 s
half_closed 50051 s
half_closed 50052 c
wait_until 10 equal ss_count CLOSE_WAIT -- 12
is "$(ss_count CLOSE_WAIT)" 12 "twelve wait"
load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
sleep 5
is "$(view sockets | awk 'NR > 1 && $6 != "listener" { print $6 }' | sort -u)" unknown "no role was seen"
is "$(groups)" "$(printf '%s\n' '- 50051 3' '- 9000 3' '50052 - 3' '8080 - 3')" \
	"those of clients are told by the server's port, those of servers by their own"
