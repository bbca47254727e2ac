#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Subscribers come and go, some read and some do not, while connections come and go and
# the module is loaded and unloaded: it is never refused, and nothing is left behind.
# kernels: none
# also: 6.12 debug
# clock: turns
# limit: 120
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/netlink.sh"

RELOADS=8
[ "$KVER" != debug ] || RELOADS=4

# usage: both_subscribed: since the files were removed
both_subscribed() {
	[ -e "$scratch/answers/subscribed-0" ] && [ -e "$scratch/answers/subscribed-1" ]
}

plan 2

load_module
start_asker root
printf 'idle subscribe idle\n' | ask_netlink root
play client
ask client churn 127.0.0.1 8090 100000000
printf 'throng throng 2\n' >&"${asker[root]}"
refused=0
for ((i = 0; i < RELOADS; i++)); do
	rm -f "$scratch"/answers/subscribed-*
	wait_until 60 both_subscribed
	unload_module || refused=$((refused + 1))
	module_loaded || load_module
done
touch "$scratch/answers/stop"
wait_until 60 test -e "$scratch/answers/throng"
within "$(cat "$scratch/answers/throng")" "$RELOADS" 10000000 "both subscribed again and again"
is "$refused" 0 "subscribers never kept the module"
kill_player client
end_askers
