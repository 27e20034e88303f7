"""Packets, octet by octet: what a kernel would not send, or not in this order."""
import array
import socket
import struct

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
ETH_IPV4, ETH_IPV6, ETH_VLAN, ETH_QINQ = 0x0800, 0x86DD, 0x8100, 0x88A8
# RFC 2113, and padding by no-operations
IPV4_OPTIONS = bytes([148, 4, 0, 0, 1, 1, 1, 1])
_PADDING = bytes([1, 4, 0, 0, 0, 0])
HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION, TCP = 0, 43, 44, 60, 6


def checksum(octets):
    """RFC 1071. In the machine's byte order: its place in the packet is so too."""
    if len(octets) % 2:
        octets += b"\0"
    total = sum(array.array("H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("=H", ~total & 0xFFFF)


def tcp(source, target, ports, numbers, flags, data=b"", options=b"", window=64000):
    """A segment with its checksum; addresses are packed, of either family."""
    options += b"\1" * (-len(options) % 4)
    header = (
        struct.pack(
            "!HHIIBBHHH",
            *ports,
            numbers[0] & 0xFFFFFFFF,
            numbers[1] & 0xFFFFFFFF,
            (20 + len(options)) << 2,
            flags,
            window,
            0,
            0
        )
        + options
    )
    length = len(header) + len(data)
    if len(source) == 4:
        pseudo = source + target + struct.pack("!BBH", 0, TCP, length)
    else:
        pseudo = source + target + struct.pack("!IxxxB", length, TCP)
    return header[:16] + checksum(pseudo + header + data) + header[18:] + data


def ipv4(source, target, rest, options=b"", identification=1):
    header = (
        struct.pack(
            "!BBHHHBBH4s4s",
            0x45 + len(options) // 4,
            0,
            20 + len(options) + len(rest),
            identification,
            0x4000,
            64,
            TCP,
            0,
            source,
            target,
        )
        + options
    )
    return header[:10] + checksum(header) + header[12:] + rest


def fragments(frame, octets):
    """An untagged IPv4 frame without options, in fragments of so many octets, a multiple of eight (RFC 791)."""
    link, header, rest = frame[:14], frame[14:34], frame[34:]
    for at in range(0, len(rest), octets):
        part = rest[at : at + octets]
        more = 0x2000 if at + octets < len(rest) else 0
        new = header[:2] + struct.pack("!HHH", 20 + len(part), 7, more | at // 8) + header[8:10] + b"\0\0" + header[12:]
        yield link + new[:10] + checksum(new) + new[12:] + part


def ipv6(source, target, rest, extensions=()):
    """With extension headers of these types; a fragment header says that it is all there is (RFC 6946)."""
    headers, following = b"", TCP
    for kind in reversed(extensions):
        body = bytes([0, 0, 0, 0, 0, 7]) if kind == FRAGMENT else _PADDING
        headers = bytes([following, 0]) + body + headers
        following = kind
    return struct.pack("!IHBB16s16s", 6 << 28, len(headers) + len(rest), following, 64, source, target) + headers + rest


def ethernet(target, source, ethertype, rest, tags=()):
    """With VLAN tags, the outermost first, as (ethertype, id)."""
    between = b"".join(struct.pack("!HH", kind, number) for kind, number in tags)
    return target + source + between + struct.pack("!H", ethertype) + rest


def packed(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


class Received:
    """The TCP segment in a frame that came in, or none."""

    def __init__(self, frame):
        self.ports = None
        ethertype = struct.unpack_from("!H", frame, 12)[0]
        if ethertype == ETH_IPV4 and frame[23] == TCP:
            start, end = 14 + (frame[14] & 15) * 4, 14 + struct.unpack_from("!H", frame, 16)[0]
            self.target = frame[30:34]
        elif ethertype == ETH_IPV6 and frame[20] == TCP:
            start, end = 54, 54 + struct.unpack_from("!H", frame, 18)[0]
            self.target = frame[38:54]
        else:
            return
        # From one port to the other: of whoever receives it.
        source, own, self.number, self.acknowledged, offset, self.flags, self.window = struct.unpack_from(
            "!HHIIBBH", frame, start
        )
        self.ports = own, source
        self.options = frame[start + 20 : start + (offset >> 4) * 4]
        self.data = frame[start + (offset >> 4) * 4 : end]

    def timestamp(self):
        """The TSval of RFC 7323, or 0."""
        at = 0
        while at < len(self.options):
            kind = self.options[at]
            if kind == 0:
                break
            if kind == 8:
                return struct.unpack_from("!I", self.options, at + 2)[0]
            at += 1 if kind == 1 else self.options[at + 1]
        return 0
