"""What a run stands on: hosts, servers, the capture; and how a case becomes a row."""
import collections
import contextlib
import pathlib
import tempfile
import time
import traceback

import bpf
import capture as captures
from cable import Cable
from cgroups import Cgroups
from crafted import Wire
from hosts import CLIENT4, CLIENT6, FAR_SERVER4, SERVER4, SERVER6, Lan, run
from http_grammar import METHODS, head
from servers import HERE, JdkServer, Nginx, PythonServer, TalkServer
from streams import Stream
from truth_server import TruthServer

INTERFACES = ("eth0", "eth1", "lo")


def _by_method(counts):
    return collections.Counter({m: n for m, n in zip(METHODS, counts) if n})


class Stage:
    """Everything that cases share. Whoever opens it closes it."""

    def __init__(self, options, kinds):
        self.options, self.kinds = options, kinds
        self.short = options.short
        self.java = options.java
        self._closing, self._fresh, self._acquainted = [], 2_000, set()
        try:
            self._build(options)
        except BaseException:
            self.close()
            raise

    def _opened(self, thing, close=None):
        self._closing.append(close or thing.close)
        return thing

    def _build(self, options):
        folder = self._opened(tempfile.TemporaryDirectory(prefix="accuracy-"), lambda: folder.cleanup())
        self.folder = pathlib.Path(folder.name)
        self.cgroups = self._opened(Cgroups()) if "cgroup" in self.kinds else None
        self.lan = self._opened(Lan(self.cgroups))
        self.server_mac = self.lan.server.mac("eth0")
        self._opened(self._hold_statistics(), lambda: None)
        self.truth = self._opened(TruthServer(self.lan.server))
        self.far_truth = self._opened(TruthServer(self.lan.client, 8000))
        self.servers = {
            "truth": self.truth,
            "nginx": self._opened(Nginx(self.lan.server, self.folder / "nginx", self.truth.port)),
            "python": self._opened(PythonServer(self.lan.server)),
            "talk": self._opened(TalkServer(self.lan.server)),
        }
        self._opened(None, lambda: self.servers["jdk"].close() if "jdk" in self.servers else None)
        self.pin_root = "/sys/fs/bpf/accuracy"
        self.launcher = options.top / "bin/http-ebpf-exporter"
        self.capture = self._opened(self._capture(self.pin_root, INTERFACES))
        self.results = captures.results(options.top / "native/src/http_counter.h")
        self.watch = self._opened(captures.Watch(self.capture))

    def _hold_statistics(self):
        """From before the first program is loaded: its runs are complete then."""
        self._statistics = bpf.hold_statistics()
        return self._statistics

    def _capture(self, pin_root, interfaces, group="server"):
        return captures.Capture(self.lan.server, self.launcher, pin_root, self.kinds, interfaces, self.cgroups, group)

    def count_apart(self, row, then, group="server"):
        """What happens then is counted by a second capture, of the interface that the first one leaves out."""
        extra = self._capture(self.pin_root + "-extra", (row.interface,), group)
        row.closing.callback(extra.close)
        then()
        for reading in row.claimed:
            reading.own_counts, problem = extra.at_rest(extra.place(reading.kind, row.interface))
            if problem:
                row.problem(problem)

    def server(self, name):
        """A server; the one that is slow to start, only when it is asked for."""
        if name == "jdk" and name not in self.servers:
            self.servers[name] = JdkServer(self.lan.server, self.folder / "jdk", self.java_program("Server"))
        return self.servers[name]

    def java_program(self, name):
        """The command line of one of the Java programs beside this file, which are compiled once a run."""
        classes = self.folder / "classes"
        if not classes.exists():
            run(str(pathlib.Path(self.java).parent / "javac"), "-d", str(classes), *map(str, HERE.glob("*.java")))
        return [
            self.java,
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            str(classes),
            "-Dsun.net.httpserver.maxIdleConnections=10000",
            "-Dsun.net.httpserver.maxReqHeaderSize=1048576",
            name,
        ]

    def pick(self, short, full):
        return short if self.short else full

    def connect(self, row, server="truth", version=4, address=None, **more):
        """From client to server; closed at the latest when the case ends."""
        port = server if isinstance(server, int) else self.server(server).port
        stream = Stream(self.lan.client, address or (SERVER4 if version == 4 else SERVER6), port, **more)
        row.closing.callback(stream.close)
        return stream

    def fresh_ports(self, number):
        """Ports of the truth server to which nothing was sent yet: the capture can know nothing of them."""
        ports = range(self._fresh, self._fresh + number)
        self._fresh += number
        self.truth.listen_too(ports)
        return list(ports)

    def wire(self, row):
        """For crafted packets out of the client's interface; closed when the case ends."""
        wire = Wire(self.lan.client)
        row.closing.callback(wire.close)
        return wire

    def url(self, server="truth", path="/", version=4):
        return f"http://{SERVER4 if version == 4 else f'[{SERVER6}]'}:{self.server(server).port}{path}"

    @staticmethod
    def client_address(version=4):
        return CLIENT4 if version == 4 else CLIENT6

    def _acquaint(self, interface, server):
        """One request, so that the capture of that interface knows the port; new ones have cases of their own.

        Else what a row holds would depend on the rows before it.
        """
        if interface not in INTERFACES or (interface, server.name) in self._acquainted or server.name == "talk":
            return
        self._acquainted.add((interface, server.name))
        host, address = {
            "eth0": (self.lan.client, SERVER4),
            "eth1": (self.lan.client, FAR_SERVER4),
            "lo": (self.lan.server, "127.0.0.1"),
        }[interface]
        with contextlib.ExitStack() as closing:
            if interface == "eth1":
                closing.callback(Cable(self.lan, 0).close)
            stream = closing.enter_context(Stream(host, address, server.port))
            known = server.log().total()
            stream.write(head())
            stream.answer()
            # Servers answer first, and log then.
            deadline = time.monotonic() + 5
            while server.log().total() == known and time.monotonic() < deadline:
                time.sleep(0.01)

    def play(self, case):
        """Runs a case and returns its row, whatever happens."""
        row = case.row(self.kinds)
        if not row.claimed:
            return row
        row.server = case.server
        server = self.server(case.server)
        self._acquaint(case.interface, server)
        before = {}
        for place in self.capture.places:
            before[place], problem = self.capture.at_rest(place)
            if problem:
                row.problem(f"before: {problem}")
        logged, truth = server.log(), self.truth.log()
        begin = time.monotonic()
        try:
            with row.closing:
                case.function(self, row)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)
            own = [each for each in where if pathlib.Path(each.filename).name.startswith("cases")] or where
            row.problem(f"{type(error).__name__} at {pathlib.Path(own[-1].filename).name}:{own[-1].lineno}: {error}")
        self._await_log(row, server, logged)
        self._read(row, before, truth)
        row.judge()
        row.seconds = time.monotonic() - begin
        return row

    @staticmethod
    def _await_log(row, server, before):
        """A server answers first and logs then. Too many are waited for too, a little."""
        patience = time.monotonic() + 5
        last, since = None, time.monotonic()
        known = all("sent" in each.equal for each in row.claimed)
        while True:
            row.logged = server.log()
            row.logged.subtract(before)
            row.logged = +row.logged
            now = time.monotonic()
            if row.logged != last:
                last, since = row.logged, now
            both = all("sent" in each.equal and "logged" in each.equal for each in row.claimed)
            done = not both or row.logged == row.sent
            # Nobody knows what is to come where it is not known what was sent.
            if now - since > (0.03 if done and known else 1.0) or now > patience:
                return
            time.sleep(0.01)

    def _read(self, row, before, truth):
        grown = {}
        for place in self.capture.places:
            counts, problem = self.capture.at_rest(place)
            if problem:
                row.problem(problem)
            grown[place] = counts.since(before[place])
            if counts.falls_below(before[place]):
                row.problem(f"counts of {place} fell")
        for reading in row.claimed:
            counts = reading.own_counts or grown.get(self.capture.place(reading.kind, row.interface))
            if counts:
                self._fill(row, reading, counts, truth)
        for text in self.watch.take_fallen():
            row.problem(text)

    def _received(self, before, handed_on):
        """By the truth server since then; it may have yet to read what nginx handed on of a request broken off."""
        patience = time.monotonic() + 5
        while (received := self.truth.log() - before) != _by_method(handed_on) and time.monotonic() < patience:
            time.sleep(0.01)
        return received

    def _fill(self, row, reading, grown, truth):
        counts = grown.requests
        if grown.owners and row.server == "nginx":
            # What nginx hands on, the truth server receives once more.
            handed_on = grown.owners["server/truth"]
            counts = [a - b for a, b in zip(counts, handed_on)]
            row.expect("requests that nginx handed on", _by_method(handed_on), self._received(truth, handed_on))
        reading.counted = _by_method(counts)
        reading.ledger = {self.results.get(i, f"unknown_{i}"): n for i, n in enumerate(grown.packets) if n}

    def close(self):
        """In reverse order; what fails does not keep the rest from being closed."""
        problems = []
        while self._closing:
            try:
                self._closing.pop()()
            except Exception as error:
                problems.append(error)
        if problems:
            raise problems[0]
