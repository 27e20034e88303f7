"""What the network does to packets, and what a careful client's kernel would never send."""
import random
import re
import subprocess
import time

import packets
from cable import Cable
from crafted import MSS, Peer, Shadow
from hosts import FAR_SERVER4
from http_grammar import UNIT4, head, perfect_request, requests_as_body, with_body
from rows import SENT_COUNTED, case
from script import Script, cut, cut_at_random, gets, mixed

_PORT = 20000
_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"


def peer(stage, wire, number, server="truth", **how):
    """A crafted connection, before its handshake."""
    return Peer(stage, wire, _PORT + number, stage.server(server).port, **how)


def segments(octets, size=MSS):
    """(offset, data) in order."""
    return [(at, octets[at:at + size]) for at in range(0, len(octets), size)]


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
    return lambda pieces: [each for at in range(0, len(pieces), window) for each in reversed(pieces[at:at + window])]


def shuffled(seed, window):
    def order(pieces):
        chance = random.Random(seed)
        groups = [pieces[at:at + window] for at in range(0, len(pieces), window)]
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


@case("crafted", "crafted packets in order, with and without timestamps: what the other crafted cases build on", servers="truth nginx")
def crafted(stage, row):
    wire = stage.wire(row)
    for i, version in enumerate((4, 6)):
        for j, timestamps in enumerate((False, True)):
            for k, size in enumerate((MSS, 77)):
                play(row, peer(stage, wire, i * 4 + j * 2 + k, row.server, version=version, timestamps=timestamps),
                     mixed(i + j, 30, 800), size=size)


@case("numbers-wrap", "sequence numbers that pass 2^32: at the first octet, in a line, in a body, between requests")
def numbers_wrap(stage, row):
    wire = stage.wire(row)
    script = Script().add("POST", with_body(UNIT4 * 5, "POST", "/wrap")).add("GET", head("GET", "/after")).add("GET", head())
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
    for i, how in enumerate((
            {"ip_options": packets.IPV4_OPTIONS}, {"ip_options": packets.IPV4_OPTIONS * 5},
            {"version": 6, "extensions": (packets.HOP_BY_HOP,)},
            {"version": 6, "extensions": (packets.HOP_BY_HOP, packets.DESTINATION)},
            {"version": 6, "extensions": (packets.FRAGMENT,)},
            {"version": 6, "extensions": (packets.HOP_BY_HOP, packets.DESTINATION, packets.FRAGMENT)})):
        for j, timestamps in enumerate((False, True)):
            play(row, peer(stage, wire, 200 + 2 * i + j, timestamps=timestamps, **how), mixed(i, 30, 800), size=333)


@case("vlan", "one and two VLAN tags; the same addresses and ports under two tags are two connections", equal=SENT_COUNTED,
      why="no device here takes the tags off: no server reads what is tagged")
def vlan(stage, row):
    wire = stage.wire(row)
    tags = [((packets.ETH_VLAN, 5),), ((packets.ETH_VLAN, 6),), ((packets.ETH_QINQ, 5), (packets.ETH_VLAN, 6)),
            ((packets.ETH_VLAN, 5), (packets.ETH_VLAN, 7)), ()]
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
        play(row, peer(stage, wire, 400 + seed, row.server, version=4 + 2 * (seed % 2)), mixed(seed, 40, 1000),
             repeated(seed), size=(MSS, 150, 61)[seed % 3])
    row.ledger_has("retransmission")


@case("retransmissions-other-boundaries", "sent again with other boundaries: overlaps, joined and cut segments", servers="truth nginx")
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
        play(row, peer(stage, wire, 500 + seed, row.server, version=4 + 2 * (seed % 2)), mixed(seed, 40, 1500), swapped,
             size=(MSS, 150, 61)[seed % 3])
    row.ledger_has("out_of_order")


@case("reordered-reversed", "each eight packets arrive in reverse order", servers="truth nginx")
def reordered_reversed(stage, row):
    wire = stage.wire(row)
    for seed in range(6):
        play(row, peer(stage, wire, 520 + seed, row.server), mixed(seed, 40, 1500), reversed_by(8),
             size=(MSS, 150, 61)[seed % 3])


@case("reordered-first", "the first packets of a connection change places; the second begins like a request, but is a body",
      limits="the handshake was seen")
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
        play(row, peer(stage, wire, 560 + seed),
             script, lambda pieces, s=seed, w=window: repeated(s, 0.2)(shuffled(s, w)(pieces)), size=size)


