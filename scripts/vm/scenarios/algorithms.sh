#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What every algorithm of the module must survive: each way to choose it, loss, marks,
# silence, the smallest window, a descriptor that connects again, and a switch to
# another algorithm in mid-flight. A new algorithm is tested without a change here.
#
#   sender --- netem: delay, loss, marks, nothing at all --- receiver
#
# At the end all of them take turns on one connection after another, for
# CHURN_SECONDS. For longer than in make test, by hand:
#
#   scripts/vm/boot -k debug -t 2400 -- env CHURN_SECONDS=1800 \
#           unshare --net bash scripts/vm/scenarios/algorithms.sh
#
# kernels: 6.12
# also: 6.1 arm64
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"

default=net.ipv4.tcp_congestion_control
: "${CHURN_SECONDS:=4}"

available() {
	in_netns init sysctl -n net.ipv4.tcp_available_congestion_control
}

# The name of an algorithm, or for ab_split that of an arm. usage: shows NAME ALGORITHM
shows() {
	if [ "$2" = ab_split ]; then
		[ "$1" != ab_split ] && [[ " ${ours[*]} " == *" $1 "* ]]
	else
		[ "$1" = "$2" ]
	fi
}

# usage: netem WORD...: what the way to the receiver is like
netem() {
	in_netns sender tc qdisc replace dev to-receiver root netem limit 10000 "$@"
}

# usage: opened [ALGORITHM]: c is connected to s
opened() {
	tell sender socket c v4
	[ -z "${1:-}" ] || tell sender opt c cc "$1"
	tell sender again c "$there" 9090
	tell receiver accept s l
}

closed() {
	tell sender close c
	tell receiver close s
}

# usage: arrive BYTES: so many go from c to s, read as they come
arrive() {
	local got=0

	ask sender send c "$1"
	while [ "$got" -lt "$1" ]; do
		got=$((got + $(tell receiver recv s 16384)))
	done
	[ "$(answer sender)" = ok ] && [ "$got" -eq "$1" ]
}

