#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Makes Documentation/tasks.md: twelve questions of an operator, in a machine where each
# has an answer, with the one command that gives it and what it printed. Each answer is
# checked for what it must say. The page is left in build/test/vm-6.12-virtual-tasks.
# kernels: none
# also: 6.12
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"

page=$scratch/tasks.md
number=0

install -m 755 "$TOP/build/tools/tcpdiag" /run/bin/tcpdiag
cp /usr/lib/x86_64-linux-gnu/libmnl.so.0 /run/lib

# On a terminal of 100 columns, without colours, whatever its status.
on_terminal() {
	(script -qec "stty cols 100 rows 40; $*" /dev/null </dev/null || :) | tr -d '\r' |
		sed $'s/\x1b\\[[0-9;]*m//g; s/ *$//'
}

# task QUESTION COMMAND PATTERN...: a section of the page. Text that comes before the
# command's output is read from stdin. The output must match each pattern.
task() {
	local question=$1 command=$2 pattern
	shift 2

	number=$((number + 1))
	on_terminal "$command" >"$scratch/answer"
	{
		printf '\n## %d. %s\n\n' "$number" "$question"
		cat
		printf '\n    # %s\n' "$command"
		sed 's/^./    &/' "$scratch/answer"
	} >>"$page"
	for pattern; do
		check "$question: $pattern" grep -qE -e "$pattern" "$scratch/answer"
	done
}

cat >"$page" <<'END'
# Questions and the command that answers them

Each answer is real output, from one machine on which all of this goes wrong at once. Run as root; without the command
[tcpdiag](command.md), the file of the same name under `/proc/net/tcpdiag` has the same figures. For another network
namespace, such as a container's, put `-N NAME` or `-N PID` before the command.

<!-- capture: make vm-test KVER=6.12 SCENARIO=tasks; cp build/test/vm-6.12-virtual-tasks/tasks.md Documentation/ -->
END

plan 21

# -- what goes wrong --------------------------------------------------------------------------
load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 5000
set_sysctl net.ipv4.ip_local_port_range '40000 40199'
netns pod
netns database
veth '' database
veth pod database
database=$(v4 database '')
from_pod=$(v4 database pod)
for name in web shop lazy client attacker cubic bbr; do
	play "$name"
done
play pod -n pod
play database -n database
tell web comm nginx
tell shop comm shop
tell lazy comm lazy
tell pod comm payment
tell attacker comm attacker
tell web listen l 127.0.0.1 8080 64
tell lazy listen l 127.0.0.1 8082 8
tell database listen l 0.0.0.0 5432 300
tell database listen m 0.0.0.0 5433 64

# nginx leaks; shop needs more ports for one destination than there are, and leaves
# TIME_WAITs.
for ((i = 1; i <= 5; i++)); do
	tell client connect "c$i" 127.0.0.1 8080
	tell web accept "s$i" l
	tell client close "c$i"
	tell web drain "s$i" >/dev/null
done
tell shop churn 127.0.0.1 8084 150
tell shop fill p 205 "$database" 5432 >/dev/null
# Nothing listens where the pod connects to.
for ((i = 1; i <= 40; i++)); do
	tell_err pod ECONNREFUSED connect "r$i" "$from_pod" 6379
done
# Two algorithms, with loss on the way.
in_netns database iperf3 -s -p 5201 >/dev/null 2>&1 & iperf=$!
wait_until 30 sh -c 'nsenter --net=/run/netns/database ss -Htln "sport = :5201" | grep -q .'
delay to-here 10 database
tc qdisc replace dev to-database root netem loss 1% rate 20mbit limit 200
for cc in cubic bbr3; do
	for i in 1 2 3; do
		iperf3 -c "$database" -p 5201 -t 5 -C "$cc" >/dev/null
	done
