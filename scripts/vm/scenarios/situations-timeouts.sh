#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Limits in time that are too short: a proxy that waits for less than its server needs, a
# TCP_USER_TIMEOUT of 300 ms; and a peer that answers with SYN cookies. The truth is what the
# programs got, and the kernel's counters. Healthy twins: an answer in time, people who
# stop waiting when they like, idle connections that a client closes while the server says
# something, a TCP_USER_TIMEOUT of 30 s, cookies with timestamps.
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 900
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/programs.sh"

plan 19

netns far
veth '' far
here=$(v4 '' far) there=$(v4 far '')
load_module

again() {
	end_programs
	unload_module
	load_module
}

# slow_server SECONDS: answers each request after so long
slow_server() {
	program slowapp "$1" <<-'P'
		def serve(c):
		    try:
		        c.recv(100)
		        time.sleep(float(sys.argv[1]))
		        c.sendall(b"y" * 2000)
		    except OSError:
		        pass
		    c.close()
		l = listen(3000)
		say("up")
		each(l, serve)
	P
	said slowapp up
}
# clients COUNT TIMEOUT MORE: each waits so long, and up to MORE longer
clients() {
	program proxy -n far "$here" "$@" <<-'P'
		def ask(i):
		    s = socket.create_connection((sys.argv[1], 3000))
		    s.settimeout(float(sys.argv[3]) + float(sys.argv[4]) * (i * 7 % 10) / 10)
		    s.sendall(b"GET")
		    try:
		        s.recv(10)
		    except OSError:
		        pass
		    s.close()
		for i in range(int(sys.argv[2])):
		    run(ask, i)
		    time.sleep(0.3)
		time.sleep(12)
		say("done")
		time.sleep(1e6)
	P
	said proxy "^done" 120
}

note "healthy: answers come in time"
slow_server 3
clients 20 5 0
is "$(findings)$(findings far)" "" "is no finding"
end_programs proxy slowapp
note "healthy: people stop waiting when they like"
slow_server 8
clients 20 2 5
is "$(findings)$(findings far)" "" "is no finding"
again

note "a proxy waits for 5 s, the answer takes 8 s"
slow_server 8
clients 20 5 0
is "$(findings)" "WARNING answers_late" "the server's host tells"
tells "clients of slowapp \(pid ${program_pid[slowapp]}\) on port 3000 wait about 5\.[0-9] s for an answer, then close" "how long they wait"
tells "(3\.[0-9]|2\.9) s later, gets a RST" "and how late it comes"
is "$(findings far)" "WARNING answers_late" "the proxy's host too"
tells "proxy \(pid ${program_pid[proxy]}\) waits about 5\.[0-9] s for answers on connections to $here:3000" "and who waits" far
page
page far
again

note "healthy: idle connections end after 5 s, and the server says something later"
program push <<'P'
def serve(c):
    try:
        c.recv(100)
        c.sendall(b"y")
        time.sleep(8)
        c.sendall(b"news" * 50)
    except OSError:
        pass
    c.close()
l = listen(3000)
say("up")
each(l, serve)
P
said push up
program pool -n far "$here" <<'P'
def ask():
    s = socket.create_connection((sys.argv[1], 3000))
    s.sendall(b"GET")
    s.recv(10)
    time.sleep(5)
    s.close()
for i in range(20):
    run(ask)
    time.sleep(0.3)
time.sleep(12)
say("done")
time.sleep(1e6)
P
before=$(mib TcpOutRsts far)
said pool "^done" 120
check "what was said too late got RSTs" test $(($(mib TcpOutRsts far) - before)) -ge 10
check_not "nobody has waited for an answer" grep -q answers_late <<<"$(findings)$(findings far)"
again

# workers MS: eight, with this TCP_USER_TIMEOUT; the path is gone for 1.2 s, five times
workers() {
	program mq -n far <<-'P'
		def serve(c):
		    try:
		        while c.recv(100):
		            c.sendall(b"y")
		    except OSError:
		        pass
		l = listen(5672)
		say("up")
		each(l, serve)
	P
	said mq up
	program worker "$there" "$1" <<-'P'
		def work():
		    while True:
		        s = socket.socket()
		        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(sys.argv[2]))
		        try:
		            s.connect((sys.argv[1], 5672))
		            while True:
		                s.sendall(b"x")
		                s.recv(1)
		                time.sleep(0.1)
		        except OSError as e:
		            say(e)
		        s.close()
		        time.sleep(1)
		for i in range(8):
		    run(work)
		time.sleep(1e6)
	P
	sleep 5
	for _ in 1 2 3 4 5; do
		drop_all to-far
		sleep 1.2
		no_qdisc to-far
		sleep 12
	done
}
note "healthy: TCP_USER_TIMEOUT of 30 s"
workers 30000
check_not "no connection ends by it" grep -q user_timeouts <<<"$(findings)"
is "$(wc -l <"$scratch/worker.out")" 0 "and none ends"
again
note "TCP_USER_TIMEOUT of 300 ms"
workers 300
ended=$(grep -c "timed out" "$scratch/worker.out")
within "$ended" 20 60 "connections end with ETIMEDOUT"
check "is told" grep -q "WARNING user_timeouts" <<<"$(findings)"
tells "the kernel has ended [0-9]+ connections of worker \(pid ${program_pid[worker]}\) to $there:5672 \(ETIMEDOUT\)" "whose they were"
tells "within their TCP_USER_TIMEOUT of 300 ms" "and why"
within "$(finding user_timeouts '' evidence | sed -n 's/.*given_up=\([0-9]*\).*/\1/p')" "$((ended * 9 / 10))" "$ended" "as many as the program got errors"
page
again

# lasts TIMESTAMPS: connections that last, the second half answered with cookies
lasts() {
	set_sysctl net.ipv4.tcp_timestamps "$1"
	set_sysctl net.ipv4.tcp_timestamps "$1" far
	set_sysctl net.ipv4.tcp_syncookies 1
	sleep 2
	program websrv <<-'P'
		def serve(c):
		    while c.recv(100):
		        c.sendall(b"y" * 1000)
		l = listen(8080)
		say("up")
		each(l, serve)
	P
	said websrv up
	program visitor -n far "$here" <<-'P'
		k = []
		for j in range(24):
		    for i in range(5):
		        k.append(socket.create_connection((sys.argv[1], 8080)))
		    for s in k:
		        s.sendall(b"x")
		        s.recv(1000)
		    time.sleep(1)
		    if j == 9:
		        say("half")
		say("done")
		time.sleep(1e6)
	P
	said visitor half 120
	set_sysctl net.ipv4.tcp_syncookies 2
	said visitor "^done" 120
	set_sysctl net.ipv4.tcp_syncookies 1
}
note "healthy: SYN cookies with timestamps"
lasts 1
is "$(findings)$(findings far)" "" "is no finding"
again
note "without timestamps"
lasts 0
is "$(findings far)" "WARNING options_stripped" "options are missing"
tells "the peer answers SYNs with cookies" "and the page says what that may be" far
set_sysctl net.ipv4.tcp_timestamps 1
end_programs
