#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module loads, /proc/tcpdiag answers, the module goes, and its files with it.
# kernels: 6.1 6.12 7.3 debug
# clock: smp
# limit: 60
# also: arm64
. "$TOP/scripts/vm/lib.sh"

plan 6

check "the module loads" load_module
check "/proc/tcpdiag has a title line" grep -qi tcpdiag /proc/tcpdiag
is "$(view states | awk 'NR > 1' | wc -l)" 12 "the view states has twelve rows"

play server
play client
tell server listen l 127.0.0.1 8080
tell client connect c 127.0.0.1 8080
tell server accept s l
is "$(state_col ESTABLISHED now)" "$(ss_count ESTABLISHED)" "both ends of a connection are counted"
dismiss client
dismiss server

check "the module unloads" unload_module
check_not "/proc/tcpdiag is gone" test -e /proc/tcpdiag
