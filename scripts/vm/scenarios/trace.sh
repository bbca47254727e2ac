#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Traces of a handshake whose SYN-ACK is lost, of retransmits, a half-close, a RST: segment
# by segment what tcpdump saw, with the states, the reason of the RST and TIME_WAIT to its
# end. They end at their limits, when asked, and with the module; then none of its hooks
# is left in Netfilter.
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/trace.sh"

# states NAME ID: of the connection ID in a trace
states() {
	jq -r --argjson id "$2" 'select(.event == "state" and .id == $id) | .to' "$scratch/$1" |
		paste -sd ' '
}

# in_json NAME FILTER: how many lines of a trace it selects
in_json() {
	jq -c "select($2)" "$scratch/$1" | wc -l
}

# has NAME PATTERN: whether a trace has such a line by now
has() {
	grep -q "$2" "$scratch/$1"
}

# unread ADDRESS BYTES: whether so much of a peer is unread
unread() {
	ss -Htn dst "$1" | grep -q "^ESTAB *$2 "
}

not_equal() {
	! equal "$@"
}

# sent_again: waits until one segment more was sent again
sent_again() {
	local before

	before=$(mib TcpRetransSegs)
	wait_until 30 not_equal mib TcpRetransSegs -- "$before"
}

# Debian's 6.1 does not list its hooks. usage: hooks_are N DESCRIPTION [NETNS]
hooks_are() {
	if [ "$KVER" = 6.1 ]; then
		skip "6.1 does not list hooks" "$2"
	else
		is "$(our_hooks ${3:+"$3"})" "$1" "$2"
	fi
}

plan 37

status=0
tcpdiag trace 2>"$scratch/err" || status=$?
is "$status" 3 "without the module: status 3"

netns peer
veth '' peer
here=$(v4 '' peer) there=$(v4 peer '') here6=$(v6 '' peer) there6=$(v6 peer '')
# so that the first SYN need not wait for ARP, or the answer to it be lost
echo >"/dev/udp/$there/9"
echo >"/dev/udp/$there6/9"
load_module
status=0
setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all tcpdiag trace \
	2>"$scratch/err" || status=$?
is "$status" 4 "nobody may not trace: status 4"
reset="2 TCP_ABORT_ON_CLOSE" reasons=1 but=''
[ "$KVER" != 6.1 ] || reset='' reasons=0 but=" (6.1 has none)"
hooks_are 0 "no hook while nothing is traced"
play client
play server -n peer
tell server listen l "$there" 8080
tell server listen l6 "$there6" 8080

# -- our end connects -----------------------------------------------------------------------------
start_dump client to-peer
start_trace client -j trace
start_trace ladder trace dport = :8080
start_trace other -j trace dport = :8081
hooks_are 4 "four hooks, whatever the number of traces"
hooks_are 0 "... and none in another namespace" peer
again=$(mib TcpRetransSegs)

note "connection 1: the SYN-ACK is lost, then the ACK of data; half-close; TIME_WAIT"
drop_all to-here peer
ask client connect one "$there" 8080
sent_again
no_qdisc to-here peer
answer client >/dev/null
tell server accept one l
drop_all to-here peer
tell client send one 3000
sent_again
no_qdisc to-here peer
tell server recv one 3000 >/dev/null
tell client shutdown one wr
tell server drain one >/dev/null
tell server send one 100000
tell client recv one 100000 >/dev/null
tell server close one
tell client close one
wait_until 10 equal ss_count TIME_WAIT -- 1
note "connection 2: IPv6, data unread at close()"
tell client connect two "$there6" 8080
tell server accept two l6
tell server send two 500
wait_until 10 unread "[$there6]" 500
tell client close two
tell server close two
sleep 58
wait_until 90 equal ss_count TIME_WAIT -- 0
wait_until 10 has client '"from":"TIME_WAIT"'
again=$(($(mib TcpRetransSegs) - again))
stop_trace client
stop_trace ladder
stop_trace other
stop_dump client

by_tcpdump client "$here" "$here6" >"$scratch/truth"
by_trace client >"$scratch/ours"
within "$(wc -l <"$scratch/truth")" 20 1000 "tcpdump saw segments"
is "$(diff "$scratch/truth" "$scratch/ours")" "" "the trace has the same, one by one"
is "$(in_json client '.event == "missed"')" 0 "... and none is missing"
is "$(in_json client '.event == "segment" and .out and .kind == "again"')" "$again" \
	"as many are marked as retransmits as the kernel counts"
