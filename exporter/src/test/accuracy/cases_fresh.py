"""How fields frame a message, connections whose first data is in the SYN, and ports of which nothing is known yet."""
import socket

import packets
from cable import Cable
from cases_wire import MSS, segments
from crafted import Peer
from hosts import FAR_SERVER4, SERVER4, SERVER6
from http_grammar import UNIT4, chunked, head, requests_as_body, with_body
from rows import case
from script import Script, cut, gets, mixed


def _say(stage, row, octets, methods, server=None):
    stream = stage.connect(row, server or row.server)
    for method in methods:
        row.wrote(method)
    stream.write(octets)
    stream.answers(methods)
    return stream


@case(
    "framing-length",
    "Content-Length as it may be written: case, no space, more space, zeros in front, sent twice, last of 60 fields",
    servers="truth nginx",
)
def framing_length(stage, row):
    many = [f"X-Field-{i}: v" for i in range(60)]
    fields = [
        ("content-length:181",),
        ("CONTENT-LENGTH: 181",),
        ("Content-Length:    181   ",),
        ("Content-Length: 000181",),
        (*many, "Content-Length: 181"),
        ("X-Content-Length: 9", "Content-Length: 181"),
        ("Content-Length: 181", "Content-Length-X: 9", "X-Hint: Content-Length: 7"),
    ]
    if row.server == "truth":
        # nginx takes neither of these.
        fields += [
            ("Content-Length: 181", "Content-Length: 181"),
            ("Content-Length:\t 181 \t",),
        ]
    for each in fields:
        octets = head("POST", "/", *each) + UNIT4
        _say(stage, row, octets * 2 + head(), ["POST", "POST", "GET"])
        stream = stage.connect(row, row.server)
        for size in (1, 7, len(octets) - 181):
            stream.pieces(cut(octets, size))
            row.wrote("POST")
            stream.answer()


@case(
    "framing-chunked",
    "Transfer-Encoding as it may be written: case, other codings, beside Content-Length; sizes in capitals, with zeros",
)
def framing_chunked(stage, row):
    for fields in (
        ("transfer-encoding:chunked",),
        ("TRANSFER-ENCODING: Chunked",),
        ("Transfer-Encoding: gzip, chunked",),
        ("Transfer-Encoding: gzip", "Transfer-Encoding: chunked"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 5"),
        ("X-Transfer-Encoding: a", "Transfer-Encoding:\tchunked "),
    ):
        for size in (b"b5", b"B5", b"000000b5", b"b5 ;a=b", b'b5;a;b="c"'):
            octets = head("PUT", "/", *fields) + size + b"\r\n" + UNIT4 + b"\r\n0\r\n\r\n"
            _say(stage, row, octets * 2 + head(), ["PUT", "PUT", "GET"])
            stream = stage.connect(row)
            stream.pieces(cut(octets, 11))
            row.wrote("PUT")
            stream.answer()


@case(
    "framing-unlike",
    "fields that frame nothing: their names or values only resemble those that do",
    servers="truth nginx python jdk",
)
def framing_unlike(stage, row):
    for fields in (
        ("X-Content-Length: 100",),
        ("Content-Lengths: 100",),
        ("Content-Lengt: 100",),
        ("X-A: Transfer-Encoding: chunked",),
        ("TE: chunked",),
        ("Trailer: chunked",),
        ("Transfer-Encodings: chunked",),
        ("X: \tContent-Length: 50",),
        ("Content-Length: 0",),
        ("Accept: a" * 50,),
    ):
        _say(
            stage, row, head("GET", "/", *fields) + head("DELETE") + head("GET", "/", *fields), ["GET", "DELETE", "GET"]
        )


@case(
    "framing-late",
    "Content-Length behind 50 kB of other fields, and a body that looks like requests",
    servers="truth nginx",
)
def framing_late(stage, row):
    fields = [f"X-Field-{i}: {'v' * 980}" for i in range(50)]
    octets = head("POST", "/", *fields, "Content-Length: 1810") + UNIT4 * 10
    for size in (len(octets), 1448, 997):
        stream = stage.connect(row, row.server)
        stream.pieces(cut(octets, size) if size < len(octets) else [octets])
        stream.pieces([head()])
        row.wrote("POST")
        row.wrote()
        stream.answers(["POST", "GET"])


@case("long-methods", "method tokens of 8 to 100 octets")
def long_methods(stage, row):
    for size in (7, 8, 9, 15, 16, 17, 31, 64, 100):
        token = ("LONGMETHOD" * 20)[:size]
        stream = stage.connect(row)
        for pieces in ([head(token)], cut(head(token), 5)):
            stream.pieces(pieces)
            row.wrote(token)
            stream.answer()


@case("half-closed", "clients that close their side behind their last request, and read on", servers="truth nginx")
def half_closed(stage, row):
    for seed in range(20):
        stream = stage.connect(row, row.server)
        script = mixed(seed, 5, 800).sent(row)
        stream.write(script.octets)
        stream.finish()
        stream.answers(script.methods)


@case("fast-open", "TCP Fast Open: a request in the SYN, which the server takes; more behind it")
def fast_open(stage, row):
    for version in (4, 6):
        for octets in (head(), gets(5).octets, with_body(UNIT4 * 3), head()[:20]):
            with stage.lan.client.entered():
                client = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6)
            with client:
                client.settimeout(10)
                client.sendto(octets, socket.MSG_FASTOPEN, (SERVER4 if version == 4 else SERVER6, stage.truth.port))
                info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
                # tcpi_options: TCPI_OPT_SYN_DATA
                row.expect("data in the SYN", bool(info[5] & 32), True)
                rest = head()[20:] if len(octets) == 20 else b""
                client.sendall(rest + head("DELETE"))
                number = octets.count(b"Host: server.example") or 1
                row.wrote("POST" if octets.startswith(b"POST") else "GET", number)
                row.wrote("DELETE")
                received = b""
                while received.count(b"HTTP/1.1 200") < number + 1:
                    received += client.recv(65536)


