"""What the clients in use send: curl, wrk, ab, Chromium, the JDK's, and many plain ones at once."""
import json
import re
import subprocess

from http_grammar import METHODS, requests_as_body, with_body
from rows import LOGGED_COUNTED, case

ALL_SERVERS = "truth nginx python jdk"
# What a test may send everywhere; CONNECT and Upgrade have cases of their own.
COMMON = [m for m in METHODS[1:] if m != "CONNECT"]


def command(stage, *arguments, timeout=300):
    """Runs a client on its host to the end, and returns what it says."""
    with stage.lan.client.entered():
        result = subprocess.run(
            arguments, capture_output=True, text=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL
        )
    if result.returncode:
        raise RuntimeError(f"{arguments[0]}: {result.returncode}: {(result.stderr or result.stdout).strip()[-300:]}")
    return result.stdout


def ab(stage, row, requests, *flags, server="nginx", method="GET"):
    """`ab -n` sends exactly so many."""
    said = command(stage, "ab", "-q", "-s", "60", "-n", str(requests), *flags, stage.url(server))
    row.expect("ab's complete requests", int(re.search(r"Complete requests:\s+(\d+)", said).group(1)), requests)
    row.wrote(method, requests)


@case("keep-alive", "200 requests on one connection, each after the last one's answer", servers=ALL_SERVERS)
def keep_alive(stage, row):
    stream = stage.connect(row, row.server)
    for _ in range(200):
        stream.write(row.head())
        row.expect("status", stream.answer(), 200)


@case("methods", "every method, on one connection, and a token that is none of them")
def methods(stage, row):
    stream = stage.connect(row)
    for method in COMMON + ["get", "PROPFIND", "X-Custom!"]:
        stream.write(row.head(method))
        stream.answer(method)
    stream.write(row.head("OPTIONS", "*") + row.head("GET", "http://server.example/absolute?a=b#c"))
    stream.answers(["OPTIONS", "GET"])


@case("methods-bodies", "methods with and without bodies on one connection, over IPv6 too", servers="truth nginx jdk")
def methods_with_bodies(stage, row):
    versions = (4, 6) if row.server != "jdk" else (4,)
    for version in versions:
        stream = stage.connect(row, row.server, version)
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
            body = requests_as_body(5000) if method in ("POST", "PUT", "PATCH") else b""
            stream.write(row.with_body(body, method, "/"))
            stream.answer(method)


@case("parallel-1000", "1,000 connections at once, three requests on each", servers="truth nginx python jdk")
def parallel(stage, row):
    streams = [stage.connect(row, row.server) for _ in range(1000)]
    for _ in range(3):
        for stream in streams:
            stream.write(row.head())
        for stream in streams:
            stream.answer()


@case("http10-ab", "HTTP/1.0, a connection a request: ab", servers="nginx")
def ab_closes(stage, row):
    ab(stage, row, stage.pick(2000, 10000), "-c", "50")


@case("http10-ab-keep", "HTTP/1.0 with keep-alive: ab -k", servers="nginx")
def ab_keeps(stage, row):
    ab(stage, row, stage.pick(10000, 50000), "-c", "50", "-k")


@case("http10-ab-post", "HTTP/1.0, POST whose body is full of requests: ab -p", servers="nginx")
def ab_posts(stage, row):
    body = stage.folder / "body"
    body.write_bytes(requests_as_body(20000))
    ab(stage, row, stage.pick(300, 2000), "-c", "10", "-k", "-p", str(body), method="POST")


@case("http10-plain", "HTTP/1.0 without any field, and with keep-alive", servers="truth python")
def old_version(stage, row):
    for _ in range(20):
        stream = stage.connect(row, row.server)
        stream.write(b"GET / HTTP/1.0\r\n\r\n")
        row.wrote()
        stream.answer()
    stream = stage.connect(row)
    if row.server == "truth":
        for _ in range(20):
            stream.write(row.head("GET", "/", "Connection: keep-alive", version="1.0"))
            stream.answer()


