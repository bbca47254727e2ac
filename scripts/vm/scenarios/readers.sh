#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Many readers at once, each of a different view, on a machine with more listeners
# than one step of a walk covers, while the worker walks them too: all see the same,
# and the module can be unloaded meanwhile. 200 of nobody read every file, in small
# pieces and from the middle, while connections come and go.
# kernels: 6.12 debug
# clock: smp
# limit: 150
. "$TOP/scripts/vm/lib.sh"

LISTENERS=100
READS=40
NOBODIES=200
[ "$KVER" != debug ] || NOBODIES=10
FILES=(tcpdiag net/tcpdiag/{states,transitions,histograms,sockets,close_wait,congestion}
	net/tcpdiag/{listeners,handshake,resets,stalls,flows,time_wait,ports,findings,history,self})

# read_often FILE: its lines each time
read_often() {
	local i

	for ((i = 0; i < READS; i++)); do
		grep -vc ' since ' /proc/"$1"
	done
}

# read_as_nobody N: the file of that number, a few bytes at a time, from the
# beginning or the middle
read_as_nobody() {
	setpriv --reuid=65534 --clear-groups dd "if=/proc/${FILES[$1 % ${#FILES[@]}]}" of=/dev/null \
		bs=$((1 + $1 * 7 % 97)) skip=$(($1 % 4 * 30)) count=300 status=none
}

# As long as it is there.
read_on() {
	while cat "/proc/$1"; do :; done >/dev/null 2>&1
}

plan 7

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
wait_until 20 equal findings -- "NOTE close_wait_leak"
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

ask client churn 127.0.0.1 9999 3000
readers=() failed=0
for ((i = 0; i < NOBODIES; i++)); do
	read_as_nobody "$i" &
	readers+=($!)
done
for reader in "${readers[@]}"; do
	wait "$reader" || failed=$((failed + 1))
done
is "$failed" 0 "$NOBODIES readers of nobody, none of whom fails"
is "$(answer client)" ok "connections came and went meanwhile"

readers=()
for view in net/tcpdiag/close_wait net/tcpdiag/listeners net/tcpdiag/sockets tcpdiag; do
	read_on $view &
	readers+=($!)
done
sleep 1
kill_player server
check "the module goes under them" unload_module
wait "${readers[@]}" || :
