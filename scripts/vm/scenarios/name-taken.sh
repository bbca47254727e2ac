#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel already has congestion control algorithms of the same name, as patched
# kernels have a bbr3: tcpdiag leaves its own out, says so once, and the rest works.
# The module taken (scripts/vm/modules) stands in for such a kernel.
#
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 60
. "$TOP/scripts/vm/lib.sh"

taken=$TOP/build/vm-modules/$KVER/taken.ko
default=net.ipv4.tcp_congestion_control
weights=net.tcpdiag.ab_weights

# The scenarios after this one need the names, so taken is unloaded in any case.
# scenario_end exits, hence the subshell.
trap 'status=$?
	set +e
	(
		(exit "$status")
		scenario_end
	)
	status=$?
	rmmod taken 2>/dev/null
	exit "$status"' EXIT

available() {
	in_netns init sysctl -n net.ipv4.tcp_available_congestion_control
}

# What there is beside the algorithms of before, sorted.
added() {
	local name

	for name in $(available); do
		[[ " $kernels_own " == *" $name "* ]] || printf '%s\n' "$name"
	done | sort | paste -sd ' '
}

# What the summary says after "tcpdiag adds:".
summary_adds() {
	summary | sed -n 's/.*tcpdiag adds: *//p'
}

# The log's lines about what was left out, since the last mark_log.
mark_log() {
	log_marks=$((log_marks + 1))
	echo "name-taken: mark $log_marks" >/dev/kmsg
}

notices() {
	dmesg | sed -n "/name-taken: mark $log_marks\$/,\$p" | grep -o 'tcpdiag: .*left out.*' || :
}

# The algorithm of a connection of ALGORITHM's that carries data. usage: used ALGORITHM
used() {
	tell client socket c v4
	tell client opt c cc "$1"
	tell client again c 127.0.0.1 8080
	tell server accept s l
	tell client send c 10000
	got=0
	while [ "$got" -lt 10000 ]; do
		got=$((got + $(tell server recv s 16384)))
	done
	tell client getcc c
	tell client close c
	tell server close s
}

users() {
	cat "/sys/module/$1/refcnt"
}

plan 26

log_marks=0
kernels_own=$(available)
play client
play server
tell server listen l 127.0.0.1 8080

note "one name is taken"
insmod "$taken"
mark_log
check "with bbr3 taken, tcpdiag loads" load_module
is "$(notices | wc -l)" 1 "one line of the log says what was left out"
check "it names bbr3 and nothing else" grep -qF 'left out: bbr3: ' <<<"$(notices)"
is "$(summary_adds)" "aimd cubic_rfc9438 ab_split" "the summary lists what tcpdiag added"
is "$(added)" "ab_split aimd bbr3 cubic_rfc9438" "TCP has each name once"
for cc in aimd cubic_rfc9438; do
	is "$(used $cc)" $cc "$cc carries data"
done
is "$(sysctl -n $weights)" "aimd=1 cubic_rfc9438=1" "ab_split assigns to these two"
check_not "and cannot be told to assign to bbr3" sysctl -qw $weights="bbr3=1"
sysctl -qw $weights="cubic_rfc9438=1"
is "$(used ab_split)" cubic_rfc9438 "ab_split carries data"
is "$(used bbr3)" bbr3 "so does the kernel's bbr3"
tell client connect c 127.0.0.1 8080
tell server accept s l
before=$(users tcpdiag)
tell client opt c cc bbr3
is "$(($(users tcpdiag) - before)) $(users taken)" "0 1" "which is the kernel's, not tcpdiag's"
gauges_agree "the account works: the gauges as ss has them"
tell client close c
tell server close s
wait_until 10 unload_module
is "$(added)" bbr3 "tcpdiag unloads and leaves the kernel's bbr3 alone"
is "$(used bbr3)" bbr3 "which still carries data"
wait_until 10 rmmod taken

note "every algorithm to assign is taken"
insmod "$taken" names=aimd,cubic_rfc9438,bbr3
mark_log
check "with all of them taken, tcpdiag loads" load_module
is "$(notices | wc -l)" 1 "one line of the log says so"
is "$(summary_adds)" "" "the summary lists nothing"
is "$(added)" "aimd bbr3 cubic_rfc9438" "ab_split is not there, with nothing to assign"
is "$(sysctl -n $weights)" "" "there are no weights"
check_not "and none can be set" sysctl -qw $weights="aimd=1"
gauges_agree "the account works: the gauges as ss has them"
wait_until 10 unload_module
rmmod taken

note "no name is taken"
mark_log
load_module
is "$(notices)" "" "nothing is left out"
is "$(summary_adds)" "aimd cubic_rfc9438 bbr3 ab_split" "the summary lists all"
in_netns init sysctl -qw net.ipv4.tcp_allowed_congestion_control="$kernels_own bbr3"
set_sysctl $default bbr3
is "$(sysctl -n $default)" bbr3 "and bbr3 can be the default"
is "$(used bbr3)" bbr3 "and carries data"
dismiss client
dismiss server
