#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The command tcpdiag: what it prints is what the files say, conditions choose the
# sockets that ss chooses by the same words, and exit statuses, colours, JSON, metrics
# and the probe are what their readers expect; without the module, too.
# What it printed is left in build/test/vm-KERNEL-virtual-tool/shown, for its page.
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/mixture.sh"

views=(states transitions histograms sockets close_wait time_wait ports listeners
	handshake congestion findings self)

# Nobody may not look into the repository, and starting from memory is quick.
install -m 755 "$TOP/build/tools/tcpdiag" /run/bin/tcpdiag
cp /usr/lib/x86_64-linux-gnu/libmnl.so.0 /run/lib

as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"
}

# status EXPECTED DESCRIPTION COMMAND...; output in $scratch/out and err
status() {
	local want=$1 what=$2 got=0
	shift 2

	"$@" >"$scratch/out" 2>"$scratch/err" || got=$?
	is "$got" "$want" "$what"
	[ "$got" = "$want" ] || note "$(head -n 3 "$scratch/err")"
}

# usage: normalised VIEW <ROWS
normalised() {
	grep -v '^# owners are shown' | awk -v view="$1" -f "$TOP/scripts/vm/views-normalise.awk"
}

# usage: same_rows DESCRIPTION [COMMAND...]: of the command, run by COMMAND
same_rows() {
	local view what=$1
	shift

	for view in "${views[@]}"; do
		"$@" tcpdiag -O "$view" >"$scratch/ours"
		"$@" cat "/proc/net/tcpdiag/$view" >"$scratch/file"
		is "$(normalised "$view" <"$scratch/ours")" "$(normalised "$view" <"$scratch/file")" \
			"$view: $what"
	done
}

# What ss shows but TIME_WAITs and requests, which have no rows: local, remote. It has no
# column for the state if only one is asked for.
by_ss() {
	ss -OHtano "$@" | awk '!/timer:\(timewait/ && !/^SYN-RECV/ {
		i = $1 ~ /^[0-9]/ ? 3 : 4; print $i, $(i + 1) }' | sort
}

by_us() {
	tcpdiag -OH -o local,remote sockets "$@" | sort
}

# same_sockets CONDITION...: in the words of both
same_sockets() {
	local ours theirs

	ours=$(by_us "$@")
	theirs=$(by_ss "$@")
	[ -n "$theirs" ] || not_ok "ss shows nothing: $*"
	is "$ours" "$theirs" "as ss: $*"
}

# The time of 20 runs in microseconds, which is instructions in virtual time.
cost() {
	local before after i

	before=$(date +%s%N)
	for ((i = 0; i < 20; i++)); do
		"$@" >/dev/null
	done
	after=$(date +%s%N)
	printf '%s\n' $(((after - before) / 1000))
}

# on_terminal COMMAND...
on_terminal() {
	script -qec "stty cols 80 rows 30; $*" /dev/null </dev/null | tr -d '\r'
}

metric() {
	awk -v name="tcpdiag_$1" '$1 == name { print $2 }' "$scratch/metrics"
}

plan 96

# -- without the module ---------------------------------------------------------------------------
status 3 "not loaded: the summary" tcpdiag
is "$(grep -c 'modprobe tcpdiag' "$scratch/err")" 1 "... says how to load it"
status 3 "not loaded: a view" tcpdiag states
status 3 "not loaded: JSON" tcpdiag -j
status 3 "not loaded: metrics" tcpdiag metrics
is "$(grep -v '^#' "$scratch/out")" "tcpdiag_up 0" "... say so"
status 3 "not loaded: the probe" tcpdiag check
is "$(cut -d ' ' -f 1-3 "$scratch/out")" "TCPDIAG UNKNOWN -" "... is UNKNOWN"
status 0 "not loaded: a page" tcpdiag explain close_wait_leak

# -- views ----------------------------------------------------------------------------------------
load_module
set_sysctl net.tcpdiag.close_wait_leak_ms 2000
mixture_begins 'odd\\server'
status 0 "the probe: nothing is wrong" tcpdiag check
is "$(sed 's/ |.*//' "$scratch/out")" "TCPDIAG OK - no findings" "... in words"
mixture_goes_on tool-test

same_rows "rows are those of the file"
same_rows "... for nobody, who sees no owners" as_nobody
is "$(tcpdiag | awk -v view=tcpdiag -f "$TOP/scripts/vm/views-normalise.awk")" \
	"$(summary | awk -v view=tcpdiag -f "$TOP/scripts/vm/views-normalise.awk")" "the summary is the file's"
for view in "${views[@]}"; do
	status 0 "$view: JSON" bash -c "set -o pipefail; tcpdiag -j $view | jq -e 'length > 0'"
done
status 0 "summary: JSON" bash -c "set -o pipefail; tcpdiag -j | jq -e '.states | length > 0'"
is "$(tcpdiag -j states | jq -r '.[] | select(.now > 0) | "\(.state) \(.now)"' | sort)" \
	"$(ss_gauges | sort)" "JSON: sockets by state, as ss"
is "$(tcpdiag -j close-wait | jq -r '.[0].comm')" 'odd\134server' "JSON: a name with a backslash"
is "$(tcpdiag -j | jq -r '.netns, .owners, .default_cc' | paste -sd ' ')" \
	"$(stat -L -c %i /proc/self/ns/net) true $(sysctl -n net.ipv4.tcp_congestion_control)" \
	"JSON: the summary"
is "$(as_nobody tcpdiag -j | jq .owners)" false "... says that nobody sees no owners"

