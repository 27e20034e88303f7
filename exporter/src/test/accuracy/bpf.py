"""The few bpf() calls that read counts: no JVM, no bpftool, so that a look costs next to nothing."""
import ctypes
import os
import platform
import struct

_NUMBER = {"x86_64": 321, "aarch64": 280}[platform.machine()]
_LIBC = ctypes.CDLL(None, use_errno=True)
_MAP_LOOKUP, _OBJ_GET, _PROG_BY_ID, _INFO, _ENABLE_STATS = 1, 7, 13, 15, 32
TCX_INGRESS = 46


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


def link_target(fd):
    """(program id, attach type) of a tcx link."""
    return struct.unpack_from("8xI8xI", _info(fd, 64))


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


class PerCpuArray:
    """A pinned array of one 64-bit counter a CPU."""

    def __init__(self, path):
        self.fd = open_pin(path)
        self._values = (ctypes.c_uint64 * possible_cpus())()
        self._key = ctypes.c_uint32()
        self._attributes = ctypes.create_string_buffer(
            struct.pack("IxxxxQQQ", self.fd, ctypes.addressof(self._key), ctypes.addressof(self._values), 0), 128
        )

    def read(self, entries):
        counts = []
        for key in range(entries):
            self._key.value = key
            if _LIBC.syscall(_NUMBER, _MAP_LOOKUP, self._attributes, 128) < 0:
                errno = ctypes.get_errno()
                raise OSError(errno, os.strerror(errno))
            counts.append(sum(self._values))
        return counts

    def close(self):
        os.close(self.fd)
