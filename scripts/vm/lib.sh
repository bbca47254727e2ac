# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What scenarios are written with. A scenario is a bash script in
# scripts/vm/scenarios that sources this file first and runs inside a test VM,
# in a network namespace of its own (lo is up), with a time limit of its own:
#
#   #!/bin/bash
#   # SPDX-License-Identifier: GPL-2.0
#   # A connection is opened and closed; tcpdiag saw each step.
#   # kernels: 6.12 debug            where make test runs it (6.1 too, if the line is missing)
#   # also: 6.1                      where make test-all does
#   # clock: smp                     or turns or virtual: Documentation/testing.md
#   # limit: 60                      seconds; five times that on debug
#   . "$TOP/scripts/vm/lib.sh"
#   plan 2
#   load_module
#   play client
#   play server
#   tell server listen l 127.0.0.1 8080
#   tell client connect c 127.0.0.1 8080
#   tell server accept s l
#   is "$(state_col ESTABLISHED now)" "$(ss_count ESTABLISHED)" "both ends counted"
#   tell client close c
#   is "$(transition ESTABLISHED CLOSE_WAIT)" 1 "the server got the FIN"
#
# Output is KTAP. Any command that fails ends the scenario (set -e), and what
# was planned and not reached counts as failed.
#
# Where a function takes [NETNS], it looks into that namespace (see netns)
# instead of the scenario's own. $BUILD holds the modules, $OUT is a directory
# of the host to leave things in, $KVER and $CLOCK say where we run.
set -euo pipefail
. "$TOP/scripts/vm/served.sh"

scratch=$(mktemp -d)
ktap_count=0 ktap_failed=0

# -- results ------------------------------------------------------------------

# plan COUNT: how many results follow
plan() {
	printf 'KTAP version 1\n1..%d\n' "$1"
}

# note TEXT...: a line for the reader of the log
note() {
	printf '# %s\n' "$*"
}

# ok DESCRIPTION
ok() {
	ktap_count=$((ktap_count + 1))
	printf 'ok %d %s\n' "$ktap_count" "$*"
}

# not_ok DESCRIPTION
not_ok() {
	ktap_count=$((ktap_count + 1))
	ktap_failed=$((ktap_failed + 1))
	printf 'not ok %d %s\n' "$ktap_count" "$*"
}

# skip REASON DESCRIPTION
skip() {
	ktap_count=$((ktap_count + 1))
	printf 'ok %d %s # SKIP %s\n' "$ktap_count" "$2" "$1"
}

# is ACTUAL EXPECTED DESCRIPTION
is() {
	if [ "$1" = "$2" ]; then
		ok "$3"
	else
		not_ok "$3"
		note "  got:      $1"
		note "  expected: $2"
	fi
}

# within ACTUAL LOW HIGH DESCRIPTION: whole numbers, bounds included
within() {
	if [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; then
		ok "$4"
	else
		not_ok "$4"
		note "  got $1, expected $2 to $3"
	fi
}

# check DESCRIPTION COMMAND...: the command succeeds
check() {
	local description=$1 output
	shift

	if output=$("$@" 2>&1); then
		ok "$description"
	else
		not_ok "$description"
		note "  failed: $*"
		sed -n '1,20s/^/#   /p' <<<"$output"
	fi
}

# check_not DESCRIPTION COMMAND...: the command fails
check_not() {
	local description=$1
	shift

	if "$@" >/dev/null 2>&1; then
		not_ok "$description"
		note "  succeeded: $*"
	else
		ok "$description"
	fi
}

# give_up TEXT...: ends the scenario as failed
give_up() {
	printf 'Bail out! %s\n' "$*"
	printf 'Bail out! %s\n' "$*" >&2
	exit 1
}

# -- the module ---------------------------------------------------------------

loaded_at=0

# load_module [PARAMETER=VALUE...]
load_module() {
	insmod "$BUILD/tcpdiag.ko" "$@" || return
	loaded_at=$SECONDS
}

unload_module() {
	rmmod tcpdiag
}

module_loaded() {
	[ -d /sys/module/tcpdiag ]
}

# in_netns NETNS COMMAND...: a program (not a function) in a namespace; "" is
# the scenario's own, "init" the machine's.
in_netns() {
	local ns=$1 program
	shift

	# By its path: a busybox nsenter would start busybox's own ip.
	hash "$1" 2>/dev/null || give_up "no program $1"
	program=${BASH_CMDS[$1]}
	shift
	case $ns in
	'') "$program" "$@" ;;
	init) nsenter --net=/proc/1/ns/net "$program" "$@" ;;
	*) nsenter --net="/run/netns/$ns" "$program" "$@" ;;
	esac
}

