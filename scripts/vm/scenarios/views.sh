#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every file that tcpdiag has, byte for byte, as scripts/vm/expected/views-KERNEL
# has it: after traffic that brings rows and every kind of cell into each; read by
# root and by nobody, at once and in small pieces; and of a namespace in which
# nothing happens. What cannot be the same twice (times, pids, ...) is replaced
# before it is compared: scripts/vm/views-normalise.awk says what.
#
# A change that is meant to change bytes records anew, and its diff shows which:
#
#   make vm-test KVER=6.12 SCENARIO=views
#   cp -r build/test/vm-6.12-virtual-views/views/. scripts/vm/expected/views-6.12
#
# and the same with 6.1; later kernels have no record of their own. Limits: a number
# that is replaced may be wrong (other scenarios look at those); so may the order of
# rows of sockets and listeners, which is that of a hash. Not shown: more rows than there is room for (the rows
# `other` are 0), events lost, cookies, marks of congestion and losses, findings
# on the account itself, and impossible transitions.
#
# kernels: 6.12
# also: 6.1
# not: 7.2 7.3
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"

files=(tcpdiag states transitions histograms sockets close_wait time_wait ports
	listeners handshake congestion findings self)
want=$TOP/scripts/vm/expected/views-$KVER
seen=$scratch/views

as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"
}

path_of() {
	[ "$1" = tcpdiag ] && echo /proc/tcpdiag || echo "/proc/net/tcpdiag/$1"
}

# normalised VIEW [AWK_OPTION...] <contents
normalised() {
	local view=$1
	shift

	awk -v view="$view" "$@" -f "$TOP/scripts/vm/views-normalise.awk"
}

# look READER COMMAND...: the files, as they are, into $scratch/raw/READER; the
# command gets a file's path and prints it
look() {
	local reader=$1 file
	shift

	mkdir -p "$scratch/raw/$reader"
	for file in "${files[@]}"; do
		"$@" "$(path_of "$file")" >"$scratch/raw/$reader/$file"
	done
}

# usage: pieces BYTES FILE
pieces() {
	dd bs="$1" if="$2" 2>/dev/null
}

nobody_by_byte() {
	as_nobody dd bs=1 if="$1" 2>/dev/null
}

# usage: ends_well FILE: with the end of a line
ends_well() {
	[ -s "$1" ] && [ "$(tail -c 1 "$1" | wc -l)" = 1 ]
}

# compare READER EXPECTED HOW [AWK_OPTION...]: a result for each file
compare() {
	local reader=$1 as=$2 how=$3 file got
	shift 3

	mkdir -p "$seen/$as"
	for file in "${files[@]}"; do
		got=$scratch/got-$reader-$file
		normalised "$file" "$@" <"$scratch/raw/$reader/$file" >"$got"
		ends_well "$scratch/raw/$reader/$file" || echo "(cut off)" >>"$got"
		[ -f "$seen/$as/$file" ] || cp "$got" "$seen/$as/$file"
		if cmp -s "$want/$as/$file" "$got"; then
			ok "$file: $how"
		else
			not_ok "$file: $how"
			diff -u "$want/$as/$file" "$got" | sed 's/^/#   /' || :
		fi
	done
}

# link NAME CLIENT SERVER LISTENER ADDR PORT FROM FROM_PORT: a connection, NAME at
# the client's end and NAME at the server's
link() {
	tell "$2" connect "$1" "$5" "$6" from "$7" "$8"
	tell "$3" accept "$1" "$4"
}

# leak PLAYER COUNT: connections to its port that the client closes
leak() {
	local i n=${leaked[$1]:-0}

	for ((i = n + 1; i <= n + $2; i++)); do
		link "$1$i" client "$1" l 127.0.0.1 "${port[$1]}" 127.0.0.1 $((next_port++))
		[ "$1" != hoarder ] || tell client send "$1$i" 100
		tell client close "$1$i"
		[ "$1" != forgetful ] || tell "$1" drain "$1$i" >/dev/null
	done
	leaked[$1]=$((i - 1))
}