def _one_way(stage, row, number, octets, order, answer_every=0):
    """To a server that does not exist: sent in this order; the shadow answers when all is there."""
    connection = Peer(stage, stage.wire(row), _PORT + number, 8000, target=Shadow.ADDRESS4)
    connection.syn()
    shadow = Shadow(stage, connection)
    row.closing.callback(shadow.close)
    for i, (offset, data) in enumerate(order(segments(octets))):
        connection.emit(offset, data)
        if answer_every and i % answer_every == 0:
            shadow.answer(_OK, offset)
    return connection, shadow


@case("gap-250k", "250 KiB in reverse order: requests, and bodies that look like them", limits="gaps of up to 256 KiB in a connection",
      equal=SENT_COUNTED, why="no kernel takes so much that is out of order at a connection's beginning; both ends are crafted")
def gap_within(stage, row):
    script, i = Script(), 0
    while len(script.octets) < 240 << 10:
        script.add("GET", head("GET", f"/{i}", "X-Padding: " + "p" * 700))
        script.add("POST", with_body(requests_as_body(1200), "POST"))
        i += 1
    script.sent(row)
    _one_way(stage, row, 640, script.octets, lambda pieces: list(reversed(pieces)))


@case("gap-body", "a gap of 10 MB within a body: what is missing cannot head a request", equal=SENT_COUNTED,
      why="both ends are crafted", limits="no limit within a body of known length")
def gap_in_body(stage, row):
    script = Script().add("PUT", with_body(requests_as_body(10_000_000), "PUT")).add("GET", head()).add("GET", head())
    script.sent(row)
    _one_way(stage, row, 641, script.octets, lambda pieces: [pieces[0], *pieces[-3:]])


@case("gap-beyond", "a gap of 2 MB that is never closed, then answered requests: the connection is found again",
      limits="beyond a gap of 256 KiB it is `resync` until a packet heads a request after an answer",
      equal=SENT_COUNTED, why="both ends are crafted; as sent stand the ten before the gap and the ten after an answer")
def gap_beyond(stage, row):
    before, after = gets(10).sent(row), gets(10).sent(row)
    connection, shadow = _one_way(stage, row, 642, before.octets, lambda pieces: pieces)
    for _ in range(10):
        shadow.answer(_OK, connection.sent)
    at = connection.sent + 2_000_000
    # In the midst of something: not a request's beginning.
    connection.emit(at, b"middle of a field\r\nX: y\r\n\r\n")
    at += 28
    shadow.answer(_OK, at)
    for part in after.parts:
        connection.emit(at, part)
        at += len(part)
        shadow.answer(_OK, at)


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
    row.ledger_has("retransmission")


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


@case("out-of-window", "a perfect request far outside of the window, which the server's kernel drops, between real ones")
def out_of_window(stage, row):
    wire = stage.wire(row)
    connection = peer(stage, wire, 670).connect()
    for i in range(10):
        real = connection.sent
        # Beyond the window, and long before it. (frame: the stream does not go on from there.)
        wire.send(connection.frame(real + (1 << 30), head("DELETE", "/injected")))
        wire.send(connection.frame(real - (1 << 20), head("DELETE", "/injected")))
        connection.deliver([(real, head("GET", f"/{i}"))])
        row.wrote()
        connection.answers(i + 1)


@case("same-tuple-closed", "the same four-tuple again after an orderly end, ten times, in mid-body numbers too")
def same_tuple_closed(stage, row):
    wire = stage.wire(row)
    start = 5_000_000
    for i in range(10):
        connection = peer(stage, wire, 680, start=start + i * 300)
        play(row, connection, mixed(i, 10, 500))


@case("same-tuple-abandoned", "the same four-tuple again after a half-sent body, with a reset and without; also the same numbers",
      limits="the new handshake was seen")
def same_tuple_abandoned(stage, row):
    wire = stage.wire(row)
    for i in range(10):
        start = 9_000_000 + (i % 2) * 50
        connection = peer(stage, wire, 690, start=start).connect()
        connection.write(head("POST", "/", "Content-Length: 100000"))
        row.wrote("POST")
        connection.write(UNIT4 * 3)
        connection.leave()
        again = peer(stage, wire, 690, start=start + (0 if i < 5 else 777))
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


@case("half-open", "1,000 SYNs alone, 300 handshakes alone, 200 resets behind them, resets with text; among real requests")
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


# Between real kernels.

def _far(stage, row, how):
    """The second cable, which does that to packets."""
    cable = Cable(stage.lan, 7, **how)
    row.closing.callback(cable.close)
    return cable


def _pipelines(stage, row, connections, address=None):
    """Pipelines of all kinds on several connections, their packets cut at random."""
    streams = []
    for seed in range(connections):
        script = mixed(seed + 200, 60, 2500).sent(row)
        stream = stage.connect(row, "truth", address=address, timeout=60)
        streams.append((stream, script, cut_at_random(script.octets, seed, 900)))
    for i in range(max(len(pieces) for _, _, pieces in streams)):
        for stream, _, pieces in streams:
            if i < len(pieces):
                stream.write(pieces[i])
    for stream, script, _ in streams:
        stream.answers(script.methods)


