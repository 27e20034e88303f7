"""The project's own server, which keeps the truth: every request line that it read, by method.

It reads RFC 9112 plainly, line by line and octet count by octet count, and shares nothing with the program under test.
What it answers, and how, is up to the target; see _ANSWERS.
"""
import asyncio
import collections
import pathlib
import socket
import threading

from http_grammar import LINE_MAX, REQUEST_LINE, label, requests_as_body
from rfc9112 import Closed, Octets, Request

# For a browser: it fetches what it says that it fetches, and writes down how much that was.
_PAGE = (pathlib.Path(__file__).parent / "page.html").read_bytes()


class _Connection:
    """Reads requests, logs them, answers them, in turn."""

    def __init__(self, server, reader, writer):
        self._server, self._writer = server, writer
        self._socket = writer.get_extra_info("socket")
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._octets = Octets(reader, self._socket)
        self._log = server.requests

    async def serve(self):
        while await self._exchange():
            pass

    async def _exchange(self):
        """One request and its answer; whether another may follow."""
        line = b""
        while not line:
            line = (await self._octets.line()).lstrip(b"\r")
        match = REQUEST_LINE.fullmatch(line)
        if not match:
            self._server.strange += 1
            await self._reply("400 Bad Request", b"no request\n")
            return False
        request = Request(match.group(1).decode(), match.group(2).decode(), line)
        if len(line) > LINE_MAX:
            self._server.too_long += 1
        else:
            self._log[label(request.method)] += 1
        await request.read_fields(self._octets)
        return await self._answer(request)

    async def _body(self, request):
        if "100-continue" in request.fields["expect"].lower():
            await self._write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await request.read_body(self._octets)
        self._server.bodies += 1

    async def _write(self, octets):
        self._writer.write(octets)
        await self._writer.drain()

    async def _reply(self, status, body=b"ok\n", *fields, head_only=False):
        length = [] if status[:3] in ("204", "304") else [f"Content-Length: {len(body)}"]
        head = "\r\n".join([f"HTTP/1.1 {status}", *length, *fields]).encode() + b"\r\n\r\n"
        await self._write(head if head_only or not length else head + body)

    async def _answer(self, request):
        if request.method == "CONNECT":
            return await self._connect(request)
        name, _, argument = request.target.lstrip("/").partition("/")
        answer = _ANSWERS.get(name.partition("?")[0])
        if answer:
            return await answer(self, request, argument)
        await self._body(request)
        close = ["Connection: close"] if not request.keeps else []
        if request.old and request.keeps:
            close = ["Connection: keep-alive"]
        await self._reply("200 OK", b"ok\n", *close, head_only=request.method == "HEAD")
        return request.keeps

    async def _connect(self, request):
        if not request.target.startswith("yes"):
            await self._reply("403 Forbidden", b"no tunnel\n")
            return True
        await self._write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return await self._tunnel()

    async def _tunnel(self):
        """What comes now is logged apart. If it is HTTP it is answered, else read and thrown away."""
        self._server.tunnels += 1
        self._log = self._server.tunnelled
        await self.serve()
        await self._octets.drain()
        return False

    # Answers by target.

    async def upgrade_yes(self, _request, _argument):
        await self._write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tunnel\r\n\r\n")
        return await self._tunnel()

    async def upgrade_hints(self, request, argument):
        await self._write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
        await self._body(request)
        return await self.upgrade_yes(request, argument)

    async def upgrade_later(self, request, argument):
        await asyncio.sleep(int(argument) / 1000)
        return await self.upgrade_yes(request, argument)

    async def refuse_later(self, request, argument):
        await asyncio.sleep(int(argument) / 1000)
        await self._body(request)
        await self._reply("200 OK")
        return True

    async def early(self, request, _argument):
        """A final answer before the body; the body is read all the same."""
        await self._reply("200 OK")
        await self._body(request)
        return True

    async def early_close(self, _request, _argument):
        await self._reply("403 Forbidden", b"no\n", "Connection: close")
        return False

    async def drop(self, _request, _argument):
        """Closes without an answer."""
        return False

    async def refused(self, request, _argument):
        """417 to Expect: a careful client then sends no body, another sends it nevertheless."""
        if not request.fields["expect"]:
            await self._body(request)
            await self._reply("200 OK")
            return True
        await self._reply("417 Expectation Failed", b"no\n")
        if request.fields["x-body"] == "follows":
            request.fields["expect"] = ""
            await self._body(request)
        return True

    async def hints(self, request, _argument):
        await self._body(request)
        await self._write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
        await self._reply("200 OK")
        return True

    async def status(self, request, argument):
        await self._body(request)
        await self._reply(f"{argument} As asked", head_only=request.method == "HEAD")
        return True

    async def requests_back(self, request, argument):
        """The head is a packet of its own, so that those of the body begin with a perfect request."""
        await self._body(request)
        await self._write(f"HTTP/1.1 200 OK\r\nContent-Length: {argument}\r\n\r\n".encode())
        if request.method != "HEAD":
            await asyncio.sleep(0.001)
            await self._write(requests_as_body(int(argument)))
        return True

    async def chunks_back(self, request, argument):
        """Chunks that are perfect requests, each written by itself."""
        await self._body(request)
        await self._write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(int(argument)):
            for piece in (b"b5;note=x\r\n", requests_as_body(181), b"\r\n"):
                await self._write(piece)
        await self._write(b"0\r\nX-Trailer: GET / HTTP/1.1\r\n\r\n")
        return True

    async def until_close(self, request, argument):
        await self._body(request)
        await self._write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + requests_as_body(int(argument)))
        return False

    async def pieces(self, request, argument):
        """An answer that is one octet a packet; with `upgrade` it is 101."""
        if argument != "upgrade":
            await self._body(request)
        status = "101 Switching Protocols" if argument == "upgrade" else "200 OK"
        answer = f"HTTP/1.1 {status}\r\nContent-Length: 3\r\nConnection: upgrade\r\n\r\n".encode()
        if argument != "upgrade":
            answer += b"ok\n"
        for i in range(len(answer)):
            await self._write(answer[i : i + 1])
            await asyncio.sleep(0.0005)
        return await self._tunnel() if argument == "upgrade" else True

    async def page(self, request, _argument):
        await self._body(request)
        await self._reply("200 OK", _PAGE, "Content-Type: text/html")
        return True