# -- which sockets --------------------------------------------------------------------------------
same_sockets
same_sockets state close-wait
same_sockets state listening state close-wait
same_sockets exclude established
same_sockets state connected
same_sockets sport = :8080
same_sockets '( dport = :8081 )'
same_sockets src 127.0.0.0/8
same_sockets dst '[::1]'
same_sockets dst 127.0.0.1/31 dport = :8081
same_sockets state established sport = :8080
is "$(by_us -4)" "$(by_ss -4)" "as ss: -4"
is "$(by_us -6)" "$(by_ss -6)" "as ss: -6"
mypid=$(tell grouped pid)
is "$(by_us pid "$mypid")" "$(ss -OHtanp | awk -v p="pid=$mypid," 'index($0, p) { print $4, $5 }')" \
	"by pid, as ss -p"
is "$(by_us uid 65534)" "$(ss -OHtane | awk '/ uid:65534 / { print $4, $5 }' | sort)" "by uid, as ss -e"
is "$(by_us cgroup tool-test)" \
	"$(ss -OHtan --cgroup | awk '/cgroup:\/tool-test/ { print $4, $5 }' | sort)" \
	"by control group, as ss --cgroup"
is "$(by_us cc reno)" "$(ss -OHtani | awk '/ reno / { print $4, $5 }' | sort)" "by algorithm, as ss -i"
is "$(by_us for 1h)" "" "by time"
status 4 "nobody may not ask for a pid" as_nobody tcpdiag sockets pid "$mypid"
status 0 "... but for a port" as_nobody tcpdiag sockets sport = :8080

# -- other namespaces -----------------------------------------------------------------------------
netns other
play stranger -n other
tell stranger listen l 127.0.0.1 9090
is "$(tcpdiag -N other -OH -o local sockets)" "127.0.0.1:9090" "another namespace, by name"
is "$(tcpdiag -N "$(tell stranger pid)" -OH -o local sockets)" "127.0.0.1:9090" "... by pid"
is "$(tcpdiag -N other | grep -c "$(stat -L -c %i /run/netns/other)")" 1 "... its summary"
status 4 "nobody may not enter it" as_nobody tcpdiag -N "$(tell stranger pid)" states

# -- for people -----------------------------------------------------------------------------------
is "$(tcpdiag | grep -c $'\x1b' || :)" 0 "a pipe gets no colour"
is "$(on_terminal tcpdiag | grep -c $'^\x1b\\[33m  [0-9 ]*WARNING')" "$(summary | grep -c '^  [0-9 ]*WARNING')" \
	"a terminal does: WARNING"
is "$(on_terminal tcpdiag listeners | awk 'length() > 80')" "" "a wide view fits the terminal"
is "$(tcpdiag watch interval 200ms count 2 states -H | grep -c '^CLOSE_WAIT')" 2 "watch: twice"

# show NAME COMMAND...: leaves its output for the page
show() {
	local name=$1
	shift

	(on_terminal "$@" || :) | sed $'s/\x1b\\[[0-9;]*m//g' >"$scratch/shown/$name"
}
mkdir "$scratch/shown"
show close-wait tcpdiag close-wait
show sockets tcpdiag sockets state close-wait
show sockets-6 tcpdiag -6 sockets state established
show listeners tcpdiag listeners
show findings tcpdiag findings
show check tcpdiag check
show json "tcpdiag -jp sockets state close-wait"
show metrics "tcpdiag metrics | grep -A 13 '^# HELP tcpdiag_connections'"
show explain "tcpdiag explain | head -n 4"
cp -r "$scratch/shown" "$OUT"

# -- for machines ---------------------------------------------------------------------------------
tell client connect gone2 127.0.0.1 8080
tell server accept left2 l
tell client close gone2
wait_until 30 grep -q 'WARNING close_wait_leak' /proc/net/tcpdiag/findings
status 1 "the probe: a leak is a WARNING" tcpdiag check
is "$(grep -c "^TCPDIAG WARNING - close_wait_leak: .* | .*'CLOSE_WAIT'=2 " "$scratch/out")" 1 "... in words"
status 0 "... unless it is ignored" tcpdiag check ignore close_wait_leak,slow_accept
status 0 "metrics into a file" tcpdiag metrics file "$scratch/metrics"
is "$(/usr/bin/python3 "$TOP/tools/test/metrics.py" <"$scratch/metrics")" "$(metric exporter_series)" \
	"metrics are well-formed"
is "$("$CACHE/promtool/usr/bin/promtool" check metrics <"$scratch/metrics" 2>&1)" "" \
	"promtool has no complaint"
for state in ESTABLISHED TIME_WAIT CLOSE_WAIT; do
	is "$(metric "connections{state=\"${state,,}\"}")" "$(ss_count "$state")" "metrics: $state, as ss"
done
is "$(metric 'findings{severity="warning"}')" "$(findings | grep -c ^WARNING)" "metrics: findings"
is "$(metric exporter_interrupted)" 0 "metrics: nothing was missed"

# -- what it costs --------------------------------------------------------------------------------
ours=$(cost tcpdiag)
theirs=$(cost ss -s)
note "20 summaries: $ours us; 20 times ss -s: $theirs us"
within "$ours" 1 $((2 * theirs)) "the summary takes at most twice the time of ss -s"
tell server pairs many 300 l 127.0.0.1 8080
is "$(by_us)" "$(by_ss)" "600 sockets more, as ss"
is "$(tcpdiag -j sockets | jq length)" "$(by_ss | wc -l)" "... as JSON"

dismiss client
dismiss server
dismiss grouped
dismiss stranger
let_go_of_module
status 3 "unloaded" tcpdiag states
