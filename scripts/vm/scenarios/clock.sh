#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Connections lose time in known ways for known times, and the view flows says where it
# went: a program that is silent, a peer that does not read, a slow link, a small send
# buffer, acknowledgments that are lost. The truth is what was done, the kernel's clocks
# as ss has them, and what is on the wire. The parts of each row add up to its life.
# kernels: 6.1 6.12 7.3 debug
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"

plan 36

parts=(idle_own idle_peer idle peer_window_closed peer_window_small peer_window send_buffer
	recovery timeout cwnd nagle pacing in_flight unknown)

netns far
veth '' far
here=$(v4 '' far) far=$(v4 far '')
play app
play server -n far
tell server listen l "$far" 8006
tell server listen m "$far" 8007

# unread NAME LISTENER PORT: connects; the peer does not read for 4 s
unread() {
	local answered

	tell app connect "$1" "$far" "$3"
	tell server accept "$1" "$2"
	ask app send "$1" 4000000
	sleep 4
	tell server take "$1" 4000000 >/dev/null
	answered=$(answer app)
	[[ $answered == ok* ]] || give_up "send answered $answered"
}

unread old l 8006
load_module

# traffic NAME PORT COUNT MODE SECONDS [SNDBUF]: a program of that name connects COUNT
# times to a port of the other side, and sends as MODE says:
#   silent  100 bytes, which are answered; then nothing for SECONDS; then once more
#   paused  a MiB on each, which the peer does not read for SECONDS
#   bulk    as much as it can, for SECONDS
# It writes "sent" to its log when all is acknowledged; its connections stay open.
# client and server are set to the pids.
traffic() {
	in_netns far python3 -S -E - "$far" "$2" "$3" "$4" "$5" <<-'P' &
		import selectors, socket, sys, time
		host, port, count, mode, seconds = sys.argv[1:]
		l = socket.create_server((host, int(port)), backlog=1024)
		own = [l.accept()[0] for i in range(int(count))]
		if mode == "paused":
		    time.sleep(float(seconds))
		s = selectors.DefaultSelector()
		for c in own:
		    s.register(c, selectors.EVENT_READ)
		while own:
		    for key, _ in s.select():
		        data = key.fileobj.recv(1 << 18)
		        if not data:
		            s.unregister(key.fileobj)
		            own.remove(key.fileobj)
		            key.fileobj.close()
		        elif mode == "silent":
		            key.fileobj.sendall(data)
	P
	server=$!
	wait_until 60 in_netns far grep -q ":$(printf %04X "$2") .* 0A " /proc/net/tcp
	/usr/bin/python3 -S -E - "$1" "$far" "$2" "$3" "$4" "$5" "${6:-0}" <<-'P' >"$scratch/$1.log" &
		import fcntl, socket, struct, sys, threading, time
		name, host, port, count, mode, seconds, sndbuf = sys.argv[1:]
		open("/proc/self/comm", "w").write(name)
		seconds = float(seconds)
		all = []
		for i in range(int(count)):
		    c = socket.socket()
		    if int(sndbuf):
		        c.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, int(sndbuf))
		    c.connect((host, int(port)))
		    all.append(c)

		def ask():
		    for c in all:
		        c.sendall(b"a" * 100)
		    for c in all:
		        c.recv(100, socket.MSG_WAITALL)

		def send(c, left, end):
		    while left and time.time() < end:
		        n = min(left, 1 << 16)
		        c.sendall(b"b" * n)
		        left -= n

		def send_all(left, end):
		    threads = [threading.Thread(target=send, args=(c, left, end)) for c in all]
		    for t in threads:
		        t.start()
		    for t in threads:
		        t.join()

		if mode == "silent":
		    ask()
		    time.sleep(seconds)
		    ask()
		elif mode == "paused":
		    send_all(1 << 20, time.time() + 1e6)
		else:
		    send_all(1 << 40, time.time() + seconds)
		# SIOCOUTQ: bytes that are not acknowledged
		while any(struct.unpack("i", fcntl.ioctl(c, 0x5411, b"    "))[0] for c in all):
		    time.sleep(0.01)
		print("sent", flush=True)
		sys.stdin.close()
		time.sleep(1e6)
	P
	client=$!
}

# over: both programs end
over() {
	kill "$client"
	wait "$client" 2>/dev/null || :
	wait "$server" 2>/dev/null || :
}

