#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Peers that are no Linux: one probes a closed window with a byte of data; one takes its
# window back while data is on its way, and then dies. The truth is what the peer, told by
# this scenario, sends, and the kernel's counter of bytes that found no window. Healthy twins: the peer has
# nothing to send, and waits; and it answers.
# kernels: 6.12
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"

plan 14

# The peer has an address that no kernel has.
peer=10.0.1.77
netns far
veth '' far
load_module

# raw NAME PORT: such a peer; its commands go to that file descriptor
declare -A raw_in=() raw_out=()
raw() {
	local in out

	mkfifo "$scratch/$1.rin" "$scratch/$1.rout"
	in_netns far python3 -S -E "$TOP/scripts/vm/raw_peer.py" to-here "$peer" "$2" \
		<"$scratch/$1.rin" >"$scratch/$1.rout" &
	exec {in}>"$scratch/$1.rin" {out}<"$scratch/$1.rout"
	raw_in[$1]=$in raw_out[$1]=$out
	hear "$1" ready
}

# hear NAME WORD: it answers with that
hear() {
	local line

	read -r -t 60 -u "${raw_out[$1]}" line || give_up "$1 does not answer"
	[ "$line" = "$2" ] || give_up "$1 says $line"
}

# order NAME COMMAND...
order() {
	printf '%s\n' "${*:2}" >&"${raw_in[$1]}"
	hear "$1" ok
}

# stalls: the causes, one connection a line
stalls() {
	view stalls | awk '!/^#/ { print $4 }'
}

play app
tell app comm reader
raw full 7001
raw shy 7002
mac=$(in_netns far ip -o link show to-here | sed 's/.*ether \([^ ]*\).*/\1/')
ip neigh add "$peer" lladdr "$mac" dev to-far

note "a small receive buffer here, which the peer fills"
for c in full shy; do
	tell app socket "$c" v4
	tell app opt "$c" rcvbuf 4096
done
tell app again full "$peer" 7001
tell app again shy "$peer" 7002
for c in full shy; do
	order "$c" fill
done
tell app opt shy keepidle 2
tell app opt shy keepintvl 2
tell app opt shy keepalive 1
sleep 1
unread=$(ss -Htn dst "$peer:7001" | awk '{ print $2 }')
check "data waits for the program" [ "$unread" -gt 0 ]
sleep 8
is "$(stalls)" "" "a peer that sends nothing may have nothing more, though it answers a keepalive"
is "$(findings)" "" "and is no finding"

note "one of them probes, a byte each time"
drops=$(mib TcpExtTCPZeroWindowDrop)
for i in 1 2 4; do
	order full probe
	sleep "$i"
done
within $(($(mib TcpExtTCPZeroWindowDrop) - drops)) 1 3 "the kernel has thrown the byte away"
is "$(ss -Htn dst "$peer:7001" | awk '{ print $2 }')" "$unread" "and has no byte more"
is "$(stalls)" zero_window_own "it is a stall of this end"
is "$(findings)" "NOTE zero_window_own" "and a finding"
check "with the program that does not read" grep -qE \
	"reader \(pid ${player_pid[app]}\) does not read: 1 connection to $peer:7001" \
	<<<"$(finding zero_window_own '' what)"
tell app take full "$unread" >/dev/null
sleep 2
is "$(findings)" "" "it reads, and all is well"

note "a window that is taken back while data is on its way"
raw shrinks 7003
tell app connect shrinks "$peer" 7003
order shrinks close
tell app send shrinks 3000
sleep 7
is "$(stalls)" zero_window_peer "the peer has closed its window"
is "$(findings)" "NOTE zero_window_peer" "which is a finding"
order shrinks mute
sleep 50
is "$(stalls)" peer_silent "it answers no more, and is silent"
is "$(findings)" "WARNING peer_silent" "which is another"
is "$(stalls | wc -l)" 1 "and the only one"
