"""The table, for a terminal and for docs/accuracy.md."""
import datetime
import pathlib
import re
import subprocess

from capture import KINDS

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
    if not row.claimed:
        return f"[{position}] no part {row.name}"
    counted = ", ".join(f"{each.kind} {each.counted.total()}" for each in row.claimed)
    text = (
        f"[{position}] {verdict:6} {row.name:34} {row.seconds:5.1f} s  sent {row.sent.total()}, "
        f"logged {row.logged.total()}, counted {counted}"
    )
    for each in row.claimed:
        if with_ledger or not row.passed:
            text += f"\n    ledger of {each.kind}: " + ", ".join(f"{name} {n}" for name, n in each.ledger.items())
    return text + "".join(f"\n    {problem}" for problem in row.all_problems)


class Line:
    """A case's rows: one of each pass, of one or more captures."""

    def __init__(self, rows):
        self.rows = rows

    @property
    def name(self):
        return self.rows[0].name

    @property
    def first(self):
        """The row whose sender and server stand for all."""
        return next((row for row in self.rows if row.claimed), self.rows[0])

    @property
    def problems(self):
        return [text for row in self.rows for text in row.all_problems]

    @property
    def passed(self):
        return not self.problems

    @property
    def readings(self):
        return {kind: reading for row in self.rows for kind, reading in row.readings.items()}

    def of(self, kind):
        """(row, reading) of a capture, or None if it was not asked."""
        return next(((row, row.readings[kind]) for row in self.rows if kind in row.readings), None)

    def sent(self):
        return self._end("sent")

    def logged(self):
        return self._end("logged")

    def _end(self, name):
        counts = getattr(self.first, name)
        return figure(counts) if counts or any(name in each.equal for each in self.first.claimed) else "-"

    def counted(self, kind, brief=False):
        """With what it counts too much or too little, and with what was logged if that was another number this time."""
        found = self.of(kind)
        if not found:
            return ""
        row, reading = found
        if reading.cannot:
            return "-"
        total = reading.counted.total()
        same = reading.counted in (row.sent, row.logged)
        text = f"{total:,}" if brief or same else figure(reading.counted)
        if reading.besides.total():
            text += f" ({reading.besides.total():+,})"
        if "logged" in reading.equal and row.logged != self.first.logged:
            text += f" of {row.logged.total():,}"
        return text

    def notes(self):
        """Limits and reasons, those that are of some captures alone with their names."""
        texts = {}
        for kind, reading in self.readings.items():
            reason = reading.why and f"{' = '.join(reading.equal)}: ".lstrip(": ") + reading.why
            for text in [reading.cannot] if reading.cannot else filter(None, (reading.limits, reason)):
                texts.setdefault(text, []).append(kind)
        return "; ".join(
            text if len(kinds) == sum(not each.cannot for each in self.readings.values()) and kinds != ["xdp"]
            else f"{', '.join(f'`{kind}`' for kind in kinds)}: {text}"
            for text, kinds in texts.items()
        )


def _kinds(options):
    return [kind for kind in KINDS if any(kind in each for each in options.passes)]


def text(options, lines):
    kinds = _kinds(options)
    heads = ("case", "sent", "server's log", *kinds, "verdict")
    cells = [
        (
            each.name,
            f"{each.first.sent.total():,}",
            f"{each.first.logged.total():,}",
            *(each.counted(kind, brief=True) for kind in kinds),
            "exact" if each.passed else "FAILED",
        )
        for each in lines
    ]
    widths = [max(len(each[i]) for each in [heads, *cells]) for i in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(each, widths)).rstrip() for each in [heads, *cells]
    )


def summary(options, lines):
    """How many cases hold, all in all and of each capture."""
    parts = []
    for kind in _kinds(options):
        found = [each.of(kind) for each in lines if each.of(kind)]
        claimed = [(row, reading) for row, reading in found if not reading.cannot]
        exact = sum(not reading.problems and not row.problems for row, reading in claimed)
        parts.append(f"{kind} {exact} of {len(claimed)}")
        differing = sum(bool(reading.besides.total()) for _, reading in claimed)
        if differing:
            parts[-1] += f", {differing} of them to the number that is stated"
        if len(found) > len(claimed):
            parts[-1] += f", {len(found) - len(claimed)} not its"
    return f"{sum(each.passed for each in lines)} of {len(lines)} cases exact ({'; '.join(parts)})"


def _markdown(options, each):
    kinds = _kinds(options)
    known = [reading for reading in each.readings.values() if not reading.cannot]
    ledger = ", ".join(f"`{name}` {n:,}" for name, n in (known[0].ledger if known else {}).items())
    verdict = "exact" if each.passed else "**" + "; ".join(each.problems) + "**"
    counted = (each.counted(kind) for kind in kinds)
    cells = (f"`{each.name}`", each.first.what, each.notes(), each.sent(), each.logged(), *counted, ledger, verdict)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def markdown(options, lines):
    kinds = _kinds(options)
    return "\n".join(
        [
            f"{summary(options, lines)}. {_circumstances(options)}",
            "",
            f"| case | what | limits | sent | server's log | {' | '.join(kinds)} | ledger | verdict |",
            f"|---|---|---|---:|---:|{'---:|' * len(kinds)}---|---|",
            *(_markdown(options, each) for each in lines),
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
    passes = ", then ".join(" and ".join(f"`{kind}`" for kind in each) for each in options.passes)
    return (
        f"{form.capitalize()}, {passes}, {datetime.date.today()}, revision {revision}, "
        f"{cpu.group(1) if cpu else 'unknown CPU'}; {', '.join(f'{name} {v}' for name, v in versions)}."
    )


def write(options, lines):
    page = options.top / "docs/accuracy.md"
    old = page.read_text(encoding="utf-8") if page.exists() else f"{BEGIN}\n{END}\n"
    if BEGIN not in old or END not in old:
        raise SystemExit(f"accuracy: {page} has no lines {BEGIN} and {END}")
    before, after = old.split(BEGIN)[0], old.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{markdown(options, lines)}\n{END}{after}", encoding="utf-8")
