#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel tree's own tool, tools/net/ynl of 6.12 and of 7.3, reads every operation of
# the spec, as many rows as the file of the view has, and is told of a leak. (The scenario
# netlink compares cells, by the library under that tool.)
# kernels: none
# also: 6.1 6.12
# needs: ynl
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/netlink.sh"

cp -r "$CACHE/ynl-7.3/tools/net/ynl/pyynl" "$scratch/ynl-7.3"

# cli VERSION WORD...: the tool, its answer as JSON
cli() {
	local tool=$scratch/ynl/cli.py
	[ "$1" = 6.12 ] || tool=$scratch/ynl-$1/cli.py
	shift

	/usr/bin/python3 -B "$tool" --no-schema --output-json \
		--spec "$scratch/ynl/tcpdiag.yaml" "$@"
}

reads_all() {
	local file view

	is "$(cli "$1" --do get | jq -r '.state[].state' | sort)" \
		"$(awk '!/^#/ { print $1 }' /proc/net/tcpdiag/states | sort)" "$1: get: the states"
	for file in /proc/net/tcpdiag/*; do
		view=${file##*/}
		cli "$1" --dump "${view//_/-}" >"$scratch/rows"
		is "$(jq length "$scratch/rows")" "$(grep -vc '^#' "$file" || :)" "$1: $view: as many rows as its file"
	done
	is "$(cli "$1" --dump sockets --json '{"filter": {"states": ["listen"], "local-port": 8080}}' | jq length)" \
		"$(ss -Hltn 'sport = :8080' | wc -l)" "$1: sockets with a condition, as ss"
}

# usage: has_listeners N: so many generic netlink sockets are in a group
has_listeners() {
	[ "$(awk '$2 == 16 && $4 != "00000000"' /proc/net/netlink | wc -l)" -ge "$1" ]
}

plan 30

load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 86400000
play server
tell server listen l 127.0.0.1 8080
tell server pairs p 3 l 127.0.0.1 8080
tell server close pc1
tell server connect gone 127.0.0.1 8080
reads_all 6.12
reads_all 7.3

note "a socket in CLOSE_WAIT is a leak from now on"
listening=()
for version in 6.12 7.3; do
	cli "$version" --subscribe findings --sleep 60 >"$scratch/told-$version" &
	listening+=($!)
done
wait_until 60 has_listeners 2
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
wait "${listening[@]}"
for version in 6.12 7.3; do
	is "$(jq -r 'if type == "array" then .[] else . end | "\(.name) \(.msg.event) \(.msg.code)"' \
		"$scratch/told-$version")" "finding-event raised close_wait_leak" "$version: the leak is told"
done
