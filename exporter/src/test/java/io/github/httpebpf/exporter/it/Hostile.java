package io.github.httpebpf.exporter.it;

/** Scripts of Python: a client that means no good, and a server that takes whatever it sends. */
final class Hostile {

  /** PORT: answers each head, whatever is in it. */
  static final String SINK =
      """
      import socket, sys, threading
      def serve(tcp):
          rest = b''
          try:
              while data := tcp.recv(1 << 18):
                  data = rest + data
                  heads = data.count(b'\\r\\n\\r\\n') + data.count(b'\\n\\n')
                  tcp.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n' * heads)
                  rest = data[-3:]
          except OSError:
              pass
          tcp.close()
      listener = socket.create_server(('', int(sys.argv[1])), backlog=1024)
      while True:
          threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
      """;

  /** HOST PORT: octets of all kinds wherever they may be, each on a connection of its own. */
  static final String STRANGE =
      """
      import random, socket, sys
      def send(octets):
          tcp = socket.create_connection((sys.argv[1], int(sys.argv[2])), 20)
          try:
              tcp.sendall(octets)
              tcp.shutdown(socket.SHUT_WR)
              while tcp.recv(65536):
                  pass
          except OSError:
              pass
          tcp.close()
      def get(target, name=b'a'):
          send(b'GET ' + target + b' HTTP/1.1\\r\\nHost: ' + name + b'\\r\\n\\r\\n')
      for octet in range(256):
          get(b'/octet/' + bytes([octet]) + b'/')
          get(b'/', b'octet' + bytes([octet]) + b'.example')
      for text in (b'\\\\xff', b'\\xff', b'\\\\', b'\\\\n', b'"', b'\\\\"', b'{}', b'\\xc3\\xa4', b'\\xc3',
                   b'\\xed\\xa0\\x80', b'\\xe2\\x80\\xa8', b'\\xf4\\x90\\x80\\x80', b'\\xc2\\x85', b'_other',
                   b'#', b'%00', b'%0a', b'\\xe2\\x80\\xa6', b'\\xc0\\x80'):
          get(b'/text/' + text)
          get(b'/', text)
          get(b'http://' + text + b'/')
          get(text)
          send(b'CONNECT ' + text + b':80 HTTP/1.1\\r\\n\\r\\n')
      for length in (7900, 7980, 7981, 7982, 7983, 8000, 65536):
          get(b'/' + b'l' * length)
          get(b'/' + b'1' * length)
          get(b'/' + b'/' * length)
          get(b'/' + b'\\xff' * length)
          get(b'/', b'l' * length)
      for end in (b'\\n', b'\\r\\n'):
          head = b'GET /end HTTP/1.1' + end + b'Host: a' + end
          send(head + end)
          send(head + b' folded' + end + end)
          send(end * 9 + head + b'Host: b' + end + end)
          send(b'GET /end HTTP/1.1' + end + b'Host:' + end + end)
          send(b'GET /end HTTP/1.1' + end + b'Host : a' + end + end)
          send(head)
          send(b'GET /end HTTP/1.1' + end + b'Host: unended')
      r = random.Random(1)
      for i in range(1000):
          get(b'/' + r.randbytes(r.randrange(300)), r.randbytes(r.randrange(150)))
      """;

  /** HOST PORT START URLS HOSTS METHODS: so many of each, URLs from that one on, in pipelines. */
  static final String FLOOD =
      """
      import socket, sys
      start, urls, hosts, methods = map(int, sys.argv[3:])
      tcp = socket.create_connection((sys.argv[1], int(sys.argv[2])), 20)
      RESPONSE = len(b'HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n')
      def send(heads):
          tcp.sendall(b''.join(heads))
          missing = RESPONSE * len(heads)
          while missing:
              missing -= len(tcp.recv(missing))
      def flood(form, start, count):
          for first in range(start, start + count, 200):
              send([form % i for i in range(first, min(first + 200, start + count))])
      flood(b'GET /u%d_ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n', start, urls)
      flood(b'GET /h HTTP/1.1\\r\\nHost: h%d.example\\r\\n\\r\\n', 0, hosts)
      flood(b'M%d /m HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n', 0, methods)
      """;

  private Hostile() {}
}
