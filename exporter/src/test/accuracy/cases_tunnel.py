"""Upgrade and CONNECT: what comes behind them depends on what the server answers."""
import subprocess
import time

from hosts import SERVER4
from http_grammar import UNIT4, head, requests_as_body
from rows import case
from script import Script, gets

_UPGRADE = ("Connection: Upgrade", "Upgrade: tunnel")
ALL_SERVERS = "truth nginx python jdk"


def upgrade(target, method="GET", *fields):
    return head(method, target, *_UPGRADE, *fields)


def _talk_inside(stream, times=10):
    """Perfect requests inside of a tunnel; the truth server answers them and logs them apart."""
    for _ in range(times):
        stream.write(UNIT4)
        stream.answer()
    stream.write(UNIT4 * 5)
    stream.answers(["GET"] * 5)


class _Tunnelled:
    """What went through tunnels while a case ran."""

    def __init__(self, stage, row, expected):
        self._stage, self._row, self._expected = stage, row, expected
        self._before = stage.truth.tunnelled.total()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if not kind:
            grown = self._stage.truth.tunnelled.total() - self._before
            self._row.expect("requests inside of tunnels", grown, self._expected)
            self._row.tunnelled(self._expected)
            self._row.ledger_has("tunnel", of=("tc", "cgroup"))


@case("upgrade-accepted", "101: perfect requests inside of the tunnel are none", servers="truth nginx")
def upgrade_accepted(stage, row):
    with _Tunnelled(stage, row, 45):
        for _ in range(3):
            stream = stage.connect(row, row.server)
            stream.write(row.head())
            stream.answer()
            stream.write(upgrade("/upgrade-yes"))
            row.wrote()
            row.expect("status", stream.answer(), 101)
            _talk_inside(stream)
            stream.close()


@case("upgrade-refused", "200 instead of 101: the connection goes on", servers=ALL_SERVERS)
def upgrade_refused(stage, row):
    stream = stage.connect(row, row.server)
    for _ in range(5):
        stream.write(upgrade("/upgrade-no"))
        row.wrote()
        row.expect("status", stream.answer(), 200)
        for method in ("GET", "DELETE"):
            stream.write(row.head(method))
            stream.answer(method)


@case(
    "upgrade-refused-pipelined",
    "requests behind an Upgrade, in its packet and in more, before it is refused",
    limits="behind an unanswered Upgrade, 256 KiB are kept",
)
def upgrade_refused_pipelined(stage, row):
    for delay in (0, 500, 500):
        stream = stage.connect(row)
        script = gets(20).add("POST", head("POST", "/", "Content-Length: 1810"), UNIT4 * 10)
        stream.pieces(
            [upgrade(f"/refuse-later/{delay}") + script.octets, script.octets, script.octets[:100], script.octets[100:]]
        )
        row.wrote()
        for _ in range(3):
            script.sent(row)
        stream.answers(["GET", *script.methods * 3])
        stream.write(row.head("DELETE"))
        stream.answer()
    row.ledger_has("undecided")


@case("upgrade-behind-others", "Upgrade pipelined behind ten requests, and requests behind it, refused; then accepted")
def upgrade_behind_others(stage, row):
    with _Tunnelled(stage, row, 15):
        stream = stage.connect(row)
        script = gets(10).add("GET", upgrade("/refuse-later/30"))
        for _ in range(10):
            script.add("GET", head("GET", "/behind"))
        script.sent(row)
        stream.write(script.octets)
        stream.answers(script.methods)
        stream.write(b"".join(gets(10).sent(row).parts) + upgrade("/upgrade-yes"))
        row.wrote()
        stream.answers(["GET"] * 11)
        _talk_inside(stream)


@case(
    "upgrade-eager",
    "the client speaks inside of the tunnel before it is accepted",
    limits="behind an unanswered Upgrade, 256 KiB are kept",
)
def upgrade_eager(stage, row):
    with _Tunnelled(stage, row, 28):
        stream = stage.connect(row)
        stream.pieces([upgrade("/upgrade-later/500") + UNIT4 * 3, *[UNIT4] * 10])
        row.wrote()
        stream.answers(["GET"] * 14)
        _talk_inside(stream)
    row.ledger_has("undecided")


@case(
    "upgrade-many-held",
    "200 KiB of requests and bodies behind an Upgrade that is refused late",
    limits="behind an unanswered Upgrade, 256 KiB are kept",
)
def upgrade_many_held(stage, row):
    stream = stage.connect(row)
    script = Script()
    for i in range(40):
        script.add("PUT", head("PUT", f"/{i}", "Content-Length: 4500"), requests_as_body(4500))
        script.add("GET", head("GET", f"/{i}"))
    stream.write(upgrade("/refuse-later/150"))
    row.wrote()
    stream.write(script.octets)
    script.sent(row)
    stream.answers(["GET", *script.methods])


@case("upgrade-answer-in-pieces", "101 and 200 that come one octet a packet")
def upgrade_in_pieces(stage, row):
    with _Tunnelled(stage, row, 15):
        stream = stage.connect(row)
        stream.write(upgrade("/pieces/plain"))
        row.wrote()
        stream.answer()
        stream.write(row.head())
        stream.answer()
        stream.write(upgrade("/pieces/upgrade"))
        row.wrote()
        row.expect("status", stream.answer(), 101)
        _talk_inside(stream)


