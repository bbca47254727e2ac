#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Several programs stop calling accept() at a time: each of the worst is named, and
# the rest is counted. Two listeners that share a port (SO_REUSEPORT) are told as one.
# Truth: the queues as ss has them.
#
# kernels: 6.12
# also: 6.1 7.3 debug
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# hung PLAYER PORT: it listens there and never accepts
hung() {
	play "$1"
	tell "$1" comm "$1"
	tell "$1" socket l v4
	tell "$1" opt l reuseport 1
	tell "$1" bind l 127.0.0.1 "$2"
	tell "$1" await l
}

# The one who answers for a port in a finding on slow accept().
named() {
	finding slow_accept "127.0.0.1:$1" what
}

waiting() {
	ss -Htln "sport = :$1" | awk '{ n += $2 } END { print n + 0 }'
}

plan 16

load_module
play client
play fine
tell fine listen l 127.0.0.1 8090
hung alpha 8081
hung beta 8082
hung gamma 8083
hung delta 8083
for port in 8081 8082 8083 8090; do
	for i in 1 2 3 4 5 6 7 8; do
		tell client connect "c$port-$i" 127.0.0.1 "$port"
	done
done
for i in 1 2 3 4 5 6 7 8; do
	tell fine accept "s$i" l
done
is "$(waiting 8081) $(waiting 8082) $(waiting 8083) $(waiting 8090)" "8 8 8 0" "ss has the queues"
sleep 15
is "$(findings | grep -c 'WARNING slow_accept')" 3 "three findings"
for program in alpha:8081 beta:8082; do
	check "${program%:*} is named" grep -q "^${program%:*} (pid .* on 127.0.0.1:${program#*:} does not accept" \
		<<<"$(named "${program#*:}")"
done
check "of two on one port the worse is named" grep -qE "^(gamma|delta) \(pid .*one of 2 listeners of this port" \
	<<<"$(named 8083)"
check_not "nobody is left out" grep -q 'more listener' <<<"$(view findings)"
check_not "the healthy one is not accused" grep -q fine <<<"$(view findings)"

note "one more"
hung epsilon 8085
hung zeta 8085
for i in 1 2 3 4 5 6 7 8; do
	tell client connect "c8085-$i" 127.0.0.1 8085
done
sleep 5
is "$(waiting 8085)" 8 "ss has its queues"
is "$(ss -Htln "sport = :8085" | awk '$2 { n++ } END { print n + 0 }')" 2 "two listeners that share the port"
is "$(findings | grep -c 'WARNING slow_accept')" 3 "three are told"
is "$(view findings | grep -c '1 more listener is affected')" 1 "and that there is one more, which both are"

note "they are gone"
for program in alpha beta gamma delta epsilon zeta; do
	dismiss "$program"
done
sleep 3
is "$(findings | sort -u)" "NOTE resets_not_accepted" "what is left is whose clients were reset"

note "who comes after"
tell fine listen other 127.0.0.2 8082
sleep 3
is "$(ss -Htln "sport = :8082" | awk '{ print $4 }')" 127.0.0.2:8082 "one listens on the port at another address"
is "$(findings | sort -u)" "NOTE resets_not_accepted" "that is no successor"
tell fine listen next 127.0.0.1 8082
sleep 3
is "$(findings | sort -u)" "$(printf '%s\n' "NOTE resets_not_accepted" "WARNING resets_not_accepted")" "at that address it is one"
is "$(finding resets_not_accepted 8082 what | grep -c 'nobody listens')" 0 "of that port only"
