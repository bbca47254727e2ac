#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Connections that look as if they could not go on, or were held back, and are well: answers
# that fit SO_SNDBUF, a link slower than the buffers, a stream of lines that nobody answers, a
# server that corks and then reads a slow disk, a peer that reads slowly, an outage shorter
# than TCP_USER_TIMEOUT. The truth is that each goes as fast as it can. Nothing may be found.
# kernels: 6.12
# clock: virtual
# limit: 900
. "$TOP/scripts/vm/lib.sh"

plan 11

modprobe -aq sch_tbf || :
netns far
veth '' far
near_ip=$(v4 '' far) far_ip=$(v4 far '')
load_module

# python NETNS NAME ARG...: a program of that name, from stdin, in the background; it
# says "ready" in $scratch/NAME.log
python() {
	local ns=$1 name=$2
	shift 2

	cat >"$scratch/$name.py"
	in_netns "$ns" python3 -S -E "$scratch/$name.py" "$name" "$@" >"$scratch/$name.log" &
	wait_until 60 grep -q ready "$scratch/$name.log"
}

# done_with NAME: waits until it says "done"
done_with() {
	wait_until 120 grep -q "^done" "$scratch/$1.log"
	note "$(tr '\n' ' ' <"$scratch/$1.log")"
}

prelude='
import socket, sys, time, select
open("/proc/self/comm", "w").write(sys.argv[1])
def listener(port):
    l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    l.bind(("0.0.0.0", port)); l.listen(); print("ready", flush=True); return l
def take(s, n):
    while n:
        d = s.recv(min(n, 65536))
        if not d: sys.exit(0)
        n -= len(d)
'

# asks PORT COUNT BYTES: a client at the other end asks so often for so much
asks() {
	python far "client$1" "$near_ip" "$1" "$2" "$3" <<-P
		$prelude
		print("ready", flush=True)
		s = socket.create_connection((sys.argv[2], int(sys.argv[3])))
		began = time.time()
		for i in range(int(sys.argv[4])):
		    s.sendall(b"12345")
		    take(s, int(sys.argv[5]))
		print("done", time.time() - began, flush=True)
		time.sleep(1e6)
	P
}

delay to-far 25
delay to-here 25 far

note "answers of 100,000 bytes that fit SO_SNDBUF"
python '' fits 8001 <<P
$prelude
l = listener(int(sys.argv[2]))
l.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
s, _ = l.accept()
while True:
    take(s, 5)
    s.sendall(b"z" * 100000)
P
asks 8001 100 100000
sleep 4
seen=$(for _ in 1 2 3 4 5 6; do findings; sleep 0.37; done)
is "$seen" "" "are no reason for a larger one"
done_with client8001

note "a program that corks, then reads its disk for 300 ms"
python '' disk 8002 <<P
$prelude
l = listener(int(sys.argv[2]))
s, _ = l.accept()
while True:
    take(s, 5)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    s.sendall(b"h" * 200)
    time.sleep(0.3)
    s.sendall(b"z" * 3000)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
P
asks 8002 30 3200
done_with client8002
is "$(findings)" "" "is not at fault"

note "the same with epoll on its socket"
python '' poller 8003 <<P
$prelude
l = listener(int(sys.argv[2]))
s, _ = l.accept()
e = select.epoll()
e.register(s, select.EPOLLIN)
while True:
    e.poll()
    take(s, 5)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    s.sendall(b"h" * 200)
    time.sleep(0.3)
    s.sendall(b"z" * 3000)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
P
asks 8003 30 3200
done_with client8003
is "$(findings | grep -v '^NOTE corked$' || :)" "" "is at most a note"
note "$(findings)"
sleep 245
is "$(findings)" "" "and is forgotten"

note "lines for a log server that never answers"
python far logs 8004 <<P
$prelude
l = listener(int(sys.argv[2]))
s, _ = l.accept()
while s.recv(65536):
    pass
P
python '' lines "$far_ip" 8004 <<P
$prelude
s = socket.create_connection((sys.argv[2], int(sys.argv[3])))
print("ready", flush=True)
for i in range(1500):
    s.sendall(b"a line for the log\n")
    time.sleep(0.005)
print("done", flush=True)
time.sleep(1e6)
P
done_with lines
is "$(findings)" "" "are held back, and nobody waits"

note "a peer that reads 60,000 bytes a second"
python far reader 8005 <<P
$prelude
l = listener(int(sys.argv[2]))
s, _ = l.accept()
while True:
    take(s, 60000)
    time.sleep(1)
P
python '' writer "$far_ip" 8005 <<P
$prelude
s = socket.create_connection((sys.argv[2], int(sys.argv[3])))
print("ready", flush=True)
s.sendall(b"z" * 20000000)
P
sleep 20
is "$(findings)" "" "is slow, and reads"
kill %%; wait %% 2>/dev/null || :

note "an outage of 3 s, shorter than TCP_USER_TIMEOUT"
play app
play server -n far
tell server listen l "$far_ip" 8006
tell app connect c "$far_ip" 8006
tell server accept c l
tell app opt c user_timeout 30000
drop_all to-far
tell app send c 1000
sleep 3
delay to-far 25
is "$(tell server take c 1000)" 1000 "is over in time"
is "$(findings)" "" "and no finding"

# over_link PORT BUFFER: sends for ever with SO_SNDBUF, to a peer that reads at once and has
# set SO_RCVBUF
over_link() {
	python far "sink$1" "$1" "$2" <<-P
		$prelude
		l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		if int(sys.argv[3]): l.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(sys.argv[3]))
		l.bind(("0.0.0.0", int(sys.argv[2]))); l.listen(); print("ready", flush=True)
		s, _ = l.accept()
		while s.recv(65536):
		    pass
	P
	python '' "source$1" "$far_ip" "$1" "$3" <<-P
		$prelude
		s = socket.socket()
		if int(sys.argv[4]): s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, int(sys.argv[4]))
		s.connect((sys.argv[2], int(sys.argv[3])))
		print("ready", flush=True)
		while True: s.sendall(b"z" * 65536)
	P
}

note "a link of 1 Mbit/s, before which the buffers wait"
delay to-here 10 far
no_qdisc to-far
tc qdisc add dev to-far root tbf rate 1mbit burst 3kb limit 1mb
over_link 8007 0 32768
sleep 15
is "$(findings | grep -v bufferbloat || :)" "" "is slower than SO_SNDBUF"
kill %%; wait %% 2>/dev/null || :
sleep 5
over_link 8008 16384 0
sleep 15
is "$(findings | grep -v bufferbloat || :)" "" "and than the peer's window"
note "$(ss -Htni dst :8008)"
note "the queue stands for longer than the kernel remembers the path"
sleep 320
is "$(findings | grep -v ^NOTE || :)" "" "is at most a note"
note "$(findings) $(ss -Htni dst :8008)"
