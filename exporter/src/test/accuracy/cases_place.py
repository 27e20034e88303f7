"""Where: loopback, this host as a client, other protocols."""
import socket
import subprocess

from cable import Cable
from hosts import CLIENT4, FAR_SERVER4, SERVER4, SERVER6, SPARE_SERVER4
from http_grammar import UNIT4, head, requests_as_body, with_body
from rows import SENT_LOGGED, case
from script import cut_at_random, mixed
from streams import Stream


def local(stage, row, address="127.0.0.1", server=None):
    """Client and server are the same host."""
    stream = Stream(stage.lan.server, address, stage.server(server or row.server).port)
    row.closing.callback(stream.close)
    return stream


@case(
    "lo",
    "client and server on loopback, IPv4 and IPv6: requests of all kinds, cut at random",
    interface="lo",
    servers="truth nginx",
)
def loopback(stage, row):
    for seed, address in enumerate(("127.0.0.1", "::1") * 3):
        script = mixed(seed + 400, 50, 3000).sent(row)
        stream = local(stage, row, address)
        # nginx's host acknowledges late on loopback: fewer packets there.
        stream.pieces(
            cut_at_random(script.octets, seed, (60 if row.server == "truth" else 3000, 1500, 20000)[seed % 3])
        )
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
            row.tunnelled(1)
            stream.answer()
    row.ledger_has("tunnel", of=("tc", "cgroup"))


@case(
    "both-ends",
    "a cgroup with the sockets of client and server: each request is counted once, by who receives it",
    interface="eth2",
    cannot={"": "an interface has one end of a connection", "cgroup": ""},
)
def both_ends(stage, row):
    def then():
        for address in (SERVER4, SERVER6, FAR_SERVER4, "127.0.0.1", "::1"):
            host = stage.lan.server if address in ("127.0.0.1", "::1") else stage.lan.client
            stream = Stream(host, address, stage.truth.port)
            row.closing.callback(stream.close)
            script = mixed(5, 40, 1500).sent(row)
            stream.write(script.octets)
            stream.answers(script.methods)
            for target in ("/requests/18100", "/chunks/20"):
                stream.write(row.head("GET", target))
                stream.answer()

    row.closing.callback(Cable(stage.lan, 0).close)
    stage.count_apart(row, then, group="")


@case("jumbo", "packets of up to 9,000 octets: pipelines, and bodies that look like requests", interface="eth2")
def jumbo(stage, row):
    for host in (stage.lan.server, stage.lan.client):
        row.closing.callback(host.ip, "link", "set", "eth2", "mtu", "1500")
        host.ip("link", "set", "eth2", "mtu", "9000")

    def then():
        for seed in range(5):
            script = mixed(seed + 700, 200, 6000).sent(row)
            stream = stage.connect(row, address=SPARE_SERVER4)
            stream.write(script.octets)
            stream.answers(script.methods)
        largest = stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
        row.expect("large segments", largest > 8000, True)

    stage.count_apart(row, then)


@case(
    "download",
    "this host as a client: answers whose packets begin with perfect requests come in, and count for nothing",
)
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
        result = subprocess.run(
            ["curl", "-sS", "-o", "/dev/null", url, "-o", "/dev/null", url],
            check=False,
            capture_output=True,
            timeout=60,
        )
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


OTHERS = (
    b"GET key\r\n",
    b"SET GET 5\r\n",
    b"PUT 1 2 3 4\r\n",
    b"DELETE key\r\n",
    b"get key1 key2\r\n",
    b"HEAD 17\r\n",
    b"POST\r\n",
    b"DELE 3\r\n",
    b"TRACE on\r\n",
    b"OPTIONS sip:bob@example.com SIP/2.0\r\n",
    b"INVITE sip:bob@example.com SIP/2.0\r\n",
    b"OPTIONS rtsp://example.com/media RTSP/1.0\r\n",
    b"CONNECT /topic STOMP/1.2\r\n",
    b"HELO example.com\r\n",
    b"MAIL FROM:<a@example.com>\r\n",
    b"USER GET\r\n",
    b"PATCH / FTTP/1.1\r\n",
    b"GET /path\r\n",
    b"GET / http/1.1\r\n",
    b"GET  / HTTP/1.1\r\n",
    b"PUT a b HTTP/1.1 c\r\n",
    b"GET /x HTTP/2.0\r\n",
    b"DESCRIBE / HTTP 1.1\r\n",
)


@case(
    "other-protocols",
    "commands of Redis, memcached, POP3, NNTP, SMTP, SIP, RTSP, STOMP: whole, cut, and many in a packet",
    servers="talk",
)
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


@case(
    "other-protocols-values",
    "Redis values that are perfect requests, in packets of their own",
    servers="talk",
    limits="beyond them: a connection that began as something else is taken up by a packet that is a perfect request",
    equal=SENT_LOGGED,
    why="so that HTTP behind a foreign beginning, as a proxy's line, is found; a value that is a request, in a packet of "
    "its own, cannot be told from that",
)
def other_protocols_values(stage, row):
    stream = stage.connect(row, "talk")
    for _ in range(20):
        stream.pieces([b"*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$181\r\n", UNIT4, b"\r\n"])
    stream.finish()
    stream.at_end()
