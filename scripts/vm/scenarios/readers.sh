#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Many readers at once, each of a different view, on a machine with more listeners
# than one step of a walk covers, while the worker walks them too: all see the same,
# and the module can be unloaded meanwhile.
# kernels: 6.12 debug
# clock: smp
# limit: 60
. "$TOP/scripts/vm/lib.sh"

LISTENERS=100
READS=40

# read_often FILE: its lines each time
read_often() {
	local i

	for ((i = 0; i < READS; i++)); do
		wc -l </proc/"$1"
	done
}

# As long as it is there.
read_on() {
	while cat "/proc/$1"; do :; done >/dev/null 2>&1
}

plan 5

load_module
play server
play client
tell server comm forgetful
for ((i = 0; i < LISTENERS; i++)); do
	tell server listen "l$i" 127.0.0.1 $((8000 + i))
done
tell client connect c 127.0.0.1 8000
tell server accept s l0
tell client close c
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
wait_until 20 equal findings -- "WARNING close_wait_leak"
ok "one of $(ss_count LISTEN) listeners leaks"

readers=()
for view in close_wait listeners findings; do
	read_often net/tcpdiag/$view >"$scratch/$view" &
	readers+=($!)
done
wait "${readers[@]}"
is "$(sort -u "$scratch/listeners")" $((LISTENERS + 2)) "the listeners and other, each time"
is "$(sort -u "$scratch/close_wait")" 3 "the leak and other, each time"
is "$(sort "$scratch/findings" | uniq -c | wc -l)" 1 "the finding, each time"

readers=()
for view in net/tcpdiag/close_wait net/tcpdiag/listeners net/tcpdiag/sockets tcpdiag; do
	read_on $view &
	readers+=($!)
done
sleep 1
kill_player server
check "the module goes under them" unload_module
wait "${readers[@]}" || :
