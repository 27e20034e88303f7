"""What packet-cost measures: a packet each, what was before it on its connection, and what the program makes of it."""
import itertools
from dataclasses import dataclass, field

from packets import ACK, BROWSER_600, CURL_300, FIN, RST, SYN, Connection, ipv4, request, response, upload

LEARNED, NOT_LEARNED = 80, 9000
REQUEST_BOUND, RESPONSE_BOUND, OTHER_BOUND = 250, 120, 5
BINARY = bytes(range(256)) * 5
TLS = b'\x17\x03\x03\x04\x00' + b'\x9a' * 1000


@dataclass
class Scenario:
    name: str
    target: int | None  # ns over the empty program
    packet: bytes
    result: str | None  # in the ledger; at egress there is none
    before: list = field(default_factory=list)  # (program, frame), each run once
    driver: str | None = None  # of in_order.bpf.c
    after: list = field(default_factory=list)  # frames that each new connection begins with
    bound: int = OTHER_BOUND  # ns over what it cost before responses and URLs were counted

    @property
    def program(self):
        return 'http_counter' if self.result else 'http_answers'


client_ports = itertools.count(20001)


def connection(port=LEARNED):
    return Connection(next(client_ports), port)


def last(name, target, result, followed, driver='in_order', bound=OTHER_BOUND):
    """The newest frame of a connection, the others of which were before it."""
    *before, (_, frame) = followed.history
    return Scenario(name, target, frame, result, before, driver, bound=bound)


def no_http(name, target, result, data, port):
    """Data of a connection that began with the like. Of one to a port that is not learned nothing is kept."""
    followed = connection(port).opened()
    followed.client(data)
    followed.client(data)
    return last(name, target, result, followed, 'in_order' if port == LEARNED else None)


def others():
    yield Scenario('ARP', 6, bytes(12) + b'\x08\x06' + bytes(46), 'not_tcp')
    yield Scenario('UDP', 6, ipv4(17, b'\x00\x35\x14\xe9\x00\x1c\x00\x00' + bytes(20)), 'not_tcp')
    yield Scenario('acknowledgement, port not learned', 6, connection(NOT_LEARNED).client(flags=ACK), 'no_payload')
    yield Scenario('acknowledgement, learned port', 6, connection().client(flags=ACK), 'no_payload')
    yield Scenario('SYN, each of a new connection', 6, connection().client(flags=SYN), 'no_payload',
                   driver='new_connection')
    followed = connection().exchanged()
    followed.client(flags=RST)
    yield last('reset, learned port', None, 'no_payload', followed, None)
    for where, target, port in (('port not learned', 15, NOT_LEARNED), ('learned port', 45, LEARNED)):
        yield no_http(f'binary data, {where}', target, 'not_http', BINARY, port)
        yield no_http(f'TLS, {where}', target, 'tls', TLS, port)
        yield no_http(f'response, {where}', target, 'response', response(b'z' * 1200), port)


def bodies():
    for name, fields, begun in (('Content-Length', b'Content-Length: 1000000000', b''),
                                ('chunked, within a chunk', b'Transfer-Encoding: chunked', b'fffff\r\n')):
        followed = connection().exchanged()
        followed.client(upload(fields) + begun)
        followed.client(BINARY)
        yield last(f'body, {name}', 60, 'body', followed)
    followed = connection().exchanged()
    followed.client(upload(b'Transfer-Encoding: chunked'))
    followed.client(b'500\r\n' + BINARY + b'\r\n')
    yield last('body, chunked, a whole chunk', None, 'body', followed)


def requests():
    for name, target, head in (('request of 100 octets', 150, request(100)),
                               ('request of 100 octets, a target of 9', None, request(100, 9)),
                               ('request of 300 octets', 250, request(300)),
                               ('request of 300 octets, a target of 240', None, request(300, 240)),
                               ("curl's request of 300 octets", 250, CURL_300),
                               ("a browser's request of 600 octets", None, BROWSER_600)):
        followed = connection().exchanged()
        followed.client(head)
        yield last(name, target, 'request', followed, bound=REQUEST_BOUND)
    followed = connection()
    opening = followed.client(flags=SYN)
    yield Scenario('first request of a connection, 100 octets', None, followed.client(request(100)), 'request',
                   driver='new_connection', after=[opening], bound=REQUEST_BOUND)


def answers():
    followed = connection().exchanged()
    followed.client(request(100))
    followed.server(response(b'hello'))
    yield last('egress: response', None, None, followed, bound=RESPONSE_BOUND)
    followed = connection().exchanged()
    followed.client(request(100))
    followed.server(response(b'z' * 100000)[:1200])
    followed.server(b'z' * 1200)
    yield last('egress: data within a response', None, None, followed)
    followed = connection().exchanged()
    followed.server(flags=FIN | ACK)
    yield last('egress: FIN', None, None, followed, None)
    yield Scenario('egress: acknowledgement', 6, connection().exchanged().server(flags=ACK), None)
    yield Scenario('egress: data, port not learned', 15, connection(NOT_LEARNED).server(BINARY), None)


def all_scenarios():
    return [*others(), *bodies(), *requests(), *answers()]
