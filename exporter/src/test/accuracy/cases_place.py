"""Where and when: loopback, this host as a client, other protocols, captures that begin or change in the midst of traffic."""
import subprocess
import threading
import time

from hosts import CLIENT4
from http_grammar import UNIT4, head, requests_as_body, with_body
from rows import SENT_COUNTED, case
from script import cut_at_random, gets, mixed
from streams import Stream


def local(stage, row, address="127.0.0.1", server=None):
    """Client and server are the same host."""
    stream = Stream(stage.lan.server, address, stage.server(server or row.server).port)
    row.closing.callback(stream.close)
    return stream


@case("lo", "client and server on loopback, IPv4 and IPv6: requests of all kinds, cut at random", interface="lo", servers="truth nginx")
def loopback(stage, row):
    for seed, address in enumerate(("127.0.0.1", "::1") * 3):
        script = mixed(seed + 400, 50, 3000).sent(row)
        stream = local(stage, row, address)
        # nginx's host acknowledges late on loopback: fewer packets there.
        stream.pieces(cut_at_random(script.octets, seed, (60 if row.server == "truth" else 3000, 1500, 20000)[seed % 3]))
        stream.answers(script.methods)


@case("lo-responses", "loopback: answers full of perfect requests come through the same hook", interface="lo")
def loopback_responses(stage, row):
    for address in ("127.0.0.1", "::1"):
        stream = local(stage, row, address)
        for target in ("/requests/200000", "/chunks/50", "/hints", "/pieces/plain", "/requests/181"):
            stream.write(row.head("GET", target))
            stream.answer()
            stream.write(row.with_body(requests_as_body(100_000)))
            stream.answer()
        stream.write(row.head("GET", "/until-close/50000"))
        stream.answer()


@case("lo-tunnel", "loopback: Upgrade accepted and refused, CONNECT", interface="lo")
def loopback_tunnel(stage, row):
    upgrade = ("Connection: Upgrade", "Upgrade: tunnel")
    for opening in (row.head("GET", "/upgrade-yes", *upgrade), row.head("CONNECT", "yes.example:1")):
        stream = local(stage, row)
        stream.write(row.head("GET", "/refuse-later/20", *upgrade) + row.head())
        stream.answers(["GET", "GET"])
        stream.write(opening)
        stream.answer("CONNECT")
        for _ in range(10):
            stream.write(UNIT4)
            stream.answer()
    row.ledger_has("tunnel")


@case("download", "this host as a client: answers whose packets begin with perfect requests come in, and count for nothing")
def download(stage, row):
    before = stage.far_truth.requests.total()
    stream = Stream(stage.lan.server, CLIENT4, stage.far_truth.port)
    row.closing.callback(stream.close)
    asked = ["/requests/500000", "/chunks/40", "/requests/181", "/requests/1810", "/status/204", "/hints"] * 2
    for target in asked:
        stream.write(head("GET", target))
        stream.answer()
    stream.write(with_body(requests_as_body(50_000)))
    stream.answer()
    stream.write(head("GET", "/until-close/100000"))
    stream.answer()
    row.expect("requests that the other host read", stage.far_truth.requests.total() - before, len(asked) + 2)


@case("download-curl", "this host as a client: curl")
def download_curl(stage, row):
    before = stage.far_truth.requests.total()
    with stage.lan.server.entered():
        url = f"http://{CLIENT4}:{stage.far_truth.port}/requests/3000000"
        result = subprocess.run(["curl", "-sS", "-o", "/dev/null", url, "-o", "/dev/null", url], check=False,
                                capture_output=True, timeout=60)
    row.expect("curl's exit code", result.returncode, 0)
    row.expect("requests that the other host read", stage.far_truth.requests.total() - before, 2)


@case("both-ways", "requests come in while this host is a client of the same peer, on the same port number")
def both_ways(stage, row):
    out = Stream(stage.lan.server, CLIENT4, stage.far_truth.port)
    row.closing.callback(out.close)
    incoming = stage.connect(row)
    for _ in range(30):
        out.write(head("GET", "/requests/18100"))
        incoming.write(row.with_body(requests_as_body(1810)))
        incoming.answer()
        out.answer()


