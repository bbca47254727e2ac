#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The test at load: it verifies what the hooks rest on, leaves nothing behind and says
# when it could not; and where the kernel does otherwise (the module otherwise,
# scripts/vm/modules), only the figures concerned are -.
#
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

otherwise=$TOP/build/vm-modules/$KVER/otherwise.ko
ASSUMPTIONS="requests children connects time_waits"
log_marks=0

# The results, in the order of ASSUMPTIONS.
results() {
	local name

	for name in $ASSUMPTIONS; do
		self "self_test_$name" init
	done | paste -sd ' '
}

# Lines of the log about the test, since the last mark_log.
mark_log() {
	log_marks=$((log_marks + 1))
	echo "self-test: mark $log_marks" >/dev/kmsg
}

notices() {
	dmesg | sed -n "/self-test: mark $log_marks\$/,\$p" | grep -c 'tcpdiag: .*self_test' || :
}

# What the initial namespace's account has of any connection: nothing.
left_over() {
	view transitions init | tail -n +2
	view sockets init | tail -n +2
	view states init | awk 'NR > 1 && $1 != "CLOSE" && $2 + $3 + $4 { print }'
	view handshake init | awk 'NR > 1 && $NF != "-" && $NF { print }'
	view histograms init | awk 'NR > 1 && $NF > 0 { print }'
	view listeners init | awk 'NR > 1 && $1 != "namespace" { print }'
	view time_wait init | awk '$1 == "total" && $6 != "-" && $6 { print }'
	view self init | grep -E '^(preexisting_[A-Z0-9_]*|records|minisock_records|cap_hits|events_[a-z]*) [1-9]'
	in_netns init ss -Htan
}

# reload WORD...: what the log says from now on is of this load
reload() {
	! module_loaded || wait_until 10 unload_module
	mark_log
	load_module
}

in_time() {
	[ "$(self self_test_us init)" -lt 50000 ]
}

plan 33

in_netns init ip link set lo up
reload
is "$(results)" "verified verified verified verified" "everything is verified"
check "within 50 ms" in_time
is "$(left_over || :)" "" "nothing of it is left_over or left"
is "$(notices)" 0 "the log says nothing"
is "$(findings init)" "" "there is no finding"

in_netns init ip link set lo down
reload
is "$(results)" "unverified unverified unverified unverified" "without lo nothing is"
check "within 50 ms" in_time
is "$(cell time_wait total now init)" 0 "figures are shown: this kernel was tested"
is "$(left_over || :)" "" "nothing is left_over or left"
is "$(notices)" 0 "the log says nothing"
in_netns init ip link set lo up

in_netns init tc qdisc add dev lo root netem loss 100%
reload
is "$(results)" "unverified unverified unverified unverified" "nor if lo drops everything"
check "within 50 ms" in_time
is "$(left_over || :)" "" "nothing is left_over or left"
in_netns init tc qdisc del dev lo root

in_netns init sysctl -qw net.ipv6.conf.all.disable_ipv6=1
reload
is "$(results)" "verified verified verified verified" "without IPv6, IPv4 decides"
in_netns init sysctl -qw net.ipv6.conf.all.disable_ipv6=0

in_netns init sysctl -qw net.ipv4.tcp_syncookies=2
reload
is "$(results)" "unverified verified verified verified" "with SYN cookies for all there are no requests"
in_netns init sysctl -qw net.ipv4.tcp_syncookies=1

# otherwise_is WORD: the kernel does one thing otherwise
otherwise_is() {
	local name wanted=()

	insmod "$otherwise" what="$1"
	reload
	for name in $ASSUMPTIONS; do
		wanted+=("$([ "$name" = "$1" ] && echo contradicted || echo verified)")
	done
	is "$(results)" "${wanted[*]}" "$1: the test finds it, and the rest verified"
	is "$(notices)" 1 "one notice in the log"
	is "$(findings)" "NOTE sources_missing" "the finding says what cannot be seen"
	is "$(left_over || :)" "" "nothing of the test is left_over or left"
	rmmod otherwise
}

otherwise_is children
is "$(cell handshake server_handshake count)" - "handshakes of children are unknown"
is "$(cell states TIME_WAIT now)" 0 "the rest is not"

otherwise_is connects
is "$(cell handshake connect_no_port count)" - "connects without a port are unknown"
is "$(cell handshake server_handshake count)" 0 "the rest is not"

otherwise_is time_waits
is "$(cell states TIME_WAIT now) $(cell time_wait total now)" "- -" "TIME_WAIT is unknown"
play client
play server
tell server listen l 127.0.0.1 8080
tell client connect c 127.0.0.1 8080
tell server accept s l
is "$(state_col ESTABLISHED now)" 2 "the rest is not: a connection counts"
tell client close c
tell server close s
dismiss client
dismiss server
wait_until 10 unload_module
