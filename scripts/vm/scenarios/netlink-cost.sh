#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a listing of 100,000 sockets costs, and what ss -tani takes for the same: CPU
# time of the program and of the kernel for it, in virtual time, where an instruction
# takes a nanosecond. Starting the program is part of it, and so is printing.
# kernels: none
# also: 6.12
# clock: virtual
# limit: 900
. "$TOP/scripts/vm/lib.sh"

# SOCKETS in the environment: fewer; the cost of each is much the same.
SOCKETS=${SOCKETS:-100000}

install -m 755 "$TOP/build/tools/tcpdiag" /run/bin/tcpdiag
cp /usr/lib/x86_64-linux-gnu/libmnl.so.0 /run/lib

# usage: time_of RUNS COMMAND...: CPU time in nanoseconds. Waiting is no part of it.
time_of() {
	local runs=$1 TIMEFORMAT='%U %S' user system i
	shift

	read -r user system < <({ time for ((i = 0; i < runs; i++)); do
		"$@" >/dev/null 2>&1
	done; } 2>&1)
	printf '%s\n' $(((10#${user/./} + 10#${system/./}) * 1000000 / runs))
}

# usage: row WHAT: the time in ns, per socket
row() {
	note "$(printf '%-48s %8d ns a socket %9d us in all' "$1" $((ns / sockets)) $((ns / 1000)))"
}

# usage: measure COMMAND...: sets ns
measure() {
	ns=$(time_of 1 "$@")
	row "$*"
}

plan 5

ulimit -n 200000
set_sysctl net.ipv4.ip_local_port_range '1024 65535'
set_sysctl net.core.somaxconn 4096
load_module
play crowd
tell crowd listen l 0.0.0.0 700 4096
tell crowd pairs a $((SOCKETS / 4)) l 127.0.0.1 700
tell crowd pairs b $((SOCKETS / 4)) l 127.0.0.2 700
sockets=$(ss_count ESTABLISHED)
is "$sockets" "$SOCKETS" "so many sockets are open"

measure ss -tani
theirs=$ns
measure ss -tan
measure tcpdiag -O sockets
within "$ns" 1 $((theirs / 3)) "all columns: at most a third of ss -tani"
measure tcpdiag -j sockets
measure tcpdiag -O -o local,remote,state sockets
within "$ns" 1 $((theirs / 10)) "three columns: at most a tenth"
measure tcpdiag -O sockets sport = :1
measure cat /proc/net/tcpdiag/sockets
measure cat /proc/net/tcp

many=$(time_of 50 tcpdiag)
many_ss=$(time_of 50 ss -s)
dismiss crowd
wait_until 120 equal ss_count ESTABLISHED -- 0
few=$(time_of 50 tcpdiag)
note "the summary: $((many / 1000)) us, without these sockets $((few / 1000)) us; ss -s: $((many_ss / 1000)) us"
within "$many" 1 $((few * 12 / 10)) "the summary costs the same without them, within 20 %"
within "$many" 1 $((2 * many_ss)) "... and at most twice ss -s"
