#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Metrics of all network namespaces: each once, whether a process or only a name holds
# it, or both, within the budget of series; the process of a container gives it its id.
# Truth: ss in each namespace, and the inodes of the namespaces.
# kernels: none
# also: 6.1 6.12
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"

NAMED=20

install -m 755 "$TOP/build/tools/tcpdiag" /run/bin/tcpdiag
cp /usr/lib/x86_64-linux-gnu/libmnl.so.0 /run/lib

# series NAME LABELS: the value of one series
series() {
	awk -v name="tcpdiag_$1{$2}" 'substr($0, 1, length(name)) == name { print $NF }' "$scratch/metrics"
}

# sum_of_series NAME [LABEL]: of all series that have the label
sum_of_series() {
	awk -v name="tcpdiag_$1{" -v label="${2:-}" 'index($0, name) == 1 && (label == "" || index($0, label)) {
		n += $NF } END { print n + 0 }' "$scratch/metrics"
}

read_metrics() {
	tcpdiag metrics --all-netns >"$scratch/metrics"
}

# usage: in_pid PID COMMAND...: in the namespace of a process
in_pid() {
	local pid=$1
	shift

	nsenter --net="/proc/$pid/ns/net" "$@"
}

plan 17

load_module
for ((i = 1; i <= NAMED; i++)); do
	netns "ns$i"
done
play web -n ns3
tell web listen l 127.0.0.1 80
tell web pairs p 50 l 127.0.0.1 80

# Two that have no name; one of them is that of a container.
id=$(printf '%064x' $((0xabcdef)))
mkdir -p "/sys/fs/cgroup/system.slice/docker-$id.scope"
unshare --net sleep 3600 & nameless=$!
unshare --net sleep 3600 & contained=$!
echo "$contained" >"/sys/fs/cgroup/system.slice/docker-$id.scope/cgroup.procs"
# usage: is_elsewhere PID: unshare has done its work
is_elsewhere() {
	[ "$(stat -L -c %i "/proc/$1/ns/net")" != "$(stat -L -c %i /proc/$$/ns/net)" ]
}
wait_until 20 is_elsewhere "$nameless"
wait_until 20 is_elsewhere "$contained"
in_pid "$contained" ip link set lo up
# FIN_WAIT2 stays for as long as it is looked at
in_pid "$contained" sysctl -qw net.tcpdiag.close_wait_leak_ms=1000 net.ipv4.tcp_fin_timeout=3600
mkfifo "$scratch/pod.in" "$scratch/pod.out"
in_pid "$contained" "$TOP/build/tcpplay" <"$scratch/pod.in" >"$scratch/pod.out" & pod=$!
exec {to_pod}>"$scratch/pod.in" {from_pod}<"$scratch/pod.out"
player_in[pod]=$to_pod player_out[pod]=$from_pod player_pid[pod]=$pod
tell pod comm leaky
tell pod listen l 127.0.0.1 8080
tell pod connect c 127.0.0.1 8080
tell pod accept s l
tell pod close c
leaks() {
	in_pid "$contained" grep -q close_wait_leak /proc/net/tcpdiag/findings
}
wait_until 30 leaks

check "metrics are written" read_metrics
is "$(/usr/bin/python3 "$TOP/tools/test/metrics.py" <"$scratch/metrics")" \
	"$(awk '$1 == "tcpdiag_exporter_series" { print $2 }' "$scratch/metrics")" "... and are well-formed"
is "$(($(grep -vc '^#' "$scratch/metrics") <= 1000))" 1 "... at most 1,000 series"
is "$("$CACHE/promtool/usr/bin/promtool" check metrics <"$scratch/metrics" 2>&1)" "" "promtool has no complaint"
seen=$(sum_of_series exporter_namespaces)
is "$seen" "$(stat -L -c %i /proc/[0-9]*/ns/net /run/netns/* 2>/dev/null | sort -u | wc -l)" \
	"every namespace is seen, once"
is "$(series exporter_namespaces 'fate="shown"') $(series exporter_namespaces 'fate="other"')" "16 $((seen - 16))" \
	"16 are shown, the others added up"
is "$(series exporter_namespaces 'fate="unreadable"') $(series exporter_namespaces 'fate="left_out"')" "0 0" \
	"none is missing"
number=$(stat -L -c %i "/proc/$contained/ns/net")
is "$(series findings "netns=\"$number\",container=\"${id:0:12}\",severity=\"warning\"")" 1 \
	"the container with a leak comes first, with its id"
is "$(series close_wait_suspects "netns=\"$number\",container=\"${id:0:12}\",comm=\"leaky\",local_port=\"8080\",remote_port=\"\"")" \
	1 "... and whose it is"
is "$(series connections 'netns="ns3",container="",state="established"')" "$(ss_count ESTABLISHED ns3)" \
	"a name: sockets as ss counts them"
is "$(series connections 'netns="ns3",container="",state="listen"')" "$(ss_count LISTEN ns3)" "... listeners too"
everywhere=0
for file in /run/netns/* "/proc/$contained/ns/net" "/proc/$nameless/ns/net" /proc/self/ns/net /proc/1/ns/net; do
	n=$(nsenter --net="$file" ss -Htan | wc -l)
	everywhere=$((everywhere + n))
done
is "$(sum_of_series connections)" "$everywhere" "all sockets, as ss counts them in each namespace"
is "$(grep -c '_total{.*netns="other"' "$scratch/metrics" || :)" 0 "no counter is of others"

before=$(stat -L -c %i /proc/self/ns/net)
status=0
setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all tcpdiag metrics --all-netns \
	>/dev/null 2>&1 || status=$?
is "$status" 4 "nobody may not"
is "$(stat -L -c %i /proc/self/ns/net)" "$before" "the caller stays where it is"
kill "$nameless"
wait "$nameless" || :
read_metrics
is "$(sum_of_series exporter_namespaces)" $((seen - 1)) "a namespace that has ended is not seen"
dismiss pod
# it has the pipes of web open
kill "$contained"
wait "$contained" || :
dismiss web
let_go_of_module
status=0
tcpdiag metrics --all-netns >"$scratch/metrics" || status=$?
is "$status $(grep -v '^#' "$scratch/metrics")" "3 tcpdiag_up 0" "without the module: it says so"
