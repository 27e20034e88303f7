"""What both ends of a test agree on: methods, and how requests are written."""
import re

METHODS = ("_OTHER", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
LINE_MAX = 8000
REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/1\.\d")


def label(token):
    """The label under which a method token is counted."""
    if isinstance(token, bytes):
        token = token.decode("ascii", "replace")
    return token if token in METHODS[1:] else "_OTHER"


def head(method="GET", target="/", *fields, version="1.1", host="server.example"):
    lines = [f"{method} {target} HTTP/{version}", f"Host: {host}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def perfect_request(octets):
    """A request of exactly so many octets, to be repeated in bodies whose packets then begin with it."""
    begin, end = b"GET /inside/", b" HTTP/1.1\r\nHost: inside\r\n\r\n"
    return begin + b"b" * (octets - len(begin) - len(end)) + end


# 1,448 and 1,428 octets of data are in a full packet over IPv4 and IPv6, with the timestamps of Linux.
UNIT4, UNIT6 = perfect_request(181), perfect_request(84)


def requests_as_body(octets, unit=UNIT4):
    """So many octets full of perfect requests."""
    return (unit * (octets // len(unit) + 1))[:octets]


def with_body(body, method="POST", target="/", *fields):
    return head(method, target, f"Content-Length: {len(body)}", *fields) + body


def chunked(pieces, method="POST", target="/", *fields, extension=b"", trailer=b""):
    """A request of these chunks, as a list of what a careful client would write one by one."""
    written = [head(method, target, "Transfer-Encoding: chunked", *fields)]
    for piece in pieces:
        written += [b"%x%s\r\n" % (len(piece), extension), piece, b"\r\n"]
    return written + [b"0\r\n" + trailer + b"\r\n"]
