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
HEADER = TOP / 'native/src/http_counter.h'
PINS = pathlib.Path('/sys/fs/bpf')
STATISTICS = pathlib.Path('/proc/sys/kernel/bpf_stats_enabled')


def private_mounts():
    """Begins this script anew in a mount namespace with a bpf file system of its own, which goes when it ends."""
    if 'BENCH_MOUNTS' not in os.environ:
        os.environ['BENCH_MOUNTS'] = 'private'
        os.execvp('unshare', ['unshare', '--mount', sys.executable, *sys.argv])
    subprocess.run(['mount', '-t', 'bpf', 'bpf', PINS], check=True)


def unpin_all():
    """But for the files that the kernel itself has there."""
    for pin in sorted(PINS.rglob('*'), reverse=True):
        if pin.is_dir():
            pin.rmdir()
        elif pin.suffix != '.debug':
            pin.unlink()


def bpftool(*arguments):
    run = subprocess.run(['bpftool', '-j', *map(str, arguments)], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f'bpftool {" ".join(map(str, arguments))}: {run.stdout}{run.stderr}')
    return json.loads(run.stdout) if run.stdout.strip() else None


def tool(name):
    """Of LLVM: the plain name first, then the newest."""
    found = next(filter(None, map(shutil.which, [name, *(f'{name}-{v}' for v in range(40, 13, -1))])), None)
    return found or sys.exit(f'no {name}; bin/setup installs it')


def build(source, target, *defines):
    subprocess.run([tool('clang'), '-target', 'bpf', '-O2', '-g', '-idirafter',
                    f'/usr/include/{os.uname().machine}-linux-gnu', *defines, '-c', source, '-o', target], check=True)


def with_urls(source, target):
    """A copy that counts by URL: in capture_config, which a loader sets, the flag is set."""
    section, flags_at = '.rodata.config', 4
    config = target.with_suffix('.config')
    subprocess.run([tool('llvm-objcopy'), f'--dump-section={section}={config}', source, '/dev/null'], check=True)
    octets = bytearray(config.read_bytes())
    octets[flags_at] |= int(re.search(r'#define CONFIG_URLS\s+(\d+)', HEADER.read_text())[1])
    config.write_bytes(octets)
    subprocess.run([tool('llvm-objcopy'), f'--update-section={section}={config}', source, target], check=True)
    return target


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


def formatted(name):
    """By the map's BTF."""
    return [entry['formatted'] for entry in bpftool('map', 'dump', 'pinned', PINS / name)]


def octets(numbers):
    return bytes(int(number, 16) for number in numbers)


def ledger(name):
    """Packets by result, as the enum of http_counter.h names it."""
    return {result.lower(): sum(value['value'] for value in lookup(name, int(number))['formatted']['values'])
            for result, number in re.findall(r'\bRESULT_(\w+) =\s+(\d+)', HEADER.read_text()) if result != 'COUNT'}


def statistics(program):
    """Nanoseconds and runs since the program was loaded, while the kernel's statistics are on."""
    shown = bpftool('prog', 'show', 'pinned', PINS / program)
    return shown.get('run_time_ns', 0), shown.get('run_cnt', 0)
