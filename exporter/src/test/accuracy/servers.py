"""The servers of other makers, each with the log that it keeps itself."""
import collections
import ctypes
import http.server
import pathlib
import signal
import socket
import subprocess
import threading
import time

from http_grammar import REQUEST_LINE, label

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
HERE = pathlib.Path(__file__).parent


def die_with_parent():
    """For a child of the main thread: it ends when this process does, even by SIGKILL."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def await_true(what, condition, seconds=20.0, pause=0.01):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(pause)


def can_connect(host, port):
    try:
        with host.entered():
            probe = socket.socket()
        with probe:
            probe.connect(("127.0.0.1", port))
        return True
    except OSError:
        return False


def count_lines(lines):
    """Requests in a log of request lines. One without a request line is nothing that was sent as a request."""
    counts = collections.Counter()
    for line in lines:
        match = REQUEST_LINE.fullmatch(line.strip())
        if match:
            counts[label(match.group(1))] += 1
    return counts


class _Logging:
    """A server process that appends a request line for each request to a file."""

    def __init__(self, host, command, folder, log):
        self._log = folder / log
        self._log.touch()
        with host.entered(self.name), open(folder / "output", "wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, preexec_fn=die_with_parent
            )
        self._counts, self._offset, self._rest = collections.Counter(), 0, b""
        try:
            await_true(f"{command[0]} listens", lambda: self._ended() or can_connect(host, self.port))
        except TimeoutError:
            self.close()
            raise
        if self._ended():
            raise RuntimeError((folder / "output").read_text())

    def _ended(self):
        return self._process.poll() is not None

    def log(self):
        """All so far; only what is new is read."""
        with open(self._log, "rb") as file:
            file.seek(self._offset)
            new = file.read()
        self._offset += len(new)
        *lines, self._rest = (self._rest + new).split(b"\n")
        self._counts += count_lines(lines)
        return self._counts.copy()

    def close(self):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Nginx(_Logging):
    """Its limits are raised so that it reads, and logs, all that it is sent."""

    name, port = "nginx", 80

    def __init__(self, host, folder, truth_port):
        folder.mkdir()
        config = folder / "nginx.conf"
        config.write_text(
            f"""
            daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
            worker_rlimit_nofile 20000;
            events {{ worker_connections 9000; }}
            http {{
              log_format request '$request';
              access_log {folder}/access.log request;
              client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
              fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
              keepalive_requests 100000000; keepalive_timeout 600s; lingering_close off;
              large_client_header_buffers 16 64k; client_max_body_size 0; client_body_buffer_size 256k;
              client_header_timeout 600s; client_body_timeout 600s;
              server {{
                listen 80 backlog=8192; listen [::]:80 backlog=8192;
                location / {{ return 200 "ok\\n"; }}
                location /read/ {{ proxy_pass http://127.0.0.1:{truth_port}/; proxy_http_version 1.1;
                  proxy_request_buffering off; proxy_set_header Connection ""; }}
                location = /upgrade-yes {{ proxy_pass http://127.0.0.1:{truth_port}; proxy_http_version 1.1;
                  proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; }}
                location = /upgrade-no {{ proxy_pass http://127.0.0.1:{truth_port}; proxy_http_version 1.1;
                  proxy_set_header Connection ""; }}
              }}
            }}
            """,
            encoding="utf-8",
        )
        super().__init__(host, ["nginx", "-p", str(folder), "-c", str(config)], folder, "access.log")


class JdkServer(_Logging):
    """com.sun.net.httpserver.HttpServer."""

    name, port = "jdk", 8081

    def __init__(self, host, folder, program):
        folder.mkdir()
        super().__init__(host, [*program, str(self.port), str(folder / "requests")], folder, "requests")


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_request(self, code="-", size="-"):
        # The interim answer to Expect is logged as if it were another request's.
        if code != 100:
            self.server.note(self.requestline)

    def log_message(self, *_):
        """It would go to standard error."""

    def _read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                self.rfile.read(size + 2)
            while self.rfile.readline().strip():
                pass
            return
        left = int(self.headers.get("Content-Length", 0))
        while left:
            data = self.rfile.read(min(left, 1 << 20))
            if not data:
                raise ConnectionError
            left -= len(data)

    def _answer(self):
        self._read_body()
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"ok\n")

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_TRACE = _answer


class PythonServer(http.server.ThreadingHTTPServer):
    """Python's http.server."""

    name, port = "python", 8082
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, host):
        self.counts, self._lock = collections.Counter(), threading.Lock()
        with host.entered(self.name):
            super().__init__(("0.0.0.0", self.port), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def note(self, line):
        # Each connection has a thread, and a Counter's addition is two steps.
        with self._lock:
            self.counts.update(count_lines([line.encode("latin-1")]))

    def handle_error(self, *_):
        """A client that closes early is none."""

    def log(self):
        with self._lock:
            return self.counts.copy()

    def close(self):
        self.shutdown()
        self.server_close()


class TalkServer:
    """Speaks no HTTP: answers each line of Redis, SMTP, POP3, SIP and the like with a line."""

    name, port = "talk", 8083

    def __init__(self, host):
        self.lines = 0
        with host.entered(self.name):
            self._listener = socket.create_server(("", self.port), backlog=64)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        with connection, connection.makefile("rb") as lines:
            try:
                for _ in lines:
                    self.lines += 1
                    connection.sendall(b"+OK 250 200 done\r\n")
            except OSError:
                pass

    @staticmethod
    def log():
        """It serves no requests."""
        return collections.Counter()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
