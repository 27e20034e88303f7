"""Cases, and the rows that they fill: what was sent, what the server logged, what was counted."""
import collections
import contextlib
import dataclasses

from http_grammar import head, label, with_body

SENT_LOGGED_COUNTED = ("sent", "logged", "counted")
LOGGED_COUNTED = ("logged", "counted")
SENT_COUNTED = ("sent", "counted")
SENT_LOGGED = ("sent", "logged")
# Of cases to a server that does not exist.
NO_SOCKET = {"cgroup": "no socket receives it"}


@dataclasses.dataclass
class Reading:
    """What one capture made of a case."""

    kind: str
    equal: tuple
    why: str
    limits: str
    # Why this capture has no part in the case.
    cannot: str = ""
    counted: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    # What counts though it is no request, or does not though it is one: a limit, to the number.
    besides: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    ledger: dict = dataclasses.field(default_factory=dict)
    problems: list = dataclasses.field(default_factory=list)
    own_counts: object = None


def _less(counted, besides):
    counted = counted.copy()
    counted.subtract(besides)
    return counted


@dataclasses.dataclass
class Row:
    """One line of the table."""

    name: str
    what: str
    readings: dict
    interface: str = "eth0"
    sent: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    logged: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    problems: list = dataclasses.field(default_factory=list)
    checks: list = dataclasses.field(default_factory=list)
    seconds: float = 0.0
    closing: contextlib.ExitStack = dataclasses.field(default_factory=contextlib.ExitStack)

    @property
    def claimed(self):
        """The readings of captures that have part in the case."""
        return [each for each in self.readings.values() if not each.cannot]

    def wrote(self, method="GET", times=1):
        """So many requests of that method reached the wire."""
        self.sent[label(method)] += times

    def head(self, method="GET", target="/", *fields, **more):
        """A request that is about to be sent, and counts as sent."""
        self.wrote(method)
        return head(method, target, *fields, **more)

    def with_body(self, body, method="POST", target="/", *fields):
        self.wrote(method)
        return with_body(body, method, target, *fields)

    def tunnelled(self, number):
        """So many GETs went through tunnels: whoever sees no answers takes them for requests."""
        self.differs("GET", number, "it sees no answers: requests inside of tunnels count", of=("xdp",))

    def differs(self, method, number, why, of):
        """So many more than were sent count there, or fewer."""
        for kind in set(of) & set(self.readings):
            reading = self.readings[kind]
            reading.besides[method] += number
            if why not in reading.limits:
                reading.limits = "; ".join(filter(None, (reading.limits, why)))

    def problem(self, text):
        self.problems.append(text)

    def expect(self, what, actual, expected):
        if actual != expected:
            self.problem(f"{what}: {actual}, not {expected}")

    def check(self, text, holds, of=()):
        """To hold of the reading of each capture, or of those."""
        self.checks.append((text, holds, of))

    def ledger_has(self, *names, of=()):
        """Once it is read, the ledger must hold packets of each of these results: else the case did not happen."""
        for name in names:
            self.check(f"no packet is {name} in the ledger", lambda reading, n=name: reading.ledger.get(n, 0) > 0, of)

    def ledger_is(self, name, number, of=()):
        self.check(f"{name} in the ledger is not {number}", lambda reading: reading.ledger.get(name, 0) == number, of)

    def judge(self):
        """Adds what is wrong to the problems."""
        for reading in self.claimed:
            for one, other in zip(reading.equal, reading.equal[1:]):
                self._compare(reading, one, other)
            for text, holds, of in self.checks:
                if (not of or reading.kind in of) and not holds(reading):
                    reading.problems.append(text)

    def _compare(self, reading, one, other):
        a, b = (_less(reading.counted, reading.besides) if n == "counted" else getattr(self, n) for n in (one, other))
        differing = [m for m in sorted(set(a) | set(b)) if a[m] != b[m]]
        if differing:
            reading.problems.append("; ".join(f"{m}: {one} {a[m]}, {other} {b[m]}" for m in differing))

    @property
    def all_problems(self):
        return self.problems + [f"{each.kind}: {text}" for each in self.claimed for text in each.problems]

    @property
    def passed(self):
        return not self.all_problems


def _of(kind, value):
    """One for all captures, or by their kinds, "" being the others'."""
    return value.get(kind, value.get("", "")) if isinstance(value, dict) else value


@dataclasses.dataclass(frozen=True)
class Case:
    """A row to be, and what makes it."""

    name: str
    what: str
    function: object
    limits: object
    server: str
    equal: object
    why: object
    short: bool
    interface: str
    cannot: object

    def row(self, kinds):
        readings = {
            kind: Reading(kind, *(_of(kind, each) for each in (self.equal, self.why, self.limits, self.cannot)))
            for kind in kinds
        }
        return Row(self.name, self.what, readings, self.interface)


CASES = {}


def case(
    name,
    what,
    *,
    limits="",
    servers="truth",
    equal=SENT_LOGGED_COUNTED,
    why="",
    short=True,
    interface="eth0",
    cannot="",
):
    """Registers a function of (stage, row) as a case for each of the servers, whose log is the row's.

    What differs between captures is given by their kinds: limits, equal, why, and cannot, which keeps one from it.
    """
    assert equal == SENT_LOGGED_COUNTED or why, f"{name}: say why not all are equal"
    servers = servers.split()

    def register(function):
        for server in servers:
            full = f"{name}-{server}" if len(servers) > 1 else name
            assert full not in CASES, full
            about = f"{what} ({server})" if len(servers) > 1 else what
            CASES[full] = Case(full, about, function, limits, server, equal, why, short, interface, cannot)
        return function

    return register
