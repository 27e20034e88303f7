"""The table, for a terminal and for docs/accuracy.md."""
import datetime
import pathlib
import re
import subprocess

BEGIN, END = "<!-- accuracy: written by bin/accuracy --write -->", "<!-- end of accuracy -->"


def figure(counts):
    """A sum, with its parts if there are several."""
    total = sum(counts.values())
    if len(+counts) <= 1:
        method = next(iter(+counts), None)
        return f"{total:,}" + (f" {method}" if method else "")
    return f"{total:,} ({', '.join(f'{n:,} {m}' for m, n in sorted(counts.items()) if n)})"


def line(row, position, with_ledger=False):
    verdict = "exact" if row.passed else "FAILED"
    text = (
        f"[{position}] {verdict:6} {row.name:34} {row.seconds:5.1f} s  sent {sum(row.sent.values())}, "
        f"logged {sum(row.logged.values())}, counted {sum(row.counted.values())}"
    )
    if with_ledger or not row.passed:
        text += "\n    ledger: " + ", ".join(f"{name} {n}" for name, n in row.ledger.items())
    return text + "".join(f"\n    {problem}" for problem in row.problems)


def text(rows):
    heads = ("case", "sent", "server's log", "counted", "verdict")
    cells = [
        (
            row.name,
            *(f"{sum(counts.values()):,}" for counts in (row.sent, row.logged, row.counted)),
            "exact" if row.passed else "FAILED",
        )
        for row in rows
    ]
    widths = [max(len(each[i]) for each in [heads, *cells]) for i in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(each, widths)).rstrip() for each in [heads, *cells]
    )


def _logged(row):
    return figure(row.logged) if "logged" in row.equal or row.logged else "-"


def _sent(row):
    return figure(row.sent) if "sent" in row.equal or row.sent else "-"


def _markdown(row):
    notes = "; ".join(filter(None, (row.limits, row.why and f"{' = '.join(row.equal)}: {row.why}")))
    ledger = ", ".join(f"`{name}` {n:,}" for name, n in row.ledger.items())
    verdict = "exact" if row.passed else "**" + "; ".join(row.problems) + "**"
    cells = (f"`{row.name}`", row.what, notes, _sent(row), _logged(row), figure(row.counted), ledger, verdict)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def markdown(options, rows):
    failed = sum(not row.passed for row in rows)
    return "\n".join(
        [
            f"{len(rows) - failed} of {len(rows)} cases are exact. {_circumstances(options)}",
            "",
            "| case | what | limits | sent | server's log | counted | ledger | verdict |",
            "|---|---|---|---:|---:|---:|---|---|",
            *map(_markdown, rows),
        ]
    )


def _version(pattern, *command):
    try:
        output = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return "none"
    found = re.search(pattern, output.stdout + output.stderr)
    return found.group(1) if found else "unknown"


def _circumstances(options):
    """When, where and with what."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii"))
    revision = _version(
        r"(\S+)", "git", "-c", f"safe.directory={options.top}", "-C", str(options.top), "rev-parse", "--short", "HEAD"
    )
    versions = (
        ("Linux", _version(r"(\S+)", "uname", "-r")),
        ("nginx", _version(r"nginx/(\S+)", "nginx", "-v")),
        ("Python", _version(r"Python (\S+)", "python3", "--version")),
        ("JDK", _version(r'version "(\S+)"', options.java, "-version")),
        ("curl", _version(r"curl (\S+)", "curl", "--version")),
        ("ab", _version(r"Version (\S+)", "ab", "-V")),
        ("wrk", _version(r"wrk (?:debian/)?(\S+)", "wrk", "-v")),
        ("Chromium", _version(r"Chromium (\S+)", "chromium", "--version")),
    )
    form = "short form" if options.short else "full form"
    return (
        f"{form.capitalize()}, capture `{options.capture}`, {datetime.date.today()}, revision {revision}, "
        f"{cpu.group(1) if cpu else 'unknown CPU'}; {', '.join(f'{name} {v}' for name, v in versions)}."
    )


def write(options, rows):
    page = options.top / "docs/accuracy.md"
    old = page.read_text(encoding="utf-8") if page.exists() else f"{BEGIN}\n{END}\n"
    if BEGIN not in old or END not in old:
        raise SystemExit(f"accuracy: {page} has no lines {BEGIN} and {END}")
    before, after = old.split(BEGIN)[0], old.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{markdown(options, rows)}\n{END}{after}", encoding="utf-8")
