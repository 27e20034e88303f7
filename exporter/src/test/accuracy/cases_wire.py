"""Packets crafted one by one: headers, order, repetition, which no kernel would send so on purpose."""
import random

import packets
from crafted import MSS, Peer, Shadow
from http_grammar import UNIT4, head, with_body
from rows import NO_SOCKET, SENT_COUNTED, case
from script import Script, cut, gets, mixed

_PORT = 20000


def peer(stage, wire, number, server="truth", **how):
    """A crafted connection, before its handshake."""
    return Peer(stage, wire, _PORT + number, stage.server(server).port, **how)


def segments(octets, size=MSS):
    """(offset, data) in order."""
    return [(at, octets[at : at + size]) for at in range(0, len(octets), size)]


def play(row, connection, script, order=None, size=MSS):
    """Handshake, the script's segments in that order, all answers, an orderly end."""
    connection.connect()
    script.sent(row)
    connection.deliver(order(segments(script.octets, size)) if order else segments(script.octets, size))
    row.expect("answers", connection.answers(len(script.methods)), len(script.methods))
    connection.finish()


def swapped(pieces):
    """Neighbours change places."""
    pieces = list(pieces)
    for i in range(0, len(pieces) - 1, 2):
        pieces[i], pieces[i + 1] = pieces[i + 1], pieces[i]
    return pieces


def reversed_by(window):
    return lambda pieces: [each for at in range(0, len(pieces), window) for each in reversed(pieces[at : at + window])]


def shuffled(seed, window):
    def order(pieces):
        chance = random.Random(seed)
        groups = [pieces[at : at + window] for at in range(0, len(pieces), window)]
        for group in groups:
            chance.shuffle(group)
        return [each for group in groups for each in group]

    return order


def repeated(seed, share=0.5):
    """Duplicates: at once, and once more a few packets later."""

    def order(pieces):
        chance, result = random.Random(seed), []
        for piece in pieces:
            result.append(piece)
            if chance.random() < share:
                result.append(piece)
            if chance.random() < share / 2:
                result.append(chance.choice(result[-8:]))
        return result

    return order


@case(
    "crafted",
    "crafted packets in order, with and without timestamps: what the other crafted cases build on",
    servers="truth nginx",
)
def crafted(stage, row):
    wire = stage.wire(row)
    for i, version in enumerate((4, 6)):
        for j, timestamps in enumerate((False, True)):
            for k, size in enumerate((MSS, 77)):
                play(
                    row,
                    peer(stage, wire, i * 4 + j * 2 + k, row.server, version=version, timestamps=timestamps),
                    mixed(i + j, 30, 800),
                    size=size,
                )


@case("numbers-wrap", "sequence numbers that pass 2^32: at the first octet, in a line, in a body, between requests")
def numbers_wrap(stage, row):
    wire = stage.wire(row)
    script = (
        Script().add("POST", with_body(UNIT4 * 5, "POST", "/wrap")).add("GET", head("GET", "/after")).add("GET", head())
    )
    for i, before in enumerate((0, 1, 2, 8, 20, 64, 65, 100, 500, 900, len(script.octets) - 1, len(script.octets))):
        for j, size in enumerate((MSS, 23)):
            connection = peer(stage, wire, 100 + 2 * i + j, start=(1 << 32) - before)
            play(row, connection, script, size=size)
    for i in range(10):
        connection = peer(stage, wire, 150 + i, start=(1 << 32) - 3000 * i)
        play(row, connection, mixed(i, 40, 800), shuffled(i, 6), size=200)


@case("ip-options", "IPv4 with options, IPv6 with hop-by-hop, destination and fragment headers, TCP with timestamps")
def ip_options(stage, row):
    wire = stage.wire(row)
    for i, how in enumerate(
        (
            {"ip_options": packets.IPV4_OPTIONS},
            {"ip_options": packets.IPV4_OPTIONS * 5},
            {"version": 6, "extensions": (packets.HOP_BY_HOP,)},
            {"version": 6, "extensions": (packets.HOP_BY_HOP, packets.DESTINATION)},
            {"version": 6, "extensions": (packets.FRAGMENT,)},
            {"version": 6, "extensions": (packets.HOP_BY_HOP, packets.DESTINATION, packets.FRAGMENT)},
        )
    ):
        for j, timestamps in enumerate((False, True)):
            play(row, peer(stage, wire, 200 + 2 * i + j, timestamps=timestamps, **how), mixed(i, 30, 800), size=333)


