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
    found = re.findall(r"\bRESULT_(\w+)\s*=\s*(\d+)", header.read_text(encoding="ascii"))
    return {int(number): name.lower() for name, number in found if name != "COUNT"}


class Counts:
    """What one interface's maps hold at one time."""

    def __init__(self, requests, packets):
        self.requests, self.packets = requests, packets

    def since(self, before):
        return Counts(
            [a - b for a, b in zip(self.requests, before.requests)],
            [a - b for a, b in zip(self.packets, before.packets)],
        )

    def falls_below(self, before):
        grown = self.since(before)
        return min(grown.requests + grown.packets) < 0


class _Interface:
    """The pins of one interface."""

    def __init__(self, path):
        self._path = path
        self._requests = self._packets = None
        # Programs are held after they were swapped: what they ran stays readable.
        self._programs = {}
        self.refresh()

    def refresh(self):
        """To be called after each load: another program may have taken over."""
        if not self._requests:
            self._requests = bpf.PerCpuArray(self._path + "/request_map")
            self._packets = bpf.PerCpuArray(self._path + "/packet_map")
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
                if bpf.kind(fd) == "link":
                    number, attach_type = bpf.link_target(fd)
                    if attach_type == bpf.TCX_INGRESS:
                        return number, bpf.program_by_id(number)
            finally:
                os.close(fd)
        program = bpf.open_pin(self._path + "/program")
        return bpf.program_id(program), program

    def counts(self):
        return Counts(self._requests.read(len(METHODS)), self._packets.read(PACKET_MAP_ENTRIES))

    def runs(self):
        return sum(bpf.run_count(program) for program in self._programs.values())

    def close(self):
        for fd in (*self._programs.values(), self._requests.fd, self._packets.fd):
            os.close(fd)


class TcCapture:
    """`load` of the packed exporter on interfaces of a host."""

    kind = "tc"

    def __init__(self, host, launcher, pin_root, interfaces):
        self._host, self._launcher, self.pin_root = host, str(launcher), pin_root
        self._names, self._interfaces, self._running = interfaces, {}, None
        self._lock = threading.Lock()
        self.load()

    def _command(self, verb, *more):
        return [self._launcher, verb, "--pin-root", self.pin_root, *more]

    def load(self):
        """Again: the program is swapped, and the counts go on."""
        self._host.run(*self._command("load", "--interface", ",".join(self._names)))
        self._refresh()

    def _refresh(self):
        with self._lock:
            for name in self._names:
                if name in self._interfaces:
                    self._interfaces[name].refresh()
                else:
                    self._interfaces[name] = _Interface(f"{self.pin_root}/{name}")

    def start(self, verb, output):
        """`run`, which loads and serves, or `serve`, until it is killed."""
        with self._host.entered():
            self._running = subprocess.Popen(
                self._command(verb, "--interface", ",".join(self._names), "--web.listen-address", "127.0.0.1:10435"),
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

    def counts(self, interface):
        with self._lock:
            return self._interfaces[interface].counts()

    @property
    def interfaces(self):
        return tuple(self._names)

    def at_rest(self, interface):
        """Counts of a moment in which no packet came; the ledger's sum must be the number of runs then."""
        problem = None
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            with self._lock:
                pinned = self._interfaces[interface]
                before, counts, after = pinned.runs(), pinned.counts(), pinned.runs()
            total = sum(counts.packets)
            if before == after:
                if total == after:
                    return counts, None
                problem = f"the ledger of {interface} has {total} packets, the program ran {after} times"
            time.sleep(0.01)
        return self.counts(interface), problem or f"{interface} does not come to rest"

    def close(self):
        with contextlib.suppress(Exception):
            if self._running:
                self.kill()
        for interface in self._interfaces.values():
            interface.close()
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
            for interface in self._capture.interfaces:
                counts = self._capture.counts(interface)
                last = self._last.get(interface)
                if last and counts.falls_below(last):
                    self.fallen.append(f"counts of {interface} fell")
                self._last[interface] = counts
            self.looks += 1

    def take_fallen(self):
        fallen, self.fallen = self.fallen, []
        return fallen

    def close(self):
        self._ended.set()
        self._thread.join()


CAPTURES = {"tc": TcCapture}
