#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The view sockets against ss: addresses as ss writes them, and all else that ss
# or the owner knows of the same sockets.
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 90
# also: arm64
. "$TOP/scripts/vm/lib.sh"

# ss's list and ours in one form: local, remote, state. TIME_WAIT has no row.
ss_rows() {
	ss -Htano | awk '!/timer:\(timewait/ {
		sub("ESTAB", "ESTABLISHED", $1); gsub("-", "_", $1)
		sub("WAIT_", "WAIT", $1); print $4, $5, $1 }' | sort
}

our_rows() {
	view sockets | awk 'NR > 1 { print $1, $2, $3 }' | sort
}

# usage: row LOCAL REMOTE: the row of one socket
row() {
	view sockets | awk -v l="$1" -v r="$2" '$1 == l && $2 == r'
}

# usage: field COLUMN LOCAL REMOTE
field() {
	row "$2" "$3" | cut -d ' ' -f "$(view sockets | awk -v c="$1" '
		NR == 1 { for (i = 2; i <= NF; i++) if ($i == c) print i - 1 }')"
}

plan 39

ip link add d0 type dummy
ip addr add 10.9.0.1/24 dev d0
ip addr add fd09::1/64 dev d0 nodad
ip link set d0 up
load_module
play server
play client

tell server listen any4 0.0.0.0 1001
tell server socket any v6
tell server opt any v6only 0
tell server bind any :: 1002
tell server await any
tell server listen only6 :: 1003
tell server listen one6 fd09::1 1004
tell server socket dev4 v4
tell server opt dev4 device d0
tell server bind dev4 0.0.0.0 1005
tell server await dev4
tell server socket dev6 v6
tell server opt dev6 device d0
tell server opt dev6 v6only 0
tell server bind dev6 :: 1006
tell server await dev6
tell server listen on4 10.9.0.1 1007
is "$(our_rows)" "$(ss_rows)" "listeners: wildcard, dual, IPv6 only, one address, one device"

tell client connect c4 127.0.0.1 1001
tell server accept s4 any4
tell client connect c6 ::1 1003
tell server accept s6 only6
tell client connect m 127.0.0.1 1002
tell server accept sm any
tell client connect m6 fd09::1 1002
tell server accept sm6 any
tell client socket mm v6
tell client again mm ::ffff:127.0.0.1 1001
tell server accept smm any4
tell client connect g fd09::1 1004
tell server accept sg one6
tell client connect n 10.9.0.1 1007
tell server accept sn on4
tell client shutdown n wr
is "$(our_rows)" "$(ss_rows)" "connections: IPv4, IPv6, and IPv4 in IPv6 at either end"

c4=127.0.0.1:$(tell client port c4)
is "$(field role "$c4" 127.0.0.1:1001)" active "who connects is active"
is "$(field role 127.0.0.1:1001 "$c4")" passive "who is connected to is passive"
is "$(field listener 127.0.0.1:1001 "$c4")" 0.0.0.0:1001 "its listener is named as ss names it"
is "$(field listener "$c4" 127.0.0.1:1001)" - "an active socket has none"
is "$(field listener "[::1]:1003" "[::1]:$(tell client port c6)")" "[::]:1003" "... IPv6 only"
is "$(field listener "[::ffff:127.0.0.1]:1002" "[::ffff:127.0.0.1]:$(tell client port m)")" \
	"*:1002" "... both families, IPv4 client"
is "$(field listener "[fd09::1]:1002" "[fd09::1]:$(tell client port m6)")" \
	"*:1002" "... both families, IPv6 client"
is "$(field listener "[fd09::1]:1004" "[fd09::1]:$(tell client port g)")" \
	"[fd09::1]:1004" "... one address"
is "$(field listener 10.9.0.1:1007 "10.9.0.1:$(tell client port n)")" 10.9.0.1:1007 \
	"... one IPv4 address"
is "$(field estimated "$c4" 127.0.0.1:1001)" no "what was seen from its beginning is no estimate"

is "$(field pid "$c4" 127.0.0.1:1001) $(field inode "$c4" 127.0.0.1:1001) $(field uid "$c4" 127.0.0.1:1001)" \
	"$(tell client pid) $(tell client inode c4) 0" "pid, inode, uid: of the client"
is "$(field pid 127.0.0.1:1001 "$c4") $(field inode 127.0.0.1:1001 "$c4")" \
	"$(tell server pid) $(tell server inode s4)" "... of the server"
is "$(field pid 0.0.0.0:1001 0.0.0.0:*)" "$(tell server pid)" "... of the listener"
is "$(view sockets | awk 'NR > 1 { print $10 }' | sort)" \
	"$(ss -Htane | sed -n 's/.* ino:\([0-9]*\) .*/\1/p' | sort)" "every inode is the one ss has"

tell client connect d 127.0.0.1 1001
is "$(field pid "127.0.0.1:1001" "127.0.0.1:$(tell client port d)")" - "nobody owns what nobody accepted"
is "$(field inode "127.0.0.1:1001" "127.0.0.1:$(tell client port d)")" - "and it has no inode"
tell server accept sd any4
is "$(field pid "127.0.0.1:1001" "127.0.0.1:$(tell client port d)")" "$(tell server pid)" \
	"until it is accepted"

tell client opt d cc reno
is "$(field cc "127.0.0.1:$(tell client port d)" 127.0.0.1:1001)" reno "cc is what the socket uses"
is "$(field cc 127.0.0.1:1001 "127.0.0.1:$(tell client port d)")" cubic "... at each end"

