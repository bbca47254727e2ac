#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Both sides act at once: their SYNs cross (simultaneous open), and their FINs
# cross (simultaneous close, state CLOSING). A delay on the wire makes them.
#
#   a                         b
#   SYN_SENT    --- SYN \/    SYN_SENT
#   SYN_RECV    <---SYN /\    SYN_RECV
#   ESTABLISHED -- S+A  \/    ESTABLISHED
#   FIN_WAIT1   --- FIN \/    FIN_WAIT1
#   CLOSING     <-- FIN /\    CLOSING
#   TIME_WAIT   <-- ACK \/    TIME_WAIT
#
# kernels: 6.1 6.12 7.3 debug
# clock: virtual
# limit: 60
. "$TOP/scripts/vm/lib.sh"

# Once for each of two namespaces.
# usage: both DESCRIPTION <transitions of one side
both() {
	local list

	list=$(cat)
	moved "$1: a" a <<<"$list"
	moved "$1: b" b <<<"$list"
}

plan 18

netns a
netns b
veth a b
# Neighbours must be known, or the first SYN waits for their address.
in_netns a ip link set to-b address 02:00:00:00:00:0a
in_netns b ip link set to-a address 02:00:00:00:00:0b
delay to-b 400 a
delay to-a 400 b
load_module
play a -n a
play b -n b

for version in v4 v6; do
	addr_a=$("$version" a b)
	addr_b=$("$version" b a)
	in_netns a ip neigh replace "$addr_b" dev to-b lladdr 02:00:00:00:00:0b
	in_netns b ip neigh replace "$addr_a" dev to-a lladdr 02:00:00:00:00:0a
	mark_moves a
	mark_moves b

	tell a start c "$addr_b" 1002 from "$addr_a" 1001
	tell b start c "$addr_a" 1001 from "$addr_b" 1002
	tell a finish c
	tell b finish c
	both "$version simultaneous open" <<-END
		CLOSE>SYN_SENT 1
		SYN_SENT>SYN_RECV 1
		SYN_RECV>ESTABLISHED 1
	END
	gauges_agree "$version open: a's gauges as ss has them" a

	ask a close c
	ask b close c
	answer a >/dev/null
	answer b >/dev/null
	both "$version simultaneous close" <<-END
		ESTABLISHED>FIN_WAIT1 1
		FIN_WAIT1>CLOSING 1
		CLOSING>TIME_WAIT 1
	END
	check "$version CLOSING lasted as long as the ACK took" \
		test "$(state_col CLOSING max_us a)" -ge 10000
	gauges_agree "$version closed: a's gauges as ss has them" a
	gauges_agree "$version closed: b's gauges as ss has them" b
done

is "$(mib TcpPassiveOpens a) $(mib TcpPassiveOpens b)" "0 0" "nobody listened"
is "$(view transitions a | awk 'NR > 1 && $4 != "expected"')" "" "RFC 9293 knows all this"
