#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How the page reads: the cause first and under it what follows; what has ended, for
# a while; and on the page of the machine's own namespace which others have
# findings, with a way to read them that works. A healthy namespace says nothing of
# others and is named nowhere. Truth: the programs, /proc/PID, readlink.
#
#   pod: a program without descriptors      healthy: connections that nobody leaks
#
# kernels: 6.1 6.12
# also: debug
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"

# page [NETNS]: up to the table of states, each paragraph one line
page() {
	summary "${1:-}" | awk '
		/^state / { exit }
		/^            [^ ]/ { sub(/^ +/, ""); held = held " " $0; next }
		{ if (NR > 1) print held; held = $0 }
		END { print held }'
}

elsewhere() {
	page init | sed -n '/^findings in /,$p'
}

number_of() {
	in_netns "$1" readlink /proc/self/ns/net | tr -dc 0-9
}

# past EVENT CODE: whether the history of pod has it
past() {
	view history pod | awk -v event="$1" -v code="$2" '
		$4 == event && $6 == code { found = 1 } END { exit !found }'
}

plan 23

netns pod
netns healthy
load_module
for ns in pod healthy; do
	set_sysctl net.tcpdiag.close_wait_leak_ms 1000 $ns
	set_sysctl net.ipv4.tcp_syn_retries 1 $ns
done
check_not "at first no other namespace has findings" grep -q 'other network' <<<"$(page init)"

note "a program leaks until no descriptor is left, so it cannot accept"
play app -n pod
play client -n pod
tell app comm podapp
tell app listen l 127.0.0.1 8080 1
for i in 1 2 3 4 5; do
	tell client connect "c$i" 127.0.0.1 8080
	tell app accept "s$i" l
	tell client close "c$i"
done
fds=("/proc/${player_pid[app]}/fd/"*)
tell app nofile ${#fds[@]}
play healthy-app -n healthy
tell healthy-app listen l 127.0.0.1 9090
tell healthy-app pairs p 5 l 127.0.0.1 9090
for i in 1 2 3 4 5; do
	tell client start "w$i" 127.0.0.1 8080
done
sleep 4
is "$(findings pod | head -n 2 | paste -sd ';')" "CRITICAL close_wait_leak;CRITICAL accept_queue_overflow" \
	"the leak comes first, then the queue"
is "$(view findings pod | awk '$3 == "accept_queue_overflow" && $4 == "because_of" { print $5, $6 }')" \
	"1 close_wait_leak" "the queue overflows because of the leak"
check "so says the page" grep -q '^  2 because of 1: CRITICAL accept_queue_overflow: podapp' <<<"$(page pod)"
check "since when" grep -q '^  1 CRITICAL close_wait_leak: podapp.*(first found [0-9.]* s ago)$' <<<"$(page pod)"
is "$(page pod | grep -c '^    change: ')" 1 "with one change to make"
within "$(summary pod | awk '/^state / { exit } 1' | wc -l)" 5 24 "what is wrong fits on a screen"
is "$(summary pod | awk 'length > 100' | wc -l)" 0 "no line is too long"
check_not "it says nothing of others" grep -q 'other network' <<<"$(page pod)"

summary pod | sed '/^state /,$d; s/^/# /'
note "the machine's own page"
elsewhere | sed 's/^/# /'
check "names one namespace" grep -q '^findings in 1 other network namespace$' <<<"$(elsewhere)"
check "by its number" grep -q "^  $(number_of pod): 2 CRITICAL " <<<"$(elsewhere)"
enter=$(elsewhere | sed -n 's/.*; \(nsenter -t [0-9]* -n\) cat .*/\1/p')
is "$($enter readlink /proc/self/ns/net | tr -dc 0-9)" "$(number_of pod)" "by the way it says one gets there"
check "the healthy one is not there" test -z "$(elsewhere | grep "$(number_of healthy)")"
check_not "who has no rights learns nothing" grep -q 'other network' \
	<<<"$(in_netns init setpriv --reuid 65534 --clear-groups --inh-caps=-all cat /proc/tcpdiag)"
check_not "nor does another namespace" grep -q 'other network' <<<"$(page healthy)"
is "$(findings healthy | paste -sd ';')" "" "which has no findings"

note "with descriptors left, the queue's fault is its own"
tell app nofile 1024
tell client start w6 127.0.0.1 8080
sleep 2
is "$(view findings pod | grep -c because_of || :)" 0 "nothing follows from the leak"

note "what has passed"
tell app closeall s >/dev/null
check "the leak was raised" past raised close_wait_leak
wait_until 30 past cleared close_wait_leak
ok "and cleared"
page pod | sed 's/^/# /'
check "the page says when it ended" grep -qE \
	'^  ended [0-9.]+ m?s ago, after [0-9.ms]+ ?s?: CRITICAL close_wait_leak; then it said: podapp \(pid [0-9]+\)' <<<"$(page pod)"
seen=$(in_netns pod setpriv --reuid 65534 --clear-groups --inh-caps=-all \
	cat /proc/net/tcpdiag/history)
check_not "who may not see owners reads no name" grep -q podapp <<<"$seen"
check "but what it was" grep -q 'a process keeps 5 sockets in CLOSE_WAIT' <<<"$seen"
is "$(view history healthy | wc -l)" 1 "the healthy one has no history"
