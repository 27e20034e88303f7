"""Gaps, strays, and how connections begin and end: what only a crafted client does."""
import time

import packets
from cases_wire import peer, play, segments
from crafted import Peer, Shadow
from http_grammar import UNIT4, head, requests_as_body, with_body
from rows import NO_SOCKET, SENT_COUNTED, case
from script import Script, gets, mixed

_PORT = 20000
_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"


def _one_way(stage, row, number, octets, order):
    """To a server that does not exist: sent in this order, whatever any server would say to that."""
    wire = stage.wire(row)
    connection = Peer(stage, wire, _PORT + number, 8000, target=Shadow.ADDRESS4)
    connection.syn()
    shadow = Shadow(stage, connection)
    row.closing.callback(shadow.close)
    wire.pump(lambda: connection.open, "no SYN and ACK of the shadow")
    for offset, data in order(segments(octets)):
        connection.emit(offset, data)
    return connection, shadow, wire


@case(
    "gap-250k",
    "250 KiB in reverse order: requests, and bodies that look like them",
    limits="gaps of up to 256 KiB in a connection",
    equal=SENT_COUNTED,
    why="no kernel takes so much that is out of order at a connection's beginning; both ends are crafted",
    cannot=NO_SOCKET,
)
def gap_within(stage, row):
    script, i = Script(), 0
    while len(script.octets) < 240 << 10:
        script.add("GET", head("GET", f"/{i}", "X-Padding: " + "p" * 700))
        script.add("POST", with_body(requests_as_body(1200), "POST"))
        i += 1
    script.sent(row)
    _one_way(stage, row, 640, script.octets, lambda pieces: list(reversed(pieces)))


@case(
    "gap-body",
    "a gap of 10 MB within a body: what is missing cannot head a request",
    equal=SENT_COUNTED,
    why="both ends are crafted",
    cannot=NO_SOCKET,
    limits="no limit within a body of known length",
)
def gap_in_body(stage, row):
    script = Script().add("PUT", with_body(requests_as_body(10_000_000), "PUT")).add("GET", head()).add("GET", head())
    script.sent(row)
    _one_way(stage, row, 641, script.octets, lambda pieces: [pieces[0], *pieces[-3:]])


@case(
    "gap-beyond",
    "a gap of 2 MB that is never closed, then answered requests: the connection is found again",
    limits="beyond a gap of 256 KiB it is `resync` until a packet heads a request after an answer",
    equal=SENT_COUNTED,
    why="both ends are crafted; as sent stand the ten before the gap and the ten after an answer",
    cannot=NO_SOCKET,
)
def gap_beyond(stage, row):
    before, after = gets(10).sent(row), gets(10).sent(row)
    connection, shadow, wire = _one_way(stage, row, 642, before.octets, lambda pieces: pieces)

    def answer(offset):
        expected = len(connection.received) + len(_OK)
        shadow.answer(_OK, offset)
        # Only a client that has it acknowledges it.
        wire.pump(lambda: len(connection.received) >= expected, "the shadow's answer")

    for _ in range(10):
        answer(connection.sent)
    at = connection.sent + 2_000_000
    # In the midst of something: not a request's beginning.
    middle = b"middle of a field\r\nX: y\r\n\r\n"
    connection.emit(at, middle)
    at += len(middle)
    for part in after.parts:
        answer(at)
        connection.emit(at, part)
        at += len(part)


@case("corrupt-first", "a request with a wrong checksum, which the server's kernel drops, then the right one")
def corrupt_first(stage, row):
    wire = stage.wire(row)
    connection = peer(stage, wire, 650).connect()
    for i in range(10):
        octets = head("GET", f"/{i}")
        at = connection.sent
        connection.emit(at, octets, corrupt=True)
        connection.deliver([(at, octets)])
        row.wrote()
        connection.answers(i + 1)
    # Sockets are not given what has a wrong checksum.
    row.ledger_has("retransmission", of=("tc", "xdp"))


