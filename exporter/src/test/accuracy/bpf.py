"""The few bpf() calls that read counts: no JVM, no bpftool, so that a look costs next to nothing."""
import ctypes
import os
import platform
import struct

_NUMBER = {"x86_64": 321, "aarch64": 280}[platform.machine()]
_LIBC = ctypes.CDLL(None, use_errno=True)
_MAP_LOOKUP, _OBJ_GET, _PROG_BY_ID, _INFO, _ENABLE_STATS = 1, 7, 13, 15, 32
# BPF_LINK_TYPE_…; where bpf_link_info has its attach type, and what that is at ingress
_CGROUP_LINK, _XDP_LINK, _TCX_LINK = 3, 6, 11
_INGRESS = {_CGROUP_LINK: (24, 0), _TCX_LINK: (20, 46)}


def _bpf(command, attributes):
    buffer = ctypes.create_string_buffer(attributes, 128)
    result = _LIBC.syscall(_NUMBER, command, buffer, len(buffer))
    if result < 0:
        errno = ctypes.get_errno()
        raise OSError(errno, os.strerror(errno))
    return result


def open_pin(path):
    name = ctypes.create_string_buffer(os.fsencode(path))
    return _bpf(_OBJ_GET, struct.pack("QII", ctypes.addressof(name), 0, 0))


def kind(fd):
    """map, prog or link."""
    return os.readlink(f"/proc/self/fd/{fd}").replace("_", "-").rpartition("bpf-")[2]


def _info(fd, length):
    info = ctypes.create_string_buffer(length)
    _bpf(_INFO, struct.pack("IIQ", fd, length, ctypes.addressof(info)))
    return info.raw


def ingress_program(fd):
    """The id of the program of a link at a hook for what comes in, else None."""
    info = _info(fd, 64)
    link, _, program = struct.unpack_from("III", info)
    if link == _XDP_LINK:
        return program
    at, ingress = _INGRESS.get(link, (0, None))
    return program if struct.unpack_from("I", info, at)[0] == ingress else None


def program_by_id(number):
    return _bpf(_PROG_BY_ID, struct.pack("III", number, 0, 0))


def program_id(program):
    return struct.unpack_from("4xI", _info(program, 232))[0]


def run_count(program):
    """How often it ran while statistics were kept: bpf_prog_info.run_cnt."""
    return struct.unpack_from("Q", _info(program, 232), 200)[0]


def hold_statistics():
    """The kernel counts the runs of programs for as long as the descriptor is open (BPF_STATS_RUN_TIME)."""
    return _bpf(_ENABLE_STATS, struct.pack("I", 0))


def possible_cpus():
    with open("/sys/devices/system/cpu/possible", encoding="ascii") as file:
        return int(file.read().strip().rpartition("-")[2]) + 1


class _PerCpuMap:
    """A pinned map of one 64-bit counter a CPU."""

    def __init__(self, path, key):
        self.fd = open_pin(path)
        self._values = (ctypes.c_uint64 * possible_cpus())()
        self._key = key
        self._attributes = ctypes.create_string_buffer(
            struct.pack("IxxxxQQQ", self.fd, ctypes.addressof(self._key), ctypes.addressof(self._values), 0), 128
        )

    def _sum(self):
        if _LIBC.syscall(_NUMBER, _MAP_LOOKUP, self._attributes, 128) < 0:
            errno = ctypes.get_errno()
            raise OSError(errno, os.strerror(errno))
        return sum(self._values)

    def close(self):
        os.close(self.fd)


class PerCpuArray(_PerCpuMap):
    """By a number from 0 on."""

    def __init__(self, path):
        super().__init__(path, ctypes.c_uint32())

    def read(self, entries):
        counts = []
        for key in range(entries):
            self._key.value = key
            counts.append(self._sum())
        return counts


class PerCpuSeries(_PerCpuMap):
    """By owner and method, as struct series_key has them."""

    def __init__(self, path):
        super().__init__(path, ctypes.create_string_buffer(16))

    def read(self, owner, methods):
        """What that owner has of each method; none is there before its first."""
        counts = []
        for method in range(methods):
            self._key.raw = struct.pack("QII", owner, method, 0)
            try:
                counts.append(self._sum())
            except FileNotFoundError:
                counts.append(0)
        return counts
