"""What one connection is to say: requests in a row, as octets that can be cut anywhere."""
import random

from http_grammar import chunked, head, perfect_request, requests_as_body, with_body

TRAILER = b"X-Trailer: GET / HTTP/1.1\r\n"


class Script:
    """Requests, in order."""

    def __init__(self):
        self.methods, self._parts = [], []

    def add(self, method, *octets):
        self.methods.append(method)
        self._parts.append(b"".join(octets))
        return self

    @property
    def octets(self):
        return b"".join(self._parts)

    @property
    def parts(self):
        return list(self._parts)

    def sent(self, row):
        """All of it reaches the wire."""
        for method in self.methods:
            row.wrote(method)
        return self


def gets(number, target="/plain"):
    script = Script()
    for i in range(number):
        script.add("GET", head("GET", f"{target}?{i}"))
    return script


def mixed(seed, number, largest=3000, plain_chunks=False):
    """Requests of all kinds; the bodies are full of perfect requests. Plain chunks have no extensions nor trailers."""
    chance, script = random.Random(seed), Script()
    for i in range(number):
        size = chance.randrange(largest)
        kind = chance.randrange(7)
        if kind < 2:
            script.add("GET", head("GET", f"/{i}", "X-Padding: " + "p" * chance.randrange(200)))
        elif kind == 2:
            script.add("HEAD", head("HEAD", f"/{i}"))
        elif kind == 3:
            script.add("POST", with_body(requests_as_body(size), "POST", f"/{i}"))
        elif kind == 4:
            script.add("PUT", with_body(requests_as_body(size, perfect_request(64)), "PUT", f"/{i}", "X-Other: a, b"))
        elif kind == 5:
            pieces = [requests_as_body(chance.randrange(1, 400)) for _ in range(chance.randrange(1, 6))]
            script.add(
                "POST",
                *chunked(
                    pieces,
                    "POST",
                    f"/{i}",
                    extension=b"" if plain_chunks else chance.choice([b"", b";name=value"]),
                    trailer=b"" if plain_chunks else chance.choice([b"", TRAILER]),
                ),
            )
        else:
            script.add("DELETE", head("DELETE", f"/{i}", "Content-Length: 0"))
    return script


def cut(octets, size):
    """Pieces of that size."""
    return [octets[i : i + size] for i in range(0, len(octets), size)]


def cut_at_random(octets, seed, longest):
    chance, pieces, at = random.Random(seed), [], 0
    while at < len(octets):
        size = chance.randint(1, longest)
        pieces.append(octets[at : at + size])
        at += size
    return pieces
