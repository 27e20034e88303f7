"""Bodies and answers that look like requests, long ones, and what Expect makes of them."""
import subprocess

from http_grammar import UNIT4, UNIT6, chunked, head, requests_as_body, with_body
from rows import SENT_LOGGED, case

ALL_SERVERS = "truth nginx python jdk"


@case(
    "body-packets",
    "Content-Length: the head is a packet, and each packet of the body is a perfect request",
    servers=ALL_SERVERS,
)
def body_packets(stage, row):
    stream = stage.connect(row, row.server)
    for method in ("POST", "PUT", "POST"):
        octets = with_body(UNIT4 * 40, method)
        begin = len(octets) - 40 * len(UNIT4)
        stream.pieces([octets[:begin], *[UNIT4] * 40])
        row.wrote(method)
        stream.answer()
    stream.write(row.head())
    stream.answer()


@case(
    "chunk-packets",
    "chunked: size, chunk and CRLF in packets of their own, the chunk a perfect request",
    servers=ALL_SERVERS,
)
def chunk_packets(stage, row):
    stream = stage.connect(row, row.server)
    for _ in range(3):
        stream.pieces(chunked([UNIT4] * 25))
        row.wrote("POST")
        stream.answer()
    stream.write(row.head())
    stream.answer()


@case(
    "chunk-boundaries",
    "each packet begins with a chunk's perfect request and ends with the next one's size",
    servers=ALL_SERVERS,
)
def chunk_boundaries(stage, row):
    stream = stage.connect(row, row.server)
    for _ in range(3):
        parts = chunked([UNIT4] * 25)
        # head+size | chunk+CRLF+size | ... | chunk+CRLF+last
        packets = [parts[0] + parts[1]]
        for i in range(2, len(parts) - 1, 3):
            packets.append(b"".join(parts[i : i + 3]))
        stream.pieces(packets)
        row.wrote("POST")
        stream.answer()


@case("chunk-extensions", "chunk extensions and trailers that look like requests", servers="truth nginx")
def chunk_extensions(stage, row):
    stream = stage.connect(row, row.server)
    for extension in (b';x="GET / HTTP/1.1"', b";a=b;c"):
        for trailer in (b"X-Trailer: a\r\n", b"X-Trailer: GET / HTTP/1.1\r\nX-More: b\r\n"):
            parts = chunked([UNIT4] * 5, extension=extension, trailer=trailer)
            for packets in (parts, [b"".join(parts)], [*parts[:-1], b"0\r\nX-T: ", b"GET / HTTP/1.1\r\n\r\n"]):
                stream.pieces(packets)
                row.wrote("POST")
                stream.answer()


def _upload(stage, row, version, octets, server):
    """The head is a packet of its own, so that those of the body begin with perfect requests, as segments are full."""
    unit = UNIT4 if version == 4 else UNIT6
    stream = stage.connect(row, server, version, timeout=120)
    path = "/read/" if server == "nginx" else "/"
    stream.pieces([head("POST", path, f"Content-Length: {octets}")])
    row.wrote("POST")
    block, left = memoryview(requests_as_body(len(unit) * 8000, unit)), octets
    while left:
        stream.write(block[:left])
        left -= min(left, len(block))
    stream.answer()
    stream.write(row.head())
    stream.answer()


@case(
    "upload-offload",
    "large uploads (full form: 100 MB) with segmentation offload: packets of up to 64 KiB",
    servers="truth nginx python",
)
def upload_with_offload(stage, row):
    for version in (4, 6) if row.server != "python" else (4,):
        _upload(stage, row, version, stage.pick(10, 100) * 10**6, row.server)


@case("upload-no-offload", "the same without offload: full packets of 1,500 octets", servers="truth nginx")
def upload_without_offload(stage, row):
    stage.lan.client.offload("eth0", False, "tso", "gso")
    row.closing.callback(stage.lan.client.offload, "eth0", True, "tso", "gso")
    for version in (4, 6):
        _upload(stage, row, version, stage.pick(10, 100) * 10**6, row.server)
    row.check(
        "packets of the body are not single segments",
        lambda reading: sum(reading.ledger.values()) > 2 * stage.pick(10, 100) * 10**6 / 1500,
    )


