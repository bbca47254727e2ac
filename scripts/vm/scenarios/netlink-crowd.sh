#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A hundred dumps at once, of every view, while connections come and go and the module
# is being unloaded: every dump ends well, the module stays until the last has
# ended, and dumps that are given up leave nothing behind.
# kernels: none
# also: 6.12 debug
# clock: turns
# limit: 240
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/netlink.sh"

DUMPS=100
ROUNDS=10
RELOADS=10
[ "$KVER" != debug ] || ROUNDS=2 RELOADS=3

# usage: in_use: a dump has begun
in_use() {
	[ "$(cat /sys/module/tcpdiag/refcnt)" -gt 0 ]
}

plan 6

load_module
start_asker root
play server
play client
tell server listen l 127.0.0.1 8080
tell server pairs many 200 l 127.0.0.1 8080
ask client churn 127.0.0.1 8090 100000000
printf 'crowd crowd %d %d\ncrowd-done get\n' "$DUMPS" "$ROUNDS" >&"${asker[root]}"
refused=0 unloaded=0
wait_until 60 in_use
while [ ! -e "$scratch/answers/crowd" ] && kill -0 "${asker_pid[root]}"; do
	if rmmod tcpdiag 2>/dev/null; then
		unloaded=$((unloaded + 1))
	else
		refused=$((refused + 1))
	fi
	sleep 0.1
done
is "$(cat "$scratch/answers/crowd")" $((DUMPS * ROUNDS)) "every dump ended well"
is "$unloaded" 0 "the module stayed all the time"
within "$refused" 1 100000 "... though rmmod was tried"

printf 'storm storm\nstorm-done get\n' >&"${asker[root]}"
for ((i = 0; i < RELOADS; i++)); do
	wait_until 60 unload_module
	load_module
	sleep 0.2
done
touch "$scratch/answers/stop"
wait_until 60 test -e "$scratch/answers/storm"
within "$(cat "$scratch/answers/storm")" 1 10000000 "dumps end well while the module comes and goes"

printf 'held hold all\n' >&"${asker[root]}"
wait_until 60 test -e "$scratch/answers/held"
check_not "dumps that are not read to their end keep the module" rmmod tcpdiag
end_askers
kill_player client
dismiss server
check "until their sockets are closed" let_go_of_module
