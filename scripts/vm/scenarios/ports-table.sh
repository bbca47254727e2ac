#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# More destinations than there are slots: rows stay exact, the rest is "other",
# and the sums are those of ss. Slots that are free again go to new ones.
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 240
. "$TOP/scripts/vm/lib.sh"

sum() {
	sum_of ports "$1"
}

ss_clients() {
	local lines

	lines_of in_netns '' ss -Htan "$@" 'dport >= :7001' 'dport <= :7200'
	printf '%s\n' ${#lines[@]}
}

plan 12

load_module
play server
play client
for ((i = 1; i <= 150; i++)); do
	tell server listen "l$i" 127.0.0.1 $((7000 + i))
	tell client connect "a$i" 127.0.0.1 $((7000 + i))
done
counted
is "$(sum in_use)" 150 "no connection is missing in the sum"
is "$(sum established)" "$(ss_clients state established)" "as ss says"
within "$(view ports | grep -vc '^#\|^other')" 2 64 "but rows are few"
within "$(cell ports other in_use)" 1 149 "the rest is in other"

# A destination that already has a row takes as many more as it likes.
dest=$(view ports | awk 'NR == 2 { print $2 }')
tell client fill more 40 127.0.0.1 "${dest##*:}" >/dev/null
counted
is "$(cell ports "127.0.0.1 $dest" in_use)" 41 \
	"a destination with a row counts on"

# The server closes first, so the client's ports are free at once.
dismiss server
dismiss client
wait_until 10 equal ss_clients state established state last-ack state close-wait -- 0
counted
is "$(sum in_use)" "$(ss_clients state time-wait)" "nothing is left over"
is "$(sum connects)" 190 "no connect was lost"
play late
tell late listen l 127.0.0.1 6999
tell late fill b 30 127.0.0.1 6999 >/dev/null
counted
is "$(cell ports '127.0.0.1 127.0.0.1:6999' in_use)" 30 \
	"a new destination gets a slot that is free again"
is "$(sum connects)" 220 "what others had counted is kept"

# Two programs connect to one destination; the later and busier one ends.
play stays
tell stays comm stays
play ends
tell ends comm ends
tell stays listen l 127.0.0.1 6998
tell stays connect c 127.0.0.1 6998
counted
tell ends fill b 100 127.0.0.1 6998 >/dev/null
counted
is "$(cell ports '127.0.0.1 127.0.0.1:6998' comm)" ends \
	"of two programs the one that connects now is named"
dismiss ends
counted
is "$(cell ports '127.0.0.1 127.0.0.1:6998' comm)" stays \
	"when it has ended, the one that still runs is named"
is "$(self events_mismatched)" 0 "no event was out of place"
