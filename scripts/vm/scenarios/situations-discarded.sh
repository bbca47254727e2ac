#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a host discards, or drops while it forwards: packets whose way back is another one
# (rp_filter), segments without the signature that a session needs, damaged ones, and new
# connections for which NAT has no port; and SYNs that are dropped for asking for ECN. The
# truth is the kernel's counters, the rules, and what the programs got. Healthy twins: the
# same session with the key, NAT with ports, a path that lets ECN pass.
#
#   here ---- far         here ---- gw (NAT) ---- web
#      \______/
#
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 1200
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/programs.sh"

plan 24

netns far
veth '' far
netns gw
veth '' gw
netns web
veth gw web
here=$(v4 '' far) there=$(v4 far '')

# a second wire between here and far
ip link add second type veth peer name second-far
ip link set second-far netns far
ip link set second up
ip addr add 10.9.0.1/24 dev second
in_netns far ip link set second-far name second up
in_netns far ip addr add 10.9.0.2/24 dev second
in_netns far ip addr add 192.0.2.9/32 dev lo

# neighbour NETNS ADDRESS DEVICE OF BY: DEVICE of the namespace OF has ADDRESS, and is reached by BY;
# rp_filter drops questions of ARP too, without a count
neighbour() {
	local mac

	mac=$(in_netns "$4" ip -o link show "$3" | sed 's/.*ether \([^ ]*\).*/\1/')
	in_netns "$1" ip neigh replace "$2" lladdr "$mac" dev "$5"
}
neighbour far "$here" to-far '' to-here
neighbour '' 10.9.0.2 second far second

load_module

# server PORT NETNS
server() {
	program websrv -n "$2" "$1" <<-'P'
		l = listen(int(sys.argv[1]))
		say("up")
		k = []
		def serve(c):
		    k.append(c)
		    c.recv(10)
		    c.sendall(b"y")
		each(l, serve)
	P
	said websrv up
}
again() {
	end_programs
	unload_module
	load_module
}

note "healthy: clients whose way back is the way they came"
ip route add 192.0.2.0/24 via "$there"
for name in all to-far second; do
	set_sysctl "net.ipv4.conf.$name.rp_filter" 1
done
server 8080 ''
visits stay 20 4 far "$here" 8080 192.0.2.9
is "$(cut -d' ' -f2 "$scratch/visitor.out")" 20 "all are served"
is "$(findings)" "" "and nothing is found"
end_programs visitor

note "the way back is another one"
ip route replace 192.0.2.0/24 via 10.9.0.2
visits stay 12 4 far "$here" 8080 192.0.2.9
is "$(cut -d' ' -f2 "$scratch/visitor.out")" 0 "nobody is served"
within "$(mib TcpExtIPReversePathFilter)" 20 200 "the kernel has counted that"
is "$(findings)" "NOTE arrivals_discarded" "is told"
tells "rp_filter" "with the setting"
page
for name in all to-far second; do
	set_sysctl "net.ipv4.conf.$name.rp_filter" 0
done
again

