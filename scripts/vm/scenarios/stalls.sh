#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Connections that cannot go on: the peer answers nothing, or does not read, or this end does
# not read. The truth is the timers and queues that ss shows. Healthy twins: a request that waits for a late answer, idle
# connections with keepalive, a consumer that pauses.
# kernels: 6.1 6.12
# also: debug
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"

plan 36

# stall CAUSE COLUMN: of the first row with that cause; nothing if there is none
stall() {
	view stalls | awk -v cause="$1" -v column="$2" '
		NR == 1 { for (i = 2; i <= NF; i++) at[$i] = i - 1; next }
		$at["cause"] == cause { print $at[column]; exit }'
}

# stalls: the causes, one connection a line
stalls() {
	view stalls | awk '!/^#/ { print $4 }'
}

# timer PORT: what ss shows of connections to a port: NAME, remaining ms, tries. It writes
# 5.124 s as 5.124ms.
timer() {
	ss -Htnoi dst ":$1" | sed -n 's/.*timer:(\([a-z]*\),\([^,]*\),\([0-9]*\)).*/\1 \2 \3/p' |
		awk '{ ms = 0; t = $2
		       if (match(t, /[0-9]+min/)) { ms += 60000 * substr(t, RSTART, RLENGTH); sub(/[0-9]+min/, "", t) }
		       if (t ~ /\./ || t ~ /sec$/) ms += 1000 * t; else if (t ~ /ms$/) ms += t
		       print $1, int(ms), $3 }'
}

netns far
veth '' far
load_module
play app
play server -n far
tell app comm feeder
tell server listen l "$(v4 far '')" 5432
for c in quiet alive slow lost mute; do
	tell app connect "$c" "$(v4 far '')" 5432
	tell server accept "$c" l
	tell app send "$c" 100
	tell server recv "$c" 100 >/dev/null
done

note "healthy: an answer that takes long, idle connections, a consumer that pauses for 3 s"
tell app opt alive keepalive 1
tell app opt alive keepidle 1
tell app opt alive keepintvl 1
ask app send slow 20000000
sleep 3
is "$(timer 5432 | awk '$1 == "persist"' | wc -l)" 1 "the window of the consumer is closed"
is "$(stalls)" zero_window_peer "only that one is a stall"
is "$(findings)" "" "and no finding yet"
tell server take slow 20000000 >/dev/null
answer app >/dev/null
sleep 8
is "$(stalls)" "" "it goes on, and nothing is a stall"
is "$(findings)" "" "nor a finding"

note "the peer answers nothing"
drop_all to-far
tell app send lost 100
sleep 4
is "$(stall peer_silent bytes)" 100 "100 bytes wait"
is "$(findings)" "" "for less than net.tcpdiag.stall_ms"
sleep 4
read -r name left tries < <(timer 5432 | awk '$1 == "on"') || :
is "$name" on "ss shows its timer"
is "$(stall peer_silent tries)" "$tries" "as many tries as ss has"
within $(($(stall peer_silent next_us) / 1000)) $((left - 1500)) "$left" "the next is when ss says"
within "$(stall peer_silent for_us)" 7500000 9500000 "since the first time it was sent"
within "$(stall peer_silent gives_up_us)" $(((924 - 11) * 1000000)) $(((924 + 120) * 1000000)) \
	"the kernel gives up after tcp_retries2"
is "$(stall peer_silent pid)" "$(tell app pid)" "whose it is"
is "$(findings)" "WARNING peer_silent" "it is a finding"
check "with program, peer and what to do" grep -qE \
	"1 connection of feeder \(pid $(tell app pid)\) to 10.0.1.2:5432: the peer answers nothing, for ([789]|10)\.[0-9] s" \
	<<<"$(finding peer_silent '' what)"
check "keepalive finds it too" grep -q TCP_USER_TIMEOUT <<<"$(finding peer_silent '' application)"
tell app opt mute user_timeout 20000
tell app send mute 50
sleep 6
is "$(stalls | sort | uniq -c | tr -s ' ')" " 2 peer_silent" "another one"
within "$(view stalls | awk '$4 == "peer_silent" && $6 == 50 { print $9 }')" 12000000 15000000 \
	"which has TCP_USER_TIMEOUT, and ends sooner"
is "$(findings)" "WARNING peer_silent" "one finding for both"
no_qdisc to-far
sleep 15
is "$(stalls)" "" "the path is back, and they go on"
is "$(findings)" "" "no finding is left"

note "the peer does not read"
ask app send slow 20000000
sleep 9
read -r name left tries < <(timer 5432 | awk '$1 == "persist"') || :
is "$name" persist "ss shows the timer that probes"
is "$(stall zero_window_peer cause)" zero_window_peer "its window is closed"
within "$(stall zero_window_peer for_us)" 7500000 11000000 "since it stopped"
is "$(findings)" "NOTE zero_window_peer" "it is a finding: one connection may pause for a minute"
check "with program and peer" grep -qE \
	"1 connection of feeder \(pid ${player_pid[app]}\) to 10.0.1.2:5432 cannot send: the peer has closed its window" \
	<<<"$(finding zero_window_peer '' what)"
tell server take slow 20000000 >/dev/null
answer app >/dev/null
sleep 2
is "$(findings)" "" "it reads, and all is well"

note "this end does not read; a pause of 3 s is no finding"
ask server send slow 20000000
sleep 3
is "$(findings)" "" "not yet"
tell app take slow 20000000 >/dev/null
answer server >/dev/null
is "$(stalls)" "" "it reads, and all is well"
ask server send slow 20000000
sleep 9
unread=$(ss -Htn dst :5432 | awk '$2 > 0 { print $2 }')
check "ss shows data that nobody reads" [ "$unread" -gt 0 ]
is "$(stall zero_window_own bytes)" "$unread" "as many bytes as ss has"
within "$(stall zero_window_own for_us)" 7500000 11000000 "since the last data came"
is "$(stall zero_window_own pid)" "${player_pid[app]}" "who has to read"
is "$(findings)" "NOTE zero_window_own" "it is a finding: one reader may pause for a minute"
check "with the program that does not read" grep -qE \
	"feeder \(pid ${player_pid[app]}\) does not read: 1 connection to 10.0.1.2:5432 is full, for ([789]|10)\.[0-9] s, with $unread bytes unread" \
	<<<"$(finding zero_window_own '' what)"
tell app take slow 20000000 >/dev/null
answer server >/dev/null
sleep 2
is "$(findings)" "" "it reads, and no finding is left"
