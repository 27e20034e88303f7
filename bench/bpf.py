"""The kernel, through bpftool, in a mount namespace of its own: programs and maps are pinned in PINS."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent
OBJECT = TOP / 'native/target/classes/io/github/httpebpf/bpf/http_counter.bpf.o'
PINS = pathlib.Path('/sys/fs/bpf')
STATISTICS = pathlib.Path('/proc/sys/kernel/bpf_stats_enabled')


def private_mounts():
    """Begins this script anew in a mount namespace with a bpf file system of its own, which goes when it ends."""
    if 'BENCH_MOUNTS' not in os.environ:
        os.environ['BENCH_MOUNTS'] = 'private'
        os.execvp('unshare', ['unshare', '--mount', sys.executable, *sys.argv])
    subprocess.run(['mount', '-t', 'bpf', 'bpf', PINS], check=True)


def bpftool(*arguments):
    run = subprocess.run(['bpftool', '-j', *map(str, arguments)], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f'bpftool {" ".join(map(str, arguments))}: {run.stdout}{run.stderr}')
    return json.loads(run.stdout) if run.stdout.strip() else None


def build(source, target):
    clang = next(filter(None, map(shutil.which, ['clang', *(f'clang-{v}' for v in range(40, 13, -1))])), None)
    if not clang:
        sys.exit('no clang; bin/setup installs it')
    subprocess.run([clang, '-target', 'bpf', '-O2', '-g', '-idirafter', f'/usr/include/{os.uname().machine}-linux-gnu',
                    '-c', source, '-o', target], check=True)


def run(program, frame, repeat):
    """Nanoseconds a run."""
    return bpftool('prog', 'run', 'pinned', PINS / program, 'data_in', frame, 'data_out', '/dev/null',
                   'repeat', repeat)['duration']


def lookup(name, key=0):
    return bpftool('map', 'lookup', 'pinned', PINS / name, 'key', *key.to_bytes(4, 'little'))


def update(name, value, key=0):
    bpftool('map', 'update', 'pinned', PINS / name, 'key', *key.to_bytes(4, 'little'), 'value', *value)


def entries(name):
    return {octets(entry['key']): octets(entry['value']) for entry in bpftool('map', 'dump', 'pinned', PINS / name)}


def octets(numbers):
    return bytes(int(number, 16) for number in numbers)


def ledger():
    """Packets by result, as the enum of http_counter.h names it."""
    header = (TOP / 'native/src/http_counter.h').read_text()
    return {name.lower(): sum(value['value'] for value in lookup('packet_map', int(number))['formatted']['values'])
            for name, number in re.findall(r'\bRESULT_(\w+) =\s+(\d+)', header) if name != 'COUNT'}


def statistics(program):
    """Nanoseconds and runs since the program was loaded, while the kernel's statistics are on."""
    shown = bpftool('prog', 'show', 'pinned', PINS / program)
    return shown.get('run_time_ns', 0), shown.get('run_cnt', 0)
