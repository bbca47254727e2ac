#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Events: a leak and its end are told to who listens in that namespace and to nobody
# else; every change of state of a connection is told in order and with its time, as
# the kernel's own trace and tcpdump have them; who does not read loses events, which
# are counted, and costs a bounded amount of memory; wrong requests are refused; and
# nobody who subscribes keeps the module.
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/netlink.sh"

# Starting from memory is quick.
install -m 755 "$TOP/build/tools/tcpdiag" /run/bin/tcpdiag
cp /usr/lib/x86_64-linux-gnu/libmnl.so.0 /run/lib

TRACE=/sys/kernel/tracing/events/sock/inet_sock_set_state

as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"
}

answer_in() {
	cat "$scratch/answers/$1"
}

# listen FILE COMMAND...: its output; it is ready when it has printed the header
listen() {
	local file=$scratch/$1
	shift

	"$@" >"$file" 2>"$file.err" &
	listener=$!
	wait_until 60 test -s "$file"
}

# told FILE: what listeners were told: event, severity, code
told() {
	awk 'NR > 1 { print $1, $3, $4 }' "$scratch/$1"
}

# usage: has_told FILE EVENT
has_told() {
	grep -q "^$2 " "$scratch/$1"
}

# usage: refused NAME ERRNO ATTRIBUTE
refused() {
	is "$(answer_in "$1" | cut -d ' ' -f 1-2)" "$2 $3" "$1: $2 $3"
}

# changes FILE COOKIE: of one connection's end that begins with COOKIE, in order
changes() {
	awk -v cookie="$2" 'NR > 1 && $2 == cookie { print $5 ">" $6 }' "$1"
}

# traced SPORT DPORT: the same by the kernel's own trace. A child has no ports yet when
# it is made, and when a TIME_WAIT takes a socket's place that goes to CLOSE.
traced() {
	sed -n "s/.* sport=$1 dport=$2 .*oldstate=TCP_\([A-Z_0-9]*\) newstate=TCP_/\1>/p" "$scratch/traced" |
		grep -v '^FIN_WAIT2>CLOSE$'
}

# when FILE FROM TO: microseconds
when() {
	awk -v from="$2" -v to="$3" 'NR > 1 && $5 == from && $6 == to { print $1 }' "$1"
}

# sent FLAGS N: when the Nth segment with these flags was, by tcpdump, in microseconds
sent() {
	grep "Flags \[$1\]" "$scratch/dump" | sed -n "$2s/ .*//p" | tr -d .
}

# same_time FROM TO FLAGS N
same_time() {
	within $(($(sent "$3" "$4") - $(when "$scratch/changes" "$1" "$2"))) -20000 20000 \
		"$1>$2 at the time of tcpdump's [$3]"
}

# total FILE: events in it, and how many were lost before them
total() {
	awk '/^[0-9]/ { n++; lost += $NF } END { print n + 0, lost + 0 }' "$1"
}

declare -A cookie=()

plan 46

load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 2000
netns other
play server
play client
tell server listen l 127.0.0.1 8080

# -- findings -------------------------------------------------------------------------------------
/usr/bin/python3 -B "$scratch/ynl/cli.py" --no-schema --spec "$scratch/ynl/tcpdiag.yaml" \
	--subscribe findings --sleep 60 --output-json >"$scratch/cli" &
cli=$!
listen findings tcpdiag -O monitor
listen findings-other tcpdiag -N other -O monitor
is "$(as_nobody tcpdiag monitor 2>&1; echo $?)" "$(printf '%s\n' 'tcpdiag: not permitted; try it as root' 4)" \
	"nobody may not listen"
wait_until 60 grep -q "^[^ ]* *16 *$cli " /proc/net/netlink
tell client connect c 127.0.0.1 8080
tell server accept s l
tell client close c
wait_until 60 has_told findings raised
is "$(ss_count CLOSE_WAIT)" 1 "perhaps a leak, as ss: a socket in CLOSE_WAIT"
is "$(told findings)" "raised NOTE close_wait_leak" "is raised once"
check "... with the finding's sentence" grep -q 'CLOSE_WAIT' "$scratch/findings"
tell server close s
wait_until 60 has_told findings cleared
is "$(told findings)" "$(printf '%s NOTE close_wait_leak\n' raised cleared)" \
	"it is cleared once when the socket is closed"