def _upload(stage, row, octets, address=None):
    stream = stage.connect(row, "truth", address=address, timeout=120)
    stream.pieces([head("POST", "/", f"Content-Length: {octets}")])
    row.wrote("POST")
    stream.write(requests_as_body(octets))
    stream.answer()
    stream.write(row.head())
    stream.answer()


def _impaired(stage, row, how, *happened):
    cable = _far(stage, row, how)
    _pipelines(stage, row, stage.pick(6, 30), FAR_SERVER4)
    _upload(stage, row, stage.pick(2, 20) * 10**6, FAR_SERVER4)
    for name in happened:
        if not getattr(cable, name):
            row.problem(f"no packet was {name}")


for _share in (1, 5):
    case(f"loss-before-{_share}", f"{_share} % of packets are lost before the capture: pipelines cut at random, and an upload",
         interface="eth1", limits="gaps of up to 256 KiB in a connection")(
             lambda stage, row, share=_share: _impaired(stage, row, {"loss": share / 100}, "lost"))


@case("network-repeats", "5 % of packets come twice, between real kernels", interface="eth1")
def network_repeats(stage, row):
    _impaired(stage, row, {"repeat": 0.05}, "repeated")


@case("network-reorders", "10 % of packets are late by up to 2 ms, between real kernels", interface="eth1",
      limits="gaps of up to 256 KiB in a connection")
def network_reorders(stage, row):
    _impaired(stage, row, {"late": 0.10}, "delayed")


@case("network-all", "2 % lost, 5 % late, 3 % twice, between real kernels", interface="eth1",
      limits="gaps of up to 256 KiB in a connection")
def network_all(stage, row):
    _impaired(stage, row, {"loss": 0.02, "late": 0.05, "repeat": 0.03}, "lost", "delayed", "repeated")


@case("loss-before-ab", "2 % lost before the capture: ab with keep-alive", servers="nginx", interface="eth1")
def loss_before_ab(stage, row):
    cable = _far(stage, row, {"loss": 0.02})
    requests = stage.pick(1000, 10000)
    with stage.lan.client.entered():
        said = subprocess.run(["ab", "-q", "-k", "-s", "60", "-n", str(requests), "-c", "20", f"http://{FAR_SERVER4}/"],
                              capture_output=True, text=True, check=True, timeout=200).stdout
    row.expect("ab's complete requests", int(re.search(r"Complete requests:\s+(\d+)", said).group(1)), requests)
    row.wrote("GET", requests)
    if not cable.lost:
        row.problem("nothing was lost")


def _lose_behind_the_hook(stage, row, share):
    rules = f"""table inet accuracy {{
        chain input {{
            type filter hook input priority 0;
            iifname "eth0" tcp dport 8000 meta length > 80 numgen random mod 100 < {share} counter drop
        }}
    }}"""
    with stage.lan.server.entered():
        subprocess.run(["nft", "-f", "-"], input=rules.encode(), check=True, timeout=10)
    row.closing.callback(stage.lan.server.run, "nft", "delete", "table", "inet", "accuracy")

    def lost():
        return int(re.search(r"counter packets (\d+)", stage.lan.server.run("nft", "list", "ruleset")).group(1))
    return lost


for _share in (1, 5):
    def _loss_after(stage, row, share=_share):
        lost = _lose_behind_the_hook(stage, row, share)
        stage.lan.client.offload("eth0", False, "tso", "gso")
        row.closing.callback(stage.lan.client.offload, "eth0", True, "tso", "gso")
        _pipelines(stage, row, stage.pick(6, 30))
        _upload(stage, row, stage.pick(2, 20) * 10**6)
        if not lost():
            row.problem("nothing was lost")
        row.ledger_has("retransmission")

    case(f"loss-after-{_share}", f"{_share} % of packets are lost behind the capture, and come again: pipelines, and an upload")(
        _loss_after)


@case("loss-after-split", "10 % lost behind the capture: heads cut at every position")
def loss_after_split(stage, row):
    lost = _lose_behind_the_hook(stage, row, 10)
    octets = with_body(perfect_request(45), "POST", "/cut/here", "X-Long: " + "f" * 40)
    streams = [stage.connect(row) for _ in range(8)]
    for at in range(1, len(octets), stage.pick(2, 1)):
        for stream in streams:
            stream.write(octets[:at])
        time.sleep(0.0002)
        for stream in streams:
            stream.write(octets[at:])
            row.wrote("POST")
    for stream in streams:
        stream.answers(["POST"] * len(range(1, len(octets), stage.pick(2, 1))))
    if not lost():
        row.problem("nothing was lost")


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