# bgp KEY_HERE KEY_THERE: a listener here, a client there; a signature each, if not empty
bgp() {
	cat >"$scratch/key.py" <<-'P'
		import socket, struct
		def sign(s, peer, key):
		    if key:
		        a = struct.pack("=HH4s", socket.AF_INET, 0, socket.inet_aton(peer)).ljust(128, b"\0")
		        s.setsockopt(6, 14, a + struct.pack("=BBHi", 0, 0, len(key), 0) + key.encode().ljust(80, b"\0"))
	P
	program bgpd "$there" "$1" <<-'P'
		exec(open(os.path.dirname(sys.argv[0]) + "/key.py").read())
		l = listen(179)
		sign(l, sys.argv[1], sys.argv[2])
		say("up")
		k = []
		while True:
		    k.append(l.accept()[0])
	P
	said bgpd up
	program router -n far "$here" "$2" <<-'P'
		exec(open(os.path.dirname(sys.argv[0]) + "/key.py").read())
		t = [0, 0]
		k = []
		for i in range(8):
		    s = socket.socket()
		    s.settimeout(8)
		    sign(s, sys.argv[1], sys.argv[2])
		    k.append(s)
		    try:
		        s.connect((sys.argv[1], 179))
		        t[0] += 1
		    except OSError:
		        t[1] += 1
		        s.close()
		    time.sleep(1)
		say("done", *t)
		time.sleep(1e6)
	P
	said router "^done" 300
}
note "healthy: both ends have the key"
bgp secret secret
is "$(cut -d' ' -f2 "$scratch/router.out")" 8 "the session is there"
is "$(findings)" "" "and nothing is found"
again
note "one end has none"
bgp secret ''
is "$(findings)" "WARNING arrivals_discarded" "is told"
tells "segments without a signature \(TCP MD5\)" "and what is missing"
again
note "it has another one"
bgp secret public
is "$(findings)" "WARNING arrivals_discarded" "is told"
tells "signed with another key" "and what is wrong"
again

note "a path that damages what it carries"
program filesrv <<'P'
def serve(c):
    while c.recv(65536):
        pass
l = listen(873)
say("up")
each(l, serve)
P
said filesrv up
in_netns far ip link set to-here gso_max_segs 1
in_netns far tc qdisc replace dev to-here root netem corrupt 10% delay 5ms limit 10000
program sender -n far "$here" <<'P'
s = socket.create_connection((sys.argv[1], 873))
while True:
    s.sendall(b"x" * 20000)
    time.sleep(0.1)
P
sleep 30
within "$(mib TcpInCsumErrors)" 50 5000 "the kernel has counted wrong checksums"
is "$(findings)" "WARNING arrivals_discarded" "is told"
tells "segments that are damaged \(wrong checksum\)" "and how they are"
no_qdisc to-here far
again

# nat RANGE: what goes through the router gets these ports
nat() {
	in_netns gw nft flush ruleset
	in_netns gw nft add table ip n
	in_netns gw nft add chain ip n post "{ type nat hook postrouting priority 100; }"
	in_netns gw nft add rule ip n post ip protocol tcp oifname to-web masquerade to "$1"
}
set_sysctl net.ipv4.ip_forward 1 gw
ip route add "$(v4 web gw)/32" via "$(v4 gw '')"
server 443 web
note "healthy: NAT with ports"
nat ":50000-50099"
visits stay 30 4 '' "$(v4 web gw)" 443
is "$(findings gw)$(findings)" "" "is no finding"
end_programs visitor
note "NAT without"
nat ":51000-51009"
visits stay 24 4 '' "$(v4 web gw)" 443
is "$(cut -d' ' -f2 "$scratch/visitor.out")" 10 "ten get through"
check "the router tells" grep -q conntrack_clashes <<<"$(findings gw)"
tells "NAT is out of ports" "what it is out of" gw
check "the client is told that nobody answers" grep -q "WARNING connects_fail" <<<"$(findings)"
tells "a NAT without free ports" "and that it may be NAT"
page gw
again

# ecn RULE...: what far does with what comes
ecn() {
	in_netns far nft add table inet e
	in_netns far nft add chain inet e in "{ type filter hook prerouting priority -300; }"
	in_netns far nft add rule inet e in "$@"
}
set_sysctl net.ipv4.tcp_ecn 1
server 443 far
note "healthy: ECN"
visits stay 20 4 '' "$there" 443
is "$(findings)" "" "is no finding"
end_programs visitor
unload_module
load_module
note "SYNs that ask for it are dropped"
ecn 'tcp flags & (syn|ecn) == (syn|ecn)' drop
visits stay 20 4 '' "$there" 443
is "$(findings)" "WARNING slow_connects" "is told"
tells "net.ipv4.tcp_ecn is 1" "with the setting"
set_sysctl net.ipv4.tcp_ecn 2
end_programs
