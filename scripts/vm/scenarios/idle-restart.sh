#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What bbr3 and cubic_rfc9438 do when a connection sends again after a pause: the
# kernel calls them. How it does so changed in 7.1, and compiles either way. The module
# entered (scripts/vm/modules) counts.
#
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# function_of NAME: what an algorithm gives the kernel for the end of a pause: it gets
# the kind of event, or there is no other kind
function_of() {
	awk -v name="$1" '$4 == "[tcpdiag]" && $3 ~ "^" name "(_event)?$" { print $3 }' /proc/kallsyms |
		sort | tail -n 1
}

# watch FUNCTION: CA_EVENT_TX_START is 0
watch() {
	local zero=0

	[[ $1 != *_event ]] || zero=1
	insmod "$TOP/build/vm-modules/$KVER/entered.ko" function="$1" second_zero=$zero
}

calls() {
	cat /sys/module/entered/parameters/calls
}

# transfer BYTES: all of it, from c to s
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
for cc in bbr3 cubic_rfc9438; do
	watch "$(function_of "${cc%_rfc9438}_tx_start")"
	tell client socket c v4
	tell client opt c cc $cc
	tell client again c 127.0.0.1 8080
	tell server accept s l
	transfer 100000
	before=$(calls)
	sleep 3
	is "$(calls)" "$before" "$cc: a pause alone is nothing"
	transfer 1000
	is "$(calls)" $((before + 1)) "$cc is told that the connection sends again"
	tell client close c
	tell server close s
	rmmod entered
done
dismiss client
dismiss server