is "$(states client 1)" "ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE" "states of connection 1"
within "$(jq -r 'select(.event == "state" and .from == "TIME_WAIT") | .in_state_us' "$scratch/client")" \
	59000000 62000000 "... TIME_WAIT until it ends"
is "$(states client 2)" "ESTABLISHED CLOSE" "states of connection 2"
is "$(jq -r 'select(.event == "reset") | "\(.id) \(.reason)"' "$scratch/client")" "$reset" \
	"... the reason of its RST$but"
is "$(tail -n 1 "$scratch/client")" '{"event":"end","reason":"asked"}' "the trace ends when asked"
is "$(grep -c '"event":"segment"' "$scratch/other" || :)" 0 "another port: nothing"
within "$(grep -c 'SYN  ISN .*retransmit' "$scratch/ladder")" 1 "$again" "the ladder: a SYN is sent again"
within "$(grep -c 'bytes .*retransmit' "$scratch/ladder")" 1 "$again" "... and data"
is "$(grep -c 'TCP_ABORT_ON_CLOSE: data unread' "$scratch/ladder")" "$reasons" "... why there is a RST$but"
is "$(awk 'length() > 80' "$scratch/ladder")" "" "... in 80 columns"
hooks_are 0 "no hook after the last trace"

# -- our end accepts ------------------------------------------------------------------------------
start_dump server to-here peer
start_trace server -n peer -j trace
nft -f - <<-'END'
	table inet lossy {
		chain input {
			type filter hook input priority 0;
			tcp flags & (syn | ack) == (syn | ack) limit rate 1/hour burst 1 packets drop
		}
	}
END
tell client connect three "$there" 8080
nft delete table inet lossy
tell server accept three l
tell client close three
tell server close three
wait_until 10 has server '"from":"LAST_ACK"'
stop_trace server
stop_dump server
by_tcpdump server "$there" >"$scratch/truth"
by_trace server >"$scratch/ours"
is "$(diff "$scratch/truth" "$scratch/ours")" "" "a server whose SYN-ACK is lost: as tcpdump has it"
within "$(in_json server '.event == "segment" and .kind == "again" and (.flags | index("SYN"))')" 1 4 \
	"... something is sent again"
is "$(states server 1)" "NEW_SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE" "... its states"

# -- limits ---------------------------------------------------------------------------------------
tell client connect four "$there" 8080
tell server accept four l
start_trace few -j trace segments 5 dport = :8080
start_trace slow -j trace rate 3 dport = :8080
start_trace short -j trace time 2s
for _ in {1..10}; do
	tell client send four 10
	tell server recv four 10 >/dev/null
done
trace_ends few "a trace ends after its segments"
is "$(in_json few '.event == "segment"') $(tail -n 1 "$scratch/few")" '5 {"event":"end","reason":"segments"}' \
	"... which were so many"
trace_ends short "a trace ends after its time"
is "$(tail -n 1 "$scratch/short")" '{"event":"end","reason":"time"}' "... and says so"
total=$(in_json short '.event == "segment"')
stop_trace slow
within "$(in_json slow '.event == "segment"')" 3 $((total - 1)) "a rate leaves segments out"
is "$(jq -s 'map(select(.event == "missed").n) | add' "$scratch/slow")" \
	"$((total - $(in_json slow '.event == "segment"')))" "... and says how many"
hooks_are 0 "no hook is left"

# -- a program that is stopped -------------------------------------------------------------------
# has_dropped PID: the kernel found its socket full
has_dropped() {
	awk -v pid="$1" '$2 == 16 && $3 == pid && $9 > 0 { found = 1 } END { exit !found }' /proc/net/netlink
}

start_trace full -j trace segments 1000000 rate 100000
kill -STOP "${trace_pid[full]}"
ip route add 10.99.0.0/16 dev lo
for ((i = 0; i < 20; i++)); do
	has_dropped "${trace_pid[full]}" || tell client flood 10.99.1.1 "$here" 8081 5000 1000000
done
check "who does not read loses events" has_dropped "${trace_pid[full]}"
kill "${trace_pid[full]}"
kill -CONT "${trace_pid[full]}"
trace_ends full "... and ends when asked, though the answer found no room"
is "$(tail -n 1 "$scratch/full")" '{"event":"end","reason":"asked"}' "... and says so"
check "... and that something is missing" in_json full '.event == "missed"'

# -- unloading ------------------------------------------------------------------------------------
start_trace left -j trace
check "the module can be unloaded during a trace" unload_module
trace_ends left "... which ends"
is "$(tail -n 1 "$scratch/left") $(our_hooks)" '{"event":"end","reason":"unloaded"} 0' \
	"... says why, and leaves no hook"
dismiss client
dismiss server