# look PORT: reads the row of connections to a port into the array row, by column; once
# all open ones have been looked at
declare -A row
look() {
	local header values

	sleep 2.5
	read -r -a header < <(view flows | sed -n 's/^# //p;q')
	read -r -a values < <(view flows | awk -v to="$far:$1" '$5 == to') ||
		give_up "flows has no row of $far:$1"
	for i in "${!header[@]}"; do
		row[${header[i]}]=${values[i]}
	done
}

# part NAME...: milliseconds of the row, of all these parts together
part() {
	local name us=0

	for name; do
		us=$((us + row[${name}_us]))
	done
	printf '%d\n' $((us / 1000))
}

# ss_ms NAME PORT: one of the kernel's clocks of all senders to a port, in milliseconds;
# ss has none that is 0
ss_ms() {
	ss -Htni dst ":$2" | awk -v name="$1:" '
		{ for (i = 1; i <= NF; i++) if (index($i, name) == 1) n += substr($i, length(name) + 1) }
		END { print n + 0 }'
}

# blames PORT: the sockets connected to a port that have the same blame, and that
blames() {
	view sockets | awk -v to="$far:$1" '$2 == to { sub(/:.*/, "", $NF); print $NF }' |
		sort | uniq -c | awk '{ print $1, $2 }'
}

# near ACTUAL TRUTH PERCENT DESCRIPTION: and a tick for each connection
near() {
	local off=$(($2 * $3 / 100 + 4 * row[connections]))

	within "$1" $(($2 - off)) $(($2 + off)) "$4"
}