@case(
    "ip-fragments",
    "requests in IP fragments, among others on the same connection",
    limits={"": "IP fragments are `fragment` in the ledger, and not judged; TCP avoids them", "cgroup": ""},
)
def ip_fragments(stage, row):
    wire = stage.wire(row)
    connection = Peer(stage, wire, 26_000, stage.truth.port).connect()
    for i in range(12):
        octets = head("GET", f"/{i}", "X-Padding: " + "p" * 100)
        row.wrote()
        if i % 4 == 2:
            frame = connection.frame(connection.sent, octets)
            for part in packets.fragments(frame, 64):
                wire.send(part)
            connection.advance(len(octets))
        else:
            connection.write(octets)
        connection.answers(i + 1)
    row.differs("GET", -3, "", of=("tc",))
    unseen = "no answer tells it that the server has the fragments: what comes behind them waits, up to 256 KiB"
    row.differs("GET", -10, unseen, of=("xdp",))
    row.ledger_has("fragment", of=("tc", "xdp"))


# Ports that nobody has sent anything to.


@case("fresh-port-split", "the first request that a port ever sees, in two packets, cut at every position")
def fresh_port_split(stage, row):
    octets = with_body(b"GET /", "POST", "/first")
    positions = range(1, len(octets), stage.pick(3, 1))
    for at, port in zip(positions, stage.fresh_ports(len(positions))):
        stream = stage.connect(row, port)
        stream.pieces([octets[:at], octets[at:]])
        row.wrote("POST")
        stream.answer()
        stream.write(row.head())
        stream.answer()


@case(
    "fresh-port-ways",
    "the first connections to a port: an octet a packet, empty lines, pipelines, bodies, an Upgrade, CONNECT",
)
def fresh_port_ways(stage, row):
    upgrade = head("GET", "/upgrade-no", "Connection: Upgrade", "Upgrade: tunnel")
    body = with_body(UNIT4 * 10, "PUT")
    ways = (
        ([bytes([o]) for o in gets(3).octets], ["GET"] * 3),
        ([b"\r\n", *gets(1).parts], ["GET"]),
        ([b"\n\r\n" + head()], ["GET"]),
        ([b"\r", b"\n" + head("DELETE")], ["DELETE"]),
        ([gets(50).octets], ["GET"] * 50),
        (cut(gets(50).octets, 100), ["GET"] * 50),
        ([body[:-1810], *[UNIT4] * 10], ["PUT"]),
        (chunked([UNIT4] * 5), ["POST"]),
        ([upgrade, head()], ["GET", "GET"]),
        ([upgrade + head()], ["GET", "GET"]),
        ([head("CONNECT", "no.example:1") + head()], ["CONNECT", "GET"]),
        ([head("GET", "/" + "u" * 7900)], ["GET"]),
        (cut(head("OPTIONS", "*"), 3), ["OPTIONS"]),
    )
    for (pieces, methods), port in zip(ways, stage.fresh_ports(len(ways))):
        stream = stage.connect(row, port)
        stream.pieces(pieces)
        for method in methods:
            row.wrote(method)
        stream.answers(methods)
        stream.write(row.head())
        stream.answer()


@case(
    "fresh-port-reordered",
    "the first connection to a port, its packets in another order: a body before its head, pipelines reversed",
    limits="the handshake was seen",
)
def fresh_port_reordered(stage, row):
    wire = stage.wire(row)
    body = Script().add("POST", with_body(requests_as_body(1810), "POST")).add("GET", head())
    begin = body.octets.index(b"\r\n\r\n") + 4
    rest = [(begin + at, data) for at, data in segments(body.octets[begin:])]
    scripts = (
        (body, [(begin, UNIT4), (0, body.octets[:begin]), *rest]),
        (gets(20), list(reversed(segments(gets(20).octets, 100)))),
        (gets(2), [(50, gets(2).octets[50:]), (0, gets(2).octets[:50])]),
        (
            mixed(3, 30, 900),
            list(reversed(segments(mixed(3, 30, 900).octets[:20_000], MSS))) + segments(mixed(3, 30, 900).octets, MSS),
        ),
    )
    for i, ((script, order), port) in enumerate(zip(scripts, stage.fresh_ports(len(scripts)))):
        connection = Peer(stage, wire, 26_100 + i, port).connect()
        script.sent(row)
        connection.deliver(order)
        row.expect("answers", connection.answers(len(script.methods)), len(script.methods))
        connection.finish()


@case(
    "fresh-port-loss", "the first connections to a port over a cable that loses 5 % and delays 10 %", interface="eth1"
)
def fresh_port_loss(stage, row):
    row.closing.callback(Cable(stage.lan, 9, loss=0.05, late=0.10).close)
    for seed, port in enumerate(stage.fresh_ports(10)):
        script = mixed(seed + 600, 30, 2000).sent(row)
        stream = stage.connect(row, port, address=FAR_SERVER4, timeout=60)
        for piece in cut(script.octets, 700):
            stream.write(piece)
        stream.answers(script.methods)
