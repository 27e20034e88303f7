"""Starts the exporter again and again, and prints what its first scrape took and what memory it had after it.

usage: first_scrape.py RUNS COMMAND…    the command serves on port 10435 of this network namespace; to be interleaved,
                                        several commands are separated by the word --
"""
import socket
import statistics
import subprocess
import sys
import time


def scrape():
    with socket.create_connection(('127.0.0.1', 10435)) as connection:
        connection.sendall(b'GET /metrics HTTP/1.0\r\n\r\n')
        answer = b''
        while octets := connection.recv(65536):
            answer += octets
    return answer


def resident_mb(pid):
    with open(f'/proc/{pid}/status', encoding='ascii') as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith('VmRSS'))


def measure(command):
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while True:
        try:
            if b'http_requests_total' in scrape():
                break
        except OSError:
            time.sleep(0.001)
        if process.poll() is not None:
            sys.exit(process.stderr.read().decode())
    took = (time.monotonic() - began) * 1000
    memory = resident_mb(process.pid)
    process.terminate()
    if process.wait() != 0:
        sys.exit(process.stderr.read().decode())
    return took, memory


commands = [[]]
for word in sys.argv[2:]:
    if word == '--':
        commands.append([])
    else:
        commands[-1].append(word)
figures = [[] for _ in commands]
for _ in range(int(sys.argv[1])):
    for command, taken in zip(commands, figures):
        taken.append(measure(command))
for taken in figures:
    times, memory = zip(*taken)
    print(f'{statistics.median(times):.0f} {min(times):.0f} {max(times):.0f} {statistics.median(memory):.0f}')
