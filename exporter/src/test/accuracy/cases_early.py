"""Exchanges that end early: answers before the body, ends in the midst of one."""
import time

from http_grammar import UNIT4, chunked
from rows import SENT_COUNTED, case


@case(
    "early-response",
    "the answer comes before the body, which then looks like requests; more requests follow",
    servers="truth nginx",
)
def early_response(stage, row):
    stream = stage.connect(row, row.server)
    for _ in range(5):
        stream.write(row.head("POST", "/early", "Content-Length: 1810"))
        if row.server == "truth":
            row.expect("early answer", stream.answer(), 200)
        stream.pieces([UNIT4] * 10)
        if row.server != "truth":
            stream.answer()
        stream.pieces(chunked([UNIT4] * 5, "PUT", "/early"))
        row.wrote("PUT")
        stream.answer()
        stream.write(row.head())
        stream.answer()


@case("early-close-server", "the server answers 403 and closes, the client goes on with the body for a while")
def early_close_server(stage, row):
    for _ in range(10):
        stream = stage.connect(row)
        stream.write(row.head("POST", "/early-close", "Content-Length: 181000"))
        stream.answer()
        try:
            for _ in range(20):
                stream.write(UNIT4)
                time.sleep(0.001)
        except OSError:
            pass
        stream.close()


@case(
    "early-close-pipeline",
    "the server closes behind the first of ten requests in one packet",
    equal=SENT_COUNTED,
    why="the server reads but the first; the others were sent too",
)
def early_close_pipeline(stage, row):
    stream = stage.connect(row)
    stream.write(row.head("GET", "/early-close") + b"".join(row.head("GET", "/unread") for _ in range(9)))
    stream.answer()
    # One more would be answered with a reset, or be read: neither is what this is about.


@case("close-mid-body", "the client closes, or resets, in mid-body", servers="truth nginx")
def close_mid_body(stage, row):
    for end in ("finish", "close", "reset"):
        for _ in range(5):
            stream = stage.connect(row, row.server)
            path = "/read/" if row.server == "nginx" else "/"
            stream.pieces([row.head("POST", path, "Content-Length: 100000"), *[UNIT4] * 5])
            # A reset makes the server forget what it had not yet read.
            time.sleep(0.02)
            getattr(stream, end)()
            if end == "finish":
                stream.at_end()


@case(
    "close-mid-head",
    "the client closes in mid-head, behind a complete request line",
    servers="truth nginx",
    limits="a head broken off behind its request line counts as sent: servers log it too",
)
def close_mid_head(stage, row):
    for end in ("finish", "close", "reset"):
        stream = stage.connect(row, row.server)
        stream.pieces([b"GET /broken HTTP/1.1\r\nHost: server", b".example\r\nX-More: "])
        row.wrote()
        time.sleep(0.02)
        getattr(stream, end)()
        if end == "finish":
            stream.at_end()


@case("close-mid-line", "the client closes within the request line: nothing was sent", servers="truth nginx python jdk")
def close_mid_line(stage, row):
    for end in ("finish", "close", "reset"):
        for line in (b"G", b"GET ", b"GET /brok", b"GET /broken HTTP/1"):
            stream = stage.connect(row, row.server)
            stream.pieces([line])
            getattr(stream, end)()
