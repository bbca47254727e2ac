# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Programs of Python for scenarios, where the lab's players do not do: threads, calls that
# block, options; and what the page tells. Source it after lib.sh.

# shellcheck disable=SC2154 # scratch is lib.sh's

declare -A program_pid=()

# program NAME [-n NETNS] [ARG...] <<PROGRAM: runs it in the background; its process is called NAME.
# listen(PORT, BACKLOG) listens on all addresses; say(WORDS) is what said() waits for;
# greet(HOST, PORT, COUNT) is so many connections that have been answered.
program() {
	local name=$1 into=()
	shift
	if [ "${1:-}" = -n ]; then
		[ -z "$2" ] || into=(nsenter "--net=/run/netns/$2")
		shift 2
	fi
	{
		cat <<-'P'
			import os, select, socket, struct, sys, threading, time
			open("/proc/self/comm", "w").write(os.path.basename(sys.argv[0])[:-3])
			def say(*words):
			    print(*words, flush=True)
			def listen(port, backlog=64):
			    l = socket.socket()
			    l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
			    l.bind(("0.0.0.0", port))
			    l.listen(backlog)
			    return l
			def each(l, serve):
			    while True:
			        c, _ = l.accept()
			        threading.Thread(target=serve, args=(c,), daemon=True).start()
			def run(work, *args):
			    threading.Thread(target=work, args=args, daemon=True).start()
			def greet(host, port, count):
			    k = [socket.create_connection((host, port)) for i in range(count)]
			    for s in k:
			        s.sendall(b"hi")
			        s.recv(2)
			    return k
		P
		cat
	} >"$scratch/$name.py"
	: >"$scratch/$name.out"
	# in_netns would leave a shell between, and $! would be that
	"${into[@]}" "$(type -P python3)" -S -E "$scratch/$name.py" "$@" >"$scratch/$name.out" 2>&1 &
	program_pid[$name]=$!
}

# said NAME WORDS [SECONDS]: waits until it has
said() {
	wait_until "${3:-60}" grep -q "$2" "$scratch/$1.out"
}

# visits stay|leave COUNT TIMEOUT NETNS ADDRESS PORT [SOURCE]: the program visitor connects so
# often, sends a byte and waits for one; it says how many were served, and how many not. Who
# stays keeps its connections.
visits() {
	program visitor -n "$4" "$1" "$2" "$3" "${@:5}" <<-'P'
		t = [0, 0]
		k = []
		for i in range(int(sys.argv[2])):
		    s = socket.socket()
		    s.settimeout(float(sys.argv[3]))
		    try:
		        if len(sys.argv) > 6:
		            s.bind((sys.argv[6], 0))
		        s.connect((sys.argv[4], int(sys.argv[5])))
		        s.sendall(b"x")
		        s.recv(1)
		        t[0] += 1
		        if sys.argv[1] == "stay":
		            k.append(s)
		    except OSError:
		        t[1] += 1
		    if s not in k:
		        s.close()
		    time.sleep(0.4)
		say("done", *t)
		time.sleep(1e6)
	P
	said visitor "^done" 900
	note "$(cat "$scratch/visitor.out")"
}

# end_programs [NAME...]: ends them; all without a name
end_programs() {
	local name

	[ $# -gt 0 ] || set -- "${!program_pid[@]}"
	for name; do
		kill -KILL "${program_pid[$name]}" 2>/dev/null || :
		wait "${program_pid[$name]}" 2>/dev/null || :
		unset "program_pid[$name]"
	done
}

# tells WORDS DESCRIPTION [NETNS]: the page has the words, which stand in one sentence, maybe on
# several lines
tells() {
	check "$2" grep -qE -e "$1" <<<"$(summary "${3:-}" | tr -s '\n\t ' ' ')"
}

# tells_not WORDS DESCRIPTION [NETNS]: it does not have them
tells_not() {
	check_not "$2" grep -qE -e "$1" <<<"$(summary "${3:-}" | tr -s '\n\t ' ' ')"
}

# page [NETNS]: shows it in the log, up to the table of states
page() {
	summary "${1:-}" | awk '/^state / { exit } NR > 2 { print "#   " $0 }'
}