@case("upgrade-interim", "103 before the refusal of an Upgrade with a body", servers="truth")
def upgrade_interim(stage, row):
    stream = stage.connect(row)
    for _ in range(5):
        stream.pieces([upgrade("/hints", "POST", "Content-Length: 1810"), *[UNIT4] * 10])
        row.wrote("POST")
        row.expect("status", stream.answer(), 200)
        stream.write(row.head())
        stream.answer()


@case("upgrade-interim-accepted", "103, then 101, to an Upgrade with a body that looks like requests")
def upgrade_interim_accepted(stage, row):
    with _Tunnelled(stage, row, 15):
        stream = stage.connect(row)
        stream.pieces([upgrade("/upgrade-hints", "POST", "Content-Length: 1810"), *[UNIT4] * 10])
        row.wrote("POST")
        row.expect("status", stream.answer(), 101)
        _talk_inside(stream)


@case("upgrade-twice", "Upgrades behind one another in one packet, all refused, then one accepted")
def upgrade_twice(stage, row):
    with _Tunnelled(stage, row, 15):
        stream = stage.connect(row)
        stream.write((upgrade("/refuse-later/10") + head("GET", "/between")) * 5)
        row.wrote("GET", 10)
        stream.answers(["GET"] * 10)
        stream.write(upgrade("/refuse-later/0") * 2 + upgrade("/upgrade-yes"))
        row.wrote("GET", 3)
        stream.answers(["GET"] * 3)
        _talk_inside(stream)


@case(
    "upgrade-alone",
    "Upgrade in HTTP/1.0, and without Connection; `X-Upgrade`: all answered with 200",
    servers="truth nginx python",
)
def upgrade_alone(stage, row):
    stream = stage.connect(row, row.server)
    for fields in (("Upgrade: tunnel",), ("X-Upgrade: a",), ("upgrade:b", "connection: keep-alive,upgrade")):
        stream.write(row.head("GET", "/", *fields) + row.head("DELETE"))
        stream.answers(["GET", "DELETE"])
    with stage.connect(row, row.server) as old:
        old.write(row.head("GET", "/", *_UPGRADE, version="1.0"))
        old.answer()


@case("upgrade-after-answers", "101 behind answers that look like requests and 101s: chunks, HEAD, 304, pieces")
def upgrade_after_answers(stage, row):
    with _Tunnelled(stage, row, 15):
        stream = stage.connect(row)
        asked = [
            ("GET", "/requests/30000"),
            ("HEAD", "/requests/9"),
            ("GET", "/chunks/9"),
            ("GET", "/status/304"),
            ("GET", "/hints"),
            ("GET", "/pieces/plain"),
        ]
        for method, target in asked:
            row.wrote(method)
        row.wrote("GET", 2)
        stream.write(b"".join(head(method, target) for method, target in asked) + upgrade("/refuse-later/5"))
        stream.answers([*(method for method, _ in asked), "GET"])
        stream.write(upgrade("/upgrade-yes"))
        row.expect("status", stream.answer(), 101)
        _talk_inside(stream)


@case("connect-accepted", "2xx to CONNECT: requests inside of the tunnel are none")
def connect_accepted(stage, row):
    with _Tunnelled(stage, row, 30):
        for _ in range(2):
            stream = stage.connect(row)
            stream.write(row.head("CONNECT", "yes.example:443"))
            row.expect("status", stream.answer("CONNECT"), 200)
            _talk_inside(stream)


@case("connect-refused", "403 to CONNECT: the connection goes on, also with requests behind it in one packet")
def connect_refused(stage, row):
    stream = stage.connect(row)
    for _ in range(5):
        stream.write(row.head("CONNECT", "no.example:443"))
        row.expect("status", stream.answer("CONNECT"), 403)
        stream.write(row.head())
        stream.answer()
        stream.write(row.head("CONNECT", "no.example:443") + row.head("GET", "/behind") + row.head("DELETE"))
        stream.answers(["CONNECT", "GET", "DELETE"])


@case("connect-eager", "CONNECT and what goes through its tunnel in one packet, before it is accepted")
def connect_eager(stage, row):
    with _Tunnelled(stage, row, 20):
        stream = stage.connect(row)
        stream.write(row.head("CONNECT", "yes.example:443") + UNIT4 * 5)
        stream.answer("CONNECT")
        stream.answers(["GET"] * 5)
        _talk_inside(stream)


@case("connect-curl", "curl -p through a proxy: three requests inside of a tunnel")
def connect_curl(stage, row):
    with _Tunnelled(stage, row, 3):
        inside = "http://yes.example/inside"
        with stage.lan.client.entered():
            result = subprocess.run(
                [
                    "curl",
                    "-sS",
                    "-p",
                    "-x",
                    f"http://{SERVER4}:{stage.truth.port}",
                    "-o",
                    "/dev/null",
                    inside,
                    "-o",
                    "/dev/null",
                    inside,
                    "-o",
                    "/dev/null",
                    inside,
                ],
                capture_output=True,
                check=False,
                timeout=30,
            )
        row.expect("curl's exit code", result.returncode, 0)
        row.wrote("CONNECT")
        time.sleep(0.02)


@case("after-tunnel", "the same four-tuple again, after a tunnel: it is HTTP anew")
def after_tunnel(stage, row):
    for port in (9100, 9101):
        for _ in range(2):
            stream = stage.connect(row, source_port=port)
            stream.write(upgrade("/upgrade-yes"))
            row.wrote()
            stream.answer()
            stream.write(UNIT4)
            row.tunnelled(1)
            stream.answer()
            stream.reset()
            with stage.connect(row, source_port=port) as again:
                again.write(row.head())
                again.answer()
                again.reset()
