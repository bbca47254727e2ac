#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ten services with traffic on connections that last, for five minutes: long flows, slow
# and pausing readers, far clients, MPTCP, UDP beside: nobody is warned.
# kernels: none
# also: 6.12
# not: 6.12-deb13 7.2 7.3
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/patterns.sh"

# replication: a stream of WAL records, each acknowledged by the standby
replication_begins() {
	cast primary standby
	act primary listen l 127.0.0.1 5432
	meet standby primary wal 5432
	asks standby primary wal 60 200
}

replication_goes_on() {
	says primary standby wal 20000
	says standby primary wal 34
}

replication_ends() {
	established 2
}

# backup: one long flow, at a limited rate (rsync --bwlimit)
backup_begins() {
	cast rsyncd rsync
	act rsyncd listen l 127.0.0.1 873
	meet rsync rsyncd backup 873
	asks rsync rsyncd backup
}

backup_goes_on() {
	says rsync rsyncd backup 500000
}

backup_ends() {
	parts rsync rsyncd backup
	at_least TcpPassiveOpens 1
}

# slow_reader: a download to a program that reads 4 kB a second
slow_reader_begins() {
	cast nginx wget
	act nginx listen l 127.0.0.1 80
	meet wget nginx c 80
	says wget nginx c 200
	ask "$ns.nginx" send c 20000000
}

slow_reader_goes_on() {
	deviates "$(got wget take c 8000)" 8000 "bytes"
}

slow_reader_ends() {
	established 2
}

# pausing: a consumer that stops for two seconds at a time, while its window is closed
pausing_begins() {
	cast kafka consumer
	act kafka listen l 127.0.0.1 9092
	act consumer socket c v4
	act consumer opt c rcvbuf 65536
	act consumer again c 127.0.0.1 9092
	act kafka accept c l
}

pausing_goes_on() {
	[ "$turn" -eq 1 ] || {
		deviates "$(got consumer take c 1000000)" 1000000 "bytes"
		answer "$ns.kafka" >/dev/null
	}
	ask "$ns.kafka" send c 1000000
}

pausing_ends() {
	deviates "$(got consumer take c 1000000)" 1000000 "bytes"
	answer "$ns.kafka" >/dev/null
	at_least TcpExtTCPToZeroWindowAdv 50
}

# rpc: small calls with TCP_NODELAY (Thrift), and some at once
rpc_begins() {
	cast server stub
	act server listen l 127.0.0.1 9090
	for i in 1 2 3; do
		meet stub server "$i" 9090
		act stub opt "$i" nodelay 1
		act server opt "$i" nodelay 1
	done
}

rpc_goes_on() {
	for i in 1 2 3; do
		act stub send "$i" 40
	done
	for i in 1 2 3; do
		deviates "$(got server take "$i" 40)" 40 "bytes of the call"
		says server stub "$i" 60
	done
}

rpc_ends() {
	established 6
}

# mptcp: requests on a connection of MPTCP, whose subflows are sockets of the kernel
mptcp_begins() {
	set_sysctl net.mptcp.enabled 1 "$ns"
	cast server phone
	act server socket l mptcp
	act server bind l 127.0.0.1 8080
	act server await l
	act phone socket c mptcp
	act phone again c 127.0.0.1 8080
	act server accept c l
}

mptcp_goes_on() {
	asks phone server c
}

mptcp_ends() {
	at_least MPTcpExtMPCapableSYNRX 1
	at_least MPTcpExtMPCapableACKRX 1
}

# far: a phone behind a satellite, 600 ms there and back
far_begins() {
	netns far-away
	other_end[far]=far-away
	veth far far-away
	delay to-far-away 300 far
	delay to-far 300 far-away
	cast server
	play "$ns.phone" -n far-away
	act phone comm phone
	act server listen l "$(v4 far far-away)" 8080
	act phone connect c "$(v4 far far-away)" 8080
	act server accept c l
}

far_goes_on() {
	! every 2 || asks phone server c 400 30000
	every 10 || return 0
	act phone connect short "$(v4 far far-away)" 8080
	act server accept short l
	asks phone server short
	parts phone server short
}

far_ends() {
	established 1
	at_least TcpPassiveOpens 15
}

# contained: a service in a control group with little memory
contained_begins() {
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir -p /sys/fs/cgroup/contained
	echo 32M >/sys/fs/cgroup/contained/memory.max
	cast service client
	got service pid >/sys/fs/cgroup/contained/cgroup.procs
	act service listen l 127.0.0.1 8080
	meet client service c
}

contained_goes_on() {
	asks client service c 1000 100000
}

contained_ends() {
	established 2
}

# udp: iperf3 sends UDP, with a TCP connection beside that says nothing meanwhile
udp_begins() {
	in_netns "$ns" iperf3 -s -D -1 >/dev/null
	wait_until 10 sh -c "nsenter --net=/run/netns/$ns ss -Htln 'sport = :5201' | grep -q ."
	in_netns "$ns" iperf3 -c 127.0.0.1 -u -b 200k -t 270 >"$scratch/iperf3" &
}

udp_goes_on() {
	! every 10 || [ "$turn" -gt 120 ] || established 2
}

udp_ends() {
	at_least UdpInDatagrams 100
	deviates "$(grep -c 'receiver$' "$scratch/iperf3")" 1 "lines with what iperf3 received"
}

# video: a player fetches a piece every four seconds on one connection (DASH, HLS)
video_begins() {
	cast origin player
	act origin listen l 127.0.0.1 8080
	meet player origin c
}

video_goes_on() {
	every 2 || return 0
	act player send c 300
	act origin take c 300
	ask "$ns.origin" send c 1000000
	deviates "$(got player take c 1000000)" 1000000 "bytes of a piece"
	answer "$ns.origin" >/dev/null
}

video_ends() {
	established 2
}

patterns 300 2 replication backup slow_reader pausing rpc mptcp far contained udp video