OTHERS = (b"GET key\r\n", b"SET GET 5\r\n", b"PUT 1 2 3 4\r\n", b"DELETE key\r\n", b"get key1 key2\r\n",
          b"HEAD 17\r\n", b"POST\r\n", b"DELE 3\r\n", b"TRACE on\r\n", b"OPTIONS sip:bob@example.com SIP/2.0\r\n",
          b"INVITE sip:bob@example.com SIP/2.0\r\n", b"OPTIONS rtsp://example.com/media RTSP/1.0\r\n",
          b"CONNECT /topic STOMP/1.2\r\n", b"HELO example.com\r\n", b"MAIL FROM:<a@example.com>\r\n", b"USER GET\r\n",
          b"PATCH / FTTP/1.1\r\n", b"GET /path\r\n", b"GET / http/1.1\r\n", b"GET  / HTTP/1.1\r\n",
          b"PUT a b HTTP/1.1 c\r\n", b"GET /x HTTP/2.0\r\n", b"DESCRIBE / HTTP 1.1\r\n")


@case("other-protocols", "commands of Redis, memcached, POP3, NNTP, SMTP, SIP, RTSP, STOMP: whole, cut, and many in a packet",
      servers="talk")
def other_protocols(stage, row):
    before = stage.server("talk").lines
    for pieces in (OTHERS, [bytes([o]) for o in b"".join(OTHERS)], [b"".join(OTHERS)]):
        stream = stage.connect(row, "talk")
        stream.pieces(pieces)
        stream.finish()
        stream.at_end()
    for line in OTHERS:
        stream = stage.connect(row, "talk")
        stream.pieces([line])
        stream.finish()
        stream.at_end()
    row.expect("lines that the server read", stage.server("talk").lines - before, 4 * len(OTHERS))


@case("other-protocols-values", "Redis values that are perfect requests, in packets of their own", servers="talk",
      limits="on a connection whose beginning was seen, and is not HTTP")
def other_protocols_values(stage, row):
    stream = stage.connect(row, "talk")
    for _ in range(20):
        stream.pieces([b"*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$181\r\n", UNIT4, b"\r\n"])
    stream.finish()
    stream.at_end()


# Captures that begin in the midst.

_BEFORE = "what was under way before the capture is not in its counts: sent is what came since"


def _started_now(stage, row, then):
    extra = stage.extra_capture(row)
    then()
    counts, problem = extra.at_rest("eth0")
    if problem:
        row.problem(problem)
    row.own_counts = counts


@case("started-idle", "the capture begins while 50 kept connections are idle", equal=SENT_COUNTED, why=_BEFORE)
def started_idle(stage, row):
    streams = [stage.connect(row) for _ in range(50)]
    for stream in streams:
        stream.write(head())
        stream.answer()

    def then():
        for seed in range(3):
            for stream in streams:
                script = mixed(seed, 10, 1500).sent(row)
                stream.write(script.octets)
                stream.answers(script.methods)
    _started_now(stage, row, then)


@case("started-mid-body", "the capture begins in mid-body, of a length and of chunks", equal=SENT_COUNTED, why=_BEFORE,
      limits="packets of that body do not begin with a request")
def started_mid_body(stage, row):
    streams = [stage.connect(row) for _ in range(10)]
    for i, stream in enumerate(streams):
        how = "Content-Length: 20000" if i % 2 else "Transfer-Encoding: chunked"
        stream.pieces([head("POST", "/", how) + (b"" if i % 2 else b"4e20\r\n"), b"x" * 10000])

    def then():
        for i, stream in enumerate(streams):
            stream.pieces([b"x" * 10000 + (b"" if i % 2 else b"\r\n0\r\n\r\n")])
            stream.answer()
            script = mixed(i, 20, 1500).sent(row)
            stream.write(script.octets)
            stream.answers(script.methods)
    _started_now(stage, row, then)


@case("started-mid-body-requests", "the capture begins in mid-body, and what is left of it looks like requests", equal=(),
      why="nothing tells the rest of such a body from requests; the error ends with the body's answer",
      limits="at most the perfect requests in the rest of that body too many")
def started_mid_body_requests(stage, row):
    stream = stage.connect(row)
    stream.pieces([head("POST", "/", "Content-Length: 3620"), *[UNIT4] * 10])

    def then():
        stream.pieces([UNIT4] * 10)
        stream.answer()
        script = mixed(5, 40, 1500).sent(row)
        stream.write(script.octets)
        stream.answers(script.methods)
    _started_now(stage, row, then)
    counted = sum(row.own_counts.requests)
    if not sum(row.sent.values()) <= counted <= sum(row.sent.values()) + 10:
        row.problem(f"sent {sum(row.sent.values())}, counted {counted}: not within the bound of 10 more")


@case("started-mid-head", "the capture begins in mid-head, within the line and behind it", equal=SENT_COUNTED,
      why="a head whose line began before the capture is none of its; sent is what came since",
      limits="the rest of a line that was cut within its method would count as `_OTHER`")
