"""Two hosts and three cables: network namespaces that end with this process, whatever ends it.

They have no names under /run/netns: a descriptor holds each of them, so a killed run leaves none behind.
"""
import contextlib
import ctypes
import errno
import fcntl
import os
import re
import socket
import struct
import subprocess

_LIBC = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000
_SIOCETHTOOL = 0x8946
# ETHTOOL_S… of linux/ethtool.h
OFFLOADS = {"tx": 0x17, "tso": 0x1F, "gso": 0x24, "gro": 0x2C}

SERVER4, CLIENT4 = "10.203.0.1", "10.203.0.2"
SERVER6, CLIENT6 = "fd00:203::1", "fd00:203::2"
FAR_SERVER4, FAR_CLIENT4 = "10.204.0.1", "10.204.0.2"
SPARE_SERVER4 = "10.205.0.1"
# Addresses of crafted packets: no kernel owns them, so none answers with a reset.
CRAFTED4, CRAFTED6, CRAFTED_MAC = "10.203.0.77", "fd00:203::77", "02:00:00:00:00:77"


def _checked(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def run(*command):
    """Runs a command to its end; what it complains of is in the exception."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)}: {result.stderr.strip() or result.returncode}")
    return result.stdout


class Host:
    """A network namespace."""

    def __init__(self, name, cgroups=None):
        self.name, self._cgroups = name, cgroups
        with _own_namespace() as own:
            _checked(_LIBC.unshare(_CLONE_NEWNET))
            self.fd = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            _checked(_LIBC.setns(own, _CLONE_NEWNET))
        self.ip("link", "set", "lo", "up")

    @contextlib.contextmanager
    def entered(self, part=""):
        """Sockets and processes that the calling thread makes inside belong to this host, and to that part of it."""
        group = self._cgroups.entered(f"{self.name}/{part}".rstrip("/")) if self._cgroups else contextlib.nullcontext()
        with group, _own_namespace() as own:
            _checked(_LIBC.setns(self.fd, _CLONE_NEWNET))
            try:
                yield
            finally:
                _checked(_LIBC.setns(own, _CLONE_NEWNET))

    @property
    def path(self):
        return f"/proc/{os.getpid()}/fd/{self.fd}"

    def run(self, *command):
        with self.entered():
            return run(*command)

    def ip(self, *arguments):
        return self.run("ip", *arguments)

    def mac(self, interface):
        found = re.search(r"link/ether (\S+)", self.ip("-o", "link", "show", interface))
        return bytes.fromhex(found.group(1).replace(":", ""))

    def sysctl(self, name, value):
        with self.entered():
            # /proc/sys/net shows the namespace of the thread that opens it.
            with open("/proc/sys/" + name.replace(".", "/"), "w", encoding="ascii") as file:
                file.write(str(value))

    def offload(self, interface, on, *features):
        """What `ethtool -K` does."""
        with self.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            for feature in features or OFFLOADS:
                value = bytearray(struct.pack("II", OFFLOADS[feature], int(on)))
                pointer = (ctypes.c_char * len(value)).from_buffer(value)
                request = struct.pack("16sP", interface.encode(), ctypes.addressof(pointer))
                try:
                    fcntl.ioctl(control, _SIOCETHTOOL, request)
                except OSError as error:
                    # An XDP program at the cable's other end has put an end to it.
                    if error.errno != errno.EOPNOTSUPP:
                        raise

    def close(self):
        os.close(self.fd)


@contextlib.contextmanager
def _own_namespace():
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        yield own
    finally:
        os.close(own)


class Lan:
    """server eth0 === eth0 client, and server eth1 === far | near === eth1 client through a third host.

    What passes the third host is up to whoever forwards there (cable.py). Another cable, eth2, is left to those who
    want an interface on which nothing is captured yet.
    """

    def __init__(self, cgroups=None):
        self.server, self.client, self.middle = (Host(name, cgroups) for name in ("server", "client", "middle"))
        self._cable(self.server, "eth0", self.client, "eth0")
        self._cable(self.server, "eth1", self.middle, "far")
        self._cable(self.client, "eth1", self.middle, "near")
        self._cable(self.server, "eth2", self.client, "eth2")
        for host, last in ((self.server, 1), (self.client, 2)):
            # No duplicate address detection: an address that is being checked cannot be listened on.
            host.ip("addr", "add", f"10.203.0.{last}/24", "dev", "eth0")
            host.ip("addr", "add", f"fd00:203::{last}/64", "dev", "eth0", "nodad")
            host.ip("addr", "add", f"10.204.0.{last}/24", "dev", "eth1")
            host.ip("addr", "add", f"10.205.0.{last}/24", "dev", "eth2")
        self._tune()

    def _cable(self, one, name, other, far_name):
        one.ip("link", "add", name, "type", "veth", "peer", "name", far_name, "netns", other.path)
        for host, interface in ((one, name), (other, far_name)):
            host.sysctl(f"net.ipv6.conf.{interface}.accept_ra", 0)
            host.ip("link", "set", interface, "up")

    def _tune(self):
        server, client = self.server, self.client
        # Each small piece is acknowledged at once, so that the next one leaves as a packet of its own and soon.
        ipv4 = "route replace 10.203.0.0/24 dev eth0 proto kernel scope link src 10.203.0.1 quickack 1"
        ipv6 = "-6 route replace fd00:203::/64 dev eth0 proto kernel metric 256 quickack 1"
        spare = "route replace 10.205.0.0/24 dev eth2 proto kernel scope link src 10.205.0.1 quickack 1"
        for route in (ipv4, ipv6, spare):
            server.ip(*route.split())
        for host in (server, client):
            # A user-space cable cannot finish checksums, nor cut what is longer than its packets.
            host.offload("eth1", False)
        client.sysctl("net.ipv4.ip_local_port_range", "10000 64999")
        for name in ("far", "near"):
            self.middle.sysctl(f"net.ipv6.conf.{name}.disable_ipv6", 1)
        server.sysctl("net.core.somaxconn", 8192)
        server.sysctl("net.ipv4.tcp_max_syn_backlog", 8192)
        client.sysctl("net.ipv4.tcp_tw_reuse", 1)
        # Data in a SYN, of a client that asks for it, without cookies at either end.
        server.sysctl("net.ipv4.tcp_fastopen", 0x202)
        client.sysctl("net.ipv4.tcp_fastopen", 0x5)
        for family, address in (("-4", CRAFTED4), ("-6", CRAFTED6)):
            server.ip(family, "neigh", "replace", address, "lladdr", CRAFTED_MAC, "nud", "permanent", "dev", "eth0")

    def close(self):
        for host in (self.client, self.server, self.middle):
            host.close()
