#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who waits for whom: both ends write and neither reads; a proxy whose client does not
# read; a server whose only thread waits in send() for one client; a program that was
# stopped. The truth is ss, ps and the programs. Healthy twins: a client of a proxy that
# reads slowly; a server with another thread for the rest.
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 900
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/programs.sh"

plan 21

netns far
veth '' far
netns back
veth '' back
here=$(v4 '' far)
load_module

# echo_server NAME ANSWER: answers each byte that comes with that many
echo_server() {
	program "$1" "${@:3}" "$2" <<-'P'
		def serve(c):
		    while True:
		        d = c.recv(100)
		        if not d:
		            return
		        c.sendall(b"y" * int(sys.argv[1]) * len(d))
		l = listen(6379)
		say("up")
		each(l, serve)
	P
	said "$1" up
}

note "healthy: requests on their way, and somebody who reads the answers"
echo_server kvsrv 20 -n far
program reader "$(v4 far '')" <<'P'
k = [socket.create_connection((sys.argv[1], 6379)) for i in range(2)]
def read(s):
    while s.recv(65536):
        pass
for s in k:
    run(read, s)
while True:
    for s in k:
        s.sendall(b"get" * 1000)
    time.sleep(0.1)
P
sleep 30
is "$(findings)" "" "is no finding"
end_programs reader

note "both ends write, and neither reads"
program pipeliner "$(v4 far '')" <<'P'
k = [socket.create_connection((sys.argv[1], 6379)) for i in range(2)]
def write(s):
    while True:
        s.sendall(b"get" * 1000)
for s in k:
    run(write, s)
time.sleep(1e6)
P
sleep 40
within "$(ss -Htn dst "$(v4 far '')" | awk '$2 && $3' | wc -l)" 2 2 "ss has bytes on both sides of each connection"
is "$(findings)" "WARNING zero_window_own" "is one finding here"
is "$(findings far)" "WARNING zero_window_own" "and one there"
tells "pipeliner \(pid ${program_pid[pipeliner]}\) does not read: 2 connections .* so does this end, because the peer does not read either" \
	"which says that each waits for the other"
tells "kvsrv \(pid ${program_pid[kvsrv]}\) does not read: .* so does this end, because the peer does not read either" \
	"at both ends" far
end_programs
wait_until 60 equal findings -- ""

# a proxy between clients on port 80 and a backend that sends all the time
program backend -n back <<'P'
def serve(c):
    while True:
        c.sendall(b"y" * 20000)
l = listen(9000)
say("up")
each(l, serve)
P
said backend up
program proxy "$(v4 back '')" <<'P'
def serve(c):
    b = socket.create_connection((sys.argv[1], 9000))
    while True:
        c.sendall(b.recv(65536))
l = listen(80)
say("up")
each(l, serve)
P
said proxy up

note "healthy: the proxy's client reads slowly"
program browser -n far "$here" <<'P'
s = socket.create_connection((sys.argv[1], 80))
while s.recv(100000):
    time.sleep(0.5)
P
sleep 40
is "$(findings)" "" "is no finding"
end_programs browser

note "the proxy's clients do not read"
program browser -n far "$here" <<'P'
k = [socket.create_connection((sys.argv[1], 80)) for i in range(3)]
for s in k:
    s.recv(100)
time.sleep(1e6)
P
sleep 40
is "$(findings | tr '\n' ';')" "NOTE zero_window_peer;NOTE zero_window_own;" "the clients come first"
tells "because of 1: NOTE zero_window_own: proxy" "that the proxy does not read follows from that"
page
end_programs
wait_until 60 equal findings -- ""

# chat THREADS: one thread accepts and serves all; the others do nothing
chat() {
	program chatd "$1" <<-'P'
		for i in range(1, int(sys.argv[1])):
		    run(time.sleep, 1e6)
		l = listen(5222)
		k = [l]
		say("up")
		while True:
		    for s in select.select(k, [], [])[0]:
		        if s is l:
		            k.append(l.accept()[0])
		            continue
		        d = s.recv(100)
		        if not d:
		            k.remove(s)
		            s.close()
		        else:
		            s.sendall(b"y" * 50000000 if d[:1] == b"G" else b"ok")
	P
	said chatd up
	program others -n far "$here" <<-'P'
		k = greet(sys.argv[1], 5222, 12)
		say("up")
		time.sleep(3)
		for s in k:
		    s.sendall(b"hi")
		time.sleep(1e6)
	P
	said others up
	program reads-not -n far "$here" <<-'P'
		s = socket.create_connection((sys.argv[1], 5222))
		s.sendall(b"G")
		s.recv(1)
		time.sleep(1e6)
	P
	sleep 75
}

note "the only thread of a server waits in send() for one client"
chat 1
is "$(findings | tr '\n' ';')" "NOTE zero_window_peer;WARNING requests_unread;" "that client comes first"
tells "the only thread of the program waits in send\(\) for that" "and what that does to the server"
tells "because of 1: WARNING requests_unread: chatd" "the requests that wait follow from it"
page
end_programs
wait_until 60 equal findings -- ""

note "twin: there is another thread, which could serve them"
chat 2
is "$(findings | tr '\n' ';')" "WARNING requests_unread;NOTE zero_window_peer;" "nothing follows from anything"
tells_not "waits? in send\(\)" "and nobody is told to wait in send()"
end_programs
wait_until 60 equal findings -- ""

note "a program that was stopped"
program appd <<'P'
def serve(c):
    while c.recv(100):
        c.sendall(b"y")
l = listen(7946, 16)
say("up")
each(l, serve)
P
said appd up
program callers -n far "$here" <<'P'
k = greet(sys.argv[1], 7946, 12)
say("up")
time.sleep(3)
for s in k:
    s.sendall(b"hi")
for i in range(30):
    s = socket.socket()
    s.settimeout(1)
    k.append(s)
    try:
        s.connect((sys.argv[1], 7946))
    except OSError:
        pass
time.sleep(1e6)
P
said callers up
kill -STOP "${program_pid[appd]}"
sleep 75
is "$(ps -o stat= -p "${program_pid[appd]}" | cut -c1)" T "ps says so"
tells "appd \(pid ${program_pid[appd]}, stopped\) on 0.0.0.0:7946: the accept queue is full" "the page too, of its listener"
tells "kill -CONT ${program_pid[appd]}" "and what to do"
tells "appd \(pid ${program_pid[appd]}, stopped\) does not read what clients have sent" "and of what it has not read"
tells_not "gdb|where the program hangs" "nobody is sent to look for a hang"
page
kill -CONT "${program_pid[appd]}"
wait_until 30 equal ss_count LISTEN -- 1
sleep 3
check_not "it goes on" grep -q "stopped" <<<"$(view findings)"
end_programs
ok "the end"
