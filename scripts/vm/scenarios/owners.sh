#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who has to accept, where that is not the process that called listen(): a service
# manager that passes its socket on, a parent whose children accept, a socket that is
# in no table of descriptors. Truth: ss -p and /proc/PID/fd.
# kernels: 6.12 debug
# also: 6.1
# clock: virtual
# limit: 90
. "$TOP/scripts/vm/lib.sh"

# row PORT COLUMN: of the listener
row() {
	cell listeners "127.0.0.1:$1" "$2"
}

# who PORT: the owner columns of the listener
who() {
	echo "$(row "$1" pid) $(row "$1" comm) $(row "$1" holders) $(row "$1" listened_pid) $(row "$1" listened_comm)"
}

# holders PORT: pids of the processes that ss finds to have the listener, sorted
holders() {
	ss -Htlnp "sport = :$1" | grep -o 'pid=[0-9]*' | cut -d = -f 2 | sort -nu | xargs
}

# owner_in_sockets PORT: as the view sockets has it
owner_in_sockets() {
	view sockets | awk -v local="127.0.0.1:$1" '$1 == local && $3 == "LISTEN" { print $7, $8 }'
}

# has PID PORT: /proc has the listener's socket among the process's descriptors
has() {
	find "/proc/$1/fd" -lname "socket:\\[$(row "$2" inode)\\]" | grep -q .
}

# told CODE WORDS: a finding has them
told() {
	[ -n "$(finding "$1" "$2" what)" ]
}

# A look at all open files serves for twenty times as long as it took.
fresh() {
	sleep 1.1
}

# stall PORT...: two clients connect to each, and nobody accepts
stall() {
	local port

	for port; do
		tell client connect "a$port" 127.0.0.1 "$port"
		tell client connect "b$port" 127.0.0.1 "$port"
	done
}

plan 19

load_module
set_sysctl net.tcpdiag.slow_accept_ms 60000
play client
for name in plain manager passer master shy renamed; do
	play "$name"
	tell "$name" comm "$name"
done

view listeners >/dev/null
tell plain listen l 127.0.0.1 8001
plain=$(tell plain pid)
check "of a socket that is younger than the last look it is not said that nobody has it" grep -qx "$plain [-1]" \
	<<<"$(row 8001 pid) $(row 8001 holders)"
fresh
is "$(who 8001)" "$plain plain 1 - -" "who listens and has it alone is the owner"

tell manager listen l 127.0.0.1 8002
manager=$(tell manager pid)
service=$(tell manager heir l as service)
is "$(holders 8002)" "$manager $service" "a manager and its service have a socket, as ss has it"
fresh
is "$(who 8002)" "$service service 2 $manager manager" "the service has to accept, the manager listened"
is "$(owner_in_sockets 8002)" "$service service" "the view sockets says so too"

tell passer listen l 127.0.0.1 8003
passer=$(tell passer pid)
taker=$(tell passer heir l as taker)
tell passer close l
check_not "a manager has passed its socket on" has "$passer" 8003
is "$(holders 8003)" "$taker" "one process has it, as ss has it"
fresh
is "$(who 8003)" "$taker taker 1 $passer passer" "that has to accept"
kill_player passer
wait_until 5 equal holders 8003 -- ""

tell master listen l 127.0.0.1 8004
master=$(tell master pid)
for i in 1 2 3; do
	worker[i]=$(tell master heir l as "worker$i")
done
is "$(holders 8004)" "$master ${worker[*]}" "a master and its workers have a socket, as ss has it"
fresh
is "$(who 8004)" "${worker[1]} worker1 4 $master master" "a worker has to accept"

tell shy listen l 127.0.0.1 8005
shy=$(tell shy pid)
tell shy adrift l
is "$(holders 8005)" "" "a socket is in no table of descriptors, as ss has it"
fresh
is "$(who 8005)" "$shy shy 0 - -" "of that it is known who listened"

tell renamed listen l 127.0.0.1 8006
tell renamed comm later
renamed=$(tell renamed pid)
fresh
is "$(who 8006)" "$renamed later 1 $renamed renamed" "a process has another name than when it listened"

is "$(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all cat /proc/net/tcpdiag/listeners |
	awk '$1 == "127.0.0.1:8004" { print $2, $3, $(NF - 2), $(NF - 1), $NF }')" "- - - - -" "nobody sees no owners"

note "nobody accepts"
stall 8002
set_sysctl net.tcpdiag.slow_accept_ms 1000
wait_until 20 equal findings -- "WARNING slow_accept"
what=$(finding slow_accept '' what)
is "${what%% on 127*}" "service (pid $service), which has the listener from manager (pid $manager)," \
	"the service is slow to accept"
check "two have the socket" grep -q 'holders=2' <<<"$(finding slow_accept '' evidence)"
set_sysctl net.tcpdiag.slow_accept_ms 60000
tell client close a8002
tell client close b8002
set_sysctl net.tcpdiag.close_wait_leak_ms 1000
wait_until 10 equal findings -- "WARNING close_wait_leak"
check "and does not accept what was closed meanwhile" grep -q "^service (pid $service) keeps 2 sockets" \
	<<<"$(finding close_wait_leak '' what)"
kill_player manager
stall 8004
tell client close a8004
tell client close b8004
wait_until 10 told close_wait_leak 'port 8004'
check "so does a worker, not its master" grep -q "^worker1 (pid ${worker[1]}) keeps 2 sockets" \
	<<<"$(finding close_wait_leak '' what)"
kill_player master
stall 8005
set_sysctl net.tcpdiag.slow_accept_ms 1000
wait_until 20 equal findings -- "WARNING slow_accept"
what=$(finding slow_accept '' what)
is "${what%% on 127*}" "a socket of shy (pid $shy) that no process was found to have open," \
	"where no process has the socket none is accused"