# whole DESCRIPTION: the parts of each row add up
whole() {
	local odd

	odd=$(view flows | awk -v names="${parts[*]}" '
		NR == 1 { for (i = 2; i <= NF; i++) at[$i] = i - 1; n = split(names, name, " "); next }
		/^#/ { next }
		{
			sum = 0
			for (i = 1; i <= n; i++)
				sum += $at[name[i] "_us"]
			if (sum != $at["life_us"])
				print $0
		}')
	is "$odd" "" "$1"
}

note "a connection that is older than the module, and has waited for the window before"
tell app send old 100
tell server take old 100 >/dev/null
sleep 2
check "old: its blame is of the time since" grep -Eqx '1 idle(_own)?' <<<"$(blames 8006)"
# It ends by an ACK in LAST_ACK, when the socket has no port any more.
tell server close old
wait_until 10 equal ss_count CLOSE_WAIT -- 1
tell app close old
look 8006
is "${row[direction]} ${row[connections]} ${row[bytes_sent]}" "active 1 4000100" \
	"which end connected is known when it has ended"
is "$(part peer_window peer_window_closed peer_window_small)" 0 "nor is the window told of"

note "a descriptor that connects again, after one that has waited for the window"
unread two m 8007
tell app disconnect two
tell app again two "$far" 8007
tell server accept three m
tell app send two 100
tell server take three 100 >/dev/null
sleep 2
check "again: its blame is of this connection" grep -Eqx '1 idle(_own)?' <<<"$(blames 8007)"
tell app close two
tell server close three

note "a program that is silent for 3 s"
traffic silent 8001 120 silent 3
wait_until 100 grep -q sent "$scratch/silent.log"
look 8001
is "${row[connections]} ${row[live]}" "120 120" "silent: all are open"
over
look 8001
is "${row[connections]} ${row[live]}" "120 0" "and then have ended"
is "${row[bytes_sent]} ${row[bytes_received]}" "24000 24000" "bytes"
idle=$(part idle_own idle_peer idle)
check "idle for 3 s and more" test "$idle" -ge $((120 * 3000))
near "$idle" "$(part life)" 5 "nearly all of its life"
check "looked at often enough" test "${row[idle_samples]}" -ge 100
near "$(part idle_own)" "$idle" 10 "it was up to the program"
whole "and the parts add up"

# Before the window is closed it is small, and so it is when the peer begins to read. Each
# takes less than a look on a fast machine, and a look or two on a slow one.
note "a peer that does not read for 12 s"
traffic paused 8002 40 paused 12
sleep 8
is "$(blames 8002)" "40 peer_window" "paused: the window is to blame"
wait_until 100 grep -q sent "$scratch/paused.log"
truth=$(ss_ms rwnd_limited 8002)
look 8002
is "${row[connections]} ${row[live]} ${row[bytes_sent]}" "40 40 $((40 << 20))" "connections and bytes"
window=$(part peer_window peer_window_closed peer_window_small)
near "$window" "$truth" 5 "as long as ss says"
near "$window" $((40 * 12000)) 5 "which is 12 s each"
check "looked at often enough" test "${row[window_samples]}" -ge 100
near "$(part peer_window_closed)" "$window" 20 "it was closed"
check "the worst one is told" grep -q "^peer_window:" <<<"${row[worst_blame]}"
over
look 8002
near "$(part peer_window peer_window_closed peer_window_small)" "$window" 1 \
	"as long when they have ended"
whole "and the parts add up"

note "a link of 10 Mbit/s for 12 s"
# A queue counts what TCP gives it: no more than a segment at a time.
ip link set to-far gso_max_segs 1
tc qdisc replace dev to-far root netem rate 10mbit limit 100
traffic bulk 8003 20 bulk 12
wait_until 100 grep -q sent "$scratch/bulk.log"
busy=$(ss_ms busy 8003)
look 8003
congested=$(part cwnd recovery timeout)
check "bulk: looked at often enough" test "${row[busy_samples]}" -ge 100
check "recovery is part of it" test "$(part recovery)" -gt 0
near "$(part peer_window peer_window_closed peer_window_small send_buffer recovery timeout cwnd \
	nagle pacing in_flight unknown)" "$busy" 5 "busy as long as ss says"
near "$((congested + $(part send_buffer)))" "$busy" 10 "with congestion"
whole "and the parts add up"
over
no_qdisc to-far

ip link set to-far gso_max_segs 64

note "a send buffer of 32 KiB on a path of 100 ms for 5 s"
delay to-far 50
delay to-here 50 far
traffic small 8004 4 bulk 5 32768
wait_until 100 grep -q sent "$scratch/small.log"
truth=$(ss_ms sndbuf_limited 8004)
busy=$(ss_ms busy 8004)
look 8004
# TCP's clock of the buffer runs only while all that is in it is on its way: for how long
# depends on how soon the program writes again.
near "$(part send_buffer)" "$truth" 5 "small: as long as ss says"
near "$(part peer_window send_buffer recovery timeout cwnd nagle pacing in_flight unknown)" \
	"$busy" 5 "and it is busy as long"
check "samples are few" test "${row[busy_samples]}" -lt 100
is "$(part cwnd nagle pacing in_flight)" 0 "and divide nothing"
whole "and the parts add up"
over
no_qdisc to-far
no_qdisc to-here far

note "acknowledgments that are lost for 4 s"
ip link set to-far gso_max_segs 1
# Without a probe the first segment that comes again is that of a timeout.
set_sysctl net.ipv4.tcp_early_retrans 0
tc qdisc replace dev to-far root netem rate 2mbit limit 1000
tcpdump -i to-far -n -tt -S -l "tcp port 8005" >"$scratch/wire" 2>/dev/null &
capture=$!
traffic lossy 8005 1 bulk 9
wait_until 60 grep -q . "$scratch/wire"
sleep 3
drop_all to-here far
sleep 4
no_qdisc to-here far
wait_until 100 grep -q sent "$scratch/lossy.log"
busy=$(ss_ms busy 8005)
look 8005
kill "$capture"
wait "$capture" 2>/dev/null || :
# From the first segment that comes again to the ACK of all that was sent before.
truth=$(awk -v me="$here." '
	index($3, me) == 1 && match($0, /seq [0-9]+:[0-9]+/) {
		split(substr($0, RSTART + 4, RLENGTH - 4), s, ":")
		if (!began && s[2] <= last) { began = $1; all = last }
		if (s[2] > last) last = s[2]
	}
	index($3, me) != 1 && began && match($0, /ack [0-9]+/) {
		if (substr($0, RSTART + 4, RLENGTH - 4) + 0 >= all) {
			printf "%d\n", ($1 - began) * 1000
			exit
		}
	}' "$scratch/wire")
check "lossy: there were timeouts" test "$(mib TcpExtTCPTimeouts)" -gt 2
note "by the wire $truth ms"
near "$(part timeout)" "$truth" 5 "after timeouts as long as by the wire"
near "$(part peer_window send_buffer recovery timeout cwnd nagle pacing in_flight unknown)" \
	"$busy" 5 "and it is busy as long as ss says"
whole "and the parts add up"
over
is "$(view flows | awk -v to="$far:8005" '$5 == to { print $6 }')" 1 "nor is one that has just ended counted twice"
note "$(view flows)"
