#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What bbr3 and cubic_rfc9438 do when a connection sends again after a pause: the
# kernel calls them. How it does so changed in 7.1, and compiles either way.
#
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

tracing=/sys/kernel/tracing

# Kprobes of a module keep it loaded.
trap 'status=$?
	set +e
	echo 0 >$tracing/events/idle/enable
	echo >$tracing/kprobe_events
	(exit "$status")
	scenario_end' EXIT

# The function that an algorithm gives the kernel for a pause's end: with the event as
# an argument, or without. usage: function_of NAME
function_of() {
	awk -v name="$1" '$4 == "[tcpdiag]" && $3 ~ "^" name "(_event)?$" { print $3; exit }' /proc/kallsyms
}

# watch NAME FUNCTION: where the event is an argument, only CA_EVENT_TX_START (0) counts
watch() {
	echo "p:idle/$1 $2 event=%si:u32" >>$tracing/kprobe_events
	case $2 in
	*_event) echo 'event == 0' >"$tracing/events/idle/$1/filter" ;;
	esac
	echo 1 >"$tracing/events/idle/$1/enable"
}

# Events in the buffer: those that passed the filter. usage: counted NAME
counted() {
	grep -c " $1: " $tracing/trace || :
}

# usage: transfer BYTES: all of it, from c to s
transfer() {
	local got=0

	tell client send c "$1" >/dev/null
	while [ "$got" -lt "$1" ]; do
		got=$((got + $(tell server recv s 16384)))
	done
}

plan 4

load_module
play client
play server
tell server listen l 127.0.0.1 8080
: >$tracing/trace
for cc in bbr3 cubic; do
	watch $cc "$(function_of ${cc}_tx_start)"
done
for cc in bbr3 cubic_rfc9438; do
	name=${cc%_rfc9438}
	tell client socket c v4
	tell client opt c cc $cc
	tell client again c 127.0.0.1 8080
	tell server accept s l
	transfer 100000
	before=$(counted "$name")
	sleep 3
	is "$(counted "$name")" "$before" "$cc: a pause alone is nothing"
	transfer 1000
	is "$(counted "$name")" $((before + 1)) "$cc is told that the connection sends again"
	tell client close c
	tell server close s
done
dismiss client
dismiss server
