#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is wrong is on this host, and looks as if it were elsewhere: listeners of one family
# and of one device, a firewall of its own before its own address, an address that is gone,
# reserved ports, descriptors that one client takes, RSTs of a full queue. The truth is ss,
# the programs' errno and which rule is there. Healthy twins: the same without.
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 900
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/programs.sh"

plan 23

netns far
veth '' far
here=$(v4 '' far) there=$(v4 far '')
load_module

# server NAME V6ONLY DEVICE: on port 8080, of all addresses
server() {
	program "$@" <<-'P'
		v6 = sys.argv[1] != ""
		l = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET)
		l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		if v6:
		    l.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(sys.argv[1]))
		if sys.argv[2]:
		    l.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, sys.argv[2].encode())
		l.bind(("::" if v6 else "0.0.0.0", 8080))
		l.listen()
		say("up")
		while True:
		    c, _ = l.accept()
		    c.recv(10)
		    c.sendall(b"y")
		    c.close()
	P
	said "$1" up
}

again() {
	end_programs
	unload_module
	load_module
}

note "healthy: a listener of both families"
server websrv 0 ''
visits leave 60 2 far "$here" 8080
is "$(findings)" "" "is no finding"
again

note "a listener of IPv6 only"
server websrv 1 ''
visits leave 60 2 far "$here" 8080
is "$(findings)" "NOTE resets_refused" "is told"
tells "websrv \(pid ${program_pid[websrv]}\) listens on \[::\]:8080, for IPv6 only \(IPV6_V6ONLY\)" "with the option"
tells_not "have clients ask \[::\]|listen on the other address" "and without advice that does not help"
again

note "a listener of one device"
ip link add eth9 type dummy
ip link set eth9 up
server websrv '' eth9
visits leave 60 2 far "$here" 8080
is "$(findings)" "NOTE resets_refused" "is told"
tells "listens on 0.0.0.0:8080 of device eth9 only \(SO_BINDTODEVICE\)" "with the device"
tells "have clients come by eth9" "and what to do"
ip link del eth9
again

note "healthy: a rule that drops what comes to another port"
nft add table inet own
nft add chain inet own in "{ type filter hook input priority 0; }"
nft add rule inet own in tcp dport 8081 drop
server websrv '' ''
visits leave 20 2 '' 127.0.0.1 8080
is "$(findings)" "" "is no finding"
end_programs visitor

note "a firewall of this host before an address of this host"
nft add rule inet own in tcp dport 8080 drop
visits leave 10 8 '' 127.0.0.1 8080
is "$(findings)" "WARNING connects_fail" "is told"
tells "127.0.0.1:8080.*; that is an address of this host, where websrv \(pid ${program_pid[websrv]}\) listens" "with who listens there"
tells_not "check the other host" "no other host is looked at"
nft flush ruleset
again

# queries: five connections from 10.0.1.5, which say something after 10 s
queries() {
	program dbsrv -n far <<-'P'
		def serve(c):
		    while c.recv(100):
		        c.sendall(b"y")
		l = listen(5432)
		say("up")
		each(l, serve)
	P
	said dbsrv up
	program webapp "$there" <<-'P'
		k = []
		for i in range(5):
		    s = socket.socket()
		    s.bind(("10.0.1.5", 0))
		    s.connect((sys.argv[1], 5432))
		    s.sendall(b"x")
		    s.recv(1)
		    k.append(s)
		say("up")
		time.sleep(10)
		for s in k:
		    s.sendall(b"query")
		time.sleep(1e6)
	P
	said webapp up
}

note "healthy: a second address"
ip addr add 10.0.1.5/24 dev to-far
queries
sleep 30
is "$(findings)" "" "is no finding"
again
note "it is taken away"
queries
ip addr del 10.0.1.5/24 dev to-far
sleep 60
is "$(findings)" "WARNING not_sent" "is told"
tells "5 connections of webapp .* their address here, 10.0.1.5, is gone from this host" "with the address"
tells_not "nft list ruleset|peer's host" "nobody looks for a firewall, or at the peer"
page
again

# connects_to COUNT: keeps so many connections to port 443, as far as it gets ports
connects_to() {
	program websrv -n far <<-'P'
		l = listen(443, 128)
		k = []
		say("up")
		while True:
		    k.append(l.accept()[0])
	P
	said websrv up
	program app "$there" "$1" <<-'P'
		k = []
		n = 0
		for i in range(int(sys.argv[2])):
		    s = socket.socket()
		    k.append(s)
		    try:
		        s.connect((sys.argv[1], 443))
		    except OSError as e:
		        n += 1
		        s.close()
		say("done", n)
		time.sleep(1e6)
	P
	said app "^done"
}
note "ports that are reserved"
set_sysctl net.ipv4.ip_local_port_range "40000 40999"
set_sysctl net.ipv4.ip_local_reserved_ports 40020-40999
connects_to 40
is "$(findings)" "CRITICAL ports_exhausted" "leave none"
check "who has reserved them is told" grep -q "ip_local_reserved_ports takes 980 of the 1000 ports" \
	<<<"$(finding ports_exhausted '' host)"
set_sysctl net.ipv4.ip_local_reserved_ports ""
set_sysctl net.ipv4.ip_local_port_range "32768 60999"
again

# hoard COUNT: a server of 64 descriptors, and a client that keeps so many connections
hoard() {
	program websrv <<-'P'
		import resource
		resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
		l = listen(8080)
		k = [l]
		say("up")
		while True:
		    for s in select.select(k, [], [])[0]:
		        if s is l:
		            try:
		                k.append(l.accept()[0])
		            except OSError:
		                time.sleep(0.5)
		        elif not s.recv(100):
		            k.remove(s)
		            s.close()
	P
	said websrv up
	program hoarder -n far "$here" "$1" <<-'P'
		k = []
		for i in range(int(sys.argv[2])):
		    s = socket.socket()
		    s.settimeout(1)
		    k.append(s)
		    try:
		        s.connect((sys.argv[1], 8080))
		    except OSError:
		        pass
		say("up")
		while True:
		    for s in k:
		        try:
		            s.sendall(b"X")
		        except OSError:
		            pass
		    time.sleep(10)
	P
	said hoarder up 300
}
note "healthy: a client with forty connections"
hoard 40
sleep 20
is "$(findings)" "" "is no finding"
again
note "a client takes all descriptors of a server"
hoard 90
sleep 20
check "is told" grep -q slow_accept <<<"$(findings)"
tells "all 64 file descriptors of the process are in use.*of its sockets are connections with $there" "with its address"
again

note "a full queue of a host that refuses"
set_sysctl net.ipv4.tcp_abort_on_overflow 1
program websrv <<'P'
l = listen(8080, 2)
say("up")
while True:
    c, _ = l.accept()
    time.sleep(1)
    c.close()
P
said websrv up
program crowd -n far "$here" <<'P'
def visit():
    while True:
        s = socket.socket()
        s.settimeout(5)
        try:
            s.connect((sys.argv[1], 8080))
            s.recv(1)
        except OSError:
            pass
        s.close()
        time.sleep(0.2)
for i in range(12):
    run(visit)
time.sleep(1e6)
P
sleep 15
check "is told" grep -q accept_queue_overflow <<<"$(findings)"
tells "net.ipv4.tcp_abort_on_overflow is 1" "and why clients get a RST"
set_sysctl net.ipv4.tcp_abort_on_overflow 0
end_programs
ok "the end"
