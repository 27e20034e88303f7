"""One request is not one packet: heads cut anywhere, long lines, many fields, pipelines."""
from http_grammar import LINE_MAX, chunked, head, perfect_request, with_body
from rows import case
from script import Script, cut, cut_at_random, gets, mixed

ALL_SERVERS = "truth nginx python jdk"


def _short_post():
    return with_body(b"GET /", "POST", "/cut/here", "X-Field: value")


def say(stage, row, pieces, script, server=None, version=4):
    """Sends the pieces, each as a packet of its own, and reads all answers."""
    stream = stage.connect(row, server or row.server, version)
    stream.pieces(pieces)
    script.sent(row)
    stream.answers(script.methods)
    return stream


@case(
    "split-in-two",
    "a POST in two packets, cut at every position, each on a connection of its own",
    servers="truth nginx jdk",
)
def split_in_two(stage, row):
    octets = _short_post()
    for at in range(1, len(octets)):
        with stage.connect(row, row.server) as stream:
            stream.pieces([octets[:at], octets[at:]])
            row.wrote("POST")
            stream.answer()


@case("split-in-two-kept", "the same on one connection, IPv4 and IPv6", servers="truth nginx")
def split_in_two_kept(stage, row):
    octets = _short_post()
    for version in (4, 6):
        stream = stage.connect(row, row.server, version)
        for at in range(1, len(octets)):
            stream.pieces([octets[:at], octets[at:]])
            row.wrote("POST")
            stream.answer()


@case(
    "split-shifted",
    "pipelined POSTs whose ends and beginnings share packets, cut at every position",
    servers="truth nginx",
)
def split_shifted(stage, row):
    octets = _short_post()
    for at in range(1, len(octets), stage.pick(3, 1)):
        stream = stage.connect(row, row.server)
        script = Script()
        for _ in range(4):
            script.add("POST", octets)
        whole = script.octets
        say_pieces = [whole[:at]] + cut(whole[at:], len(octets))
        stream.pieces(say_pieces)
        script.sent(row)
        stream.answers(script.methods)


@case("one-octet-a-packet", "three requests, one octet a packet", servers=ALL_SERVERS)
def one_octet(stage, row):
    script = Script().add("GET", head()).add("POST", _short_post()).add("DELETE", head("DELETE", "/x"))
    say(stage, row, [bytes([o]) for o in script.octets], script)


@case("one-octet-a-packet-mixed", "chunked and plain bodies, one octet a packet")
def one_octet_mixed(stage, row):
    script = mixed(11, stage.pick(12, 60), 150)
    say(stage, row, [bytes([o]) for o in script.octets], script)


@case(
    "random-pieces",
    "60 requests of all kinds on a connection, cut at random into packets of 1 to 60, and to 700, octets",
)
def random_pieces(stage, row):
    for seed in range(stage.pick(3, 20)):
        for longest in (60, 700):
            script = mixed(seed, 60, 1000)
            say(stage, row, cut_at_random(script.octets, seed, longest), script, version=4 + 2 * (seed % 2))


def _line(octets, method="GET"):
    """A request whose line has so many octets, without its end."""
    target = "/" + "t" * (octets - len(f"{method} / HTTP/1.1"))
    octets_written = head(method, target)
    assert len(octets_written.partition(b"\r\n")[0]) == octets
    return octets_written


@case(
    "line-8000",
    "request lines of 1,000 to 8,000 octets, in full packets and in pieces of 700",
    limits=f"lines up to {LINE_MAX:,} octets, without their CRLF",
    servers="truth nginx python jdk",
)
def line_8000(stage, row):
    stream = stage.connect(row, row.server)
    for size in (1000, 1449, 3000, 7999, 8000):
        for pieces in (
            [_line(size)],
            cut(_line(size, "PUT").replace(b"\r\n\r\n", b"\r\nContent-Length: 0\r\n\r\n"), 700),
        ):
            stream.pieces(pieces)
            row.wrote("GET" if len(pieces) == 1 else "PUT")
            stream.answer()


@case(
    "line-too-long",
    "lines of 8,001 and 60,000 octets are not counted; what follows on the connection is",
    limits="each longer line is one `line_too_long`",
)
def line_too_long(stage, row):
    before = stage.truth.too_long
    stream = stage.connect(row)
    for octets in (_line(8001), _line(60000)):
        for pieces in ([octets], cut(octets, 1000)):
            stream.write(head())
            stream.answer()
            stream.pieces(pieces)
            stream.answer()
            stream.write(head("DELETE"))
            stream.answer()
            row.wrote("GET")
            row.wrote("DELETE")
    # Pipelined in one write: only the one in the middle is too long.
    stream.write(head("PUT") + _line(9000) + head("PATCH"))
    row.wrote("PUT")
    row.wrote("PATCH")
    stream.answers(["PUT", "GET", "PATCH"])
    row.expect("lines that the server found too long", stage.truth.too_long - before, 5)
    # The last one is in a packet with requests that count, and so under `request`. Where XDP is, packets are shorter.
    row.ledger_is("line_too_long", 4, of=("tc", "cgroup"))


