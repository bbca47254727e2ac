#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Many short connections, and a few that are kept: the first call for a pool, and
# tcpdiag says so; the others do not.
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"

port_col() {
	cell ports "127.0.0.1 127.0.0.1:$1" "$2"
}

churn_found() {
	grep -q connection_churn /proc/tcpdiag
}

plan 13

load_module
play short
play long
tell short comm short-lived
tell long listen l 127.0.0.1 8081
# a slow machine makes fewer: what is many is for the administrator to say
set_sysctl net.tcpdiag.churn_per_second 5

tell long pairs p 20 l 127.0.0.1 8081
counted
is "$(port_col 8081 lived)" 0 "none of those that are kept has ended"
for ((i = 0; i < 7; i++)); do
	tell short churn 127.0.0.1 8080 60
	sleep 1
done
wait_until 10 churn_found
is "$(port_col 8080 connects)" 420 "each connect is counted"
is "$(port_col 8080 lived)" 420 "each life is"
is "$(port_col 8080 lived_under_1s)" 420 "all were short"
within "$(port_col 8080 median_life_us)" 1 999999 "so is the median"
is "$(port_col 8080 pid) $(port_col 8080 comm)" "$(tell short pid) short-lived" "who makes them is named"
rate=$(port_col 8080 connects_per_s)
within "${rate%.*}" 5 200 "the rate is that of the last seconds"
check "it is a finding" grep -q 'short-lived.* connections a second from 127.0.0.1 to 127.0.0.1:8080' \
	<<<"$(finding connection_churn '' what)"
check "that advises a pool" grep -q 'connection_churn application .*pool' /proc/net/tcpdiag/findings
tell long closeall p >/dev/null
counted
is "$(port_col 8081 lived)" 20 "those that were kept have ended"
is "$(port_col 8081 lived_under_1s)" 0 "none of them was short"
within "$(port_col 8081 median_life_us)" 1000000 60000000 "their median is what they lived"
set_sysctl net.tcpdiag.churn_per_second 1000000
check_not "above the threshold it is none" churn_found