_ANSWERS = {
    "upgrade-yes": _Connection.upgrade_yes,
    "upgrade-hints": _Connection.upgrade_hints,
    "upgrade-later": _Connection.upgrade_later,
    "refuse-later": _Connection.refuse_later,
    "early": _Connection.early,
    "early-close": _Connection.early_close,
    "drop": _Connection.drop,
    "refused": _Connection.refused,
    "hints": _Connection.hints,
    "status": _Connection.status,
    "requests": _Connection.requests_back,
    "chunks": _Connection.chunks_back,
    "until-close": _Connection.until_close,
    "pieces": _Connection.pieces,
    "page": _Connection.page,
}


class TruthServer:
    """Serves on one port, IPv4 and IPv6, of a host, in a thread of its own."""

    name = "truth"

    def __init__(self, host, port=8000):
        self.port = port
        self.requests, self.tunnelled = collections.Counter(), collections.Counter()
        self.strange = self.too_long = self.bodies = self.tunnels = 0
        self.failures = []
        self._host = host
        self._listener = self._listen(port)
        self._loop = asyncio.new_event_loop()
        self._servers = []
        self._thread = threading.Thread(target=self._run, name="truth server", daemon=True)
        self._thread.start()

    def _listen(self, port):
        with self._host.entered(self.name):
            listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=8192)
        # Data in a SYN, where the host allows it (RFC 7413).
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 64)
        return listener

    def _start(self, listener):
        return asyncio.start_server(self._serve, sock=listener, limit=1 << 20, backlog=8192)

    def listen_too(self, ports):
        """Serves on more ports, of which nothing is known yet."""
        for port in ports:
            server = self._start(self._listen(port))
            self._servers.append(asyncio.run_coroutine_threadsafe(server, self._loop).result(10))

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._servers.append(self._loop.run_until_complete(self._start(self._listener)))
        self._loop.run_forever()
        self._loop.close()

    async def _serve(self, reader, writer):
        try:
            await _Connection(self, reader, writer).serve()
        except (Closed, ConnectionError, TimeoutError, asyncio.CancelledError):
            pass
        except (ValueError, asyncio.LimitOverrunError) as error:
            self.failures.append(repr(error))
        finally:
            writer.close()

    def log(self):
        return self.requests.copy()

    def close(self):
        def stop():
            for server in self._servers:
                server.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.call_later(0.05, self._loop.stop)

        self._loop.call_soon_threadsafe(stop)
        self._thread.join(5)
