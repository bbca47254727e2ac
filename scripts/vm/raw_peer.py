#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A TCP peer that is told what to send, segment by segment.

It answers for an address that no kernel has: frames come and go by a packet
socket. It accepts one connection without options, acknowledges what comes, and
does what stdin says, one command a line, each answered with "ok":

	window BYTES	what it advertises from now on; tells it at once
	close		it is 0 from now on; that is told when data comes
	fill		sends as much as the window there has room for
	probe		sends one byte that it sends again next time
	mute		answers nothing from now on

usage: raw_peer.py DEVICE ADDRESS PORT, after
ip neigh add ADDRESS lladdr HARDWARE-ADDRESS-OF-DEVICE dev OTHER-END
"""
import select
import socket
import struct
import sys

FIN, SYN, RST, ACK = 1, 2, 4, 16


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Peer:
    def __init__(self, device, address, port):
        self.link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(0x0800))
        self.link.bind((device, 0))
        self.address, self.port = socket.inet_aton(address), port
        self.window, self.mute = 65535, False
        self.seq, self.ack, self.edge = 1000, 0, 0

    def send(self, flags, data=b"", seq=None):
        """A segment to the other end; seq: not the next one."""
        ports = struct.pack("!HH", self.port, self.peer_port)
        at = self.seq if seq is None else seq
        head = ports + struct.pack("!IIBBHHH", at, self.ack, 5 << 4, flags,
                                   self.window, 0, 0)
        pseudo = (self.address + self.peer +
                  struct.pack("!BBH", 0, 6, len(head) + len(data)))
        total = checksum(pseudo + head + data)
        head = head[:16] + struct.pack("!H", total) + head[18:]
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + len(data), 0, 0, 64, 6,
                         0, self.address, self.peer)
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        self.link.send(self.ethernet + ip + head + data)

    def receive(self):
        frame = self.link.recv(65536)
        ip = frame[14:]
        if ip[9] != 6 or ip[16:20] != self.address:
            return
        tcp = ip[(ip[0] & 15) * 4:struct.unpack("!H", ip[2:4])[0]]
        source, port, seq, ack, offset, flags, window = struct.unpack(
            "!HHIIBBH", tcp[:16])
        if port != self.port or flags & RST:
            return
        self.ethernet = frame[6:12] + frame[0:6] + frame[12:14]
        self.peer, self.peer_port = ip[12:16], source
        data = tcp[(offset >> 4) * 4:]
        if flags & ACK:
            self.edge = ack + window
        if self.mute:
            return
        if flags & SYN:
            self.ack = (seq + 1) & 0xffffffff
            self.send(SYN | ACK)
            self.seq += 1
            return
        if seq == self.ack and len(data) <= self.window:
            self.ack = (seq + len(data) + (flags & FIN)) & 0xffffffff
        if data or flags & FIN or seq != self.ack:
            self.send(ACK)

    def comes(self):
        """Whether a segment comes within half a second; it is taken in."""
        ready, _, _ = select.select([self.link], [], [], 0.5)
        if ready:
            self.receive()
        return bool(ready)

    def do(self, words):
        if words[0] == "window":
            self.window = int(words[1])
            self.send(ACK)
        elif words[0] == "close":
            self.window = 0
        elif words[0] == "fill":
            while self.edge > self.seq or self.comes():
                n = min(self.edge - self.seq, 1000)
                if n > 0:
                    self.send(ACK, b"d" * n)
                    self.seq += n
        elif words[0] == "probe":
            self.send(ACK, b"p")
        elif words[0] == "mute":
            self.mute = True
        print("ok", flush=True)


def main():
    peer = Peer(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([peer.link, sys.stdin], [], [])
        if peer.link in ready:
            peer.receive()
        if sys.stdin in ready:
            line = sys.stdin.readline()
            if not line:
                break
            peer.do(line.split())


main()
