#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 200 network namespaces with findings and without a process: the machine's page
# counts them, names four, says how to enter them, and costs no more to read than
# with four. When they have gone they are forgotten.
#
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"

many=200

elsewhere() {
	summary init | sed -n '/^findings in /,/^state /p'
}

counted_elsewhere() {
	elsewhere | sed -n 's/^findings in \([0-9]*\) other network namespaces\?$/\1/p'
}

# trouble NETNS: a connect that nobody answers with anything but a RST
trouble() {
	netns "$1"
	set_sysctl net.tcpdiag.failed_connects 1 "$1"
	in_netns "$1" bash -c ': <>/dev/tcp/127.0.0.1/9' 2>/dev/null || :
}

# read_us: what a read of the machine's page takes, in microseconds
read_us() {
	echo $(($(tell reader time-read /proc/tcpdiag 50) / 50 / 1000))
}

plan 8

load_module
ip netns attach machine 1
play reader -n machine
for i in 1 2 3 4; do
	trouble "n$i"
done
wait_until 30 equal counted_elsewhere -- 4
ok "four are counted"
few=$(read_us)
for ((i = 5; i <= many; i++)); do
	trouble "n$i"
done
wait_until 60 equal counted_elsewhere -- $many
ok "$many are counted"
is "$(elsewhere | grep -c '^  [0-9]*: 1 WARNING (connects_fail); ')" 4 "four are named"
check "the others are said to be there" grep -q "^  and $((many - 4)) more$" <<<"$(elsewhere)"
inum=$(elsewhere | tr -s '\n ' '  ' | grep -o '| grep [0-9]*' | head -n 1 | cut -d' ' -f3)
is "$(stat -c %i /run/netns/* | grep -cx "$inum")" 1 "the way in that it tells leads to one of them"
all=$(read_us)
note "a read takes $few us with four, $all us with $many"
within "$all" 1 $((few * 13 / 10 + 20)) "a read costs the same"
is "$(summary n7 | grep -c 'other network' || :)" 0 "they know nothing of each other"
for ((i = 1; i <= many; i++)); do
	ip netns delete "n$i"
done
none_elsewhere() {
	[ -z "$(elsewhere)" ] || ! elsewhere | grep -q 'other network'
}
wait_until 60 none_elsewhere
ok "those that have gone are forgotten"