# usage: window: of c, in packets
window() {
	local info

	info=$(tell sender info c)
	info=${info#* cwnd=}
	printf '%s\n' "${info%% *}"
}

# A file over a lossy way, by the default, through other programs. usage: file_arrives
file_arrives() {
	local reader tries

	in_netns receiver busybox nc -l -p 9100 </dev/null >"$scratch/arrived" &
	reader=$!
	for ((tries = 0; tries < 50; tries++)); do
		[ "$(in_netns receiver ss -Htln sport = :9100 | wc -l)" -eq 0 ] || break
		sleep 0.1
	done
	in_netns sender bash -c "cat >/dev/tcp/$there/9100" <"$scratch/file"
	wait "$reader"
	cmp "$scratch/file" "$scratch/arrived"
}

# Nothing gets through until the timer has fired twice.
silence() {
	local got=0

	netem loss 100%
	tell sender send c 20000
	wait_until 20 timer_fired
	netem delay 5ms
	while [ "$got" -lt 20000 ]; do
		got=$((got + $(tell receiver recv s 16384)))
	done
}

timer_fired() {
	[[ $(tell sender info c) == *' retransmits='[2-9]* ]]
}

# The next connections' windows are 1. TCP takes a route's limit over when it
# remembers what the path was like, which it does at the end of a connection.
at_most_one() {
	in_netns sender ip route change 10.0.1.0/24 dev to-receiver cwnd lock 1
	in_netns sender ip tcp_metrics flush >/dev/null
	opened
	arrive 1000
	closed
	wait_until 10 remembered
}

remembered() {
	in_netns sender ip tcp_metrics | grep -qF "$there"
}

# Marked, not dropped. usage: marked
marked() {
	local before

	before=$(mib TcpExtTCPDeliveredCE sender)
	arrive 600000 || return
	[ "$(mib TcpExtTCPDeliveredCE sender)" -gt "$before" ]
}

# usage: switched BYTES: sent by c while all algorithms take turns; s reads to the end
switched() {
	ask receiver drain s
	ask sender switch c "$1" "${all[@]}"
	[ "$(answer sender)" = ok ] || return
	tell sender shutdown c wr
	[ "$(answer receiver)" = "ok $1" ]
}

kernels_own=$(available)
load_module
ours=()
for name in $(available); do
	[[ " $kernels_own " == *" $name "* ]] || ours+=("$name")
done
all=("${ours[@]}" cubic reno)
note "algorithms: ${ours[*]}"
plan $((${#ours[@]} * 16 + 4))

netns sender
netns receiver
veth sender receiver
there=$(v4 receiver sender)
in_netns init sysctl -qw net.ipv4.tcp_allowed_congestion_control="$kernels_own ${ours[*]}"
head -c 100000 /dev/urandom >"$scratch/file"
play sender -n sender
play receiver -n receiver
tell receiver listen l "$there" 9090
port=9200

for cc in "${ours[@]}"; do
	note "$cc"
	check "$cc: the module has its alias" grep -qx "tcp_$cc" \
		<<<"$(modinfo -F alias "$BUILD/tcpdiag.ko")"
	netem delay 5ms
	check "$cc: a namespace takes it as default" set_sysctl $default "$cc" sender
	opened
	check "$cc: its connections use it" shows "$(tell sender getcc c)" "$cc"
	check "$cc: ss -ti shows it" shows "$(in_netns sender ss -OHtin dst "$there" |
		grep -owE "$(tr ' ' '|' <<<"${ours[*]}")" | head -n 1)" "$cc"
	check "$cc: data arrives" arrive 100000
	closed
	netem delay 5ms loss 2%
	check "$cc: a file arrives as it was, over 2 % loss" file_arrives
	set_sysctl $default cubic sender
	netem delay 5ms

	opened "$cc"
	check "$cc: a socket option chooses it" shows "$(tell sender getcc c)" "$cc"
	check "$cc: the timer fires, then data arrives" silence
	check "$cc: and goes on" arrive 100000
	tell sender disconnect c
	tell receiver close s
	tell sender again c "$there" 9090
	tell receiver accept s l
	check "$cc: the descriptor is connected again" shows "$(tell sender getcc c)" "$cc"
	check "$cc: and data arrives" arrive 100000
	closed

	tell receiver socket m v4
	tell receiver opt m cc "$cc"
	port=$((port + 1))
	tell receiver bind m "$there" $port
	tell receiver await m
	tell sender connect c "$there" $port
	tell receiver accept s m
	check "$cc: a listener's child has it" shows "$(tell receiver getcc s)" "$cc"
	closed
	check_not "$cc: the module stays while the listener is there" rmmod tcpdiag
	tell receiver close m

	set_sysctl net.ipv4.tcp_ecn 1 sender
	# Not before the handshake: a SYN that is repeated gives ECN up. And netem
	# marks a GSO packet as one: of few packets a small share may be none.
	netem delay 5ms
	opened "$cc"
	netem delay 5ms loss 20% ecn
	check "$cc: packets are marked and data arrives" marked
	closed
	set_sysctl net.ipv4.tcp_ecn 2 sender
	netem delay 5ms

	at_most_one
	opened "$cc"
	tell sender opt c sndbuf 1
	check "$cc: data arrives with a window of 1 and the least buffer" arrive 30000
	is "$(window)" 1 "$cc: and 1 it is"
	closed
	in_netns sender ip route change 10.0.1.0/24 dev to-receiver
	in_netns sender ip tcp_metrics flush >/dev/null
done

note "all take turns, cubic and reno too, in mid-flight"
opened
check "without loss" switched 600000
closed
netem delay 5ms loss 1% reorder 25%
opened
check "with loss and reordering" switched 400000
closed

churned() {
	local until=$((SECONDS + CHURN_SECONDS))

	while [ "$SECONDS" -lt "$until" ] || [ "$connections" -lt 4 ]; do
		opened "${all[connections % ${#all[@]}]}"
		switched $((connections % 8 * 20000 + 20000)) || return
		case $((connections % 3)) in
		0) closed ;;
		1)
			tell sender reset c
			tell receiver close s
			;;
		2)
			tell sender disconnect c
			tell receiver close s
			tell sender opt c cc "${all[-1]}"
			tell sender again c "$there" 9090
			tell receiver accept s l
			closed
			;;
		esac
		connections=$((connections + 1))
	done
}

netem delay 1ms loss 1%
connections=0
if churned; then
	ok "one connection after another"
else
	not_ok "one connection after another"
fi
note "$connections connections in $CHURN_SECONDS s"
dismiss sender
dismiss receiver
wait_until 20 unload_module
ok "with the last connection closed, the module goes"
