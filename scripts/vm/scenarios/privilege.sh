#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Only an opener with CAP_NET_ADMIN over the namespace sees who owns a socket; the
# rest is for everybody.
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 60
. "$TOP/scripts/vm/lib.sh"

as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"
}

# The columns pid comm uid inode cgroup of the listener. usage: owner <sockets
owner() {
	awk '$3 == "LISTEN" { print $7, $8, $9, $10, $11 }'
}

plan 19

load_module
play server
tell server comm server
tell server listen l 127.0.0.1 8080
truth="$(tell server pid) server 0 $(tell server inode l)"

for file in /proc/tcpdiag /proc/net/tcpdiag/{states,transitions,histograms,sockets,resets,stalls,flows,time_wait,ports,findings,history,self}; do
	is "$(stat -c '%a %U' "$file")" "444 root" "$file is for everybody to read"
done

owner </proc/net/tcpdiag/sockets >"$scratch/by_owner"
is "$(cut -d ' ' -f 1-4 "$scratch/by_owner")" "$truth" "root sees the owner"
is "$(as_nobody cat /proc/net/tcpdiag/sockets | owner)" "- - - - -" "nobody sees none"
is "$(as_nobody cat /proc/net/tcpdiag/sockets | awk '!/^#/ { print $1, $2, $3, $6 }')" \
	"127.0.0.1:8080 0.0.0.0:* LISTEN listener" "but the socket itself"
is "$(as_nobody cat </proc/net/tcpdiag/sockets | owner)" "$(cat "$scratch/by_owner")" \
	"a file opened by root keeps showing the owner to whom it is handed"
is "$(as_nobody cat /proc/tcpdiag | grep -c "pid $(tell server pid)" || :)" 0 \
	"the summary names nobody to nobody"

# Root of a user namespace has no power over a network namespace that is older ...
is "$(unshare -Ur cat /proc/net/tcpdiag/sockets | owner)" "- - - - -" \
	"root in a user namespace sees no owner in a namespace that is not its own"

# ... but over one of its own; uids are told as it knows them.
# The player is copied to where nobody may run it, wherever the repository is.
install -m 755 "$TOP/build/tcpplay" /run/tcpplay
as_nobody unshare -Urn bash -c "
	ip link set lo up
	exec 3> >(exec /run/tcpplay >/dev/null)
	echo listen l 127.0.0.1 8080 >&3
	for ((i = 0; i < 50; i++)); do
		grep -q LISTEN /proc/net/tcpdiag/sockets && break
		sleep 0.1
	done
	cat /proc/net/tcpdiag/sockets" >"$scratch/inside"
is "$(owner <"$scratch/inside" | cut -d ' ' -f 2-3)" "tcpplay 0" \
	"in a namespace of its own it does"