@case("headers-60k", "60 kB of fields, in full packets and in pieces of 999 octets", servers="truth nginx python jdk")
def headers(stage, row):
    fields = [f"X-Field-{i}: {'v' * 980}" for i in range(60)]
    stream = stage.connect(row, row.server)
    octets = head("GET", "/", *fields)
    for pieces in ([octets], cut(octets, 999), [octets + head("DELETE")]):
        stream.pieces(pieces)
        row.wrote("GET")
        stream.answer()
    row.wrote("DELETE")
    stream.answer()


@case(
    "fields-like-requests",
    "packets that begin with a perfect request line, in the midst of a field",
    servers=ALL_SERVERS,
)
def fields_like_requests(stage, row):
    stream = stage.connect(row, row.server)
    for _ in range(20):
        stream.pieces(
            [
                b"GET /real HTTP/1.1\r\nHost: server.example\r\nX-Cut: ",
                b"GET /inside HTTP/1.1\r\nX-More: ",
                b"POST / HTTP/1.1\r\nX-Last: a\r\n\r\n",
            ]
        )
        row.wrote()
        stream.answer()


@case("pipelined-one-packet", "ten requests in one packet", servers=ALL_SERVERS)
def pipelined_one_packet(stage, row):
    script = gets(10, "/")
    say(stage, row, [script.octets], script)


@case("pipelined-odd", "200 requests, cut into packets of 37, 101, 1,000 and 1,448 octets", servers="truth nginx")
def pipelined_odd(stage, row):
    for size in (37, 101, 1000, 1448):
        script = gets(200)
        say(stage, row, cut(script.octets, size), script)


@case("pipelined-500", "500 requests in one write", limits="no limit of a pipeline's depth", servers=ALL_SERVERS)
def pipelined_500(stage, row):
    script = gets(500).sent(row)
    stream = stage.connect(row, row.server)
    stream.write(script.octets)
    stream.answers(script.methods)


@case(
    "pipelined-5000-tiny",
    "5,000 requests of 18 octets in one write: up to 3,600 in one packet",
    limits={"tc": "as many requests a packet as it holds"},
)
def pipelined_tiny(stage, row):
    script = Script()
    for _ in range(5000):
        script.add("GET", b"GET / HTTP/1.1\r\n\r\n")
    script.sent(row)
    stream = stage.connect(row)
    stream.write(script.octets)
    stream.answers(script.methods)


@case(
    "pipelined-bodies", "300 requests of all kinds in one write, bodies full of perfect requests", servers=ALL_SERVERS
)
def pipelined_bodies(stage, row):
    # The JDK's server understands neither extensions of chunks nor trailers, and closes.
    script = mixed(1, 300, 1200, plain_chunks=row.server == "jdk").sent(row)
    stream = stage.connect(row, row.server)
    stream.write(script.octets)
    stream.answers(script.methods)


@case("leading-crlf", "one empty line before a request, three, bare LF, cut between CR and LF", servers="truth nginx")
def leading_crlf(stage, row):
    for empty in ([b"\r\n"], [b"\r\n\r\n\r\n"], [b"\n"], [b"\n\n\n"], [b"\r", b"\n"], [b"\r\n", b"\r\n"]):
        stream = stage.connect(row, row.server)
        for _ in range(3):
            *first, last = empty
            stream.pieces([*first, last + head()])
            row.wrote()
            stream.answer()
        stream.pieces([*empty, head("POST", "/", "Content-Length: 2") + b"ab", *empty, head("DELETE")])
        row.wrote("POST")
        row.wrote("DELETE")
        stream.answers(["POST", "DELETE"])


@case("bare-lf", "lines that end with LF alone", servers="truth nginx")
def bare_lf(stage, row):
    stream = stage.connect(row, row.server)
    get = b"GET /lf HTTP/1.1\nHost: server.example\n\n"
    post = b"POST /lf HTTP/1.1\nHost: server.example\nContent-Length: 36\n\n" + perfect_request(36 + 20)[:36]
    for pieces in ([get], [get + post + get], cut(post + get, 7)):
        stream.pieces(pieces)
    for method in ("GET", "GET", "POST", "GET", "POST", "GET"):
        row.wrote(method)
        stream.answer(method)


@case("chunk-sizes-split", "chunked bodies cut at every position", servers="truth nginx")
def chunk_sizes_split(stage, row):
    octets = b"".join(chunked([perfect_request(45), b"x" * 17], extension=b";e=1", trailer=b"X-T: GET / HTTP/1.1\r\n"))
    stream = stage.connect(row, row.server)
    for at in range(1, len(octets)):
        stream.pieces([octets[:at], octets[at:]])
        row.wrote("POST")
        stream.answer()
