#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A client connects from three local addresses to one server: time_wait shows one
# destination with all their TIME_WAITs, as ss counts them.
# kernels: 6.1 6.12 debug
# clock: virtual
# limit: 60
. "$TOP/scripts/vm/lib.sh"

# TIME_WAITs towards the server, as ss has them.
waiting() {
	local lines

	lines_of in_netns '' ss -H4tan state time-wait "dst 127.0.0.1:8080"
	printf '%s\n' ${#lines[@]}
}

# destination NAME: its TIME_WAITs in the view
destination() {
	view time_wait | awk -v name="$1" '$1 == "destination" && $5 == name { print $6 }'
}

plan 3

load_module
play server
play client
tell server listen l 127.0.0.1 8080
for address in 127.0.0.1 127.0.0.2 127.0.0.3; do
	for i in 1 2 3 4; do
		tell client socket "$address.$i" v4
		tell client bind "$address.$i" "$address" 0
		tell client again "$address.$i" 127.0.0.1 8080
		tell server accept "s$address.$i" l
		tell client close "$address.$i"
		tell server drain "s$address.$i" >/dev/null
		tell server close "s$address.$i"
	done
done
wait_until 5 equal waiting -- 12
counted
is "$(destination 127.0.0.1:8080)" "$(waiting)" "one row for the destination, as ss counts"
for _ in 1 2 3 4 5 6 7 8; do
	view time_wait >/dev/null
	view ports >/dev/null
	view findings >/dev/null
done
is "$(destination 127.0.0.1:8080)" "$(waiting)" "read again and again it stays so"
is "$(self events_mismatched)" 0 "no event was out of place"
