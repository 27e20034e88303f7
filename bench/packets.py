"""Frames as they are handed to BPF_PROG_TEST_RUN, and the connections that they belong to."""
import struct

SERVER, CLIENT = bytes([10, 0, 0, 2]), bytes([10, 0, 0, 1])
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def ipv4(protocol, rest, source=CLIENT, target=SERVER):
    header = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(rest), 1, 0, 64, protocol, 0, source, target)
    return bytes(12) + b'\x08\x00' + header + rest


def tcp(ports, numbers, flags, data, addresses):
    """With the timestamp option, as Linux sends it."""
    options = b'\x01\x01\x08\x0a' + bytes(8)
    header = struct.pack('>HHIIBBHHH', *ports, *numbers, 0x80, flags, 1000, 0, 0)
    return ipv4(6, header + options + data, *addresses)


class Connection:
    """Numbers the octets of both sides as they are sent, and keeps the frames: what the hooks have seen so far."""

    def __init__(self, client_port, server_port):
        self.client_port, self.server_port = client_port, server_port
        self.sent, self.answered = 1000, 500000
        self.history = []

    def client(self, data=b'', flags=PSH | ACK):
        """A frame from the client, in order; at ingress of the server's host."""
        frame = tcp((self.client_port, self.server_port), (self.sent, self.answered), flags, data, (CLIENT, SERVER))
        self.sent += len(data) + (1 if flags & SYN else 0)
        self.history.append(('http_counter', frame))
        return frame

    def server(self, data=b'', flags=PSH | ACK):
        """A frame from the server, in order; at egress of its host."""
        frame = tcp((self.server_port, self.client_port), (self.answered, self.sent), flags, data, (SERVER, CLIENT))
        self.answered += len(data) + (1 if flags & SYN else 0)
        self.history.append(('http_answers', frame))
        return frame

    def opened(self):
        self.client(flags=SYN)
        self.server(flags=SYN | ACK)
        self.client(flags=ACK)
        return self

    def exchanged(self):
        """Opened, and a request was answered."""
        self.opened()
        self.client(request(100))
        self.server(response(b'hello'))
        self.client(flags=ACK)
        return self


def request(octets, target=None):
    """A GET of so many octets in all; its target has a third of them, unless it is said."""
    path = (b'/some-section' * octets)[:target or octets // 3 + 1]
    head = b'GET ' + path + b' HTTP/1.1\r\nHost: example\r\nX-Filler: '
    return head + b'b' * (octets - len(head) - 4) + b'\r\n\r\n'


def response(content):
    return (b'HTTP/1.1 200 OK\r\nServer: example\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n'
            % len(content) + content)


def upload(field):
    return b'POST /upload HTTP/1.1\r\nHost: example\r\n' + field + b'\r\n\r\n'


def padded(head, octets):
    """Fills the cookie, or the like, at the place marked, so that the head has so many octets."""
    before, after = head.split(b'~')
    return before + b'0123456789abcdef'.ljust(64, b'x')[:1] * (octets - len(before) - len(after)) + after


CURL_300 = padded(
    b'GET /api/v1/items/4711?fields=id,name,price&sort=-created&page=2 HTTP/1.1\r\nHost: shop.example.org\r\n'
    b'User-Agent: curl/7.88.1\r\nAccept: */*\r\nAuthorization: Bearer ~\r\nX-Request-Id: 7f3c9a12\r\n\r\n', 300)

BROWSER_600 = padded(
    b'GET /catalogue/garden/tools?page=3 HTTP/1.1\r\nHost: shop.example.org\r\nConnection: keep-alive\r\n'
    b'Upgrade-Insecure-Requests: 1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like '
    b'Gecko) Chrome/138.0.0.0 Safari/537.36\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,'
    b'image/avif,image/webp,*/*;q=0.8\r\nReferer: http://shop.example.org/catalogue\r\nAccept-Encoding: gzip, deflate'
    b'\r\nAccept-Language: en-GB,en;q=0.9\r\nCookie: session=~\r\n\r\n', 600)
