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
from capture import CAPTURES
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


def parse(arguments):
    parser = argparse.ArgumentParser(prog="bin/accuracy", description="Counts that equal what was sent, case by case.")
    parser.add_argument("--short", action="store_true", help="smaller numbers, and without the slowest cases")
    parser.add_argument(
        "--case", metavar="NAME[,NAME…]", help="these alone; a name ending in * stands for all that so begin"
    )
    parser.add_argument("--list", action="store_true", help="print the cases and end")
    parser.add_argument("--write", action="store_true", help="put the table into docs/accuracy.md")
    parser.add_argument("--capture", choices=sorted(CAPTURES), default="tc")
    parser.add_argument("--ledger", action="store_true", help="print each row's ledger")
    parser.add_argument("--top", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--java", required=True, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def ordered():
    names = [module.__name__ for module in MODULES]
    return sorted(CASES.values(), key=lambda each: names.index(each.function.__module__))


def chosen(options):
    if not options.case:
        return [each for each in ordered() if each.short or not options.short]
    wanted = []
    for name in options.case.split(","):
        found = [
            each for each in ordered() if each.name == name or (name.endswith("*") and each.name.startswith(name[:-1]))
        ]
        if not found:
            raise SystemExit(f"accuracy: no case {name}; --list lists them")
        wanted += [each for each in found if each not in wanted]
    return wanted


def play_all(options, cases):
    rows = []
    stage = Stage(options)
    try:
        for number, case in enumerate(cases, 1):
            row = stage.play(case)
            rows.append(row)
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
    cases = chosen(options)
    rows = play_all(options, cases)
    failed = [row for row in rows if not row.passed]
    print(f"\n{table.text(rows)}\n")
    if options.write:
        table.write(options, rows)
    for row in failed:
        print(f"FAILED {row.name}: {'; '.join(row.problems)}")
    print(f"accuracy: {len(rows) - len(failed)} of {len(rows)} cases exact, in {time.monotonic() - begin:.0f} s")
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