no_growth_is_unknown() {
	view close_wait | awk 'NR > 1 && $1 != "other" && $11 == "-" { exit 1 }'
}

declare -A leaked=()
declare -A port=([forgetful]=8001 [deaf]=8002 [hoarder]=8003 [sharing]=8006)
next_port=2001

plan 84

note "what is older than the module"
ip link add d0 type dummy
ip addr add 10.9.0.1/24 dev d0
ip link set d0 up
netns far
veth "" far
here4=$(v4 "" far) far4=$(v4 far "") here6=$(v6 "" far) far6=$(v6 far "")
ip link set to-far address 02:00:00:00:00:0a
in_netns far ip link set to-here address 02:00:00:00:00:0b
for address in "$far4" "$far6"; do
	ip neigh replace "$address" dev to-far lladdr 02:00:00:00:00:0b
done
for address in "$here4" "$here6"; do
	in_netns far ip neigh replace "$address" dev to-here lladdr 02:00:00:00:00:0a
done
set_sysctl net.ipv4.ip_local_port_range '40000 40007'
set_sysctl net.ipv4.tcp_tw_reuse 0
set_sysctl net.ipv4.tcp_fastopen 3
set_sysctl net.ipv4.tcp_syn_retries 6
in_netns init sysctl -qw net.ipv4.tcp_allowed_congestion_control="reno cubic"
play client
play server
play far -n far
tell client comm client
tell server comm 'odd \\ server'
play old
tell old comm 'old\n'
tell old listen l 127.0.0.1 1100
link kept client old l 127.0.0.1 1100 127.0.0.1 1901
# So the longest idle of all is its other end.
tell old opt kept keepalive 1
link left client old l 127.0.0.1 1100 127.0.0.1 1902
tell client shutdown left wr
wait_until 5 equal ss_count FIN_WAIT2 -- 1

load_module max_records=4096
netns quiet
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
set_sysctl net.tcpdiag.stuck_last_ack_ms 1000
set_sysctl net.tcpdiag.stale_established_ms 1000
set_sysctl net.tcpdiag.failed_connects 2

note "sockets that leak"
for name in forgetful deaf hoarder sharing standstill writer pool; do
	play "$name"
	tell "$name" comm "$name"
done
for name in "${!port[@]}"; do
	tell "$name" listen l 127.0.0.1 "${port[$name]}"
done
tell forgetful nofile 20
leak forgetful 5
leak deaf 3
leak hoarder 2
leak sharing 1
tell sharing heir sharing1 >/dev/null
tell standstill listen l 127.0.0.1 8004 64
for i in 1 2 3 4; do
	tell client connect "standstill$i" 127.0.0.1 8004 from 127.0.0.1 $((2100 + i))
	tell client close "standstill$i"
done
tell writer listen l 127.0.0.1 8007
link w client writer l 127.0.0.1 8007 127.0.0.1 2111
tell client shutdown w wr
# Nobody reads: it goes on for ever.
ask writer send w 50000000
tell client listen upstream 127.0.0.1 8008
for i in 1 2; do
	tell pool connect "p$i" 127.0.0.1 8008 from 127.0.0.1 $((2120 + i))
	tell client accept "p$i" upstream
	tell client close "p$i"
done
wait_until 10 equal ss_count CLOSE_WAIT -- 19
# A minute and more without growth, then some.
sleep 90
leak forgetful 4

note "listeners of every kind"
tell server listen any4 0.0.0.0 1001 64
tell server socket any v6
tell server opt any v6only 0
tell server bind any :: 1002
tell server await any 64
tell server listen only6 :: 1003 64
tell server listen one4 10.9.0.1 1004 64
tell server socket dev4 v4
tell server opt dev4 device d0
tell server bind dev4 0.0.0.0 1005
tell server await dev4 64
tell server socket dev6 v6
tell server opt dev6 device d0
tell server opt dev6 v6only 0
tell server bind dev6 :: 1006
tell server await dev6 64
tell server socket fast v4
tell server opt fast fastopen 16
tell server bind fast 127.0.0.1 1008
tell server await fast 8
for name in one two; do
	play "share-$name"
	tell "share-$name" comm "share-$name"
	tell "share-$name" socket l v4
	tell "share-$name" opt l reuseport 1
	tell "share-$name" bind l 127.0.0.1 1009
	tell "share-$name" await l 64
