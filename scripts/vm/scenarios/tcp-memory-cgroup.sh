#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A program does not read, and what comes takes more than the limit of its memory cgroup.
# The truth is memory.current. Healthy twin: files nearly fill the cgroup.
# kernels: 6.12
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"

plan 5

root=/sys/fs/cgroup
echo +memory >$root/cgroup.subtree_control
mkdir -p $root/small
limit=$((24 << 20))
echo $limit >$root/small/memory.max

netns far
veth '' far
load_module
play app
play server -n far
tell app comm hoarder
echo "${player_pid[app]}" >$root/small/cgroup.procs
tell server listen l "$(v4 far '')" 9000

note "healthy: files nearly fill the cgroup, and the program reads"
(
	echo "$BASHPID" >$root/small/cgroup.procs
	dd if=/dev/zero of="$scratch/file" bs=1M count=18 2>/dev/null
)
note "$(cat $root/small/memory.current) of $limit bytes"
for i in {1..4}; do
	tell app connect "r$i" "$(v4 far '')" 9000
	tell server accept "r$i" l
	ask server send "r$i" 300000
	tell app take "r$i" 300000 >/dev/null
	answer server >/dev/null
done
sleep 4
is "$(findings)" "" "no finding"
rm -f "$scratch/file"

note "it does not read"
set_sysctl net.ipv4.tcp_rmem "4096 2000000 6000000"
in_netns far python3 -S -E - "$(v4 far '')" <<-'P' &
	import select, socket, sys
	l = socket.socket()
	l.bind((sys.argv[1], 9001))
	l.listen(64)
	poll = select.epoll()
	socks = {}
	for i in range(20):
	    s, _ = l.accept()
	    s.setblocking(False)
	    socks[s.fileno()] = s
	    poll.register(s, select.EPOLLOUT)
	while True:
	    for fd, _ in poll.poll():
	        try:
	            socks[fd].send(b"z" * 65536)
	        except BlockingIOError:
	            pass
P
wait_until 60 equal ss_count LISTEN far -- 2
for i in {1..20}; do
	tell app connect "c$i" "$(v4 far '')" 9001
done
sleep 12
note "$(cat $root/small/memory.current) of $limit bytes"
check "the cgroup has more than its limit" [ "$(cat $root/small/memory.current)" -gt "$limit" ]
is "$(findings | grep -c ' tcp_memory')" 1 "it is a finding"
note "$(finding tcp_memory '' what)"
check "of the cgroup, with the program" grep -qE \
	"in the memory cgroup of some connections .* hoarder \(pid ${player_pid[app]}\) has .* unread" \
	<<<"$(finding tcp_memory '' what)"
check "it says which limit" grep -q memory.max <<<"$(finding tcp_memory '' host)"
kill %%
