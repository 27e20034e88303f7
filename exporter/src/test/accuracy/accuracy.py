"""Runs the cases and prints the table: what was sent, what the server logged, what was counted.

Started by bin/accuracy, as root, in a mount namespace of its own with a bpf file system.
"""
import argparse
import pathlib
import resource
import signal
import sys
import time

import cases_body
import cases_clients
import cases_early
import cases_endpoints
import cases_fresh
import cases_midst
import cases_network
import cases_place
import cases_split
import cases_stress
import cases_tunnel
import cases_wire
import table
from capture import KINDS
from rows import CASES
from stage import Stage

# What they register is what there is to run, in this order.
MODULES = (
    cases_clients,
    cases_split,
    cases_body,
    cases_early,
    cases_fresh,
    cases_tunnel,
    cases_wire,
    cases_endpoints,
    cases_network,
    cases_place,
    cases_midst,
    cases_stress,
)

# The packets that tc sees are others where there is an XDP program in front of it.
DEFAULT_PASSES = ("tc,cgroup", "xdp")
# In the short form these alone run for a pass that is of xdp only: what is particular to it, and something of all else.
SHORT_XDP = tuple(
    """
    methods methods-bodies-nginx keep-alive-jdk wrk-nginx http10-ab-post curl-nginx random-pieces
    split-in-two-kept-truth one-octet-a-packet-truth line-8000-truth line-too-long headers-60k-nginx
    pipelined-odd-nginx pipelined-500-truth
    pipelined-5000-tiny pipelined-bodies-truth chunk-boundaries-truth chunk-sizes-split-truth upload-offload-nginx
    upload-no-offload-truth upload-chunked-curl-truth expect-continue-truth responses early-response-truth fast-open
    ip-fragments fresh-port-split fresh-port-ways fresh-port-reordered fresh-port-loss upgrade-accepted-truth
    upgrade-refused-nginx upgrade-refused-pipelined upgrade-eager connect-eager connect-refused crafted-truth
    numbers-wrap ip-options vlan duplicates-truth reordered-random gap-250k gap-body gap-beyond out-of-window
    same-tuple-closed same-tuple-abandoned network-all loss-after-5 lo-truth lo-responses lo-tunnel download both-ways
    jumbo other-protocols started-idle swap-mid-everything crowd
    """.split()
)


def parse(arguments):
    parser = argparse.ArgumentParser(prog="bin/accuracy", description="Counts that equal what was sent, case by case.")
    parser.add_argument("--short", action="store_true", help="smaller numbers, and without the slowest cases")
    parser.add_argument(
        "--case", metavar="NAME[,NAME…]", help="these alone; a name ending in * stands for all that so begin"
    )
    parser.add_argument("--list", action="store_true", help="print the cases and end")
    parser.add_argument("--write", action="store_true", help="put the table into docs/accuracy.md")
    parser.add_argument(
        "--capture",
        action="append",
        metavar="tc|cgroup|xdp[,…]",
        help="each time all cases, with these captures at once; default: tc,cgroup, and then xdp",
    )
    parser.add_argument("--ledger", action="store_true", help="print each row's ledger")
    parser.add_argument("--top", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--java", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    options.passes = [each.split(",") for each in options.capture or DEFAULT_PASSES]
    for kind in sum(options.passes, []):
        if kind not in KINDS:
            parser.error(f"--capture {kind}: not one of {', '.join(KINDS)}")
    return options


def ordered():
    names = [module.__name__ for module in MODULES]
    return sorted(CASES.values(), key=lambda each: names.index(each.function.__module__))


def chosen(options, kinds):
    if not options.case:
        short = [each for each in ordered() if each.short and (kinds != ["xdp"] or each.name in SHORT_XDP)]
        return short if options.short else ordered()
    wanted = []
    for name in options.case.split(","):
        found = [
            each for each in ordered() if each.name == name or (name.endswith("*") and each.name.startswith(name[:-1]))
        ]
        if not found:
            raise SystemExit(f"accuracy: no case {name}; --list lists them")
        wanted += [each for each in found if each not in wanted]
    return wanted


def play_all(options, kinds):
    """Every case once, with these captures at once; rows by the names of their cases."""
    rows, cases = {}, chosen(options, kinds)
    print(f"capture {', '.join(kinds)}", flush=True)
    stage = Stage(options, kinds)
    try:
        for number, case in enumerate(cases, 1):
            rows[case.name] = row = stage.play(case)
            print(table.line(row, f"{number}/{len(cases)}", options.ledger), flush=True)
    finally:
        stage.close()
    return rows


def main():
    options = parse(sys.argv[1:])
    if options.list:
        for case in ordered():
            print(f"{case.name:32} {'' if case.short else '(full form only) '}{case.what}")
        return 0
    # As an ordinary end, so that everything is closed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Threads take turns sooner than by default: clients and servers here wait for one another.
    sys.setswitchinterval(0.0005)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    begin = time.monotonic()
    played = [play_all(options, kinds) for kinds in options.passes]
    lines = [table.Line([rows[case.name] for rows in played if case.name in rows]) for case in ordered()]
    lines = [each for each in lines if each.rows]
    failed = [each for each in lines if not each.passed]
    print(f"\n{table.text(options, lines)}\n")
    if options.write:
        table.write(options, lines)
    for each in failed:
        print(f"FAILED {each.name}: {'; '.join(each.problems)}")
    print(f"accuracy: {table.summary(options, lines)}, in {time.monotonic() - begin:.0f} s")
    return 1 if failed or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