mkdir /sys/fs/cgroup/tcpdiag-test
play grouped
tell grouped uid 65534
tell grouped pid >/sys/fs/cgroup/tcpdiag-test/cgroup.procs
tell grouped comm 'a b\n\\c'
tell grouped connect c 127.0.0.1 1001
tell server accept sgr any4
odd=127.0.0.1:$(tell grouped port c)
is "$(field cgroup "$odd" 127.0.0.1:1001) $(field uid "$odd" 127.0.0.1:1001)" \
	"$(stat -c %i /sys/fs/cgroup/tcpdiag-test) 65534" "cgroup and uid"
is "$(field comm "$odd" 127.0.0.1:1001)" 'a\040b\012\134c' "a name that is no word is escaped"
ip link add $'d\e[1m' type dummy
tell server socket devodd v4
tell server opt devodd device $'d\e[1m'
tell server bind devodd 0.0.0.0 1009
tell server await devodd
is "$(view sockets | awk '$1 ~ /:1009$/ { print $1 }')" '0.0.0.0%d\033[1m:1009' \
	"... and so is that of a device"
tell server close devodd
ip link del $'d\e[1m'
is "$(view sockets | awk '{ print NF - (NR == 1) }' | sort -u)" 23 "every row has 23 columns"

sleep 1
is "$(view sockets | awk '
	NR > 1 { n = split($14, t, ","); sum = 0
		 for (i = 1; i <= n; i++) { sub(".*:", "", t[i]); sum += t[i] }
		 if (sum != $5) print $1, sum, $5 }')" "" "times add up to age_us"
age=$(field age_us "$odd" 127.0.0.1:1001)
within "$age" 1000000 20000000 "which is the time since the connect"
is "$(field times "10.9.0.1:$(tell client port n)" 10.9.0.1:1007 | sed 's/:[0-9]*//g')" \
	"SYN_SENT,ESTABLISHED,FIN_WAIT1,FIN_WAIT2" "times name every state it was in"
dismiss grouped
rmdir /sys/fs/cgroup/tcpdiag-test

note "how connections go: what ss has of the same sockets"
netns far
veth "" far
far4=$(v4 far "")
delay to-far 10
play away -n far
tell away listen l "$far4" 1010
for c in even lost; do
	tell client connect $c "$far4" 1010
	tell away accept $c l
	tell client send $c 5000
	tell away take $c 5000 >/dev/null
done
tell away send even 777
tell away close even
play stuck
tell stuck connect stuck "$far4" 1010
tell away accept stuck l
ask stuck send stuck 20000000
sleep 3

# usage: ss_flow NETNS FILTER...: for each socket srtt, min_rtt, cwnd, retransmits, notsent,
# what is not read, the peer's window
ss_flow() {
	local ns=$1
	shift

	in_netns "$ns" ss -OHtinm "$@" | awk '
		function us(ms) { return sprintf("%.0f", ms * 1000) }
		!/ cwnd:/ { next }
		{ rtt = min = "-"; cwnd = again = notsent = rwnd = 0
		  for (i = 7; i <= NF; i++) {
			n = split($i, v, /[:\/]/)
			if (v[1] == "rtt") rtt = us(v[2])
			if (v[1] == "minrtt") min = us(v[2])
			if (v[1] == "cwnd") cwnd = v[2]
			if (v[1] == "retrans") again = v[3]
			if (v[1] == "notsent") notsent = v[2]
			if (v[1] == "snd_wnd") rwnd = v[2]
		  }
		  print $4, rtt, min, cwnd, again, notsent,
			$2 - ($1 == "CLOSE-WAIT"), rwnd }' | sort
}

# usage: our_flow NETNS REMOTE: the same columns of sockets with that remote address
our_flow() {
	view sockets "$1" | awk -v remote="$2" 'NR > 1 && index($2, remote ":") == 1 {
		print $1, $16, $17, $18, $19, $20, $21, $22 }' | sort
}

# usage: flow COLUMN PORT: of one of the connections
flow() {
	field "$1" "$(v4 "" far):$2" "$far4:1010"
}

even=$(tell client port even) lost=$(tell client port lost)
stuck=$(ss -Htnp dst "$far4" | sed -n "/pid=${player_pid[stuck]},/s/.* $(v4 "" far):\([0-9]*\) .*/\1/p")

is "$(our_flow "" "$far4")" "$(ss_flow "" dst "$far4")" "at the sender"
is "$(our_flow far "$(v4 "" far)")" "$(ss_flow far state connected exclude time-wait src "$far4")" \
	"at the receiver"
is "$(our_flow "" "$far4" | wc -l) $(flow state "$even")" \
	"3 CLOSE_WAIT" "in ESTABLISHED and CLOSE_WAIT"
is "$(flow unread "$even")" 777 "a FIN that has come is none of the bytes to read"
is "$(flow rwnd "$stuck")" 0 "who does not read closes the window"
within "$(flow notsent "$stuck")" 100000 20000000 "and what is written is not sent"
within "$(flow min_rtt_us "$lost")" 10000 12000 "the delay of the path is the shortest round trip"
drop_all to-far
tell client send lost 100
tell client start syn "$far4" 1010
sleep 4
within "$(flow retransmits "$lost")" 2 20 "what is lost is sent again"
is "$(flow retransmits "$lost")" "$(ss_flow "" dst "$far4" sport = ":$lost" | cut -d ' ' -f 5)" \
	"as often as ss has it"
is "$(flow retransmits "$(tell client port syn)" | sed 's/[1-9]/N/')" N \
	"a SYN too"
is "$(view sockets | awk 'NR > 1 && $3 == "LISTEN" { print $16 $17 $18 $19 $20 $21 $22 }' | sort -u)" \
	------- "a listener has none of that"
