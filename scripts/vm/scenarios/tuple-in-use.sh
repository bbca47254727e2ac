#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A program binds its sockets to one local port and connects them to one destination:
# EADDRNOTAVAIL, but ports are not missing. Each failure is told apart from one for
# want of a port, by the program's errno and what ss has.
# kernels: 6.1 6.12 7.3
# also: debug
# clock: virtual
# limit: 90
. "$TOP/scripts/vm/lib.sh"

# failed CAUSE
failed() {
	cell handshake "connect_$1" count
}

# failures: of the causes tuple_in_use and no_port, and the ports view's own no_port
failures() {
	echo "$(failed tuple_in_use) $(failed no_port) $(sum_of ports no_port)"
}

# between PORT PORT: connections with these two ports, as ss has them
between() {
	local lines

	lines_of in_netns '' ss -Htan "sport = :$1 and dport = :$2"
	printf '%s\n' ${#lines[@]}
}

plan 20

load_module
# nobody accepts here
set_sysctl net.tcpdiag.slow_accept_ms 600000
play server
play client
tell client comm fixed-port
tell server listen l 127.0.0.1 8080
tell server listen m ::1 8080

note "the port of another connection"
tell client connect a 127.0.0.1 8080 from 127.0.0.1 5000
is "$(between 5000 8080)" 1 "one connection has port 5000"
tell_err client EADDRNOTAVAIL connect b 127.0.0.1 8080 from 127.0.0.1 5000
is "$(failures)" "1 0 0" "the second is refused for that, not for want of a port"
wait_until 5 equal findings -- "WARNING connects_fail"
ok "a single one is a finding, and none on exhausted ports"
check "that names program, port and destination" grep -q \
	"by fixed-port (pid $(tell client pid)) from source port 5000 to 127.0.0.1:8080: another connection.*EADDRNOTAVAIL" \
	<<<"$(finding connects_fail '' what)"
check "and says what does not help" grep -q ip_local_port_range <<<"$(finding connects_fail '' no_help)"
tell client connect c ::1 8080 from ::1 5000
tell_err client EADDRNOTAVAIL connect d ::1 8080 from ::1 5000
is "$(failures)" "2 0 0" "IPv6 the same"
tell_err client EADDRNOTAVAIL again b 127.0.0.1 8080
tell_err client EADDRNOTAVAIL again d ::1 8080
is "$(failures)" "4 0 0" "the same descriptors again"

note "a socket that was refused before, and one that was connected"
tell_err client ECONNREFUSED again b 127.0.0.1 9
tell_err client ECONNREFUSED again d ::1 9
is "$(failures) $(failed refused)" "4 0 0 2" "another destination may be had from that port"
tell_err client EADDRNOTAVAIL again b 127.0.0.1 8080
tell_err client EADDRNOTAVAIL again d ::1 8080
is "$(failures) $(failed refused)" "6 0 0 2" "and that one again not"
tell_err client ECONNREFUSED again b 127.0.0.1 9
is "$(failures) $(failed refused)" "6 0 0 3" "nor is one that is refused then taken for it"
tell client disconnect a
tell_err client ECONNREFUSED again a 127.0.0.1 9
tell client again b 127.0.0.1 8080
tell_err client EADDRNOTAVAIL again a 127.0.0.1 8080
is "$(failures) $(failed refused) $(failed reset)" "7 0 0 4 0" "one that was connected before"
is "$(between 5000 8080)" 2 "one connection of each family has the port"

note "a port that bind() chose, out of one"
set_sysctl net.ipv4.ip_local_port_range '40000 40000'
tell client socket f v4
tell client opt f reuseaddr 1
tell client bind f 127.0.0.1 0
tell client connect e 127.0.0.1 8080 from 127.0.0.1 40000
is "$(between 40000 8080)" 1 "another socket is bound to it and connects first"
tell_err client EADDRNOTAVAIL again f 127.0.0.1 8080
is "$(failures)" "8 0 0" "the first has a port, and another connection uses it"

note "no port is left: the only one has a connection, and connect() takes none that is bound"
set_sysctl net.ipv4.ip_local_port_range '40001 40001'
tell client connect full 127.0.0.1 8080
tell_err client EADDRNOTAVAIL connect g 127.0.0.1 8080
is "$(failures)" "8 1 1" "a socket that is not bound finds none"
tell client connect h ::1 8080
tell_err client EADDRNOTAVAIL connect i ::1 8080
is "$(failures)" "8 2 2" "IPv6 the same"
tell_err client EADDRNOTAVAIL again g 127.0.0.1 8080
is "$(failures)" "8 3 3" "the same descriptor again"
tell client disconnect h
tell client connect j ::1 8080
tell_err client EADDRNOTAVAIL again h ::1 8080
is "$(failures) $(failed reset)" "8 4 4 0" "one that was connected before"
check "now ports are exhausted" grep -q '^CRITICAL ports_exhausted' <<<"$(findings)"
is "$(view handshake | awk '/^connect_/ && $1 != "connect_unfinished" && $8 != "-" { n += $8 } END { print n }')" \
	"$(cell handshake connect_unfinished count)" "each failure has one cause"
