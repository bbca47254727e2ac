#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What segments tell: a router takes window scaling from handshakes; a receive buffer of
# less than a segment; a fast transfer without timestamps. The truth is what ss shows of
# options, segments and rates. Healthy twins: a host without the option, a buffer that the
# kernel sets, somebody who types, a transfer with timestamps.
# kernels: 6.12
# clock: virtual
# limit: 800
. "$TOP/scripts/vm/lib.sh"

plan 20

modprobe -aq nf_tables nft_exthdr sch_tbf || :
netns mid
netns far
veth '' mid
veth mid far
set_sysctl net.ipv4.ip_forward 1 mid
ip route add 10.0.2.0/24 via "$(v4 mid '')"
in_netns far ip route add 10.0.1.0/24 via "$(v4 mid far)"
far_ip=$(v4 far mid) mid_ip=$(v4 mid '')

load_module
play app
play server -n far
tell app comm shop

# connections PREFIX PORT COUNT: to that port of far, which listens there
connections() {
	local i

	for ((i = 0; i < $3; i++)); do
		tell app connect "$1$i" "$far_ip" "$2"
		tell server accept "$1$i" "l$2"
	done
}

# without_scale PORT: connections to it that have no window scaling, as ss shows
without_scale() {
	ss -Htni dst ":$1" | grep -c 'rto:' >"$scratch/all" || :
	echo $(($(cat "$scratch/all") - $(ss -Htni dst ":$1" | grep -c 'wscale:')))
}

# strip on|off: what the router does with window scaling
strip() {
	if [ "$1" = off ]; then
		in_netns mid nft delete table ip strip
	else
		in_netns mid nft -f - <<-END
			table ip strip {
				chain forward {
					type filter hook forward priority 0
					tcp flags syn / syn,ack reset tcp option window
				}
			}
		END
	fi
}

note "healthy: a host that has no window scaling at all"
set_sysctl net.ipv4.tcp_window_scaling 0 far
tell server listen l9001 "$far_ip" 9001
connections bare 9001 4
sleep 4
is "$(without_scale 9001)" 4 "none of its connections has it"
is "$(findings)" "" "which accuses nobody"
set_sysctl net.ipv4.tcp_window_scaling 1 far

note "a router that takes the option from handshakes, for a while"
tell server listen l9002 "$far_ip" 9002
connections whole 9002 3
sleep 4
is "$(without_scale 9002)" 0 "a path that leaves handshakes alone"
is "$(findings)" "" "no finding"
strip on
connections stripped 9002 3
sleep 4
is "$(without_scale 9002)" 3 "connections without the option, as ss shows"
is "$(findings)" "WARNING options_stripped" "it is a finding"
check "with how many, whose, and to whom" grep -qE \
	"^3 connections of shop \(pid ${player_pid[app]}\) to $far_ip:9002 have no window scaling, to which the peer has agreed in others" \
	<<<"$(finding options_stripped '' what)"
is "$(finding options_stripped '' evidence | grep -o 'scale=.*')" "scale=1 timestamps=0 sack=0" \
	"and no other option"
strip off
tell app closeall stripped
sleep 245
is "$(findings)" "" "four minutes after the last of them it is over"

note "healthy: a small receive buffer, and somebody who types"
tell app socket typed v4
tell app opt typed rcvbuf 1
tell app again typed "$far_ip" 9002
tell server accept typed l9002
for i in {1..80}; do
	tell server send typed 10
	tell app recv typed 10 >/dev/null
	sleep 0.05
done
is "$(findings)" "" "no finding"

note "the same buffer, and a transfer"
delay to-mid 4
port=$(tell app port typed)
ask app take typed 3000000
ask server send typed 3000000
sleep 6
read -r bytes segments < <(ss -Htin src ":$port" | sed -n \
	's/.*bytes_received:\([0-9]*\).*data_segs_in:\([0-9]*\).*/\1 \2/p')
note "$bytes bytes in $segments segments"
check "comes in segments of less than half of the MSS" [ $((bytes / segments)) -lt 724 ]
is "$(findings | grep -c '^NOTE silly_window')" 1 "it is a finding of this end"
check "with the program that has set the buffer" grep -qE \
	"^shop \(pid ${player_pid[app]}\) gets data in segments of [567][0-9]{2} bytes to $far_ip:9002, which may be because the receive buffer that it has set \(SO_RCVBUF, [0-9]+ bytes\)" \
	<<<"$(finding silly_window '' what)"
note "$(finding silly_window '' what)"
note "$(in_netns far ss -Htin dst ":$port")"
note "$(in_netns far cat /proc/net/tcpdiag/findings)"
check "and one of the sender" grep -q "the peer's window of [0-9]* bytes is less than a segment" \
	<<<"$(in_netns far cat /proc/net/tcpdiag/findings | grep silly_window)"
answer app >/dev/null
answer server >/dev/null
no_qdisc to-mid
sleep 245
is "$(findings)" "" "four minutes later it is over"

# bulk PORT SECONDS: sends to mid so long, at 100 MB/s at most
bulk() {
	in_netns mid python3 -S -E - "$mid_ip" "$1" <<-'P' &
		import socket, sys
		l = socket.socket()
		l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		l.bind((sys.argv[1], int(sys.argv[2])))
		l.listen()
		s, _ = l.accept()
		while s.recv(1 << 20):
		    pass
	P
	wait_until 60 equal ss_count LISTEN mid -- 1
	python3 -S -E - "$mid_ip" "$1" "$2" <<-'P' &
		import socket, sys, time
		open("/proc/self/comm", "w").write("backup")
		s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
		end = time.time() + int(sys.argv[3])
		while time.time() < end:
		    s.sendall(b"z" * (1 << 20))
	P
	pid=$!
}

note "a fast transfer: healthy with timestamps"
tc qdisc add dev to-mid root tbf rate 800mbit burst 1mb limit 8mb
bulk 9003 9
wait "$pid"
is "$(findings | grep wrap_risk || :)" "" "no finding"
note "without"
set_sysctl net.ipv4.tcp_timestamps 0
bulk 9004 12
sleep 9
rate=$(ss -Htin dst ":9004" | sed -n 's/.*delivery_rate \([0-9]*\)bps.*/\1/p')
note "ss: $rate bit/s"
check "it wraps within a minute" [ "$rate" -gt 300000000 ]
is "$(findings | grep wrap_risk)" "NOTE wrap_risk" "it is a finding"
check "with the program, the peer and the sysctl" grep -qE "^backup \(pid $pid\) moves .* bytes a second to $mid_ip:9004 without TCP timestamps: sequence numbers come again after [0-9.]+ ?[ms0-9]+" \
	<<<"$(finding wrap_risk '' what)"
check "which is off" grep -q "tcp_timestamps is 0" <<<"$(finding wrap_risk '' host)"
