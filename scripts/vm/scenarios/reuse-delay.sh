#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port in TIME_WAIT may be reused only after net.ipv4.tcp_tw_reuse_delay: forecast,
# finding and advice go by it. Truth: how many connects find a port.
# kernels: 7.3
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

row() {
	cell ports "127.0.0.1 127.0.0.1:8080" "$1"
}

plan 7

set_sysctl net.ipv4.ip_local_port_range '40000 40099'
set_sysctl net.ipv4.tcp_tw_reuse_delay 30000
load_module
set_sysctl net.tcpdiag.slow_accept_ms 86400000
play player
tell player listen l 127.0.0.1 8080
tell player pairs p 90 l 127.0.0.1 8080
tell player closeall pc >/dev/null
tell player closeall ps >/dev/null
counted
is "$(row time_wait)" 90 "90 of 100 ports are in TIME_WAIT"
check "they will run out" test "$(row exhausted_in_s)" -ge 1
is "$(findings | grep -c ports_filling)" 1 "which is a finding"
check "that says after which time they can be reused" \
	grep -q 'tcp_tw_reuse is 2, which already lets connect() take ports that have been in TIME_WAIT for 30000 ms' \
	<<<"$(finding ports_filling '' host)"
set_sysctl net.ipv4.tcp_tw_reuse_delay 1000
is "$(row exhausted_in_s)" - "with a shorter delay they will not"
set_sysctl net.ipv4.tcp_tw_reuse_delay 30000
is "$(tell player fill a 12 127.0.0.1 8080)" "10 2" "only ten more connects find a port"
sleep 31
is "$(tell player fill b 12 127.0.0.1 8080)" "12 0" "later twelve do"
