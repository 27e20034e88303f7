#!/usr/bin/env python3
"""Writes the packets that packet-cost measures into a folder, one file each."""
import pathlib
import struct
import sys


def ipv4(protocol, rest):
    header = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(rest), 1, 0, 64, protocol, 0,
                         bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
    return bytes(12) + b'\x08\x00' + header + rest


def tcp(data):
    """With the timestamp option, as Linux sends it."""
    options = b'\x01\x01\x08\x0a' + bytes(8)
    return ipv4(6, struct.pack('>HHIIBBHHH', 40000, 80, 1, 1, 0x80, 0x18, 1000, 0, 0) + options + data)


def request(octets):
    """A GET of so many octets in all, a third of them the target."""
    target = b'/' + b'a' * (octets // 3)
    head = b'GET ' + target + b' HTTP/1.1\r\nHost: example\r\nX-Filler: '
    return tcp(head + b'b' * (octets - len(head) - 4) + b'\r\n\r\n')


PACKETS = {
    'arp': bytes(12) + b'\x08\x06' + bytes(46),
    'udp': ipv4(17, struct.pack('>HHHH', 53, 5353, 28, 0) + bytes(20)),
    'acknowledgement': tcp(b''),
    'response': tcp(b'HTTP/1.1 200 OK\r\nContent-Length: 1200\r\n\r\n' + b'z' * 1200),
    'tls': tcp(b'\x17\x03\x03\x04\x00' + b'\x9a' * 1000),
    'binary': tcp(bytes(range(256)) * 4),
    'request-100': request(100),
    'request-300': request(300),
    'request-1400': request(1400),
}

folder = pathlib.Path(sys.argv[1])
for name, packet in PACKETS.items():
    (folder / name).write_bytes(packet)