done
no_qdisc to-database
no_qdisc to-here database
# A program that does not accept, and a flood.
tell client fill q 5 127.0.0.1 8082 >/dev/null
tell client reset q1
ip route add 10.99.0.0/16 dev lo
ask attacker flood 10.99.1.1 127.0.0.1 8080 6000 100
wait_until 30 sh -c 'grep -q "WARNING syn_flood" /proc/net/tcpdiag/findings'
wait_until 30 sh -c 'grep -q "close_wait_leak" /proc/net/tcpdiag/findings'
sleep 2

# -- the questions ----------------------------------------------------------------------------
task "Is anything wrong?" "tcpdiag check" '^TCPDIAG CRITICAL' 'ports_exhausted' <<'END'
One line, with the exit status that Nagios and its heirs expect. `tcpdiag` alone shows a page with the worst findings,
`tcpdiag findings` all of them with all advice.
END
task "Who leaks sockets?" "tcpdiag close-wait" ' nginx ' 'eof_read' <<'END'
`suspects` have been in CLOSE_WAIT too long. `eof_read`: the program has read everything that the peer sent, and never
called `close()`.
END
task "Which sockets are they?" "tcpdiag sockets state close-wait pid $(tell web pid)" 'CLOSE_WAIT' \
	'nginx' <<'END'
The words are those of `ss`. A terminal gets the columns for which it has room, `-o all` gives the rest. By the inode
`ls -l /proc/PID/fd` shows the descriptor.
END
task "Why can this pod not connect?" "tcpdiag -N pod findings" 'connects_fail' 'ECONNREFUSED' 'payment' <<'END'
`-N` takes a name of `ip netns` or the number of any process in the pod.
END
task "Why does connect() fail with EADDRNOTAVAIL?" "tcpdiag -o local,remote,in_use,capacity,no_port,comm,established,time_wait ports" \
	"$database:5432 +200 +200 +5 shop" <<'END'
All 200 local ports of the range are in use for one destination. `established` says that the connections are open: a
pool without a limit, and no TIME_WAIT. [ports](ports.md) tells when the others run out.
END
task "Whose are the TIME_WAITs?" "tcpdiag time-wait" ' shop' <<'END'
Who closed first. They hold no descriptor, and last 60 s.
END
task "Which program does not accept?" "tcpdiag -o local,comm,verdict,accept_now,accept_limit,accept_wait,overflows listeners" \
	'8082 +lazy +slow' <<'END'
`accept_wait` is how long the first connection in the queue has waited.
END
task "Is this a SYN flood, or are there many clients?" "tcpdiag -o local,comm,verdict,syn_now,syn_limit,handshakes,floods listeners" \
	'8080 +nginx +syn_flood' <<'END'
In a flood SYNs meet a full queue, and handshakes are not completed.
END
task "Which algorithm is better here?" "tcpdiag -o cc,scope,connections,bytes_acked,retrans_ppm,goodput_p50_bps,min_rtt_p50,loss_episodes,rtos congestion" \
	'^bbr3 +finished +[36]' '^cubic +finished' <<'END'
Compare rows with the scope `finished` whose `min_rtt` is alike: their connections had similar paths. Here each
algorithm had three times five seconds on a path of 20 Mbit/s and 10 ms with 1 % of loss.
[ab_split](algorithms/ab_split.md) divides new connections between algorithms at random, so that the comparison is
fair.
END
task "How long do connections stay in each state?" "tcpdiag states" 'ESTABLISHED' <<'END'
Percentiles of stays that have ended, and the oldest that goes on.
END
task "Why are connections reset?" "tcpdiag handshake | grep -E '^event|reset'" 'reset_sent' 'reset_received' <<'END'
`reason` is the kernel's own word; [handshake](handshake.md) explains them.
END
task "What does a finding mean, and what is no help?" "tcpdiag explain ports_exhausted" \
	'What does not help' <<'END'
The finding's page, offline. `tcpdiag explain` lists all codes.
END
is "$number" 12 "twelve questions"
# a probe has one line
is "$(awk 'length > 130 && !/^    TCPDIAG /' "$page")" "" "no line is too wide"
cp "$page" "$OUT/tasks.md"

answer attacker >/dev/null
kill "$iperf"
wait "$iperf" || :
