#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Most ports of a narrow range are in TIME_WAIT: a forecast is made, and a finding,
# only where connect() cannot take them again (net.ipv4.tcp_tw_reuse, timestamps).
# Truth: how many connects find a port then.
# kernels: 6.12 7.3
# also: 6.1 debug
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"

# to_time_wait ADDR: ninety connections from there to there go to TIME_WAIT
to_time_wait() {
	tell player listen "l$1" "$1" 8080
	tell player pairs "$1-" 90 "l$1" "$1" 8080
	tell player closeall "$1-c" >/dev/null
	tell player closeall "$1-s" >/dev/null
	wait_until 5 equal waiting "$1" -- 90
	counted
}

# waiting ADDR: TIME_WAITs towards it, as ss has them
waiting() {
	local lines

	lines_of in_netns '' ss -Htan state time-wait "dst = $1:8080"
	printf '%s\n' ${#lines[@]}
}

# row ADDR COLUMN
row() {
	cell ports "$1 $1:8080" "$2"
}

plan 20

for i in 1 2 3; do
	ip addr add "192.0.2.$i/32" dev lo
done
set_sysctl net.ipv4.ip_local_port_range '40000 40099'
load_module
set_sysctl net.tcpdiag.slow_accept_ms 86400000
play player

is "$(sysctl -n net.ipv4.tcp_tw_reuse)" 2 "the kernel's default: loopback ports are reused"
to_time_wait 127.0.0.1
is "$(row 127.0.0.1 time_wait) $(row 127.0.0.1 capacity)" "90 100" "90 of 100 ports are in TIME_WAIT"
is "$(row 127.0.0.1 exhausted_in_s)" - "but will not run out"
is "$(findings)" "" "no finding"
is "$(tell player fill a 40 127.0.0.1 8080)" "40 0" "40 connects find a port"
check "most of them one that was in TIME_WAIT" test "$(mib TcpExtTWRecycled)" -ge 30
counted
is "$(findings)" "" "no finding then"

note "the same between other addresses"
to_time_wait 192.0.2.1
is "$(row 192.0.2.1 time_wait)" 90 "90 of 100 ports are in TIME_WAIT"
check "and will run out" test "$(row 192.0.2.1 exhausted_in_s)" -ge 1
is "$(findings)" "CRITICAL ports_filling" "which is a finding"
check "on ports in use" grep -q '90 of 100 local ports (90 %)' <<<"$(finding ports_filling '' what)"
check "that advises to reuse them" grep -q 'tcp_tw_reuse is 2, and 1 lets connect() take' \
	<<<"$(finding ports_filling '' host)"
is "$(tell player fill b 12 192.0.2.1 8080)" "10 2" "only ten more connects find a port"

note "where all may be reused"
set_sysctl net.ipv4.tcp_tw_reuse 1
to_time_wait 192.0.2.2
is "$(row 192.0.2.2 time_wait) $(row 192.0.2.2 exhausted_in_s)" "90 -" "ports in TIME_WAIT will not run out"
is "$(findings | grep -c ports_filling)" 0 "no finding"
is "$(tell player fill c 60 192.0.2.2 8080)" "60 0" "60 connects find a port"

note "without timestamps"
set_sysctl net.ipv4.tcp_timestamps 0
to_time_wait 192.0.2.3
is "$(row 192.0.2.3 time_wait)" 90 "90 of 100 ports are in TIME_WAIT"
check "and will run out" test "$(row 192.0.2.3 exhausted_in_s)" -ge 1
is "$(tell player fill d 12 192.0.2.3 8080)" "10 2" "only ten more connects find a port"
check "the advice is not to reuse them" grep -q 'no difference here, because these connections had no TCP timestamps' \
	<<<"$(finding ports_exhausted '' host)"
