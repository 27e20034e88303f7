"""More than there is room for."""
import itertools
import random
import struct
import subprocess
import threading
from collections import Counter

import packets
from cases_clients import ab
from crafted import Peer, Shadow
from hosts import CRAFTED_MAC, SERVER4
from http_grammar import UNIT4, head
from packets import ACK, PSH, SYN, packed
from rows import NO_SOCKET, SENT_COUNTED, case

_MAC = bytes.fromhex(CRAFTED_MAC.replace(":", ""))
_ROOM = 65536


@case(
    "connections-100k",
    "100,000 connections opened and closed (short form: 5,000): ab without keep-alive",
    servers="nginx",
)
def connections(stage, row):
    ab(stage, row, stage.pick(5000, 100_000), "-c", "100")


class _Crowd:
    """Connections of crafted addresses to a server that does not exist, as light as they can be."""

    _crowds = itertools.count()

    def __init__(self, stage, row, number):
        # No crowd uses the connections of another, which are never closed.
        self._first_address = 100 + 4 * next(self._crowds)
        self._stage, self._wire, self._row, self.number = stage, stage.wire(row), row, number
        self._target = packed(Shadow.ADDRESS4)

    def _tuple(self, i):
        # From as many addresses as it takes: each has a port for 50,000.
        address = struct.pack("BBBB", 10, 203, 0, self._first_address + i // 50_000)
        return address, 10_000 + i % 50_000, (i * 2654435761) & 0xFFFFFFFF

    def each(self, offset, data, flags=PSH | ACK, only=None):
        """The same from every one, at that offset of its stream."""
        for i in only or range(self.number):
            source, port, start = self._tuple(i)
            segment = packets.tcp(source, self._target, (port, 8000), (start + offset, 1), flags, data)
            self._wire.send(
                packets.ethernet(
                    self._stage.server_mac, _MAC, packets.ETH_IPV4, packets.ipv4(source, self._target, segment)
                )
            )

    def open(self, data, method=None):
        """Handshake and first data, one connection after the other."""
        for i in range(self.number):
            self.each(-1, b"", SYN, (i,))
            self.each(0, data, only=(i,))
            if method:
                self._row.wrote(method)


_CRAFTED = "no real server has so many connections; both ends are crafted"


@case(
    "crowd",
    "connections at once in mid-body, each with packets that look like requests: 20,000 (short form: 4,000)",
    equal=SENT_COUNTED,
    why=_CRAFTED,
    cannot=NO_SOCKET,
    limits=f"flow_map has room for {_ROOM:,} connections, less what evicts early",
)
def crowd(stage, row):
    many = _Crowd(stage, row, stage.pick(4000, 20_000))
    begin = head("POST", "/", "Content-Length: 362")
    many.open(begin, "POST")
    many.each(len(begin), UNIT4)
    many.each(len(begin) + 181, UNIT4)
    many.each(len(begin) + 362, head())
    row.wrote("GET", many.number)


@case(
    "crowd-beyond",
    "80,000 connections at once, more than there is room for: two requests each, the second cut in no way",
    equal=SENT_COUNTED,
    why=_CRAFTED,
    cannot=NO_SOCKET,
    short=False,
    limits="an evicted connection is found again at a packet that heads a request",
)
def crowd_beyond(stage, row):
    many = _Crowd(stage, row, 80_000)
    first = head("GET", "/first")
    many.open(first, "GET")
    many.each(len(first), head("DELETE", "/second"))
    row.wrote("DELETE", many.number)


@case(
    "crowd-beyond-split",
    "80,000 connections in mid-head: the 40,000 that were last go on, then the others, which had to give way",
    equal=(),
    why=_CRAFTED + "; as sent stand the requests of those that fit; of 10,000 others each is either counted too, "
    "if its beginning was still there, or `not_http`",
    cannot=NO_SOCKET,
    short=False,
    limits=f"flow_map has room for {_ROOM:,} connections; half a head of one that gave way cannot be joined",
)
def crowd_beyond_split(stage, row):
    many = _Crowd(stage, row, 80_000)
    octets = head("PUT", "/cut")
    many.open(octets[:7])
    fitting = range(40_000, 80_000)
    many.each(7, octets[7:], only=fitting)
    many.each(len(octets), head("GET", "/whole"), only=fitting)
    row.wrote("PUT", len(fitting))
    row.wrote("GET", len(fitting))
    many.each(7, octets[7:], only=range(10_000))

    def all_found(reading):
        lost = reading.ledger.get("not_http", 0)
        return reading.counted == row.sent + Counter(PUT=10_000 - lost) and lost > 9_000

    row.check("not exactly those whose beginnings were there", all_found)


@case("syn-flood", "a flood of SYNs (200,000; short form: 20,000) beside ab", servers="nginx")
def syn_flood(stage, row):
    wire, chance, stopped = stage.wire(row), random.Random(3), threading.Event()
    target, sent = packed(SERVER4), [0]
    number = stage.pick(20_000, 200_000)

    def flood():
        source = packed("10.203.0.77")
        while sent[0] < number and not stopped.is_set():
            ports = chance.randrange(1024, 65536), stage.server("nginx").port
            segment = packets.tcp(source, target, ports, (chance.getrandbits(32), 0), SYN, b"", bytes([2, 4, 5, 180]))
            wire.send(packets.ethernet(stage.server_mac, _MAC, packets.ETH_IPV4, packets.ipv4(source, target, segment)))
            sent[0] += 1

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            ab(stage, row, 500, "-c", "20")
            ab(stage, row, 2000, "-c", "20", "-k")
    finally:
        stopped.set()
        thread.join()
    row.expect("SYNs", sent[0], number)


@case(
    "wrk-many",
    "1,000 connections of wrk with pipelines of 16 (full form)",
    servers="nginx",
    equal=(),
    why="wrk leaves without the answers to its last pipelines, which nginx then does not read",
    limits="no less is counted than logged, and no more than one pipeline a connection more",
    short=False,
)
def wrk_many(stage, row):
    script = stage.folder / "pipeline.lua"
    script.write_text(
        'init = function(args)\n  local r = {}\n  for i = 1, 16 do r[i] = wrk.format("GET", "/" .. i) end\n'
        "  all = table.concat(r)\nend\nrequest = function() return all end\n",
        encoding="ascii",
    )
    with stage.lan.client.entered():
        subprocess.run(
            ["wrk", "-t", "2", "-c", "1000", "-d", "10s", "-s", str(script), stage.url("nginx")],
            check=True,
            capture_output=True,
            timeout=60,
        )
    row.check("wrk did next to nothing", lambda _: row.logged.total() > 1000)
    row.check("not within its bound", lambda reading: 0 <= reading.counted.total() - row.logged.total() <= 16 * 1000)


@case(
    "syn-flood-between",
    "20 four-tuples used again, with 60,000 SYNs of others between their handshakes and their first requests",
    limits="the last 16,384 SYNs are remembered",
)
def syn_flood_between(stage, row):
    wire, start = stage.wire(row), 70_000_000
    ports = [27_000 + i for i in range(20)]
    for port in ports:
        with_old = Peer(stage, wire, port, stage.truth.port, start=start).connect()
        with_old.write(row.head("GET", "/old"))
        with_old.answers(1)
        with_old.finish()
    anew = [Peer(stage, wire, port, stage.truth.port, start=start + 900_000_000).connect() for port in ports]
    target = packed(Shadow.ADDRESS4)
    for i in range(60_000):
        source = struct.pack("BBBB", 10, 203, 0, 90 + i // 50_000)
        segment = packets.tcp(source, target, (10_000 + i % 50_000, 8000), (i, 0), SYN)
        wire.send(packets.ethernet(stage.server_mac, _MAC, packets.ETH_IPV4, packets.ipv4(source, target, segment)))
    for connection in anew:
        connection.write(row.head("DELETE", "/new"))
        connection.answers(1)
        connection.write(row.head("GET", "/new"))
        connection.answers(2)
        connection.finish()
