"""Cases, and the rows that they fill: what was sent, what the server logged, what was counted."""
import collections
import contextlib
import dataclasses

from http_grammar import head, label, with_body

SENT_LOGGED_COUNTED = ("sent", "logged", "counted")
LOGGED_COUNTED = ("logged", "counted")
SENT_COUNTED = ("sent", "counted")
SENT_LOGGED = ("sent", "logged")


@dataclasses.dataclass
class Row:
    """One line of the table."""

    name: str
    what: str
    limits: str
    equal: tuple
    why: str
    interface: str = "eth0"
    sent: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    logged: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    counted: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    ledger: dict = dataclasses.field(default_factory=dict)
    problems: list = dataclasses.field(default_factory=list)
    checks: list = dataclasses.field(default_factory=list)
    own_counts: object = None
    seconds: float = 0.0
    closing: contextlib.ExitStack = dataclasses.field(default_factory=contextlib.ExitStack)

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

    def problem(self, text):
        self.problems.append(text)

    def expect(self, what, actual, expected):
        if actual != expected:
            self.problem(f"{what}: {actual}, not {expected}")

    def ledger_has(self, *names):
        """Once it is read, the ledger must hold packets of each of these results: else the case did not happen."""
        for name in names:
            self.checks.append((f"no packet is {name} in the ledger", lambda ledger, n=name: ledger.get(n, 0) > 0))

    def ledger_is(self, name, number):
        self.checks.append((f"{name} in the ledger is not {number}", lambda ledger: ledger.get(name, 0) == number))

    def judge(self):
        """Adds what is wrong to the problems."""
        for one, other in zip(self.equal, self.equal[1:]):
            self._compare(one, other)
        for text, holds in self.checks:
            if not holds(self.ledger):
                self.problem(text)

    def _compare(self, one, other):
        a, b = getattr(self, one), getattr(self, other)
        differing = [m for m in sorted(set(a) | set(b)) if a[m] != b[m]]
        if differing:
            self.problem("; ".join(f"{m}: {one} {a[m]}, {other} {b[m]}" for m in differing))

    @property
    def passed(self):
        return not self.problems


@dataclasses.dataclass(frozen=True)
class Case:
    """A row to be, and what makes it."""

    name: str
    what: str
    function: object
    limits: dict
    server: str
    equal: tuple
    why: str
    short: bool
    interface: str

    def row(self, capture):
        return Row(
            self.name,
            self.what,
            self.limits.get(capture, self.limits.get("", "")),
            self.equal,
            self.why,
            self.interface,
        )


CASES = {}


def case(name, what, *, limits="", servers="truth", equal=SENT_LOGGED_COUNTED, why="", short=True, interface="eth0"):
    """Registers a function of (stage, row) as a case for each of the servers, whose log is the row's."""
    assert equal == SENT_LOGGED_COUNTED or why, f"{name}: say why not all are equal"
    servers = servers.split()

    def register(function):
        for server in servers:
            full = f"{name}-{server}" if len(servers) > 1 else name
            assert full not in CASES, full
            CASES[full] = Case(
                full,
                f"{what} ({server})" if len(servers) > 1 else what,
                function,
                limits if isinstance(limits, dict) else {"": limits},
                server,
                equal,
                why,
                short,
                interface,
            )
        return function

    return register
