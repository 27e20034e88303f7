"""Reading HTTP/1.x plainly: lines, and counted octets. It shares nothing with the program under test."""
import collections
import socket

_FIELDS_MAX = 1 << 20


class Closed(Exception):
    """The other end is done, wherever in a message that is."""


class Octets:
    """What a connection delivers, as lines and as counted octets."""

    def __init__(self, reader, socket_):
        self._reader, self._socket, self._buffer = reader, socket_, bytearray()

    async def _more(self):
        data = await self._reader.read(1 << 18)
        if not data:
            raise Closed
        # Each piece is acknowledged at once: the client's next one then is a packet of its own, and soon.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        self._buffer += data

    async def line(self):
        """Up to a LF, without the end of line (RFC 9112 section 2.2: a bare LF will do)."""
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > _FIELDS_MAX:
                raise Closed
            await self._more()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line[:-1] if line.endswith(b"\r") else line

    async def skip(self, octets):
        while octets:
            if not self._buffer:
                await self._more()
            taken = min(octets, len(self._buffer))
            del self._buffer[:taken]
            octets -= taken

    async def drain(self):
        while True:
            self._buffer.clear()
            await self._more()


class Request:
    """A head that was read whole."""

    def __init__(self, method, target, line):
        self.method, self.target = method, target
        self.old = line.endswith(b"1.0")
        self.fields = collections.defaultdict(str)

    @property
    def chunked(self):
        return "chunked" in self.fields["transfer-encoding"].lower()

    @property
    def length(self):
        # Sent twice, it is the same (RFC 9110 section 8.6).
        return int(self.fields["content-length"].partition(",")[0] or 0)

    @property
    def keeps(self):
        connection = self.fields["connection"].lower()
        return "keep-alive" in connection if self.old else "close" not in connection

    async def read_fields(self, octets):
        while field := await octets.line():
            name, _, value = field.decode("latin-1").partition(":")
            name, value = name.lower(), value.strip()
            self.fields[name] += ("," if self.fields[name] else "") + value

    async def read_body(self, octets):
        """RFC 9112 section 6.3: chunks go before a length."""
        if not self.chunked:
            await octets.skip(self.length)
            return
        while size := int((await octets.line()).partition(b";")[0], 16):
            await octets.skip(size)
            await octets.line()
        while await octets.line():
            pass
