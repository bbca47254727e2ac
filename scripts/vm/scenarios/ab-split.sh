#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ab_split assigns each new connection to an arm, one of the module's other
# algorithms, by the weights of its namespace. The truth about an arm is what
# getsockopt(TCP_CONGESTION) and ss say. At its end CHURN connections of each
# family come and go.
#
#   a ---- wire ---- b     here: the text of the weights
#
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 180
. "$TOP/scripts/vm/lib.sh"

weights=net.tcpdiag.ab_weights
file=/proc/sys/net/tcpdiag/ab_weights
default=net.ipv4.tcp_congestion_control

# In the order in which they were registered.
available() {
	in_netns init sysctl -n net.ipv4.tcp_available_congestion_control
}

# usage: weights_of [NETNS]
weights_of() {
	in_netns "${1:-}" sysctl -n $weights
}

# usage: count NAME LIST: the figure of NAME in a list of NAME=FIGURE
count() {
	local word

	for word in $2; do
		[ "${word%=*}" != "$1" ] || { printf '%s\n' "${word#*=}"; return; }
	done
	echo 0
}

# Established sockets by algorithm, as countcc has them. usage: ss_cc NETNS
ss_cc() {
	in_netns "$1" ss -OHtin state established | awk -v names="$names ab_split cubic reno" '
		BEGIN { split(names, n); for (i in n) known[n[i]] = 1 }
		{ for (i = 1; i <= NF; i++) if ($i in known) { c[$i]++; break } }
		END { for (i in c) print i "=" c[i] }' | sort | paste -sd ' '
}

# What /proc/tcpdiag has as "in use", in the same form. usage: summary_cc NETNS
summary_cc() {
	summary "$1" | tr -s ' \n' ' ' | sed -n 's/.*in use: \([^;]*\);.*/\1/p' | tr -d ',' |
		awk '{ for (i = 1; i < NF; i += 2) print $i "=" $(i + 1) }' | sort | paste -sd ' '
}

# usage: sorted LIST
sorted() {
	tr ' ' '\n' <<<"$1" | sort | paste -sd ' '
}

