"""Cgroups of a run's own: what the sockets of a host, and of each server on it, were made in.

Threads enter them one by one, since hosts here are threads that take turns; hence the threaded kind of cgroup.
"""
import contextlib
import os
import pathlib
import threading
import time

_PREFIX = "http-accuracy-"


def hierarchy():
    """Where version 2 is mounted, beside version 1 too."""
    for line in pathlib.Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, mount_point, kind = line.split()[:3]
        if kind == "cgroup2":
            return pathlib.Path(mount_point)
    raise RuntimeError("no cgroup hierarchy of version 2 is mounted: mount -t cgroup2 none /sys/fs/cgroup/unified")


def _own():
    for line in pathlib.Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
        if line.startswith("0::"):
            return line[3:].lstrip("/")
    return ""


def _remove(path):
    """It and those below it; what still holds a process stays."""
    for folder, _, _ in os.walk(path, topdown=False):
        with contextlib.suppress(OSError):
            os.rmdir(folder)


class Cgroups:
    """Named by path, as in server/nginx, "" being all of them; each is made when it is first asked for."""

    def __init__(self):
        root = hierarchy()
        self._before = root / _own()
        self._sweep(root)
        self.path = root / f"{_PREFIX}{os.getpid()}"
        self.path.mkdir()
        self._made, self._thread = {}, threading.local()
        try:
            # A cgroup with a threaded one below it takes processes whose threads may then part.
            self.child("server")
            (self.path / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
        except BaseException:
            _remove(self.path)
            raise

    @staticmethod
    def _sweep(root):
        """Of runs that were killed."""
        for path in root.glob(_PREFIX + "*"):
            if not pathlib.Path("/proc", path.name[len(_PREFIX) :]).exists():
                _remove(path)

    def child(self, name):
        if name not in self._made:
            path = self.path
            for part in filter(None, name.split("/")):
                path /= part
                if not path.exists():
                    path.mkdir()
                    (path / "cgroup.type").write_text("threaded", encoding="ascii")
            self._made[name] = path
        return self._made[name]

    def ids(self):
        """By which programs know them."""
        return {name: path.stat().st_ino for name, path in list(self._made.items())}

    def _enter(self, path):
        (path / "cgroup.threads").write_text("0", encoding="ascii")
        self._thread.path = path

    @contextlib.contextmanager
    def entered(self, name):
        """Sockets and processes that the calling thread makes inside belong to that cgroup."""
        outside = getattr(self._thread, "path", self.path)
        self._enter(self.child(name))
        try:
            yield
        finally:
            self._enter(outside)

    def close(self):
        (self._before / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
        deadline = time.monotonic() + 2
        while self.path.exists() and time.monotonic() < deadline:
            _remove(self.path)
            time.sleep(0.02)
