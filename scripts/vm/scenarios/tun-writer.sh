#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A program writes the segments of a peer to a tun device, as VPNs and virtual machines
# do. The stack handles them in that program's own context, but the sockets they come to
# are not its own: subscribers are not told that it connects, listens or closes.
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 120
. "$TOP/scripts/vm/lib.sh"

# Starting from memory is quick.
install -m 755 "$TOP/build/tools/tcpdiag" /run/bin/tcpdiag
cp /usr/lib/x86_64-linux-gnu/libmnl.so.0 /run/lib

plan 5

/run/modprobe -q tun || give_up "no tun"
[ -e /dev/net/tun ] || { mkdir -p /dev/net && mknod /dev/net/tun c 10 200; }
ip tuntap add dev t0 mode tun
ip addr add 10.77.0.1/24 dev t0
ip link set t0 up
load_module
play server
tell server listen l 10.77.0.1 8080
tcpdiag -O monitor transitions >"$scratch/changes" &
listener=$!
wait_until 60 test -s "$scratch/changes"

# The peer connects, closes, and acknowledges what comes.
python3 -S -E - >"$scratch/peer.log" 2>&1 <<-'P' &
	import fcntl, os, socket, struct

	US, PEER = socket.inet_aton("10.77.0.1"), socket.inet_aton("10.77.0.2")
	FIN, SYN, ACK = 1, 2, 16

	def checksum(b):
	    b += b"\0" * (len(b) % 2)
	    s = sum(struct.unpack("!%dH" % (len(b) // 2), b))
	    s = (s & 0xffff) + (s >> 16)
	    return ~(s + (s >> 16)) & 0xffff

	def packet(seq, ack, flags):
	    def tcp(check):
	        return struct.pack("!HHIIBBHHH", 40000, 8080, seq, ack, 5 << 4, flags,
	                           65535, check, 0)
	    pseudo = PEER + US + struct.pack("!BBH", 0, 6, 20)
	    def ip(check):
	        return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 64, 6, check, PEER, US)
	    return ip(checksum(ip(0))) + tcp(checksum(pseudo + tcp(0)))

	def segment():
	    while True:
	        p = os.read(tun, 2048)
	        if p[0] >> 4 == 4 and p[9] == 6:
	            head = (p[0] & 15) * 4
	            seq, ack, off, flags = struct.unpack("!IIBB", p[head + 4:head + 14])
	            data = len(p) - head - (off >> 4) * 4
	            return seq + data + bool(flags & (SYN | FIN)), flags

	tun = os.open("/dev/net/tun", os.O_RDWR)
	fcntl.ioctl(tun, 0x400454ca, struct.pack("16sH", b"t0", 0x1001))
	os.write(tun, packet(1000, 0, SYN))
	seq, flags = segment()
	os.write(tun, packet(1001, seq, ACK))
	os.write(tun, packet(1001, seq, FIN | ACK))
	while not flags & FIN:
	    seq, flags = segment()
	os.write(tun, packet(1002, seq, ACK))
P
peer=$!

# of FROM TO: pid and program that were told of that change
of() {
	awk -v from="$1" -v to="$2" '$5 == from && $6 == to { print $9, $10 }' "$scratch/changes"
}

tell server accept s l
wait_until 30 equal ss_count CLOSE_WAIT -- 1
tell server close s
wait "$peer" || sed 's/^/# /' "$scratch/peer.log"
wait_until 30 grep -q 'LAST_ACK CLOSE ' "$scratch/changes"
is "$(of SYN_RECV ESTABLISHED)" "- -" "the peer's ACK establishes it: no program did"
is "$(of ESTABLISHED CLOSE_WAIT)" "- -" "the peer closes: no program of ours did"
is "$(of CLOSE_WAIT LAST_ACK)" "$(tell server pid) tcpplay" "the server closes"
is "$(of LAST_ACK CLOSE)" "- -" "the peer's ACK ends it"
is "$(awk '$10 ~ /python/' "$scratch/changes")" "" "who writes to the device is not told of at all"
kill -INT "$listener"
wait "$listener" || :