def started_mid_head(stage, row):
    begins = (b"GET /cut HT", b"GET /cut HTTP/1.1\r\nHo", b"POST /cut HTTP/1.1\r\nContent-Length: 1810\r\nX: ")
    ends = (b"TP/1.1\r\nHost: a\r\n\r\n", b"st: a\r\n\r\n", b"y\r\n\r\n" + b"x" * 1810)
    streams = [stage.connect(row) for _ in begins]
    for stream, begin in zip(streams, begins):
        stream.pieces([begin])

    def then():
        for i, (stream, end) in enumerate(zip(streams, ends)):
            stream.pieces([end])
            stream.answer()
            script = mixed(i, 20, 1500).sent(row)
            stream.write(script.octets)
            stream.answers(script.methods)
    _started_now(stage, row, then)


# Program swaps and ends of processes, in the midst.

class _Busy:
    """Pipelines cut at random, on several connections in turn, in a thread, until stopped."""

    def __init__(self, stage, row, connections=6):
        self._stage, self._row, self._connections = stage, row, connections
        self._stopped, self._failure, self.rounds = threading.Event(), None, 0
        self._thread = threading.Thread(target=self._run, name="busy", daemon=True)
        self._thread.start()

    def _run(self):
        try:
            streams = [self._stage.connect(self._row) for _ in range(self._connections)]
            while not self._stopped.is_set():
                self._round(streams)
                self.rounds += 1
        except Exception as error:  # pylint: disable=broad-exception-caught
            self._failure = error

    def _round(self, streams):
        scripts = [mixed(self.rounds * 10 + i, 20, 1000).sent(self._row) for i in range(len(streams))]
        pieces = [cut_at_random(script.octets, i, (40, 200, 1200)[i % 3]) for i, script in enumerate(scripts)]
        for at in range(max(map(len, pieces))):
            for stream, mine in zip(streams, pieces):
                if at < len(mine):
                    stream.write(mine[at])
            # As good as an acknowledgement for each, and leaves time to whoever loads.
            time.sleep(0.001)
        for stream, script in zip(streams, scripts):
            stream.answers(script.methods)

    def stop(self):
        self._stopped.set()
        self._thread.join(60)
        if self._failure:
            raise self._failure


@case("program-swap", "`load` again, three times, in the midst of split and pipelined requests")
def program_swap(stage, row):
    busy = _Busy(stage, row)
    try:
        for _ in range(stage.pick(2, 6)):
            stage.capture.load()
    finally:
        busy.stop()
    row.expect("enough traffic", busy.rounds > 3, True)


@case("killed", "`run` takes over, then `serve`, each killed with SIGKILL in the midst of split and pipelined requests")
def killed(stage, row):
    busy = _Busy(stage, row)
    try:
        for i in range(stage.pick(3, 6)):
            with open(stage.folder / f"output-{i}", "wb") as output:
                stage.capture.start("serve" if i % 2 else "run", output)
            stage.capture.kill()
    finally:
        busy.stop()
    row.expect("enough traffic", busy.rounds > 3, True)


@case("swap-mid-everything", "a `load` while connections wait in mid-line, mid-field, mid-body, behind an Upgrade, in a tunnel, out of order")
def swap_mid_everything(stage, row):
    upgrade = ("Connection: Upgrade", "Upgrade: tunnel")
    scripts, streams = [], []
    body = with_body(requests_as_body(3620), "PUT")
    cuts = ((gets(3).octets, 12), (gets(3).octets, 45), (body + gets(2).octets, 1000), (body + gets(2).octets, 62))
    for octets, at in cuts:
        stream = stage.connect(row)
        stream.pieces([octets[:at]])
        streams.append(stream)
        scripts.append(octets[at:])
    waiting = stage.connect(row)
    waiting.write(row.head("GET", "/refuse-later/2500", *upgrade) + gets(5).sent(row).octets)
    tunnel = stage.connect(row)
    tunnel.write(row.head("GET", "/upgrade-yes", *upgrade))
    tunnel.answer()
    stage.capture.load()
    for stream, rest, methods in zip(streams, scripts, (["GET"] * 3, ["GET"] * 3, ["PUT", "GET", "GET"], ["PUT", "GET", "GET"])):
        stream.pieces(cut_at_random(rest, 1, 181))
        for method in methods:
            row.wrote(method)
        stream.answers(methods)
    for _ in range(10):
        tunnel.write(UNIT4)
        tunnel.answer()
    waiting.answers(["GET"] * 6)