@case(
    "wrk",
    "wrk at full speed on 64 connections",
    servers="nginx truth",
    equal=LOGGED_COUNTED,
    why="wrk cuts off its last requests, and does not say how many",
)
def wrk(stage, row):
    said = command(stage, "wrk", "-t", "1", "-c", "64", "-d", f"{stage.pick(2, 10)}s", stage.url(row.server))
    row.sent.clear()
    if int(re.search(r"(\d+) requests in", said).group(1)) < 100:
        row.problem("wrk did next to nothing")


@case("curl", "curl: keep-alive, POST, PUT, chunked upload, HEAD, HTTP/1.0, IPv4 and IPv6", servers="truth nginx")
def curl(stage, row):
    body = stage.folder / "curl-body"
    body.write_bytes(requests_as_body(100_000))
    for version in (4, 6):
        url = stage.url(row.server, "/read/" if row.server == "nginx" else "/", version)
        quiet = ("curl", "-sS", "-g", "-o", "/dev/null")
        command(stage, *quiet, url, "-o", "/dev/null", url, "-o", "/dev/null", url)
        row.wrote("GET", 3)
        command(stage, *quiet, "--data-binary", f"@{body}", url)
        row.wrote("POST")
        command(stage, *quiet, "-T", str(body), url + "x")
        row.wrote("PUT")
        command(stage, *quiet, "-X", "POST", "-H", "Transfer-Encoding: chunked", "--data-binary", f"@{body}", url)
        row.wrote("POST")
        command(stage, *quiet, "-I", url)
        row.wrote("HEAD")
        command(stage, *quiet, "-0", url)
        row.wrote("GET")
        command(stage, *quiet, "-X", "DELETE", url)
        row.wrote("DELETE")


@case("curl-parallel", "curl -Z: 50 transfers at once", servers="nginx python")
def curl_parallel(stage, row):
    command(stage, "curl", "-sS", "-Z", "--parallel-max", "50", "-o", "/dev/null", stage.url(row.server, "/[1-200]"))
    row.wrote("GET", 200)


@case("jdk-client", "java.net.http.HttpClient, HTTP/1.1: five requests at once", servers="jdk nginx truth")
def jdk_client(stage, row):
    _jdk_client(stage, row, "HTTP_1_1")


@case(
    "jdk-client-upgrade",
    "java.net.http.HttpClient as it is by default: its requests ask for h2c, and are refused",
    servers="truth nginx python",
)
def jdk_client_default(stage, row):
    _jdk_client(stage, row, "HTTP_2")


def _jdk_client(stage, row, version):
    said = command(
        stage,
        *stage.java_program("Client"),
        stage.url(row.server, "/read/" if row.server == "nginx" else "/"),
        version,
        str(stage.pick(20, 100)),
    )
    for method, times in re.findall(r"(\w+) (\d+)", said):
        row.wrote(method, int(times))


@case("chromium", "Chromium: a page that fetches in all methods, six connections", short=False)
def chromium(stage, row):
    rounds = 210
    said = command(
        stage,
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={stage.folder / 'chromium'}",
        "--virtual-time-budget=20000",
        "--dump-dom",
        stage.url("truth", f"/page?rounds={rounds}"),
    )
    row.wrote("GET")
    for method, times in json.loads(re.search(r'<pre id="sent">(.*?)</pre>', said).group(1)).items():
        row.wrote(method, times)
    row.expect("requests of the page", sum(row.sent.values()), rounds + 1)


@case("one-by-one", "1,000 connections one after the other, POST with a body in one packet with the head")
def one_by_one(stage, row):
    for _ in range(1000):
        with stage.connect(row) as stream:
            stream.write(with_body(b"GET / HTTP/1.1\r\n\r\n"))
            row.wrote("POST")
            stream.answer()
