"""Figures as Markdown, on standard output or between the markers of docs/performance.md."""
import datetime
import os
import pathlib
import re
import statistics
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
PAGES = [TOP / 'docs/performance.md', TOP / 'docs/accuracy.md']


def machine():
    model = re.search(r'^model name\s*: (.*)', pathlib.Path('/proc/cpuinfo').read_text(), re.M)
    revision = subprocess.run(['git', '-c', f'safe.directory={TOP}', '-C', TOP, 'describe', '--always', '--dirty'],
                              capture_output=True, text=True).stdout.strip() or 'unknown'
    return (f'Linux {os.uname().release}, {model[1] if model else os.uname().machine}, {os.cpu_count()} processors, '
            f'{datetime.datetime.now(datetime.UTC if hasattr(datetime, "UTC") else datetime.timezone.utc):%F}, '
            f'revision {revision}')


def spread(values, form='{:+d}'):
    """Median, minimum, maximum."""
    return [form.format(round(f(values))) for f in (statistics.median, min, max)]


def table(columns, rows):
    """The first column is words, the others are figures."""
    lines = [columns, ['---'] + ['---:'] * (len(columns) - 1), *rows]
    return '\n'.join('| ' + ' | '.join(map(str, line)) + ' |' for line in lines)


def publish(name, text, write):
    """On every page that has a place for it."""
    print(text)
    if not write:
        return
    begin, end = f'<!-- {name}: begin -->\n', f'<!-- {name}: end -->'
    pages = [page for page in PAGES if begin in page.read_text() and end in page.read_text()]
    if not pages:
        sys.exit(f'no page has a place for {name}')
    for page in pages:
        before, rest = page.read_text().split(begin)
        page.write_text(before + begin + '\n' + text + '\n\n' + end + rest.split(end)[1])
