"""Captures that begin, are replaced, and whose processes are killed, in the midst of traffic."""
import threading
import time

from hosts import SPARE_SERVER4
from http_grammar import UNIT4, head, requests_as_body, with_body
from rows import SENT_COUNTED, case
from script import cut_at_random, gets, mixed

_BEFORE = "what was under way before the capture is not in its counts: sent is what came since"


@case(
    "started-idle",
    "the capture begins while 50 kept connections are idle",
    equal=SENT_COUNTED,
    why=_BEFORE,
    interface="eth2",
)
def started_idle(stage, row):
    streams = [stage.connect(row, address=SPARE_SERVER4) for _ in range(50)]
    for stream in streams:
        stream.write(head())
        stream.answer()

    def then():
        for seed in range(3):
            for stream in streams:
                script = mixed(seed, 10, 1500).sent(row)
                stream.write(script.octets)
                stream.answers(script.methods)

    stage.count_apart(row, then)


@case(
    "started-mid-body",
    "the capture begins in mid-body, of a length and of chunks",
    equal=SENT_COUNTED,
    why=_BEFORE,
    limits="packets of that body do not begin with a request",
    interface="eth2",
)
def started_mid_body(stage, row):
    streams = [stage.connect(row, address=SPARE_SERVER4) for _ in range(10)]
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

    stage.count_apart(row, then)


@case(
    "started-mid-body-requests",
    "the capture begins in mid-body, and what is left of it looks like requests",
    equal=(),
    why="nothing tells the rest of such a body from requests; the error ends with the body's answer",
    limits="at most the perfect requests in the rest of that body too many",
    short=False,
    interface="eth2",
)
def started_mid_body_requests(stage, row):
    stream = stage.connect(row, address=SPARE_SERVER4)
    stream.pieces([head("POST", "/", "Content-Length: 3620"), *[UNIT4] * 10])

    def then():
        stream.pieces([UNIT4] * 10)
        stream.answer()
        script = mixed(5, 40, 1500).sent(row)
        stream.write(script.octets)
        stream.answers(script.methods)

    stage.count_apart(row, then)
    row.check("not within the bound of 10 more", lambda reading: 0 <= reading.counted.total() - row.sent.total() <= 10)


@case(
    "started-mid-head",
    "the capture begins in mid-head, within the line and behind it",
    equal=SENT_COUNTED,
    why="a head whose line began before the capture is none of its; sent is what came since",
    limits="the rest of a line that was cut within its method would count as `_OTHER`",
    interface="eth2",
)
def started_mid_head(stage, row):
    begins = (b"GET /cut HT", b"GET /cut HTTP/1.1\r\nHo", b"POST /cut HTTP/1.1\r\nContent-Length: 1810\r\nX: ")
    ends = (b"TP/1.1\r\nHost: a\r\n\r\n", b"st: a\r\n\r\n", b"y\r\n\r\n" + b"x" * 1810)
    streams = [stage.connect(row, address=SPARE_SERVER4) for _ in begins]
    for stream, begin in zip(streams, begins):
        stream.pieces([begin])

    def then():
        for i, (stream, end) in enumerate(zip(streams, ends)):
            stream.pieces([end])
            stream.answer()
            script = mixed(i, 20, 1500).sent(row)
            stream.write(script.octets)
            stream.answers(script.methods)

    stage.count_apart(row, then)


class _Busy:
    """Pipelines cut at random, on several connections in turn, in a thread, until stopped."""

    ENOUGH = 4

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
        except Exception as error:
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

    def times(self, least):
        """So often, and then on until there was enough traffic: where clients are slow, more loads meet it."""
        patience = time.monotonic() + 60
        at = 0
        while at < least or (self.rounds < self.ENOUGH and not self._failure and time.monotonic() < patience):
            yield at
            at += 1

    def stop(self):
        self._stopped.set()
        self._thread.join(60)
        if self._failure:
            raise self._failure


@case("program-swap", "`load` again, three times, in the midst of split and pipelined requests")
def program_swap(stage, row):
    busy = _Busy(stage, row)
    try:
        for _ in busy.times(stage.pick(2, 6)):
            stage.capture.load()
    finally:
        busy.stop()
    row.expect("enough traffic", busy.rounds >= busy.ENOUGH, True)


@case("killed", "`run` takes over, then `serve`, each killed with SIGKILL in the midst of split and pipelined requests")
def killed(stage, row):
    busy = _Busy(stage, row)
    try:
        for i in busy.times(stage.pick(2, 6)):
            with open(stage.folder / f"output-{i}", "wb") as output:
                stage.capture.start("serve" if i % 2 else "run", output)
            stage.capture.kill()
    finally:
        busy.stop()
    row.expect("enough traffic", busy.rounds >= busy.ENOUGH, True)


@case(
    "swap-mid-everything",
    "a `load` while connections wait in mid-line, mid-field, mid-body, behind an Upgrade, in a tunnel, out of order",
)
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
    for stream, rest, methods in zip(
        streams, scripts, (["GET"] * 3, ["GET"] * 3, ["PUT", "GET", "GET"], ["PUT", "GET", "GET"])
    ):
        stream.pieces(cut_at_random(rest, 1, 181))
        for method in methods:
            row.wrote(method)
        stream.answers(methods)
    for _ in range(10):
        tunnel.write(UNIT4)
        row.tunnelled(1)
        tunnel.answer()
    waiting.answers(["GET"] * 6)