@case(
    "upload-chunked-curl",
    "curl -T - of 100 MB (short form: 10 MB) of perfect requests, in chunks",
    servers="truth nginx",
)
def upload_chunked(stage, row):
    body = stage.folder / "upload"
    body.write_bytes(requests_as_body(stage.pick(10, 100) * 10**6))
    url = stage.url(row.server, "/read/x" if row.server == "nginx" else "/x")
    with open(body, "rb") as file, stage.lan.client.entered():
        result = subprocess.run(
            ["curl", "-sS", "-o", "/dev/null", "-T", "-", url],
            stdin=file,
            check=False,
            capture_output=True,
            timeout=120,
        )
    body.unlink()
    row.expect("curl's exit code", result.returncode, 0)
    row.wrote("PUT")


@case(
    "expect-continue", "Expect: 100-continue: the body waits for 100, and then looks like requests", servers=ALL_SERVERS
)
def expect_continue(stage, row):
    stream = stage.connect(row, row.server)
    path = "/read/" if row.server == "nginx" else "/"
    for _ in range(5):
        stream.write(row.head("POST", path, "Content-Length: 1810", "Expect: 100-continue"))
        row.expect("interim answer", stream.answer(interim=True), 100)
        stream.pieces([UNIT4] * 10)
        row.expect("answer", stream.answer(), 200)
        stream.write(row.head("GET", path))
        stream.answer()


@case("expect-impatient", "Expect: 100-continue, and the body follows at once", servers=ALL_SERVERS)
def expect_impatient(stage, row):
    stream = stage.connect(row, row.server)
    path = "/read/" if row.server == "nginx" else "/"
    for _ in range(5):
        stream.pieces([head("PUT", path, "Content-Length: 1810", "Expect: 100-continue"), *[UNIT4] * 10])
        row.wrote("PUT")
        stream.answer()
    stream.write(row.head())
    stream.answer()


@case("expect-refused-sent", "417, and the client sends the body nevertheless: it is no request, what follows is")
def expect_refused_sent(stage, row):
    stream = stage.connect(row)
    for _ in range(5):
        stream.write(row.head("POST", "/refused", "Content-Length: 1810", "Expect: 100-continue", "X-Body: follows"))
        row.expect("status", stream.answer(), 417)
        stream.pieces([UNIT4] * 10)
        stream.write(row.head())
        stream.answer()


@case(
    "expect-refused-kept",
    "417, and the next request takes the place of the body on the same connection",
    limits="beyond them: the final answer makes void the body that `Expect` announced, and the count takes the next "
    "requests for it",
    equal=SENT_LOGGED,
    why="what follows a refused `Expect` may be the body or the next request; it is taken for the body, which RFC 9110 "
    "wants sent or the connection closed",
)
def expect_refused_kept(stage, row):
    stream = stage.connect(row)
    for _ in range(5):
        stream.write(row.head("POST", "/refused", "Content-Length: 1810", "Expect: 100-continue"))
        row.expect("status", stream.answer(), 417)
        stream.write(row.head("GET", "/after"))
        stream.answer()
        stream.write(row.head("DELETE", "/after"))
        stream.answer()


@case(
    "expect-refused-curl",
    "417 to the Expect that curl adds to a long body: it tries again without, on the same connection",
    limits="beyond them, as expect-refused-kept",
    equal=SENT_LOGGED,
    why="as expect-refused-kept",
)
def expect_refused_curl(stage, row):
    with stage.lan.client.entered():
        result = subprocess.run(
            [
                "curl",
                "-sS",
                "-o",
                "/dev/null",
                "--data-binary",
                "@-",
                stage.url("truth", "/refused"),
                "--next",
                "-sS",
                "-o",
                "/dev/null",
                stage.url("truth", "/after"),
            ],
            input=requests_as_body(2_000_000),
            check=False,
            capture_output=True,
            timeout=30,
        )
    row.expect("curl's exit code", result.returncode, 0)
    row.wrote("POST", 2)
    row.wrote("GET")


@case(
    "responses",
    "answers that look like requests: with a length, in chunks, until the end of the connection; HEAD, 204, 304, 103",
)
def responses(stage, row):
    stream = stage.connect(row)
    asked = [
        ("GET", "/requests/50000"),
        ("HEAD", "/requests/50000"),
        ("GET", "/chunks/30"),
        ("GET", "/status/204"),
        ("GET", "/status/304"),
        ("GET", "/hints"),
        ("GET", "/status/404"),
        ("HEAD", "/status/200"),
        ("GET", "/pieces/plain"),
    ]
    for method, target in asked * 3:
        stream.write(row.head(method, target))
        stream.answer(method)
    stream.write(b"".join(row.head(method, target) for method, target in asked))
    stream.answers([method for method, _ in asked])
    stream.write(row.head("GET", "/until-close/20000"))
    stream.answer()
