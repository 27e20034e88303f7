package io.github.httpebpf.exporter.it;

import java.util.ArrayList;
import java.util.List;

/** Scripts that put octets on the cable as they are. Texts are given with escapes such as \r. */
final class Wire {

  /** HOST PORT TEXT…: each text in a segment of its own; ends when the server has, or in 0.2 s. */
  static final String TCP =
      """
      import socket, sys, time
      tcp = socket.create_connection((sys.argv[1], int(sys.argv[2])), 10)
      tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
      for text in sys.argv[3:]:
          tcp.sendall(text.encode().decode('unicode_escape').encode('latin-1'))
          # Acknowledged before the next one is sent, so that they cannot be put together.
          while tcp.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)[24:28] != bytes(4):
              time.sleep(0.001)
      tcp.settimeout(0.2)
      try:
          while tcp.recv(65536):
              pass
      except OSError:
          pass
      """;

  /** ETHERNET TAGS PORT TEXT: a TCP segment with the text, out of the blue, under VLAN tags. */
  static final String TAGGED =
      """
      import socket, struct, sys
      wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
      wire.bind(('eth0', 0))
      data = sys.argv[4].encode().decode('unicode_escape').encode('latin-1')
      tcp = struct.pack('>HHIIBBHHH', int(sys.argv[3]), 80, 1, 1, 0x50, 0x18, 1000, 0, 0) + data
      ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0,
                       socket.inet_aton('10.203.0.2'), socket.inet_aton('10.203.0.1'))
      tags = b''.join(struct.pack('>HH', int(tag, 16), 100) for tag in sys.argv[2].split())
      addresses = bytes.fromhex(sys.argv[1].replace(':', '')) + wire.getsockname()[4]
      wire.send(addresses + tags + struct.pack('>H', 0x800) + ip + tcp)
      """;

  /** HOST PORT OCTETS: one datagram. */
  static final String UDP =
      """
      import socket, sys
      udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      # IP_MTU_DISCOVER, IP_PMTUDISC_DONT: a datagram that is too long is sent in fragments.
      udp.setsockopt(socket.IPPROTO_IP, 10, 0)
      udp.sendto(bytes(int(sys.argv[3])), (sys.argv[1], int(sys.argv[2])))
      """;

  private Wire() {}

  static String[] command(String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of("python3", "-c", script));
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }
}
