"""A cable that loses, repeats and delays packets: it forwards in user space, between two real kernels."""
import heapq
import random
import select
import socket
import threading
import time

_ETH_P_ALL = 3
_SOL_PACKET, _PACKET_IGNORE_OUTGOING = 263, 23


class Cable:
    """Forwards while it is open. What it does to packets is drawn from a seed, for each way apart."""

    def __init__(self, lan, seed, *, loss=0.0, repeat=0.0, late=0.0, delay=0.002):
        self._chance = random.Random(seed)
        self._loss, self._repeat, self._late, self._delay = loss, repeat, late, delay
        self.lost = self.repeated = self.delayed = self.passed = 0
        with lan.middle.entered():
            self._near, self._far = self._end("near"), self._end("far")
        self._ended = threading.Event()
        self._queue, self._number = [], 0
        self._thread = threading.Thread(target=self._run, name="cable", daemon=True)
        self._thread.start()

    @staticmethod
    def _end(interface):
        end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        end.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)  # SO_RCVBUFFORCE
        end.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
        end.bind((interface, _ETH_P_ALL))
        end.setblocking(False)
        return end

    def _run(self):
        other = {self._near: self._far, self._far: self._near}
        while not self._ended.is_set():
            wait = max(0, self._queue[0][0] - time.monotonic()) if self._queue else 0.05
            for end in select.select([self._near, self._far], [], [], wait)[0]:
                for _ in range(64):
                    try:
                        frame = end.recv(1 << 16)
                    except BlockingIOError:
                        break
                    self._pass(frame, other[end])
            now = time.monotonic()
            while self._queue and self._queue[0][0] <= now:
                _, _, frame, end = heapq.heappop(self._queue)
                end.send(frame)

    def _pass(self, frame, end):
        # Only what has data suffers: connections would not come about, or take seconds.
        if len(frame) < 90:
            end.send(frame)
            return
        draw = self._chance.random
        self.passed += 1
        if draw() < self._loss:
            self.lost += 1
            return
        if draw() < self._late:
            self.delayed += 1
            self._number += 1
            heapq.heappush(self._queue, (time.monotonic() + draw() * self._delay, self._number, frame, end))
            return
        end.send(frame)
        if draw() < self._repeat:
            self.repeated += 1
            end.send(frame)

    def close(self):
        self._ended.set()
        self._thread.join()
        self._near.close()
        self._far.close()
