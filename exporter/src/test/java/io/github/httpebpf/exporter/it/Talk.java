package io.github.httpebpf.exporter.it;

/** Scripts of Python: a server that takes its time, and a client that is not like any other. */
final class Talk {

  /**
   * PORT LOG: the status and the delay in milliseconds are in the path, as {@code /s404/d120}. Logs
   * as {@link Logged} reads it, and answers then.
   */
  static final String SERVER =
      """
      import http.server, re, sys, threading, time
      log, lock = open(sys.argv[2], 'a'), threading.Lock()
      class Handler(http.server.BaseHTTPRequestHandler):
          protocol_version = 'HTTP/1.1'
          def log_message(self, *ignored):
              pass
          def __getattr__(self, name):
              if name.startswith('do_'):
                  return self.answer
              raise AttributeError(name)
          def body(self):
              if 'chunked' in self.headers.get('Transfer-Encoding', ''):
                  while size := int(self.rfile.readline(), 16):
                      self.rfile.read(size + 2)
                  self.rfile.readline()
              else:
                  self.rfile.read(int(self.headers.get('Content-Length', 0)))
          def answer(self):
              self.body()
              code = int((re.findall('/s([0-9]{3})', self.path) or [200])[0])
              time.sleep(int((re.findall('/d([0-9]{1,3})/', self.path) or [0])[0]) / 1000)
              with lock:
                  print(code, self.command, self.headers.get('Host', ''), self.path, file=log,
                        flush=True)
              self.send_response(code)
              if code not in (204, 304):
                  self.send_header('Content-Length', '3')
              self.end_headers()
              if code not in (204, 304) and self.command != 'HEAD':
                  self.wfile.write(b'ok\\n')
      class Server(http.server.ThreadingHTTPServer):
          request_queue_size = 1024
      Server(('', int(sys.argv[1])), Handler).serve_forever()
      """;

  /**
   * HOST PORT SEED PREFIXES METHODS DEPTH REQUESTS: eight at once, each over kept connections, with
   * up to DEPTH requests in a pipeline, in heads that are cut anywhere. Where a server closes
   * instead of answering, one more connection is made. Prints how many were sent.
   */
  static final String CLIENT =
      """
      import os, random, socket, sys, threading, time, uuid
      host, port, seed, prefixes, methods, depth, requests = sys.argv[1:]
      prefixes, methods = prefixes.split(','), methods.split(',')
      depth, requests, sent = int(depth), int(requests), []
      def segment(r):
          return r.choice([lambda: str(r.randrange(10**r.randrange(1, 20))),
                           lambda: str(uuid.UUID(int=r.getrandbits(128))),
                           lambda: '%x' % (r.getrandbits(96) | 1 << 95),
                           lambda: 'v%d' % r.randrange(3), lambda: 'a%2Fb', lambda: ''])()
      def target(r):
          path = r.choice(prefixes).replace('DELAY', str(r.randrange(300)))
          path += '/r%d' % r.randrange(1000)
          path += ''.join('/' + segment(r) for i in range(r.randrange(3)))
          if not r.randrange(50):
              path += r.choice(['/' + 'long_' * 70, '/x' * 30])
          return path + r.choice(['', '', '?', '?a=1&b=/2/3', '?' + 'q' * r.randrange(900)])
      def request(r):
          method = r.choice(methods)
          name = r.choice(['a.example', 'A.Example:80', '192.0.2.1', 'b.example:8080'])
          head = '%s %s HTTP/1.1\\r\\n' % (method, target(r))
          fields = ['Host: ' + name, 'User-Agent: ' + 'x' * r.randrange(200)]
          body = ''
          if method in ('POST', 'PUT'):
              body = 'b' * r.randrange(3000)
              fields.append('Content-Length: %d' % len(body))
              if r.randrange(2):
                  fields[-1] = 'Transfer-Encoding: chunked'
                  body = (body and '%x\\r\\n%s\\r\\n' % (len(body), body)) + '0\\r\\n\\r\\n'
          r.shuffle(fields)
          return method, (head + '\\r\\n'.join(fields) + '\\r\\n\\r\\n' + body).encode()
      def read(stream, method):
          status, length = 100, 0
          while 100 <= status < 200:
              line = stream.readline()
              if not line:
                  return False
              status = int(line.split()[1])
              while (line := stream.readline()) not in (b'\\r\\n', b''):
                  if line.lower().startswith(b'content-length:'):
                      length = int(line[15:])
          if method != 'HEAD' and status not in (204, 304):
              stream.read(length)
          return True
      def send(r, tcp, octets):
          cuts = sorted(r.randrange(len(octets)) for i in range(r.choice([0, 0, 1, 2, 5])))
          for start, end in zip([0] + cuts, cuts + [len(octets)]):
              if end > start:
                  tcp.sendall(octets[start:end])
                  if cuts:
                      time.sleep(0.001)
      def failed(details):
          sys.excepthook(*details[:3])
          os._exit(1)
      threading.excepthook = failed
      def talk(number):
          r, tcp = random.Random(int(seed) * 100 + number), None
          for i in range(requests // 8):
              if not tcp or not r.randrange(20):
                  if tcp:
                      tcp.close()
                  tcp = socket.create_connection((host, int(port)), 20)
                  tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                  stream = tcp.makefile('rb')
              batch = [request(r) for i in range(r.randrange(depth) + 1)]
              sent.extend(batch)
              send(r, tcp, b''.join(octets for method, octets in batch))
              if not all([read(stream, method) for method, octets in batch]):
                  tcp.close()
                  tcp = None
      threads = [threading.Thread(target=talk, args=(i,)) for i in range(8)]
      [t.start() for t in threads]
      [t.join() for t in threads]
      print(len(sent))
      """;

  private Talk() {}
}
