#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Requests in two small writes wait for the peer's delayed ACK; messages of a program that
# forgets TCP_CORK go out 200 ms late. The truth is the time that it took, and the kernel's
# counter of delayed ACKs. Healthy twins: TCP_NODELAY, one write, TCP_CORK that is cleared,
# a path of 50 ms.
# kernels: 6.1 6.12
# clock: virtual
# limit: 360
. "$TOP/scripts/vm/lib.sh"

plan 13

netns far
veth '' far
load_module
play app
play server -n far
tell app comm kvclient
tell server comm kvserver
tell server listen l "$(v4 far '')" 11211
for c in split nodelay one cork uncork far; do
	tell app connect "$c" "$(v4 far '')" 11211
	tell server accept "$c" l
done

# requests N COUNT BYTES...: each request in writes of so many bytes, one after another;
# sets took to the seconds that they took
requests() {
	local n=$1 count=$2 bytes sum=0 i began
	shift 2

	for bytes; do
		[ "${bytes#*[a-z]}" != "$bytes" ] || sum=$((sum + bytes))
	done
	began=$(date +%s%N)
	for ((i = 0; i < count; i++)); do
		for bytes; do
			case $bytes in
			uncork) ask app opt "$n" cork 0 ;;
			cork) ask app opt "$n" cork 1 ;;
			*) ask app send "$n" "$bytes" ;;
			esac
		done
		ask app take "$n" 6
		ask server take "$n" "$sum"
		ask server send "$n" 6
	done
	for ((i = 0; i < count * ($# + 1); i++)); do
		answer app >/dev/null
	done
	for ((i = 0; i < count * 2; i++)); do
		answer server >/dev/null
	done
	took=$((($(date +%s%N) - began) / 1000000))
}

note "healthy"
tell app opt nodelay nodelay 1
requests nodelay 200 10 100
note "$took ms with TCP_NODELAY"
requests one 200 110
note "$took ms in one write"
requests uncork 100 cork 10 100 uncork
note "$took ms with TCP_CORK that is cleared"
delay to-far 25
delay to-here 25 far
tell app opt far nodelay 1
requests far 60 10 100
note "$took ms on a long path"
within "$took" 2500 9000 "a round trip for each"
no_qdisc to-far
no_qdisc to-here far
is "$(findings)" "" "no finding"

note "two writes"
acks=$(mib TcpExtDelayedACKs far)
requests split 400 10 100
acks=$(($(mib TcpExtDelayedACKs far) - acks))
note "$took ms, $acks delayed ACKs"
within "$took" 14000 24000 "40 ms for each request"
within "$acks" 380 430 "as many delayed ACKs as requests"
is "$(findings)" "WARNING nagle_delayed_ack" "it is a finding"
samples=$(finding nagle_delayed_ack '' evidence | sed -n 's/.*samples=\([0-9]*\).*/\1/p')
within "$((samples * 1000))" $((took / 4)) $((took * 11 / 10 + 1000)) "the time lost, as far as samples tell"
check "with the program and the peer" grep -qE \
	"kvclient \(pid ${player_pid[app]}\) loses time to 10.0.1.2:11211: its small writes wait" \
	<<<"$(finding nagle_delayed_ack '' what)"
check "and what to do" grep -q TCP_NODELAY <<<"$(finding nagle_delayed_ack '' application)"
is "$(findings far)" "" "nothing is wrong with the server"
sleep 245
is "$(findings)" "" "four minutes later it is over"

note "TCP_CORK that is never cleared"
tell app opt cork cork 1
requests cork 60 110
note "$took ms"
within "$took" 11000 18000 "200 ms for each message"
sleep 2
is "$(findings)" "WARNING corked" "it is a finding"
check "with program and peer" grep -qE \
	"kvclient \(pid ${player_pid[app]}\) loses time to 10.0.1.2:11211: it leaves TCP_CORK set" \
	<<<"$(finding corked '' what)"