done
set_sysctl net.core.somaxconn 8192
tell server listen earlier 127.0.0.1 1012 8192
set_sysctl net.core.somaxconn 4096
tell server listen most 127.0.0.1 1013 4096
play parent
tell parent comm parent
tell parent listen left 127.0.0.1 1014 64
player_pid[heir]=$(tell parent heir left stays)
tell server listen own 127.0.0.1 1015 64
tell server heir own >/dev/null
tell server listen full 127.0.0.1 1011 1
tell server listen wire4 "$here4" 1010 64
tell server listen wire6 "$here6" 1010 64

note "connections of every kind"
link c4 client server any4 127.0.0.1 1001 127.0.0.1 3001
link c6 client server only6 ::1 1003 ::1 3002
link m4 client server any 127.0.0.1 1002 127.0.0.1 3003
link m6 client server any ::1 1002 ::1 3004
tell client socket mm v6
tell client bind mm ::ffff:127.0.0.1 3005
tell client again mm ::ffff:127.0.0.1 1001
tell server accept mm any4
link d4 client server one4 10.9.0.1 1004 10.9.0.1 3006
link far6 far server wire6 "$here6" 1010 "$far6" 3007
tell server opt c4 keepalive 1
tell client opt c4 keepalive 1
tell client connect unaccepted 127.0.0.1 1013 from 127.0.0.1 3008

note "Fast Open: a cookie, then its use"
for i in 1 2; do
	tell client socket "fast$i" v4
	tell client opt "fast$i" fastopen_connect 1
	tell client bind "fast$i" 127.0.0.1 $((3010 + i))
	tell client again "fast$i" 127.0.0.1 1008
	tell client send "fast$i" 100
	tell server accept "fast$i" fast
	tell server recv "fast$i" 100 >/dev/null
done

note "bulk under two algorithms, some finished and some live"
for name in cubic1 cubic2 reno1 reno2; do
	tell client socket $name v4
	tell client opt $name cc ${name%[12]}
	tell client bind $name 127.0.0.1 $((next_port++))
	tell client again $name 127.0.0.1 1001
	tell server accept $name any4
	ask client send $name 400000
	tell server take $name 400000 >/dev/null
	answer client >/dev/null
done
for name in cubic1 reno1; do
	tell server close $name
	tell client drain $name >/dev/null
	tell client close $name
done

note "attempts that fail"
tell_err client ECONNREFUSED connect refused1 127.0.0.1 9 from 127.0.0.1 3021
tell_err client ECONNREFUSED connect refused2 ::1 9 from ::1 3022
tell_err client EHOSTUNREACH connect nobody "${far4%.*}.99" 9 from "$here4" 3023
tell_err client ENETUNREACH connect noroute 192.0.2.1 9
tell client close noroute
tell client close refused2

note "resets: of a connection, and of one with data that nobody read"
link reset1 client server any4 127.0.0.1 1001 127.0.0.1 3031
tell client reset reset1
link reset2 client server any4 127.0.0.1 1001 127.0.0.1 3032
tell client send reset2 10
tell server close reset2

note "a queue that is full: two wait, a third is dropped and gives up"
for i in 1 2 3; do
	tell client start "full$i" 127.0.0.1 1011 from 127.0.0.1 $((3040 + i))
done
tell client close full3

note "closed by one side"
link half1 client server any4 127.0.0.1 1001 127.0.0.1 3061
tell client shutdown half1 wr
link half2 client server any4 127.0.0.1 1001 127.0.0.1 3062
tell client close half2
sleep 0.5

