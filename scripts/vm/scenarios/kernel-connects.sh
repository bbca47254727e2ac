#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel itself connects (a mount of NFS): its sockets belong to no process, and
# none is named, least of all the kernel thread that happened to do the work. Truth:
# ss -p.
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 90
. "$TOP/scripts/vm/lib.sh"

# mount_from PORT: the kernel asks the mount server at that port, for as long as it takes
mount_from() {
	exec mount -i -t nfs -o "addr=127.0.0.1,vers=3,proto=tcp,port=2049,mountproto=tcp,mountaddr=127.0.0.1,mountport=$1,nolock" \
		127.0.0.1:/nowhere "$scratch/mnt"
}

# towards PORT: connections to it, as ss has them with the processes that use them
towards() {
	ss -Htnp state established "dport = :$1"
}

# owners PORT: of connections to it, in the view sockets
owners() {
	view sockets | awk -v remote="127.0.0.1:$1" '$2 == remote { print $6, $7, $8 }'
}

connected() {
	[ -n "$(towards 2050)" ]
}

plan 6

mkdir "$scratch/mnt"
load_module
play server
tell server listen l 127.0.0.1 2050
mount_from 2050 &
mount=$!
wait_until 30 connected
is "$(towards 2050 | wc -l)/$(towards 2050 | grep -c pid=)" 1/0 "a connection that no process has, as ss has it"
is "$(owners 2050)" "active - [kernel]" "it is the kernel's"
counted
is "$(cell ports "127.0.0.1 127.0.0.1:2050" comm)" "[kernel]" "so is its port"
kill -9 $mount
wait $mount 2>/dev/null || :
tell server accept s l
tell server close s
tell server close l
wait_until 30 equal towards 2050 -- ""
is "$(view sockets | grep -c kworker)" 0 "no kernel thread has a socket"

set_sysctl net.tcpdiag.failed_connects 1
mount_from 2051 2>/dev/null &
mount=$!
wait_until 30 equal findings -- "WARNING connects_fail"
check "an attempt that fails is the kernel's too" grep -q 'ago by the kernel to 127.0.0.1:2051: the connection was refused' \
	<<<"$(finding connects_fail '' what)"
kill -9 $mount 2>/dev/null || :
wait $mount 2>/dev/null || :
is "$(grep -c kworker /proc/net/tcpdiag/findings)" 0 "no finding names a kernel thread"
