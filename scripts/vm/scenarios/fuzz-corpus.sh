#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The sequences of calls that the fuzzer begins with, among them every one that found a
# mistake once: afterwards the gauges are what ss counts.
# kernels: 6.1 6.12 debug
# clock: virtual
# limit: 60
. "$TOP/scripts/vm/lib.sh"

plan 5

netns side
set_sysctl net.ipv4.tcp_fin_timeout 3
set_sysctl net.ipv4.tcp_synack_retries 1
set_sysctl net.ipv4.tcp_fastopen 1027
load_module
check "all sequences run" "$TOP/build/tcpfuzz" replay "$TOP/scripts/vm/fuzz-corpus" side
gauges_agree "the gauges are what ss counts"
gauges_agree "and in the other namespace" side
is "$(self events_mismatched) $(self events_mismatched side)" "0 0" "no event out of turn"
is "$(view transitions | awk 'NR > 1 && $4 == "impossible"')" "" "nothing impossible happened"
