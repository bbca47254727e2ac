# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What scenarios ask the netlink family with: processes that run scripts/vm/netlink.py, to
# which requests are written. Sourced after lib.sh.

# shellcheck disable=SC2154 # scratch is lib.sh's
# A copy, because nobody may not look into the cache.
mkdir "$scratch/answers" "$scratch/ynl"
cp -r "$CACHE/source-6.12/tools/net/ynl/lib" "$CACHE/source-6.12/tools/net/ynl/cli.py" \
	"$TOP/scripts/vm/netlink.py" "$TOP/Documentation/netlink/specs/tcpdiag.yaml" "$scratch/ynl"
chmod -R a+rX "$scratch/ynl"
chmod 755 "$scratch"
chmod 777 "$scratch/answers"

# By name: where requests go, and the process.
declare -A asker=() asker_pid=()

# start_asker NAME [COMMAND...]: a process that asks for the scenario. It is there before
# the traffic, because python takes long to start and TIME_WAITs end meanwhile.
start_asker() {
	local name=$1 fd
	shift

	mkfifo "$scratch/$name.requests"
	(cd "$scratch/answers" && exec "$@" /usr/bin/python3 "$scratch/ynl/netlink.py") \
		<"$scratch/$name.requests" &
	asker_pid[$name]=$!
	exec {fd}>"$scratch/$name.requests"
	asker[$name]=$fd
	printf '%s-ready get\n' "$name" >&"$fd"
	wait_until 120 test -e "$scratch/answers/$name-ready"
}

# ask_netlink NAME <REQUESTS: answers are in files of $scratch/answers
ask_netlink() {
	rm -f "$scratch/answers/$1-done"
	cat >&"${asker[$1]}"
	printf '%s-done get\n' "$1" >&"${asker[$1]}"
	wait_until 120 test -e "$scratch/answers/$1-done"
}

# end_askers: all of them; their sockets are closed
end_askers() {
	local pid

	for pid in "${asker_pid[@]}"; do
		kill "$pid"
		wait "$pid" || :
	done
}
