"""The capture under test: loaded by the packed exporter, read by bpf(), checked against the kernel's count of runs."""
import contextlib
import os
import re
import subprocess
import threading
import time

import bpf
from http_grammar import METHODS
from servers import await_true, die_with_parent

PACKET_MAP_ENTRIES = 64


def results(header):
    """Names of the ledger's results, by their ids, from the header that the program is built with."""
    found = re.findall(r"\bRESULT_(\w+)\s*=\s*(\d+)", header.read_text(encoding="utf-8"))
    return {int(number): name.lower() for name, number in found if name != "COUNT"}


class Counts:
    """What one capture's maps hold at one time; by cgroup too, where that is known."""

    def __init__(self, requests, packets, owners=None):
        self.requests, self.packets, self.owners = requests, packets, owners or {}

    def since(self, before):
        return Counts(
            [a - b for a, b in zip(self.requests, before.requests)],
            [a - b for a, b in zip(self.packets, before.packets)],
            {
                name: [a - b for a, b in zip(counts, before.owners.get(name) or [0] * len(counts))]
                for name, counts in self.owners.items()
            },
        )

    def falls_below(self, before):
        grown = self.since(before)
        return min(grown.requests + grown.packets + [n for counts in grown.owners.values() for n in counts]) < 0


class _Pins:
    """The pins of one capture."""

    def __init__(self, path, cgroups):
        self._path, self._cgroups = path, cgroups
        self._requests = self._packets = self._owners = None
        # Programs are held after they were swapped: what they ran stays readable.
        self._programs = {}
        self.refresh()

    def refresh(self):
        """To be called after each load: another program may have taken over."""
        if not self._requests:
            self._requests = bpf.PerCpuArray(self._path + "/request_map")
            self._packets = bpf.PerCpuArray(self._path + "/packet_map")
            if self._cgroups:
                self._owners = bpf.PerCpuSeries(self._path + "/cgroup_request_map")
        number, program = self._ingress()
        if number in self._programs:
            os.close(program)
        else:
            self._programs[number] = program

    def _ingress(self):
        """(id, descriptor) of the program that counts what comes in."""
        for name in sorted(os.listdir(self._path)):
            fd = bpf.open_pin(f"{self._path}/{name}")
            try:
                number = bpf.ingress_program(fd) if bpf.kind(fd) == "link" else None
                if number:
                    return number, bpf.program_by_id(number)
            finally:
                os.close(fd)
        program = bpf.open_pin(self._path + "/program")
        return bpf.program_id(program), program

    def counts(self):
        owners = {}
        if self._owners:
            owners = {name: self._owners.read(number, len(METHODS)) for name, number in self._cgroups.ids().items()}
        return Counts(self._requests.read(len(METHODS)), self._packets.read(PACKET_MAP_ENTRIES), owners)

    def runs(self):
        return sum(bpf.run_count(program) for program in self._programs.values())

    def close(self):
        for fd in self._programs.values():
            os.close(fd)
        for pinned in (self._requests, self._packets, self._owners):
            if pinned:
                pinned.close()


class Capture:
    """`load` of the packed exporter on a host, for one or more kinds of capture at once."""

    def __init__(self, host, launcher, pin_root, kinds, interfaces, cgroups=None, group="server"):
        self._host, self._launcher, self.pin_root = host, str(launcher), pin_root
        self.kinds, self._interfaces, self._cgroups, self._group = kinds, interfaces, cgroups, group
        self._pins, self._running, self._lock = {}, None, threading.Lock()
        self.load()

    def place(self, kind, interface):
        """Whose counts are those of an interface."""
        return kind if kind == "cgroup" else f"{kind}:{interface}"

    @property
    def places(self):
        return list(dict.fromkeys(self.place(kind, name) for kind in self.kinds for name in self._interfaces))

    def _path(self, place):
        kind, _, interface = place.partition(":")
        return {"tc": interface, "xdp": f"%xdp/{interface}", "cgroup": "%cgroup"}[kind]

    def _command(self, verb, *more):
        return [self._launcher, verb, "--pin-root", self.pin_root, *more]

    def _where(self):
        kinds = [f"cgroup={self._cgroups.child(self._group)}" if kind == "cgroup" else kind for kind in self.kinds]
        where = ["--capture", ",".join(kinds)]
        if set(self.kinds) - {"cgroup"}:
            where += ["--interface", ",".join(self._interfaces)]
        if "cgroup" in self.kinds:
            where.append("--cgroup.labels")
        return where

    def load(self):
        """Again: the programs are swapped, and the counts go on."""
        self._host.run(*self._command("load", *self._where()))
        self._refresh()

    def _refresh(self):
        with self._lock:
            for place in self.places:
                if place in self._pins:
                    self._pins[place].refresh()
                else:
                    cgroups = self._cgroups if place == "cgroup" else None
                    self._pins[place] = _Pins(f"{self.pin_root}/{self._path(place)}", cgroups)

    def start(self, verb, output):
        """`run`, which loads and serves, or `serve`, until it is killed."""
        where = self._where() if verb == "run" else []
        with self._host.entered():
            self._running = subprocess.Popen(
                self._command(verb, *where, "--web.listen-address", "127.0.0.1:10435"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=output,
                preexec_fn=die_with_parent,
            )
        await_true(f"{verb} serves", lambda: "serving http" in _text(output) or self._running.poll() is not None)
        if self._running.poll() is not None:
            raise RuntimeError(_text(output))
        self._refresh()

    def kill(self):
        """SIGKILL: whatever it was at, the counting goes on."""
        self._running.kill()
        self._running.wait()
        self._running = None

    def counts(self, place):
        with self._lock:
            return self._pins[place].counts()

    def at_rest(self, place):
        """Counts of a moment in which no packet came; the ledger's sum must be the number of runs then."""
        problem = None
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            with self._lock:
                pinned = self._pins[place]
                before, counts, after = pinned.runs(), pinned.counts(), pinned.runs()
            if before == after:
                problem = self._contradiction(place, counts, after)
                if not problem:
                    return counts, None
            time.sleep(0.01)
        return self.counts(place), problem or f"{place} does not come to rest"

    @staticmethod
    def _contradiction(place, counts, runs):
        total = sum(counts.packets)
        if total != runs:
            return f"the ledger of {place} has {total} packets, the program ran {runs} times"
        owned = sum(map(sum, counts.owners.values()))
        if counts.owners and owned != sum(counts.requests):
            return f"the cgroups of {place} have {owned} requests, all in all they are {sum(counts.requests)}"
        return None

    def close(self):
        with contextlib.suppress(Exception):
            if self._running:
                self.kill()
        for pinned in self._pins.values():
            pinned.close()
        self._host.run(*self._command("unload"))


def _text(path_or_file):
    with open(path_or_file.name, encoding="utf-8", errors="replace") as file:
        return file.read()


class Watch:
    """Looks at a capture again and again while traffic flows: counts never fall."""

    def __init__(self, capture):
        self._capture, self._ended = capture, threading.Event()
        self.looks, self.fallen = 0, []
        self._last = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._ended.wait(0.05):
            for place in self._capture.places:
                counts = self._capture.counts(place)
                last = self._last.get(place)
                if last and counts.falls_below(last):
                    self.fallen.append(f"counts of {place} fell")
                self._last[place] = counts
            self.looks += 1

    def take_fallen(self):
        fallen, self.fallen = self.fallen, []
        return fallen

    def close(self):
        self._ended.set()
        self._thread.join()


KINDS = ("tc", "cgroup", "xdp")
