#!/usr/bin/env python3
"""Sends requests to a server of its own, on command: one of the functions at the end a line. It answers each with the
requests that the server has read in all, as "GET POST"."""
import socket
import sys
import threading

read = {b'GET': 0, b'POST': 0}


def serve(connection):
    """Answers each request, once it has been read whole."""
    stream = connection.makefile('rb')
    while line := stream.readline():
        length = 0
        while (field := stream.readline()) != b'\r\n':
            if field.lower().startswith(b'content-length:'):
                length = int(field.split(b':')[1])
        stream.read(length)
        read[line.split(b' ')[0]] += 1
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')


def accept(listener):
    while True:
        threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()


listener = socket.create_server(('127.0.0.1', 0))
threading.Thread(target=accept, args=(listener,), daemon=True).start()


def connect():
    client = socket.create_connection(listener.getsockname())
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def answers(client, number):
    """Waits for so many, so that the server has read as many."""
    octets = b''
    while octets.count(b'\r\n\r\n') < number:
        octets += client.recv(65536)


def send(packets, number):
    with connect() as client:
        for packet in packets:
            client.sendall(packet)
        answers(client, number)


def heads():
    """One has a request line of 8,000 octets."""
    for length in (1, 1, 1, 1, 1, 7987):
        send([b'GET ' + b'/' * length + b' HTTP/1.1\r\n\r\n'], 1)


def split():
    send([b'GET /split HT', b'TP/1.1\r\nHost: x\r\n\r\n'], 1)


def pipelined():
    send([2 * b'GET /pipelined HTTP/1.1\r\nHost: x\r\n\r\n'], 2)


def body():
    content = b'GET /body HTTP/1.1\r\nHost: x\r\n\r\n'
    send([b'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n' % len(content), content], 1)


def begin():
    global begun
    begun = connect()
    begun.sendall(b'GET /begun HTT')


def finish():
    with begun:
        begun.sendall(b'P/1.1\r\nHost: x\r\n\r\n')
        answers(begun, 1)


for command in sys.stdin:
    {f.__name__: f for f in (heads, split, pipelined, body, begin, finish)}[command.strip()]()
    print(read[b'GET'], read[b'POST'], flush=True)