@case("probes", "keep-alive probes, with an octet and without, and old segments in the midst of requests")
def probes(stage, row):
    wire = stage.wire(row)
    connection = peer(stage, wire, 660).connect()
    octets = with_body(UNIT4 * 3)
    for i in range(10):
        at = connection.sent
        connection.deliver([(at, octets[:50])])
        if at:
            connection.emit(at - 1, b"", packets.ACK)
            connection.emit(at - 1, b"G", packets.ACK)
            connection.emit(0, octets)
        connection.deliver([(at + 50, octets[50:])])
        row.wrote("POST")
        connection.answers(i + 1)


@case(
    "out-of-window",
    "a perfect request far outside of the window, which the server's kernel drops, between real ones",
    limits="behind the connection's first request and its answer",
)
def out_of_window(stage, row):
    wire = stage.wire(row)
    connection = peer(stage, wire, 670).connect()
    for i in range(10):
        connection.deliver([(connection.sent, head("GET", f"/{i}"))])
        row.wrote()
        connection.answers(i + 1)
        real = connection.sent
        # Beyond the window, and long before it. (frame: the stream does not go on from there.)
        wire.send(connection.frame(real + (1 << 30), head("DELETE", "/injected")))
        wire.send(connection.frame(real - (1 << 20), head("DELETE", "/injected")))


@case("same-tuple-closed", "the same four-tuple again after an orderly end, ten times, in mid-body numbers too")
def same_tuple_closed(stage, row):
    wire = stage.wire(row)
    start = 5_000_000
    for i in range(10):
        connection = peer(stage, wire, 680, start=start + i * 300)
        play(row, connection, mixed(i, 10, 500))


@case(
    "same-tuple-abandoned",
    "the same four-tuple again after a half-sent body, with a reset and without; its numbers overlap the old ones",
    limits="the new handshake was seen, and begins with another number",
)
def same_tuple_abandoned(stage, row):
    wire = stage.wire(row)
    for i in range(10):
        start = 9_000_000 + (i % 2) * 50
        connection = peer(stage, wire, 690, start=start).connect()
        connection.write(head("POST", "/", "Content-Length: 100000"))
        row.wrote("POST")
        connection.write(UNIT4 * 3)
        connection.leave()
        again = peer(stage, wire, 690, start=start + (1 if i < 5 else 777))
        if i % 3:
            connection.emit(connection.sent, b"", packets.RST | packets.ACK)
        else:
            # The server answers a SYN within a connection with a challenge, which a client that knows nothing resets.
            again.syn()
            time.sleep(0.01)
            connection.emit(connection.sent, b"", packets.RST | packets.ACK)
        again.open = again.reset_seen = False
        play(row, again, gets(5))


@case("syn-with-data", "data in the SYN, which the server ignores, and again behind the handshake")
def syn_with_data(stage, row):
    wire = stage.wire(row)
    for i in range(10):
        connection = peer(stage, wire, 700 + i)
        script = gets(3).sent(row)
        octets = script.octets if i % 2 else script.octets[:40]
        connection.connect(octets)
        connection.deliver([(0, script.octets)])
        connection.answers(3)
        connection.finish()


@case(
    "half-open", "1,000 SYNs alone, 300 handshakes alone, 200 resets behind them, resets with text; among real requests"
)
def half_open(stage, row):
    wire = stage.wire(row)
    stream = stage.connect(row, "truth")
    for i in range(1000):
        peer(stage, wire, 1000 + i).syn()
        if i % 50 == 0:
            wire.drain()
            stream.write(row.head())
            stream.answer()
    for i in range(300):
        connection = peer(stage, wire, 2000 + i).connect()
        if i % 3:
            connection.emit(0, b"GET /reset HTTP/1.1\r\n\r\n" if i % 3 == 1 else b"", packets.RST | packets.ACK)
        connection.leave()
    stream.write(row.head())
    stream.answer()
    wire.drain()
