"""A TCP client in user space, which decides about every segment: boundaries, order, numbers, options.

Its address belongs to no kernel, so that none answers with a reset. The handshake is a real one, with the real server.
"""
import random
import socket
import struct
import time

import packets
from hosts import CRAFTED4, CRAFTED6, CRAFTED_MAC, SERVER4, SERVER6
from packets import ACK, FIN, PSH, RST, SYN, Received, packed

_ETH_P_ALL, _SO_RCVBUFFORCE = 3, 33
_SOL_PACKET, _PACKET_IGNORE_OUTGOING = 263, 23
_TIMEOUT = 10
MSS = 1400


class Wire:
    """Frames out of, and into, an interface of a host."""

    def __init__(self, host, interface="eth0"):
        with host.entered():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 16 << 20)
            self._socket.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
            self._socket.bind((interface, _ETH_P_ALL))
        self._peers = {}

    def send(self, frame):
        while True:
            try:
                self._socket.send(frame)
                return
            except OSError as error:
                # ENOBUFS: the queue of the interface is full for a moment
                if error.errno != 105:
                    raise
                time.sleep(0.001)

    def join(self, peer):
        self._peers[peer.ports] = peer

    def leave(self, peer):
        if self._peers.get(peer.ports) is peer:
            del self._peers[peer.ports]

    def pump(self, until, what, seconds=_TIMEOUT):
        """Takes in what arrives until something is so."""
        deadline = time.monotonic() + seconds
        while not until():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(what)
            self._take(left)

    def drain(self):
        """Takes in what has arrived."""
        while self._take(0):
            pass

    def _take(self, seconds):
        self._socket.settimeout(seconds)
        try:
            frame = self._socket.recv(1 << 17)
        except (TimeoutError, BlockingIOError):
            return False
        received = Received(frame)
        peer = self._peers.get(received.ports)
        if peer and received.target == peer.source:
            peer.take(received)
        return True

    def close(self):
        self._socket.close()


