#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A client uses up a narrow range of ports: what is in use, what is left, and
# how often connect() found none, against ss and the client's own count. What
# fails for other reasons adds nothing.
# kernels: 6.1 6.12 7.3 debug
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"

# IPv4 sockets towards a port, as ss counts them. usage: ss_towards PORT STATE...
ss_towards() {
	local port=$1 state states=() lines
	shift

	for state; do
		states+=(state "$state")
	done
	lines_of in_netns '' ss -H4tan "${states[@]}" "dport = :$port"
	printf '%s\n' ${#lines[@]}
}

# row COLUMN [REMOTE]: of the view ports
row() {
	cell ports "127.0.0.1 127.0.0.1:${2:-8080}" "$1"
}

all_no_port() {
	sum_of ports no_port
}

plan 48

netns peer
veth '' peer
netns quiet
# 90 of them: 10 are reserved
set_sysctl net.ipv4.ip_local_port_range '40000 40099'
set_sysctl net.ipv4.ip_local_reserved_ports 40010-40019
set_sysctl net.ipv4.tcp_tw_reuse 0

# Ten connections that are older than the module count too.
play server
play client
tell client comm 'hungry one'
tell server listen l 127.0.0.1 8080
tell server listen m 127.0.0.1 8081
tell server listen n ::1 8080
tell client fill old 10 127.0.0.1 8080 >/dev/null
load_module
# Nobody accepts: that is not what this is about.
set_sysctl net.tcpdiag.slow_accept_ms 86400000
counted
is "$(row established)" 10 "connections older than the module are counted"
is "$(row connects)" 0 "but not as new ones"
is "$(row capacity)" 90 "the range less what is reserved"
is "$(summary | grep -c '^no findings')" 1 "ten ports of 90 are no finding"

is "$(tell client fill ca 65 127.0.0.1 8080)" "65 0" "65 more find ports"
counted
# On a slow kernel 5 s have passed by now; then there is a forecast, which decides. Both
# are read at once.
seen=$(view findings | awk '$4 == "what"')
what=$(grep ports_filling <<<"$seen" || :)
severity=WARNING
left='none will be left in ([0-9]+) s$'
if [[ $what =~ $left ]] && [ "${BASH_REMATCH[1]}" -le 60 ]; then
	severity=CRITICAL
fi
is "$(awk '{ print $2, $3 }' <<<"$seen")" "$severity ports_filling" "75 of 90 are a finding"
check "that names both ends and who" grep -Eq '75 of 90 local ports \(83 %\) for connections from 127.0.0.1 to 127.0.0.1:8080 are in use, by hungry.* \(pid '"$(tell client pid)"'\)(; at this rate none will be left in [0-9]+ s)?$' \
	<<<"$what"
read -r made refused < <(tell client fill cb 35 127.0.0.1 8080)
made=$((made + 65))
is "$(row no_port)" "$refused" "no_port: the client's own count, at once"
counted
is "$made" 80 "the client got the rest"
is "$refused" 20 "and no port 20 times"
is "$(row in_use)" "$(ss_towards 8080 established)" "in use: as ss says"
is "$(row established)" 90 "all of them established"
is "$(row percent)" 100 "100 %"
is "$(row exhausted_in_s)" 0 "none is left"
is "$(row connects)" $((made + refused)) "connects: all attempts"
is "$(row no_port)" "$refused" "no_port: as before"
is "$(row missing_at_most)" 0 "the row is exact"
is "$(row victim_pid) $(row victim_comm)" "$(tell client pid) hungry\\040one" "the victim is named"
is "$(row pid)" "$(tell client pid)" "so is who connects"
is "$(all_no_port)" "$refused" "no other row has any"
check "it is a finding" grep -q 'ports_exhausted' /proc/tcpdiag
check "that names both ends" grep -q '127.0.0.1 to 127.0.0.1:8080 failed 20 times' \
	<<<"$(finding ports_exhausted '' what)"
is "$(summary | awk 'length > 100')" "" "no line of /proc/tcpdiag is longer than 100 characters"
check "and says what is wrong folklore" grep -q 'no_help .*tcp_fin_timeout' /proc/net/tcpdiag/findings

# Another destination has ports of its own.
is "$(tell client fill d 5 127.0.0.1 8081)" "5 0" "another destination has ports"
counted
is "$(row in_use 8081)" 5 "and a row of its own"
is "$(tell client fill e 95 ::1 8080)" "90 5" "IPv6 has them too"
counted
is "$(cell ports '[::1] [::1]:8080' no_port)" 5 "and is counted in the same way"
is "$(cell ports '[::1] [::1]:8080' in_use)" 90 "all in use"

# What fails for other reasons.
before=$(all_no_port)
tell_err client ECONNREFUSED connect r 127.0.0.1 9
tell_err client ECONNREFUSED again r 127.0.0.1 9
there=$(v4 peer '')
tell_err client ECONNREFUSED connect w "$there" 8080
drop_all to-here peer
tell client socket t v4
tell client opt t syncnt 1
tell_err client ETIMEDOUT again t "$there" 8080
tell client start a "$there" 8080
tell client close a
tell_err client ENETUNREACH connect u 192.0.2.1 80
is "$(all_no_port)" "$before" "refused, timed out, abandoned, unreachable: no port was missing"

# bind() says EADDRINUSE and is not seen.
tell client socket b v4
tell_err client EADDRINUSE bind b 127.0.0.1 0
is "$(all_no_port)" "$before" "bind() that finds no port is not counted"

# Again on descriptors that were used before.
tell_err client EADDRNOTAVAIL again r 127.0.0.1 8080
is "$(all_no_port)" $((before + 1)) "one that was refused before finds no port"
tell_err client EADDRNOTAVAIL again r 127.0.0.1 8080
is "$(all_no_port)" $((before + 2)) "and again"
tell_err client EADDRNOTAVAIL again t 127.0.0.1 8080
is "$(all_no_port)" $((before + 3)) "one that timed out before"
tell client again r 127.0.0.1 8081
is "$(all_no_port)" $((before + 3)) "success on the same descriptor adds nothing"
tell client disconnect r
tell_err client EADDRNOTAVAIL again r 127.0.0.1 8080
is "$(all_no_port)" $((before + 4)) "one that was connected before"
tell_err client ECONNREFUSED again r 127.0.0.1 9
is "$(all_no_port)" $((before + 4)) "and is refused then"
is "$(row no_port)" $((refused + 4)) "all of them in the row of their destination"

# A smaller client in a namespace of its own is not seen here, nor we there.
is "$(view ports quiet | awk 'NR > 1 { print $1, $3 }')" "other 0" "another namespace sees none of it"

# From ESTABLISHED through FIN_WAIT2 to TIME_WAIT.
tell client closeall c >/dev/null
wait_until 5 equal ss_towards 8080 fin-wait-2 -- 80
counted
is "$(row closing)" "$(ss_towards 8080 fin-wait-1 fin-wait-2 closing)" "closing: as ss says"
is "$(row established)" "$(ss_towards 8080 established)" "established: as ss says"
is "$(row in_use)" 90 "no port was given back"
dismiss server
wait_until 5 equal ss_towards 8080 fin-wait-2 -- 0
counted
is "$(row time_wait)" "$(ss_towards 8080 time-wait)" \
	"TIME_WAIT: as ss says"
# The user nobody is not told who holds them.
is "$(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
	cat /proc/net/tcpdiag/ports | awk '
		NR == 1 { for (i = 2; i <= NF; i++) at[$i] = i - 1 }
		$2 == "127.0.0.1:8080" { print $at["pid"], $at["comm"], $at["victim_pid"], $at["victim_comm"] }')" \
	"- - - -" "nobody sees no owners"

# Of a client that has ended the name is shown, but not the pid.
pid=$(tell client pid)
dismiss client
wait_until 10 equal ss_towards 8080 established close-wait -- 0
counted
is "$(row in_use)" "$(ss_towards 8080 time-wait)" \
	"what is closed gave its port back, or is in TIME_WAIT"
is "$(row victim_pid) $(row victim_comm)" "- hungry\\040one" "pid $pid has ended, its name stays"
is "$(self events_mismatched)" 0 "no event was out of place"
is "$(self allocation_failures)" 0 "memory was there"
