# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What scenarios about traces share: tcpdump for the truth, and traces that run beside
# what happens. Sourced after lib.sh.

# shellcheck disable=SC2154 # scratch is lib.sh's
install -m 755 "$TOP/build/tools/tcpdiag" /run/bin/tcpdiag
cp /usr/lib/x86_64-linux-gnu/libmnl.so.0 /run/lib

declare -A trace_pid=() dump_pid=()

# our_hooks [NETNS]: hooks of Netfilter that are the module's, as nft lists them
our_hooks() {
	in_netns "${1:-}" nft list hooks 2>/dev/null | grep -c '\[tcpdiag\]' || :
}

# start_trace NAME [-n NETNS] WORD...: its output goes to $scratch/NAME
start_trace() {
	local name=$1
	shift

	if [ "$1" = -n ]; then
		nsenter --net="/run/netns/$2" /run/bin/tcpdiag "${@:3}" \
			>"$scratch/$name" 2>"$scratch/$name.err" &
	else
		tcpdiag "$@" >"$scratch/$name" 2>"$scratch/$name.err" &
	fi
	trace_pid[$name]=$!
	wait_until 60 grep -q '^tcpdiag: tracing' "$scratch/$name.err"
}

# wait_for_trace NAME: until it has ended; its status
wait_for_trace() {
	local status=0

	wait "${trace_pid[$1]}" || status=$?
	unset "trace_pid[$1]"
	cp "$scratch/$1" "$OUT"
	return "$status"
}

# trace_ends NAME DESCRIPTION: it ends, and says that all went well
trace_ends() {
	local status=0

	wait_for_trace "$1" || status=$?
	is "$status" 0 "$2"
}

# stop_trace NAME: as Ctrl-C does, which a process in the background ignores
stop_trace() {
	kill "${trace_pid[$1]}"
	wait_for_trace "$1"
}

# start_dump NAME DEVICE [NETNS]: tcpdump writes $scratch/NAME.pcap
start_dump() {
	local run=()

	[ -z "${3:-}" ] || run=(nsenter "--net=/run/netns/$3")
	"${run[@]}" "$(type -P tcpdump)" -i "$2" -U --immediate-mode -w "$scratch/$1.pcap" tcp \
		2>"$scratch/$1.dump" &
	dump_pid[$1]=$!
	wait_until 60 grep -q 'listening on' "$scratch/$1.dump"
}

# stop_dump NAME
stop_dump() {
	kill "${dump_pid[$1]}"
	wait "${dump_pid[$1]}" || :
	cp "$scratch/$1.pcap" "$OUT"
}

# by_tcpdump NAME LOCAL...: its segments in the form of by_trace
by_tcpdump() {
	/usr/bin/python3 "$TOP/scripts/vm/pcap.py" "$scratch/$1.pcap" "${@:2}"
}

# by_trace NAME: segments of a trace in JSON: those sent, then those received
by_trace() {
	local way

	for way in true false; do
		jq -r --argjson out "$way" 'def bits: reduce .[] as $f (0; . + {FIN: 1, SYN: 2, RST: 4,
			PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128}[$f]);
			select(.event == "segment" and .out == $out) |
			[(if .out then "out" else "in" end), (.flags | bits), .rel_seq, .rel_ack, .len, .window,
			(.mss // "-"), (.wscale // "-"), (.tsval // "-")] | join(" ")' "$scratch/$1"
	done
}