is "$(told findings-other)" "" "who listens in another namespace is told nothing"
wait "$cli"
is "$(jq -r '.[] | "\(.name) \(.msg.event) \(.msg.code)"' "$scratch/cli")" \
	"$(printf 'finding-event %s close_wait_leak\n' raised cleared)" \
	"the tool of the kernel tree is told the same"

# -- changes of state -----------------------------------------------------------------------------
start_asker root
mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
echo 1 >$TRACE/enable
tcpdump -i lo -n -tt -l --immediate-mode tcp port 8080 >"$scratch/dump" 2>"$scratch/dump.err" &
dump=$!
wait_until 30 grep -q 'listening on' "$scratch/dump.err"
listen changes-other tcpdiag -N other -O monitor transitions
listen changes tcpdiag -O monitor transitions
changes=$listener
listen closing tcpdiag -O monitor transitions state last-ack sport = :8080
tell client connect c 127.0.0.1 8080
tell server accept s l
port=$(tell client port c)
cookies=$(ss -HOtane "( sport = :$port or dport = :$port )" |
	sed -n 's/^[^ ]* *[^ ]* *[^ ]* *\([^ ]*\) .* sk:\([0-9a-f]*\).*/\1 \2/p' | sort)
sleep 1
tell client close c
sleep 1
tell server close s
# until the TIME_WAIT has ended: in virtual time to wait costs nothing, to look does
sleep 60
wait_until 30 grep -q ":$port .* TIME_WAIT CLOSE " "$scratch/changes"
kill "$dump"
wait "$dump" || :
cat /sys/kernel/tracing/trace >"$scratch/traced"
echo 0 >$TRACE/enable

