#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP has more memory than net.ipv4.tcp_mem allows, because a program does not read. The truth
# is /proc/net/sockstat and the kernel's counter of such times. Healthy twin: the same
# connections with the default.
# kernels: 6.12
# clock: virtual
# limit: 500
. "$TOP/scripts/vm/lib.sh"

plan 16

netns far
veth '' far
load_module
play app
play server -n far
tell app comm hoarder
tell server listen l "$(v4 far '')" 9000

# pages: what TCP has
pages() {
	in_netns init cat /proc/net/sockstat | sed -n 's/^TCP:.* mem //p'
}

was=$(in_netns init sysctl -n net.ipv4.tcp_mem)
for i in {1..20}; do
	tell app connect "c$i" "$(v4 far '')" 9000
	tell server accept "c$i" l
	tell server send "c$i" 60000
done
sleep 5
is "$(findings)" "" "healthy: 1.2 MB unread, with the default"
note "$(pages) pages"

note "tcp_mem is small"
in_netns init sysctl -qw net.ipv4.tcp_mem="100 200 100000"
for i in {1..20}; do
	tell server send "c$i" 20000
done
sleep 6
check "TCP has more than the second value" [ "$(pages)" -gt 200 ]
is "$(findings)" "WARNING tcp_memory" "it is a finding"
check "with the program that does not read" grep -qE \
	"hoarder \(pid ${player_pid[app]}\) has [0-9.]+M? ?bytes unread and [0-9]+ to send in 20 connections" \
	<<<"$(finding tcp_memory '' what)"
note "$(finding tcp_memory '' what)"
unread=$(ss -Htn dst :9000 | awk '{ sum += $2 } END { print sum }')
is "$(finding tcp_memory '' evidence | sed -n 's/.* unread=\([0-9]*\).*/\1/p')" "$unread" \
	"as much as ss has"
check "the figures of the machine are not a container's" grep -q "pages=- tcp_mem=-" \
	<<<"$(finding tcp_memory '' evidence)"
is "$(finding tcp_memory '' application | grep -c '^read from')" 1 "and what to do"

note "it reads"
for i in {1..20}; do
	tell app take "c$i" 80000 >/dev/null
done
in_netns init sysctl -qw net.ipv4.tcp_mem="$was"
sleep 250
note "$(pages) pages of $(in_netns init sysctl -n net.ipv4.tcp_mem): $(finding tcp_memory '' what) $(finding tcp_memory '' evidence)"
is "$(findings)" "" "four minutes later it is over"

note "peers have closed, and a program has not read that: a page each"
play leaker
tell leaker comm leaker
tell leaker nofile 4000
tell leaker listen l 127.0.0.1 8080
tell leaker pairs p 800 l 127.0.0.1 8080
in_netns init sysctl -qw net.ipv4.tcp_mem="100 200 100000"
before=$(pages)
is "$(tell leaker closeall pc)" 800 "a program closes one end of 800 connections and keeps the other"
# a CPU may have set 256 pages aside before
within "$(($(pages) - before))" 500 1100 "the kernel's count of pages grows by about as many"
sleep 6
note "$(finding tcp_memory "" what)"
check "who keeps them is named, with his memory" grep -qE \
	"found it so: leaker \(pid ${player_pid[leaker]}\), which listens on port 8080, has 0 bytes unread and 0 to send in 800 connections, which take 3\.[2-9]M bytes of memory" \
	<<<"$(finding tcp_memory '' what)"
is "$(finding tcp_memory '' application | grep -c 'whose peer has closed')" 1 "and what to do"
dismiss leaker
in_netns init sysctl -qw net.ipv4.tcp_mem="$was"

note "the machine's first namespace sees the figures"
in_netns init ip link set lo up
in_netns init sysctl -qw net.ipv4.tcp_mem="10 20 100000"
in_netns init python3 -S -E - <<-'P' &
	import socket, time
	l = socket.socket()
	l.bind(("127.0.0.1", 9100))
	l.listen()
	pairs = []
	for i in range(8):
	    c = socket.create_connection(("127.0.0.1", 9100))
	    s, _ = l.accept()
	    pairs.append((c, s))
	    c.sendall(b"z" * 40000)
	time.sleep(1e6)
P
sleep 10
note "$(pages) pages: $(findings init | tr '\n' ' ')"
line=$(in_netns init cat /proc/net/tcpdiag/findings | grep 'tcp_memory evidence' || :)
check "net.ipv4.tcp_mem" grep -q "tcp_mem=10,20,100000" <<<"$line"
mem=$(sed -n 's/.* pages=\([0-9]*\).*/\1/p' <<<"$line")
within "${mem:-0}" $(($(pages) - 40)) $(($(pages) + 40)) "and what TCP has, as sockstat"
kill %%
in_netns init sysctl -qw net.ipv4.tcp_mem="$was"
# counted where the first socket was that found it so: either end
counted=$(($(mib TcpExtTCPMemoryPressures) + $(mib TcpExtTCPMemoryPressures far) +
	$(mib TcpExtTCPMemoryPressures init)))
check "the kernel has counted it" [ "$counted" -gt 0 ]
is "$(self events_lost init)" 0 "and no event was lost"
