#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Prints the TCP segments that tcpdump wrote to a file, one a line: from LOCAL ("out")
or to it, flags as a number, sequence and acknowledgment number relative to the ISNs,
bytes, window, MSS, window scale, timestamp. First those sent, then those received.

usage: scripts/vm/pcap.py FILE LOCAL...
"""
import ipaddress
import struct
import sys

ETHERNET = 1
HEAD = {0xa1b2c3d4: '<', 0xd4c3b2a1: '>'}


def packets(data):
    order = HEAD[struct.unpack('<I', data[:4])[0]]
    assert struct.unpack(order + 'I', data[20:24])[0] == ETHERNET
    at = 24
    while at < len(data):
        captured, length = struct.unpack(order + 'II', data[at + 8:at + 16])
        assert captured == length, 'a packet was cut off'
        yield data[at + 16:at + 16 + captured]
        at += 16 + captured


def tcp_of(packet):
    """Source, destination and TCP segment; None for other packets."""
    kind, ip = struct.unpack('>H', packet[12:14])[0], packet[14:]
    if kind == 0x0800 and ip[9] == 6:
        head, total = (ip[0] & 15) * 4, struct.unpack('>H', ip[2:4])[0]
        return ip[12:16], ip[16:20], ip[head:total]
    if kind == 0x86dd and ip[6] == 6:
        return ip[8:24], ip[24:40], ip[40:40 + struct.unpack('>H', ip[4:6])[0]]
    return None


def options_of(options):
    found = {}
    while options and options[0] != 0:
        if options[0] == 1:
            options = options[1:]
            continue
        found[options[0]] = options[2:options[1]]
        options = options[options[1]:]
    mss, wscale, stamps = found.get(2), found.get(3), found.get(8)
    return [struct.unpack('>H', mss)[0] if mss else '-', wscale[0] if wscale else '-',
            struct.unpack('>I', stamps[:4])[0] if stamps else '-']


def main():
    local = {ipaddress.ip_address(a).packed for a in sys.argv[2:]}
    isn, lines = {}, {'out': [], 'in': []}
    for packet in packets(open(sys.argv[1], 'rb').read()):
        found = tcp_of(packet)
        if not found:
            continue
        source, dest, tcp = found
        sport, dport, seq, ack, doff, flags, window = struct.unpack('>HHIIBBH', tcp[:16])
        head = (doff >> 4) * 4
        way, other = (source, sport, dest, dport), (dest, dport, source, sport)
        if flags & 2:
            isn[way] = seq
        lines['out' if source in local else 'in'].append(' '.join(map(str, [
            flags, (seq - isn.get(way, seq)) % 2**32,
            (ack - isn.get(other, ack)) % 2**32 if flags & 16 else 0,
            len(tcp) - head, window, *options_of(tcp[20:head])])))
    for way, segments in lines.items():
        for segment in segments:
            print(way, segment)


main()
