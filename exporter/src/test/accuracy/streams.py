"""A client on plain sockets, which decides what is a packet of its own."""
import array
import fcntl
import socket
import struct
import termios
import time

_SIOCOUTQ = termios.TIOCOUTQ
_TIMEOUT = 20


class Stream:
    """One connection of a host."""

    def __init__(self, host, address, port, source_port=0, timeout=_TIMEOUT):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with host.entered():
            self.socket = socket.socket(family, socket.SOCK_STREAM)
        if source_port:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.bind(("", source_port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(timeout)
        self.socket.connect((address, port))
        self._answers = self.socket.makefile("rb", buffering=1 << 16)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def write(self, octets):
        self.socket.sendall(octets)

    def pieces(self, pieces):
        """Each as a packet of its own: the next one is written when the last one has been acknowledged."""
        for piece in pieces:
            self.socket.sendall(piece)
            self.await_acknowledged()

    def octets(self, octets):
        self.pieces(octets[i : i + 1] for i in range(len(octets)))

    def await_acknowledged(self):
        unacknowledged = array.array("i", [1])
        deadline = time.monotonic() + _TIMEOUT
        while True:
            fcntl.ioctl(self.socket, _SIOCOUTQ, unacknowledged)
            if not unacknowledged[0]:
                return
            if time.monotonic() > deadline:
                raise TimeoutError("the other end does not acknowledge")
            time.sleep(0.00002)

    def answer(self, method="GET", interim=False):
        """The status of the next final answer, which is read to its end; with `interim`, of the next answer."""
        while True:
            status, fields = self._answer_head()
            if status >= 200 or status == 101 or interim:
                break
        if status < 200 or status in (204, 304) or method == "HEAD" or (method == "CONNECT" and status < 300):
            return status
        if "chunked" in fields.get("transfer-encoding", ""):
            self._read_chunks()
        elif "content-length" in fields:
            self._exactly(int(fields["content-length"]))
        else:
            self._answers.read()
        return status

    def _answer_head(self):
        line = self._answers.readline()
        if not line:
            raise ConnectionError("closed instead of an answer")
        fields = {}
        while (field := self._answers.readline()) not in (b"\r\n", b""):
            name, _, value = field.decode("latin-1").partition(":")
            fields[name.lower()] = value.strip().lower()
        return int(line.split()[1]), fields

    def _exactly(self, octets):
        while octets:
            data = self._answers.read(min(octets, 1 << 20))
            if not data:
                raise ConnectionError("closed within an answer")
            octets -= len(data)

    def _read_chunks(self):
        while size := int(self._answers.readline().partition(b";")[0], 16):
            self._exactly(size + 2)
        while self._answers.readline() not in (b"\r\n", b""):
            pass

    def answers(self, methods):
        """Reads an answer to each of them."""
        return [self.answer(method) for method in methods]

    def at_end(self):
        """Whether the server closed, after what it may have left to say."""
        try:
            return self._answers.read() is not None
        except ConnectionError:
            return True

    def finish(self):
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        self._answers.close()
        self.socket.close()