# The arms' counts are the weights' shares. usage: shares LIST WEIGHTS DESCRIPTION
shares() {
	local total=0 sum=0 word off bad='' got

	for word in $1; do total=$((total + ${word#*=})); done
	for word in $2; do sum=$((sum + ${word#*=})); done
	for word in $1; do
		[ "$(count "${word%=*}" "$2")" -gt 0 ] || bad+=" $word has no weight;"
	done
	for word in $2; do
		got=$(count "${word%=*}" "$1")
		# in tenths of a point
		off=$((got * 1000 / total - ${word#*=} * 1000 / sum))
		[ "${off#-}" -le $((points * 10)) ] || bad+=" ${word%=*}: $got of $total;"
	done
	is "$bad" "" "$3"
	note "$1"
}

# usage: refused DESCRIPTION WEIGHTS: EINVAL, and the weights are what they were
refused() {
	local before error

	before=$(<$file)
	error=$({ echo "$2" >$file; } 2>&1) || :
	case $error in
	*'Invalid argument') is "$(<$file)" "$before" "$1 is refused, the weights stay" ;;
	*)
		not_ok "$1 is refused"
		note "  the answer was: $error"
		;;
	esac
}

# A second line at an offset. usage: write_two LINE LINE
write_two() {
	local fd status=0

	exec {fd}>$file
	echo "$1" >&"$fd"
	echo "$2" >&"$fd" || status=1
	exec {fd}>&-
	return "$status"
}

# Two connections at once have other ports: so one after the other, from one
# port. Both ends reset it, so the port is free again. usage: arms_from PORT ADDR
arms_from() {
	local i

	for ((i = 0; i < 3; i++)); do
		tell a connect again "$2" 8080 from "$2" "$1"
		tell a accept other l"${2//[.:]/}"
		printf '%s %s\n' "$(tell a getcc again)" "$(tell a getcc other)"
		tell a reset again
		tell a reset other
	done
}

kernels_own=$(available)
load_module
arms=()
for name in $(available); do
	[[ " $kernels_own ab_split " == *" $name "* ]] || arms+=("$name")
done
names=${arms[*]}
note "arms: $names"
plan 66
[ ${#arms[@]} -ge 2 ] || give_up "needs two arms; there is only $names"
first=${arms[0]} last=${arms[-1]}

# 2,000 connections with both ends assigned are 4,000 draws: 3 points are 4.7
# standard deviations of a share of 20 %. On debug 400 draws, 10 points: 5.
pairs=1000 points=3 churn=${CHURN:-1500}
[ "$KVER" != debug ] || { pairs=100 points=10 churn=${CHURN:-300}; }

netns a
netns b
veth a b
in_netns init sysctl -qw net.ipv4.tcp_allowed_congestion_control="$(
	in_netns init sysctl -n net.ipv4.tcp_allowed_congestion_control) ab_split"
play a -n a
play b -n b
tell a nofile 8000

note "the weights, per namespace"
is "$(<$file)" "${names// /=1 }=1" "by default all arms have the same weight"
is "$(weights_of a)" "$(<$file)" "in every namespace"
given="$first=20 $last=80"
echo "	$last=80   $first=20 " >$file
is "$(<$file)" "$given" "what is written can be read, in one form"
check "what was read can be written" set_sysctl $weights "$(<$file)"
is "$(weights_of a)" "${names// /=1 }=1" "another namespace keeps its own"
netns c
is "$(weights_of c)" "${names// /=1 }=1" "a new one begins with the default"
ip netns delete c

refused "an unknown name" "$first=1 nosuch=1"
refused "an algorithm of the kernel" "cubic=1"
refused "ab_split itself" "ab_split=1"
refused "a name twice" "$first=1 $first=1"
refused "a weight below 0" "$first=-1"
refused "a weight above 1000000" "$first=1000001"
refused "a weight beyond 64 bits" "$first=18446744073709551617"
refused "a weight that is none" "$first=1x"
refused "a name without weight" "$first"
refused "a sum of 0" "$first=0 $last=0"
refused "nothing" " "
refused "a text that is too long" "$first=1$(printf '%300s' '')"
check "the log says why" grep -q "ab_weights must be .* $first .*: unknown algorithm in word 2$" \
	<<<"$(dmesg)"
check_not "a second write at an offset is refused" write_two "$last=80 $first=20" "$first=1"
check_not "a byte at a time too" dd of=$file bs=1 <<<"$first=1"
is "$(<$file)" "$given" "after all that the weights are as set"
is "$(dd if=$file bs=3 2>/dev/null)" "$given" "a short read goes on where it was"

is "$(stat -c '%a %U' $file)" "644 root" "everybody may read them, root may write"
check_not "nobody may not write" setpriv --reuid 65534 --clear-groups bash -c "echo $first=1 >$file"
is "$(setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn bash -c \
	"echo $first=7 >$file; cat $file")" "$first=7" "root of a namespace writes its own"

note "shares of $pairs connections of each family, both ends counted"
set_sysctl $weights "$given" a
set_sysctl $default ab_split a
tell a listen l127001 127.0.0.1 8080
tell a listen l1 ::1 8080
is "$(tell a getcc l1)" ab_split "a listener stays with ab_split"
tell a pairs p4 "$pairs" l127001 127.0.0.1 8080
tell a pairs p6 "$pairs" l1 ::1 8080
counted=$(sorted "$(tell a countcc p)")
shares "$counted" "$given" "within $points points of the weights"
shares "$(tell a countcc p4c) " "$given" "clients of IPv4 alone within $((points *= 2))"
shares "$(tell a countcc p6s)" "$given" "servers of IPv6 alone too"
is "$(ss_cc a)" "$counted" "ss shows the same arms"
is "$(summary_cc a)" "$counted" "and so does /proc/tcpdiag"
is "$(view sockets a | awk 'NR > 1 && $3 == "ESTABLISHED" { c[$12]++ }
	END { for (i in c) print i "=" c[i] }' | sort | paste -sd ' ')" "$counted" \
	"and /proc/net/tcpdiag/sockets"
tell a closeall p >/dev/null

note "the two ends and the secret decide"
set_sysctl $weights "${names// /=1 }=1" a
for addr in 127.0.0.1 ::1; do
	mixed=''
	for port in 20001 20002 20003; do
		arms_from $port $addr >"$scratch/arms"
		mixed+=$(sort -u "$scratch/arms" | wc -l)
	done
	is "$mixed" 111 "$addr: the same ends have the same arms each time"
done
tell a listen lmapped 127.0.0.1 8081
for i in {1..20}; do
	tell a connect "m$i" ::ffff:127.0.0.1 8081
done
shown=$(tell a countcc m)
is "$(for i in $shown; do [[ " $names " == *" ${i%=*} "* ]] || echo "$i"; done)" "" \
	"IPv4 on a socket of IPv6 gets an arm"
check "and not always the same" grep -q ' ' <<<"$shown"
tell a closeall m >/dev/null
set_sysctl $weights "$last=1" a

note "who asks by socket option, in b, where the default is cubic"
set_sysctl $default cubic b
set_sysctl $weights "$first=1" b
tell b socket l v4
tell b opt l cc ab_split
tell b bind l 0.0.0.0 9090
tell b await l
tell a connect c "$(v4 b a)" 9090
tell b accept s l
is "$(tell b getcc l)" ab_split "a listener"
is "$(tell b getcc s)" "$first" "its child has the arm of its namespace"
is "$(tell a getcc c)" "$last" "the other end has that of its own"
tell a close c
tell b close s

set_sysctl $default cubic a
set_sysctl $weights "$first=1" a
tell a connect c "$(v4 b a)" 9090
tell b accept s l
is "$(tell a getcc c)" cubic "a connection in mid-flight"
# 300,000 bytes go from c to s, read as they come.
received() {
	local got=0

	ask a send c 300000
	while [ "$got" -lt 300000 ]; do
		got=$((got + $(tell b recv s 16384)))
	done
	[ "$(answer a)" = ok ] && [ "$got" -eq 300000 ]
}
tell a opt c cc ab_split
is "$(tell a getcc c)" "$first" "gets an arm at once"
check "and goes on" received
is "$(view sockets a | awk 'NR > 1 && $3 == "ESTABLISHED" { print $12 }')" "$first" \
	"sockets shows it there"
tell a opt c cc ab_split
is "$(tell a getcc c)" "$first" "the same one when asked again"
set_sysctl $weights "$last=1" a
is "$(tell a getcc c)" "$first" "new weights do not move it"
tell a opt c cc ab_split
is "$(tell a getcc c)" "$last" "unless asked again"
check "and it goes on" received
tell a opt c cc cubic
is "$(tell a getcc c)" cubic "it can leave"
check "and goes on" received

note "the descriptor is used again"
tell a opt c cc ab_split
set_sysctl $weights "$first=1" a
tell a disconnect c
is "$(tell a getcc c)" "$last" "a disconnected socket has the arm still"
tell b close s
tell a again c "$(v4 b a)" 9090
tell b accept s l
is "$(tell a getcc c)" "$last" "so has its next connection"
check "which works" received
tell a disconnect c
tell a opt c cc ab_split
is "$(tell a getcc c)" ab_split "unless the option is set anew"
tell b close s
tell a again c "$(v4 b a)" 9090
tell b accept s l
is "$(tell a getcc c)" "$first" "then the next connection is assigned"
tell a close c
tell b close s

note "handshakes that take their time"
# Neighbours must be known, or the SYN waits for their address.
drop_all to-b a
tell a socket c v4
tell a opt c cc ab_split
tell a start d "$(v4 b a)" 9090
tell a opt d cc ab_split
is "$(tell a getcc d)" "$first" "chosen in SYN_SENT, at once"
tell a close d
set_sysctl $default ab_split a
tell a start d "$(v4 b a)" 9090
is "$(tell a getcc d)" ab_split "before the handshake there is no arm"
syn_repeated() { [[ $(tell a info d) == *' total_retrans=2 '* ]]; }
wait_until 10 syn_repeated
no_qdisc to-b a
tell a finish d
tell b accept s l
is "$(tell a getcc d)" "$first" "after it there is, SYNs lost or not"
tell a close c
tell a close d
tell b close s
set_sysctl $default cubic a

note "Fast Open and a route's choice"
# 1 client, 2 server, 4 and 512 without cookies
set_sysctl net.ipv4.tcp_fastopen 519 a
set_sysctl net.ipv4.tcp_fastopen 519 b
tell b socket f v4
tell b opt f cc ab_split
tell b opt f fastopen 16
tell b bind f 0.0.0.0 9091
tell b await f
tell a socket c v4
tell a opt c cc ab_split
tell a opt c fastopen_connect 1
tell a again c "$(v4 b a)" 9091
tell a send c 100
tell b accept s f
is "$(tell b recv s 100)" 100 "data came with the SYN"
is "$(mib TcpExtTCPFastOpenPassive b)" 1 "by Fast Open"
is "$(tell a getcc c) $(tell b getcc s)" "$first $first" "both ends have their arms"
tell a close c
tell b close s
in_netns a ip route change 10.0.1.0/24 dev to-b src "$(v4 a b)" congctl ab_split
tell a connect c "$(v4 b a)" 9090
tell b accept s l
is "$(tell a getcc c)" "$first" "a route may choose ab_split"
tell a close c
tell b close s
in_netns a ip route change 10.0.1.0/24 dev to-b src "$(v4 a b)"

note "$((2 * churn)) connections come and go"
check_not "the module stays while a listener uses it" rmmod tcpdiag
users() { cat /sys/module/tcpdiag/refcnt; }
tell a closeall l >/dev/null
tell b closeall s >/dev/null
wait_until 20 equal users -- 2
set_sysctl $weights "${names// /=1 }=1" a
set_sysctl $default ab_split a
tell a churn 127.0.0.1 8080 "$churn"
tell a churn ::1 8080 "$churn"
wait_until 20 equal users -- 3
ok "the module's users are the listeners and the default of before"
is "$(view self a | awk '$1 == "events_mismatched" { print $2 }')" 0 "no event was misread"
set_sysctl $default cubic a
dismiss a
dismiss b
wait_until 20 unload_module
ok "with the last listener closed, the module goes"
