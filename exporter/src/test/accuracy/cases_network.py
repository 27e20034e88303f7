"""A network that loses, repeats and delays packets, between real kernels: before the capture and behind it."""
import re
import subprocess
import time

from cable import Cable
from hosts import FAR_SERVER4
from http_grammar import head, perfect_request, requests_as_body, with_body
from rows import case
from script import cut_at_random, mixed


def _far(stage, row, how):
    """The second cable, which does that to packets."""
    cable = Cable(stage.lan, 7, **how)
    row.closing.callback(cable.close)
    return cable


def _pipelines(stage, row, connections, address=None):
    """Pipelines of all kinds on several connections, their packets cut at random."""
    streams = []
    for seed in range(connections):
        script = mixed(seed + 200, 60, 2500).sent(row)
        stream = stage.connect(row, "truth", address=address, timeout=60)
        streams.append((stream, script, cut_at_random(script.octets, seed, 900)))
    for i in range(max(len(pieces) for _, _, pieces in streams)):
        for stream, _, pieces in streams:
            if i < len(pieces):
                stream.write(pieces[i])
    for stream, script, _ in streams:
        stream.answers(script.methods)


def _upload(stage, row, octets, address=None):
    stream = stage.connect(row, "truth", address=address, timeout=120)
    stream.pieces([head("POST", "/", f"Content-Length: {octets}")])
    row.wrote("POST")
    stream.write(requests_as_body(octets))
    stream.answer()
    stream.write(row.head())
    stream.answer()


def _impaired(stage, row, how, *happened):
    cable = _far(stage, row, how)
    _pipelines(stage, row, stage.pick(6, 30), FAR_SERVER4)
    _upload(stage, row, stage.pick(2, 20) * 10**6, FAR_SERVER4)
    for name in happened:
        if not getattr(cable, name):
            row.problem(f"no packet was {name}")


for _share in (1, 5):
    case(
        f"loss-before-{_share}",
        f"{_share} % of packets are lost before the capture: pipelines cut at random, and an upload",
        interface="eth1",
        limits="gaps of up to 256 KiB in a connection",
    )(lambda stage, row, share=_share: _impaired(stage, row, {"loss": share / 100}, "lost"))


@case("network-repeats", "5 % of packets come twice, between real kernels", interface="eth1")
def network_repeats(stage, row):
    _impaired(stage, row, {"repeat": 0.05}, "repeated")


@case(
    "network-reorders",
    "10 % of packets are late by up to 2 ms, between real kernels",
    interface="eth1",
    limits="gaps of up to 256 KiB in a connection",
)
def network_reorders(stage, row):
    _impaired(stage, row, {"late": 0.10}, "delayed")


@case(
    "network-all",
    "2 % lost, 5 % late, 3 % twice, between real kernels",
    interface="eth1",
    limits="gaps of up to 256 KiB in a connection",
)
def network_all(stage, row):
    _impaired(stage, row, {"loss": 0.02, "late": 0.05, "repeat": 0.03}, "lost", "delayed", "repeated")


@case("loss-before-ab", "2 % lost before the capture: ab with keep-alive", servers="nginx", interface="eth1")
def loss_before_ab(stage, row):
    cable = _far(stage, row, {"loss": 0.02})
    requests = stage.pick(1000, 10000)
    with stage.lan.client.entered():
        said = subprocess.run(
            ["ab", "-q", "-k", "-s", "60", "-n", str(requests), "-c", "20", f"http://{FAR_SERVER4}/"],
            capture_output=True,
            text=True,
            check=True,
            timeout=200,
        ).stdout
    row.expect("ab's complete requests", int(re.search(r"Complete requests:\s+(\d+)", said).group(1)), requests)
    row.wrote("GET", requests)
    if not cable.lost:
        row.problem("nothing was lost")


def _lose_behind_the_hook(stage, row, share):
    rules = f"""table inet accuracy {{
        chain input {{
            type filter hook input priority 0;
            iifname "eth0" tcp dport 8000 meta length > 80 numgen random mod 100 < {share} counter drop
        }}
    }}"""
    with stage.lan.server.entered():
        subprocess.run(["nft", "-f", "-"], input=rules.encode(), check=True, timeout=10)
    row.closing.callback(stage.lan.server.run, "nft", "delete", "table", "inet", "accuracy")

    def lost():
        return int(re.search(r"counter packets (\d+)", stage.lan.server.run("nft", "list", "ruleset")).group(1))

    return lost


for _share in (1, 5):

    def _loss_after(stage, row, share=_share):
        lost = _lose_behind_the_hook(stage, row, share)
        stage.lan.client.offload("eth0", False, "tso", "gso")
        row.closing.callback(stage.lan.client.offload, "eth0", True, "tso", "gso")
        _pipelines(stage, row, stage.pick(6, 30))
        _upload(stage, row, stage.pick(2, 20) * 10**6)
        if not lost():
            row.problem("nothing was lost")
        # What is dropped in front of the sockets did not come to the cgroup's programs.
        row.ledger_has("retransmission", of=("tc", "xdp"))

    case(
        f"loss-after-{_share}",
        f"{_share} % of packets are lost behind the capture, and come again: pipelines, and an upload",
    )(_loss_after)


@case("loss-after-split", "10 % lost behind the capture: heads cut at every position")
def loss_after_split(stage, row):
    lost = _lose_behind_the_hook(stage, row, 10)
    octets = with_body(perfect_request(45), "POST", "/cut/here", "X-Long: " + "f" * 40)
    streams = [stage.connect(row) for _ in range(8)]
    for at in range(1, len(octets), stage.pick(2, 1)):
        for stream in streams:
            stream.write(octets[:at])
        time.sleep(0.0002)
        for stream in streams:
            stream.write(octets[at:])
            row.wrote("POST")
    for stream in streams:
        stream.answers(["POST"] * len(range(1, len(octets), stage.pick(2, 1))))
    if not lost():
        row.problem("nothing was lost")