# summary [NETNS]: /proc/tcpdiag
summary() {
	in_netns "${1:-}" cat /proc/tcpdiag
}

# view NAME [NETNS]: a detail file, header included
view() {
	in_netns "${2:-}" cat "/proc/net/tcpdiag/$1"
}

# lines_of COMMAND...: reads what it prints into the array lines. It goes through a
# file, because bash reads a pipe byte by byte.
lines_of() {
	"$@" >"$scratch/lines-$BASHPID"
	mapfile -t lines <"$scratch/lines-$BASHPID"
}

# read_lines FILE [NETNS]: reads it into the array lines. In the scenario's own
# namespace no process is started for it: on an emulated CPU that takes long.
read_lines() {
	if [ -z "${2:-}" ]; then
		mapfile -t lines <"$1"
	else
		lines_of in_netns "$2" cat "$1"
	fi
	[ ${#lines[@]} -gt 0 ] || give_up "nothing in $1"
}

# read_view NAME [NETNS]: reads a detail file, header included, into the array lines
read_view() {
	read_lines "/proc/net/tcpdiag/$1" "${2:-}"
}

# find_column VIEW COLUMN: sets at to its place; the view is in the array lines
find_column() {
	local words

	read -ra words <<<"${lines[0]#\# }"
	for at in "${!words[@]}"; do
		[ "${words[at]}" != "$2" ] || return 0
	done
	give_up "no column $2 in the view $1"
}

# sum_of VIEW COLUMN [NETNS]: the sum over all rows; "-" counts as 0
sum_of() {
	local lines words row at sum=0

	read_view "$1" "${3:-}"
	find_column "$1" "$2"
	for row in "${lines[@]:1}"; do
		read -ra words <<<"$row"
		[ "${words[at]}" = - ] || sum=$((sum + words[at]))
	done
	printf '%s\n' "$sum"
}

# cell VIEW KEY COLUMN [NETNS]: in the row whose first column is KEY
cell() {
	local lines words row at

	read_view "$1" "${4:-}"
	find_column "$1" "$3"
	for row in "${lines[@]:1}"; do
		if [[ $row == "$2 "* ]]; then
			read -ra words <<<"$row"
			printf '%s\n' "${words[at]}"
			return
		fi
	done
	give_up "no row $2 in the view $1"
}

# state_col STATE COLUMN [NETNS]: of the view states
state_col() {
	cell states "$1" "$2" "${3:-}"
}

# self NAME [NETNS]: a value of the view self
self() {
	cell self "$1" value "${2:-}"
}

# findings [NETNS]: severity and code of each, one finding a line
findings() {
	view findings "${1:-}" | awk '$4 == "what" { print $2, $3 }'
}

# finding CODE WORDS PART: that part of the finding CODE whose `what` has the
# words ("" for any); nothing if there is none
finding() {
	view findings | awk -v code="$1" -v words="$2" -v part="$3" '
		$3 == code && $4 == "what" && (words == "" || index($0, words)) { n = $1 }
		$3 == code && $1 == n && $4 == part { sub("^([^ ]+ ){4}", ""); print }'
}

# transition FROM TO [NETNS]: how often it was seen; 0 when never
transition() {
	local lines row from to count=0

	read_view transitions "${3:-}"
	for row in "${lines[@]:1}"; do
		read -r from to count _ <<<"$row"
		[ "$from $to" != "$1 $2" ] || break
		count=0
	done
	printf '%s\n' "$count"
}

declare -A moves_before=()

# read_moves [NETNS]: transitions since the mark (else since insmod) into the
# associative array steps: FROM>TO, how often
read_moves() {
	local lines row from to count

	read_view transitions "${1:-}"
	for row in "${lines[@]:1}"; do
		read -r from to count _ <<<"$row"
		count=$((count - ${moves_before["${1:-} $from>$to"]:-0}))
		[ "$count" -eq 0 ] || steps["$from>$to"]=$count
	done
}

# mark_moves [NETNS]: moved counts from here on
mark_moves() {
	local -A steps=()
	local step key

	read_moves "${1:-}"
	for step in "${!steps[@]}"; do
		key="${1:-} $step"
		moves_before[$key]=$((${moves_before[$key]:-0} + steps[$step]))
	done
}

# print_steps ARRAY: sorted, one a line: FROM>TO COUNT
print_steps() {
	local -n of=$1
	local step

	for step in "${!of[@]}"; do
		printf '%s %s\n' "$step" "${of[$step]}"
	done | sort
}

# moves [NETNS]: transitions since the mark, sorted, one a line: FROM>TO COUNT
moves() {
	local -A steps=()

	read_moves "${1:-}"
	print_steps steps
}

# as_expected: whether steps is what expected is
as_expected() {
	local step

	[ ${#steps[@]} -eq ${#expected[@]} ] || return 1
	for step in "${!expected[@]}"; do
		[ "${steps[$step]:-0}" -eq "${expected[$step]}" ] || return 1
	done
}

# A TIME_WAIT ends by itself after a minute, wherever the scenario is then.
forget_old_time_waits() {
	[ $((SECONDS - loaded_at)) -lt 60 ] || [ -n "${expected["TIME_WAIT>CLOSE"]:-}" ] ||
		unset "steps[TIME_WAIT>CLOSE]"
}

# moved DESCRIPTION [NETNS]: within 10 s these transitions happened since the
# mark, and no other; they are read from stdin, FROM>TO COUNT. Sets a new mark.
moved() {
	local -A expected=() steps=()
	local step count tries

	while read -r step count; do
		[ -z "$step" ] || expected[$step]=$count
	done
	for ((tries = 0; tries < 100; tries++)); do
		steps=()
		read_moves "${2:-}"
		forget_old_time_waits
		! as_expected || break
		sleep 0.1
	done
	if as_expected; then
		ok "$1"
	else
		not_ok "$1"
		note "  got:      $(print_steps steps | tr '\n' ' ')"
		note "  expected: $(print_steps expected | tr '\n' ' ')"
	fi
	mark_moves "${2:-}"
}

# -- the truth, from elsewhere --------------------------------------------------

# The name ss has for a state: SYN_SENT is syn-sent, FIN_WAIT1 is fin-wait-1.
ss_name() {
	local name=${1,,}

	name=${name//_/-}
	case $name in
	listen) name=listening ;;
	close) name=closed ;;
	fin-wait[12]) name=fin-wait-${name#fin-wait} ;;
	esac
	printf '%s\n' "$name"
}

# ss_count STATE [NETNS]: sockets in a state, IPv4 and IPv6, as ss counts them
ss_count() {
	local lines

	lines_of in_netns "${2:-}" ss -Htan state "$(ss_name "$1")"
	printf '%s\n' ${#lines[@]}
}

# States are printed in this order.
STATES=(ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT
	LAST_ACK LISTEN CLOSING)

# print_gauges: of the associative array gauge; states without sockets are left out
print_gauges() {
	local state

	for state in "${STATES[@]}"; do
		[ "${gauge[$state]:-0}" = 0 ] || printf '%s %s\n' "$state" "${gauge[$state]}"
	done
}

# How many sockets ss counts in each state, under the names of the view states.
# NEW_SYN_RECV is counted in SYN_RECV, because ss does not tell them apart.
ss_gauges() {
	local -A gauge=()
	local lines state

	lines_of in_netns "${1:-}" ss -Htan
	for state in "${lines[@]%% *}"; do
		state=${state/ESTAB/ESTABLISHED}
		state=${state//-/_}
		state=${state/FIN_WAIT_/FIN_WAIT}
		state=${state/UNCONN/CLOSE}
		gauge[$state]=$((${gauge[$state]:-0} + 1))
	done
	print_gauges
}

# The gauges of the view states in the same form.
our_gauges() {
	local -A gauge=()
	local lines row state now rest

	read_view states "${1:-}"
	for row in "${lines[@]:1}"; do
		read -r state now rest <<<"$row"
		state=${state/NEW_SYN_RECV/SYN_RECV}
		[ "$now" = - ] || gauge[$state]=$((${gauge[$state]:-0} + now))
	done
	print_gauges
}

# gauges_agree DESCRIPTION [NETNS]: each gauge equals what ss counts, within 2 s
gauges_agree() {
	local ours theirs tries

	for ((tries = 0; tries < 20; tries++)); do
		ours=$(our_gauges "${2:-}")
		theirs=$(ss_gauges "${2:-}")
		[ "$ours" != "$theirs" ] || break
		sleep 0.1
	done
	is "$ours" "$theirs" "$1"
}

# mib NAME [NETNS]: a counter by the name that nstat has for it, since the
# namespace was made: TcpActiveOpens, TcpExtTW
mib() {
	local lines file line group columns=() values at

	for file in snmp netstat; do
		read_lines "/proc/net/$file" "${2:-}"
		for line in "${lines[@]}"; do
			group=${line%%:*}
			read -ra values <<<"${line#*: }"
			for at in "${!columns[@]}"; do
				[ "$group${columns[at]}" = "$1" ] || continue
				[[ ${values[at]} != [0-9]* ]] || { printf '%s\n' "${values[at]}"; return; }
			done
			columns=("${values[@]}")
		done
	done
	give_up "no counter $1"
}

# -- networks -------------------------------------------------------------------

declare -A v4_address=() v6_address=()
links=0

# netns NAME: a namespace with lo up
netns() {
	ip netns add "$1"
	in_netns "$1" ip link set lo up
}

# veth A B: a wire between two namespaces ("" is the scenario's own), device
# to-B in A and to-A in B ("to-here" for the own one); see v4 and v6.
veth() {
	local a=$1 b=$2 subnet
	links=$((links + 1))
	subnet=$links

	ip link add "x$subnet-a" type veth peer name "x$subnet-b"
	wire_end "$a" "$b" "x$subnet-a" "10.0.$subnet.1" "fd00:$subnet::1"
	wire_end "$b" "$a" "x$subnet-b" "10.0.$subnet.2" "fd00:$subnet::2"
}

wire_end() {
	local own=$1 peer=$2 device=$3 v4=$4 v6=$5
	local name=to-${peer:-here}

	[ -z "$own" ] || ip link set "$device" netns "$own"
	in_netns "$own" ip link set "$device" name "$name" up
	in_netns "$own" ip addr add "$v4/24" dev "$name"
	in_netns "$own" ip addr add "$v6/64" dev "$name" nodad
	v4_address["$own>$peer"]=$v4
	v6_address["$own>$peer"]=$v6
}

# v4 A B, v6 A B: A's address on its wire to B
v4() {
	printf '%s\n' "${v4_address["$1>$2"]}"
}

v6() {
	printf '%s\n' "${v6_address["$1>$2"]}"
}

# delay DEVICE MS [NETNS]: packets that leave by the device take that long
delay() {
	in_netns "${3:-}" tc qdisc replace dev "$1" root netem delay "$2ms" limit 100000
}

# drop_all DEVICE [NETNS]: packets that leave by the device are lost
drop_all() {
	in_netns "${2:-}" tc qdisc replace dev "$1" root netem loss 100%
}

# no_qdisc DEVICE [NETNS]: takes delay or drop_all back
no_qdisc() {
	in_netns "${2:-}" tc qdisc del dev "$1" root
}

# set_sysctl NAME VALUE [NETNS]: set_sysctl net.ipv4.tcp_fin_timeout 2
set_sysctl() {
	in_netns "${3:-}" sysctl -qw "$1=$2"
}

# -- players ----------------------------------------------------------------------

declare -A player_pid=() player_in=() player_out=()

# play NAME [-n NETNS]: a process that opens and closes sockets when told to
play() {
	local name=$1 ns='' in out fd
	[ "${2:-}" != -n ] || ns=$3

	mkfifo "$scratch/$name.in" "$scratch/$name.out"
	# A player sees the end of its input only when nobody else holds that pipe
	# open, so close those of the other players. exec: the pid is the player's.
	(
		for fd in "${player_in[@]}" "${player_out[@]}"; do
			exec {fd}>&-
		done
		[ -z "$ns" ] || set -- nsenter --net="/run/netns/$ns"
		[ -n "$ns" ] || set --
		exec "$@" "$TOP/build/tcpplay"
	) <"$scratch/$name.in" >"$scratch/$name.out" &
	player_pid[$name]=$!
	exec {in}>"$scratch/$name.in" {out}<"$scratch/$name.out"
	player_in[$name]=$in
	player_out[$name]=$out
}

# ask NAME COMMAND...: sends a command and does not wait; see answer
ask() {
	local name=$1
	shift

	[ -n "${player_in[$name]:-}" ] || give_up "nobody plays $name"
	printf '%s\n' "$*" >&"${player_in[$name]}"
}

# answer NAME: waits for the line that answers the oldest open question
answer() {
	local line status end

	served
	end=$((SERVED + 300))
	while [ "$SERVED" -lt "$end" ]; do
		status=0
		read -r -t $((end - SERVED)) -u "${player_out[$1]}" line || status=$?
		[ "$status" -gt 128 ] || break
		served
	done
	[ "$status" -eq 0 ] || give_up "$1 does not answer"
	printf '%s\n' "$line"
}

# tell NAME COMMAND...: prints the value the player answers; an error ends the
# scenario. The commands: the table in scripts/vm/tcpplay/main.c.
tell() {
	local line

	ask "$@"
	line=$(answer "$1")
	case $line in
	ok) ;;
	'ok '*) printf '%s\n' "${line#ok }" ;;
	*) give_up "$* answered $line" ;;
	esac
}

# tell_err NAME ERRNO COMMAND...: must fail in just this way
tell_err() {
	local name=$1 errno=$2 line
	shift 2

	ask "$name" "$@"
	line=$(answer "$name")
	[ "$line" = "err $errno" ] || give_up "$name $* answered $line, not err $errno"
}

# dismiss NAME: the player ends; its sockets are closed by the kernel
dismiss() {
	local in=${player_in[$1]} out=${player_out[$1]}

	exec {in}>&- {out}<&-
	wait "${player_pid[$1]}" || :
	unset "player_pid[$1]" "player_in[$1]" "player_out[$1]"
	rm "$scratch/$1.in" "$scratch/$1.out"
}

# kill_player NAME: it dies at once, like a program that crashes
kill_player() {
	kill -9 "${player_pid[$1]}"
	wait "${player_pid[$1]}" 2>/dev/null || :
	dismiss "$1"
}

# -- time ------------------------------------------------------------------------

# wait_until SECONDS COMMAND...: until it succeeds; five times longer on debug, and
# longer on a busy host
wait_until() {
	local seconds=$1 deadline
	shift

	case $KVER in
	debug | soak) seconds=$((seconds * 5)) ;;
	esac
	served
	deadline=$((SERVED + seconds + 1))
	while ! "$@" >/dev/null 2>&1; do
		[ "$SERVED" -lt "$deadline" ] || give_up "waited $seconds s for: $*"
		sleep 0.1
		served
	done
}

# counted: waits until ports and time_wait, which are brought up to date once a
# second, include everything that has happened
counted() {
	sleep 2
}

# equal COMMAND... -- VALUE: whether it prints VALUE; for wait_until
# usage: wait_until 5 equal ss_count TIME_WAIT -- 3
equal() {
	local words=()

	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	[ "$("${words[@]}")" = "$2" ]
}

# -- the beginning and the end ----------------------------------------------------------------------

# Sockets that are closing, and a namespace's default, may hold the module for a while.
let_go_of_module() {
	local tries

	sysctl -qw net.ipv4.tcp_congestion_control=cubic
	for ((tries = 0; tries < 50; tries++)); do
		module_loaded || return 0
		! rmmod tcpdiag 2>/dev/null || return 0
		sleep 0.2
	done
	rmmod tcpdiag
}

# What the players leave behind when they are killed soon gives up, so that the next
# scenario finds no sockets of this one: where nobody answers it would take minutes.
orphans_give_up() {
	local ns setting=net.ipv4.tcp_orphan_retries=1

	sysctl -qw "$setting" || :
	for ns in /run/netns/*; do
		[ ! -e "$ns" ] || nsenter --net="$ns" sysctl -qw "$setting" 2>/dev/null || :
	done
}

scenario_end() {
	local status=$? ns

	trap - EXIT
	[ "$status" -eq 0 ] || note "ended with status $status after $ktap_count results"
	orphans_give_up
	if [ ${#player_pid[@]} -gt 0 ]; then
		kill -9 "${player_pid[@]}" 2>/dev/null || :
		wait "${player_pid[@]}" 2>/dev/null || :
	fi
	for ns in /run/netns/*; do
		[ ! -e "$ns" ] || ip netns delete "${ns##*/}" || :
	done
	if ! let_go_of_module; then
		note "tcpdiag could not be unloaded: $(cat /sys/module/tcpdiag/refcnt) users"
		status=1
	fi
	rm -rf "$scratch"
	[ "$ktap_failed" -eq 0 ] || status=1
	exit "$status"
}
trap scenario_end EXIT

ip link set lo up
