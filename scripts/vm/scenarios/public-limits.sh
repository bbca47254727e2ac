#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A situation of a public report in which a limit of the kernel is reached, with a healthy
# twin that is silent. The truth is nstat and ss.
#
# "Quite frequent kernel: TCP: time wait bucket table overflow errors and freezes"
# https://github.com/RMerl/asuswrt-merlin.ng/issues/136
# A router's small limit of TIME_WAITs is reached by many short connections.
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 180
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/public.sh"

plan 8

netns far
veth "" far
load_module
play client
tell client comm updater
set_sysctl net.ipv4.tcp_max_tw_buckets 300

note "twin: fewer than the limit"
tell client churn 127.0.0.1 8080 200
counted
is "$(ss_count TIME_WAIT)" 200 "200 connections end in TIME_WAIT"
is "$(findings | grep -v NOTE)" "" "and nothing is wrong"
sleep 70

note "more"
before=$(mib TcpExtTCPTimeWaitOverflow)
tell client churn 127.0.0.1 8080 900
counted
over=$(($(mib TcpExtTCPTimeWaitOverflow) - before))
within "$over" 500 700 "the kernel ends some without"
page_of time-wait-overflow
is "$(findings | grep -v NOTE)" "WARNING time_wait_overflow" "that is one finding"
reads "$over connections ended without TIME_WAIT" "with how many"
reads "tcp_max_tw_buckets" "and which limit"
reads "updater \(pid $(tell client pid)\)" "and who makes them"
reads "127.0.0.1:8080" "and to where"