@case(
    "vlan",
    "one and two VLAN tags; the same addresses and ports under two tags are two connections",
    equal=SENT_COUNTED,
    why="no device here takes the tags off: no server reads what is tagged",
    cannot=NO_SOCKET,
)
def vlan(stage, row):
    wire = stage.wire(row)
    tags = [
        ((packets.ETH_VLAN, 5),),
        ((packets.ETH_VLAN, 6),),
        ((packets.ETH_QINQ, 5), (packets.ETH_VLAN, 6)),
        ((packets.ETH_VLAN, 5), (packets.ETH_VLAN, 7)),
        (),
    ]
    connections = [Peer(stage, wire, _PORT + 300, 8000, tags=each, target=Shadow.ADDRESS4) for each in tags]
    scripts = [mixed(300 + i, 40, 800).sent(row) for i in range(len(tags))]
    for connection in connections:
        connection.syn()
    pieces = [segments(script.octets, 400) for script in scripts]
    for i in range(max(map(len, pieces))):
        for connection, mine in zip(connections, pieces):
            if i < len(mine):
                connection.emit(*mine[i])


@case("duplicates", "packets that come twice and thrice, at once and later", servers="truth nginx")
def duplicates(stage, row):
    wire = stage.wire(row)
    for seed in range(stage.pick(6, 30)):
        play(
            row,
            peer(stage, wire, 400 + seed, row.server, version=4 + 2 * (seed % 2)),
            mixed(seed, 40, 1000),
            repeated(seed),
            size=(MSS, 150, 61)[seed % 3],
        )
    row.ledger_has("retransmission")


@case(
    "retransmissions-other-boundaries",
    "sent again with other boundaries: overlaps, joined and cut segments",
    servers="truth nginx",
)
def other_boundaries(stage, row):
    def order_of(octets, seed):
        def order(_):
            chance, result, at = random.Random(seed), [], 0
            while at < len(octets):
                begin = max(0, at - chance.choice([0, 0, 1, 40, 300]))
                end = min(len(octets), at + chance.randint(1, 900))
                result.append((begin, octets[begin:end]))
                at = end
            return result

        return order

    wire = stage.wire(row)
    for seed in range(stage.pick(6, 40)):
        script = mixed(seed + 50, 40, 1000)
        play(row, peer(stage, wire, 450 + seed, row.server), script, order_of(script.octets, seed))


@case("reordered-neighbours", "neighbouring packets change places", servers="truth nginx")
def reordered_neighbours(stage, row):
    wire = stage.wire(row)
    for seed in range(6):
        play(
            row,
            peer(stage, wire, 500 + seed, row.server, version=4 + 2 * (seed % 2)),
            mixed(seed, 40, 1500),
            swapped,
            size=(MSS, 150, 61)[seed % 3],
        )
    row.ledger_has("out_of_order")


@case("reordered-reversed", "each eight packets arrive in reverse order", servers="truth nginx")
def reordered_reversed(stage, row):
    wire = stage.wire(row)
    for seed in range(6):
        play(
            row,
            peer(stage, wire, 520 + seed, row.server),
            mixed(seed, 40, 1500),
            reversed_by(8),
            size=(MSS, 150, 61)[seed % 3],
        )


@case(
    "reordered-first",
    "the first packets of a connection change places; the second begins like a request, but is a body",
    limits="the handshake was seen",
)
def reordered_first(stage, row):
    wire = stage.wire(row)
    for i, size in enumerate((MSS, 181)):
        script = Script().add("POST", with_body(UNIT4 * 30, "POST", "/first")).add("GET", head())
        octets = script.octets
        begin = octets.index(b"\r\n\r\n") + 4
        connection = peer(stage, wire, 540 + i).connect()
        script.sent(row)
        body = [(begin + at, data) for at, data in segments(octets[begin:], size)]
        connection.deliver([*body[:10], (0, octets[:begin]), *body[10:]])
        connection.answers(2)
        connection.finish()
    # Pipelined requests, cut at their ends: the second packet is a request of its own.
    connection = peer(stage, wire, 545).connect()
    script = gets(10).sent(row)
    parts, at, pieces = script.parts, 0, []
    for part in parts:
        pieces.append((at, part))
        at += len(part)
    connection.deliver([pieces[1], pieces[0], *reversed(pieces[2:])])
    connection.answers(10)


@case("reordered-random", "shuffled within windows of 4, 16 and 40 packets, some of them repeated")
def reordered_random(stage, row):
    wire = stage.wire(row)
    for seed in range(stage.pick(9, 60)):
        window = (4, 16, 40)[seed % 3]
        size = (MSS, 350, 61)[seed % 3]
        script = mixed(seed + 90, 60, 1500)
        play(
            row,
            peer(stage, wire, 560 + seed),
            script,
            lambda pieces, s=seed, w=window: repeated(s, 0.2)(shuffled(s, w)(pieces)),
            size=size,
        )


@case("cut-by-path", "pipelines whose packets are 88 octets: a path with a small MSS")
def small_segments(stage, row):
    wire = stage.wire(row)
    for seed in range(3):
        script = mixed(seed, 60, 1000)
        connection = peer(stage, wire, 720 + seed).connect()
        script.sent(row)
        for piece in cut(script.octets, 88):
            connection.write(piece)
        connection.answers(len(script.methods))
        connection.finish()
