#!/usr/bin/env python3
"""An HTTP server that reads all of each upload before it answers. usage: sink.py ADDRESS PORT"""
import http.server
import sys


class Sink(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    buffer = bytearray(1 << 20)

    def do_PUT(self):
        left = int(self.headers['Content-Length'])
        while left:
            left -= self.rfile.readinto1(memoryview(self.buffer)[:min(left, len(self.buffer))])
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *arguments):
        pass


http.server.HTTPServer((sys.argv[1], int(sys.argv[2])), Sink).serve_forever()
