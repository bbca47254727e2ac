#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Nobody makes hundreds of network namespaces with a leak in each. Meanwhile other
# namespaces begin and end without waiting, and each is judged in its turn. Truth:
# the clock and /proc.
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"

TENANTS=200
FILES=200000

# one_container: how long a namespace takes to begin and to end, in us
one_container() {
	local began=${EPOCHREALTIME/./}

	unshare --net true
	printf '%s\n' $((${EPOCHREALTIME/./} - began))
}

# slowest SECONDS: the third longest of all that begin within that time, ten a second. What
# held them up lasted for seconds, and met each; a read of the VM's disk, which takes as
# long as the host likes, meets one or two.
slowest() {
	local deadline=$((SECONDS + $1))

	while [ "$SECONDS" -lt "$deadline" ]; do
		one_container
		sleep 0.1
	done | sort -nr | sed -n 3p
}

plan 5

load_module
play landlord
play holder
# Open files to be looked through, which a look for owners takes time for.
tell holder nofile $((FILES + 100))
tell holder dups $FILES
set_sysctl user.max_net_namespaces 10000
tell landlord nofile 10000
free=$(slowest 6)

nobody=$(tell landlord tenants $TENANTS)
is "$(awk '/^Uid:/ { print $2 }' "/proc/$nobody/status")" 65534 "nobody made $TENANTS namespaces"
inside=/proc/$nobody/net/tcpdiag
is "$(awk '$1 == "CLOSE_WAIT" { print $2 }' "$inside/states")" \
	"$(nsenter --net="/proc/$nobody/ns/net" ss -Htan state close-wait | wc -l)" \
	"each has a socket in CLOSE_WAIT"
# After a minute each of them is a suspect, and the worker looks for owners.
sleep 65
busy=$(slowest 22)
within "$busy" 0 $((2 * free + 100000)) "a container begins and ends in $free us without them, in $busy us with them"

is "$(awk '$4 == "what" { print $3 }' "$inside/findings")" close_wait_leak "the leak is found there"
wait_until 30 grep -qx 'findings_standing 1' "$inside/self"
ok "and stands, without a reader"