note "ports: all of a small range towards two, and what has none"
tell server listen filled1 127.0.0.1 8100 64
tell server listen filled2 127.0.0.1 8101 64
is "$(tell client fill filled 10 127.0.0.1 8100)" "8 2" "eight ports, and two connects without"
is "$(tell client fill more 8 127.0.0.1 8101)" "8 0" "eight towards another"

note "TIME_WAIT of two who connected, one of whom has gone, and of who accepted"
play maker
play taker
tell maker comm maker
tell taker comm 'taker\x09two'
tell maker churn 127.0.0.1 8102 6
tell taker churn 127.0.0.1 8103 4
for i in 1 2 3; do
	link "own$i" client server any4 127.0.0.1 1001 127.0.0.1 $((3050 + i))
	tell server close "own$i"
	tell client close "own$i"
done
set_sysctl net.ipv4.tcp_max_tw_buckets 10
tell maker churn 127.0.0.1 8104 4
dismiss taker

note "a far end whose answers come, and gets none"
for i in 1 2 3 4; do
	link "gone$i" far server wire4 "$here4" 1010 "$far4" $((3070 + i))
done
tell far shutdown gone1 wr
wait_until 5 equal ss_count FIN_WAIT2 far -- 1
drop_all to-far
tell server close gone1
tell server close gone2
tell far close gone2
tell server close gone3
tell server shutdown gone4 wr
tell client start sent "$far4" 1021 from "$here4" 3081
tell client start abandoned "$far4" 1021 from "$here4" 3082
tell client close abandoned
tell client start killed "$far4" 1022 from "$here4" 3083
ss -tK state syn-sent "dport = :1022" >/dev/null
tell_err client ECONNABORTED finish killed
tell client start crossed "$far4" 3084 from "$here4" 3084
tell far start crossed "$here4" 3084 from "$far4" 3084
tell far start half4 "$here4" 1010 from "$far4" 3085
tell far start half6 "$here6" 1010 from "$far6" 3086
# They do not repeat their SYNs.
tell far close half4
tell far close half6
tell client socket late v4
tell client opt late syncnt 1
tell client bind late "$here4" 3087
tell_err client ETIMEDOUT again late "$far4" 1021
kill_player parent

# What a second brings has been counted, rates are 0 again, growth is known.
sleep 13
wait_until 10 no_growth_is_unknown
look privileged cat
look nobody as_nobody cat
look quiet in_netns quiet cat
look root-7 pieces 7
look root-64 pieces 64
look nobody-1 nobody_by_byte
compare privileged privileged "root, at once"
compare nobody nobody "nobody, at once"
compare quiet quiet "where nothing happens"
compare root-7 privileged "root, 7 bytes at a time"
compare root-64 privileged "root, 64 bytes at a time"
compare nobody-1 nobody "nobody, a byte at a time"

note "a flood of SYNs, a client without a pool, ports that run out"
netns moment
netns attacker
veth attacker moment
moment=$(v4 moment attacker)
# Answers go to the attacker, who drops them.
in_netns moment ip route add 10.99.0.0/16 via "$(v4 attacker moment)"
set_sysctl net.ipv4.tcp_syncookies 1 moment
set_sysctl net.ipv4.ip_local_port_range '41000 41099' moment
set_sysctl net.tcpdiag.churn_per_second 1 moment
set_sysctl net.tcpdiag.ports_percent 30 moment
for name in attacker momentary; do
	play $name -n ${name/momentary/moment}
	tell $name comm $name
done
tell momentary listen flooded "$moment" 8080 16
tell momentary listen filled 127.0.0.1 8081
ask attacker flood 10.99.1.1 "$moment" 8080 4000 250
for ((i = 1; i <= 12; i++)); do
	tell momentary churn 127.0.0.1 8082 6
	tell momentary fill "f$i" 4 127.0.0.1 8081 >/dev/null
	sleep 1
done
files=(ports time_wait listeners findings)
look moment in_netns moment cat
compare moment moment "at that moment" -v moment=1

# To be recorded from there.
mkdir -p "$OUT/views"
cp -r "$seen/." "$OUT/views"