class Peer:
    """One connection of the crafted client."""

    def __init__(
        self,
        stage,
        wire,
        port,
        server_port,
        *,
        version=4,
        start=None,
        timestamps=False,
        ip_options=b"",
        extensions=(),
        tags=(),
        target=None,
    ):
        self._wire, self.ports, self._version = wire, (port, server_port), version
        self.source = packed(CRAFTED4 if version == 4 else CRAFTED6)
        self._target = packed(target or (SERVER4 if version == 4 else SERVER6))
        self._macs = stage.server_mac, bytes.fromhex(CRAFTED_MAC.replace(":", ""))
        self._timestamps, self._ip_options, self._extensions, self._tags = timestamps, ip_options, extensions, tags
        # The number of the first octet of data.
        self.start = random.getrandbits(32) if start is None else start
        self._their_next, self._their_time = 0, 0
        self.acknowledged, self.received = 0, bytearray()
        self.open = self.reset_seen = self.finished = False
        self._sent = self.insisted = 0
        wire.join(self)

    def take(self, segment):
        """What came from the server: acknowledges it at once, if it is the next."""
        self._their_time = segment.timestamp() or self._their_time
        if segment.flags & RST:
            self.reset_seen = True
            return
        if segment.flags & SYN:
            self._their_next = segment.number + 1
            self.open = True
            return
        if segment.flags & ACK and self.open:
            distance = (segment.acknowledged - self.start) & 0xFFFFFFFF
            if distance < 1 << 31:
                self.acknowledged = max(self.acknowledged, distance)
        ahead = (segment.number - self._their_next) & 0xFFFFFFFF
        if segment.data or segment.flags & FIN:
            if ahead == 0:
                self.received += segment.data
                self._their_next += len(segment.data) + (1 if segment.flags & FIN else 0)
                self.finished = self.finished or bool(segment.flags & FIN)
            self.emit(self._sent, b"", ACK)

    def frame(self, offset, data=b"", flags=PSH | ACK, corrupt=False):
        """A segment of the stream, from an offset into it."""
        options = b""
        if flags & SYN:
            options += struct.pack("!BBH", 2, 4, 1460) + bytes([3, 3, 7])
        if self._timestamps:
            options += bytes([1, 1, 8, 10]) + struct.pack(
                "!II", int(time.monotonic() * 1000) & 0xFFFFFFFF, self._their_time
            )
        segment = packets.tcp(
            self.source,
            self._target,
            self.ports,
            (self.start + offset, self._their_next if flags & ACK else 0),
            flags,
            data,
            options,
        )
        if corrupt:
            segment = segment[:16] + bytes([segment[16] ^ 0x55]) + segment[17:]
        if self._version == 4:
            packet = packets.ipv4(self.source, self._target, segment, self._ip_options)
        else:
            packet = packets.ipv6(self.source, self._target, segment, self._extensions)
        ethertype = packets.ETH_IPV4 if self._version == 4 else packets.ETH_IPV6
        return packets.ethernet(*self._macs, ethertype, packet, self._tags)

    def emit(self, offset, data=b"", flags=PSH | ACK, corrupt=False):
        self._wire.send(self.frame(offset, data, flags, corrupt))
        if not corrupt:
            self._sent = max(self._sent, offset + len(data))

    def syn(self, data=b""):
        self._wire.send(self.frame(-1, data, SYN))

    def connect(self, data=b""):
        """The handshake; with data in the SYN, which a server without a cookie for it ignores."""
        self._insist(lambda: self.open or self.reset_seen, lambda: self.syn(data), "no answer to SYN")
        if self.reset_seen:
            raise ConnectionError("reset instead of an answer to SYN")
        self.emit(0, b"", ACK)
        return self

    def _insist(self, until, action, what):
        """Does it again each second, as every TCP does: even a cable of veth may lose a packet, to a full queue."""
        for _ in range(_TIMEOUT):
            action()
            try:
                self._wire.pump(until, what, 1)
                return
            except TimeoutError:
                self.insisted += 1
        raise TimeoutError(what)

    def write(self, data, size=MSS):
        """In order, from where the stream is."""
        self.deliver([(self._sent + at, data[at : at + size]) for at in range(0, len(data), size)])

    def deliver(self, segments, at_once=24):
        """Segments as (offset, data) in whatever order; waits now and then until the server took in what there is."""
        have, segments = _Held(self.acknowledged), list(segments)
        for at in range(0, len(segments), at_once):
            group = segments[at : at + at_once]
            for offset, data in group:
                have.add(offset, offset + len(data))
            self._insist(
                lambda: self.acknowledged >= have.complete or self.reset_seen,
                lambda: [self.emit(*each) for each in group],
                f"octet {have.complete} is not acknowledged",
            )

    def answers(self, number):
        """Waits until so many answers, that say nothing of HTTP in their bodies, have come."""
        self._wire.pump(lambda: self.received.count(b"HTTP/1.1 ") >= number or self.reset_seen, f"not {number} answers")
        return self.received.count(b"HTTP/1.1 ")

    def advance(self, octets):
        """So much was sent by other means."""
        self._sent += octets

    @property
    def sent(self):
        """How long the stream is so far."""
        return self._sent

    def finish(self):
        """An orderly end."""
        self.emit(self._sent, b"", FIN | ACK)
        self._wire.pump(lambda: self.finished or self.reset_seen, "the server does not close")
        self._sent += 1
        self.emit(self._sent, b"", ACK)
        self.leave()

    def reset(self):
        self.emit(self._sent, b"", RST | ACK)
        self.leave()

    def leave(self):
        """Forgets the connection, without a word."""
        self._wire.leave(self)


class _Held:
    """Up to where a stream is complete."""

    def __init__(self, complete):
        self.complete, self._beyond = complete, []

    def add(self, begin, end):
        self._beyond.append((begin, end))
        self._beyond.sort()
        while self._beyond and self._beyond[0][0] <= self.complete:
            self.complete = max(self.complete, self._beyond.pop(0)[1])


class Shadow:
    """Answers for a server that does not exist, out of the real one's interface: both ends are ours then.

    Nothing acknowledges, so that a client may send in any order and as far ahead as it likes.
    """

    ADDRESS4 = "10.203.0.200"

    def __init__(self, stage, peer, start=1000):
        self._wire, self._peer = Wire(stage.lan.server), peer
        self._macs = bytes.fromhex(CRAFTED_MAC.replace(":", "")), stage.server_mac
        self._next = start
        self._emit(b"", SYN | ACK, acknowledged=peer.start)
        self._next += 1

    def _emit(self, data, flags, acknowledged):
        ports = self._peer.ports[1], self._peer.ports[0]
        segment = packets.tcp(packed(self.ADDRESS4), self._peer.source, ports, (self._next, acknowledged), flags, data)
        packet = packets.ipv4(packed(self.ADDRESS4), self._peer.source, segment)
        self._wire.send(packets.ethernet(*self._macs, packets.ETH_IPV4, packet))

    def answer(self, data, offset):
        """Sends data, and acknowledges the client's stream up to there."""
        self._emit(data, PSH | ACK, self._peer.start + offset)
        self._next += len(data)

    def close(self):
        self._wire.close()