ends=$(awk '$6 == "ESTABLISHED" { printf "%s %x\n", $3, $2 }' "$scratch/changes" | sort)
is "$ends" "$cookies" "both ends have the numbers that ss -e shows"
for at in "127.0.0.1:$port" 127.0.0.1:8080; do
	cookie[${at##*:}]=$(awk -v at="$at" '$6 == "ESTABLISHED" && $3 == at { print $2 }' "$scratch/changes")
done
is "$(changes "$scratch/changes" "${cookie[$port]}" | paste -sd ' ')" \
	"CLOSE>SYN_SENT SYN_SENT>ESTABLISHED ESTABLISHED>FIN_WAIT1 FIN_WAIT1>FIN_WAIT2 FIN_WAIT2>TIME_WAIT TIME_WAIT>CLOSE" \
	"the end that closes first, in order"
is "$(changes "$scratch/changes" "${cookie[8080]}" | paste -sd ' ')" \
	"LISTEN>NEW_SYN_RECV SYN_RECV>ESTABLISHED ESTABLISHED>CLOSE_WAIT CLOSE_WAIT>LAST_ACK LAST_ACK>CLOSE" \
	"... and the other"
is "$(changes "$scratch/changes" "${cookie[8080]}" | grep -v NEW_SYN_RECV)" "$(traced 8080 "$port")" \
	"as the kernel's own trace has them"
is "$(changes "$scratch/changes" "${cookie[$port]}" | grep -v 'CLOSE>\|TIME_WAIT')" "$(traced "$port" 8080)" \
	"... of the other end, too"
is "$(awk 'NR > 1 { print $1 }' "$scratch/changes" | sort -nc 2>&1)" "" "times do not go back"
same_time CLOSE SYN_SENT S 1
same_time LISTEN NEW_SYN_RECV S 1
same_time ESTABLISHED FIN_WAIT1 F. 1
same_time CLOSE_WAIT LAST_ACK F. 2
same_time FIN_WAIT2 TIME_WAIT F. 2
is "$(awk '$6 == "FIN_WAIT1" { print $9, $10 }' "$scratch/changes")" "$(tell client pid) tcpplay" \
	"who closes"
stay=$(awk '$5 == "ESTABLISHED" && $6 == "FIN_WAIT1" { print $7 }' "$scratch/changes")
within $(($(sent F. 1) - $(sent S. 1) - stay)) -20000 20000 \
	"... after the time that it was in ESTABLISHED, by tcpdump"
is "$(awk 'NR > 1 { print $5 ">" $6 }' "$scratch/closing" | paste -sd ' ')" \
	"CLOSE_WAIT>LAST_ACK LAST_ACK>CLOSE" "a filter: what leaves or enters a state"
is "$(wc -l <"$scratch/changes-other")" 1 "who subscribes in another namespace is told nothing"

kill -INT "$changes"
wait "$changes" && status=0 || status=$?
is "$status" 0 "SIGINT ends a listener, status 0"

# -- wrong requests -------------------------------------------------------------------------------
is "$(as_nobody tcpdiag monitor transitions 2>&1; echo $?)" \
	"$(printf '%s\n' 'tcpdiag: not permitted: subscriptions are for CAP_NET_ADMIN; try it as root' 4)" \
	"nobody may not subscribe, and is told why"
ask_netlink root <<END
lazy subscribe lazy
twice subscribe lazy
cc subscribe a {"filter":{"cc":"reno"}}
cgroup subscribe a {"filter":{"cgroup":1}}
stateless subscribe a {"filter":{"states":0}}
prefix subscribe a {"filter":{"local-prefix":{"len":8}}}
raw-none raw do subscribe
raw-stream raw do subscribe 0800010063000000
raw-unknown raw do subscribe 08003f0000000000
raw-short raw do subscribe 0600010001000000
never unsubscribe a
END
is "$(answer_in lazy)" ok "one that will not read subscribes"
refused twice EEXIST -
refused cc EINVAL .filter.cc
refused cgroup EINVAL .filter.cgroup
refused stateless EINVAL .filter.states
refused prefix EINVAL .filter.local-prefix
refused raw-none EINVAL -
refused raw-stream ERANGE -
refused raw-unknown EINVAL -
refused raw-short EINVAL -
refused never ENOENT -

# -- who does not read ----------------------------------------------------------------------------
mark_moves
tell client churn 127.0.0.1 8090 300
sleep 60
wait_until 30 equal ss_count TIME_WAIT -- 0
read -r memory drops < <(awk '$2 == 16 && $9 > 0 { print $5, $9 }' /proc/net/netlink)
within "$memory" 1 $((2 * $(sysctl -n net.core.rmem_default))) "its memory is bounded by its buffer"
within "$drops" 1 1000000 "... from which the kernel drops"
printf 'late events lazy\n' | ask_netlink root
tell client connect c 127.0.0.1 8080
tell server accept s l
sleep 1
printf 'later events lazy\n' | ask_netlink root
moved=$(moves | awk '$1 != "LISTEN>SYN_RECV" { n += $2 } END { print n }')
cat "$scratch"/answers/{late,later} >"$scratch/read"
read -r got lost < <(total "$scratch/read")
within "$lost" 1000 1000000 "it lost events"
check "... and was told by the kernel" grep -q ENOBUFS "$scratch/answers/late"
is $((got + lost)) "$moved" "what it read and what it lost are all that happened"
is "$(answer_in later | awk 'NR == 2 { print ($NF > 0) }')" 1 "the next event says how many were lost"

# -- the end --------------------------------------------------------------------------------------
printf 'close close lazy\n' | ask_netlink root
for i in 1 2 3 4 5 6 7; do
	printf 'sub-%d subscribe s%d\n' "$i" "$i"
done | ask_netlink root
printf 'ninth subscribe s9\n' | ask_netlink root
is "$(answer_in sub-7)" ok "eight subscribe in a namespace"
refused ninth EBUSY -
printf 'close-1 close s1\nninth-again subscribe s9\n' | ask_netlink root
is "$(answer_in ninth-again)" ok "... and another when one of them closes its socket"
tell client close c
tell server close s
# those who listen have the players' pipes open, too
kill_player client
kill_player server
check "subscribers do not keep the module" let_go_of_module
wait "$listener" && status=0 || status=$?
is "$status $(cat "$scratch/closing.err")" \
	"3 tcpdiag: the module is not loaded; as root: modprobe tcpdiag (not installed: insmod ./tcpdiag.ko)" \
	"... and are told when it goes"
end_askers
