package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Interfaces whose packets begin with the IP header, as those of WireGuard and VPNs do. */
@KernelTest
class NoLinkHeaderIT {

  /** Makes tun0, and on each line of standard input lets it receive a GET by IPv4 and by IPv6. */
  private static final String TUN =
      """
      import fcntl, os, struct, sys
      tun = os.open('/dev/net/tun', os.O_RDWR)
      fcntl.ioctl(tun, 0x400454ca, struct.pack('16sH22x', b'tun0', 0x1001))
      os.system('ip link set tun0 up')
      data = b'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'
      length = 20 + len(data)
      ipv4 = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + length, 1, 0, 64, 6, 0, b'\\n\\0\\0\\1', b'\\n\\0\\0\\2')
      ipv6 = struct.pack('>IHBB16s16s', 6 << 28, length, 6, 64, b'\\xfd' * 16, b'\\xfe' * 16)
      print('up', flush=True)
      sequence = 1
      for line in sys.stdin:
          tcp = struct.pack('>HHIIBBHHH', 40000, 80, sequence, 1, 0x50, 0x18, 1000, 0, 0) + data
          sequence += len(data)
          os.write(tun, ipv4 + tcp)
          os.write(tun, ipv6 + tcp)
          print('sent', flush=True)
      """;

  @Test
  void requestsAreCountedOnTun() throws Exception {
    try (Lan lan = new Lan();
        Exporter exporter = new Exporter(lan)) {
      Process tun = new ProcessBuilder(lan.onServer("python3", "-c", TUN)).start();
      try (var answers = tun.inputReader();
          var orders = tun.outputWriter()) {
        assertThat(answers.readLine()).isEqualTo("up");
        exporter.run("load", "--interface", "tun0").succeeded();
        for (int i = 0; i < 3; i++) {
          orders.write("go\n");
          orders.flush();
          assertThat(answers.readLine()).isEqualTo("sent");
        }
        String shown = exporter.run("show", "--json").succeeded().out();
        Counts counts = Counts.ofJson(shown, "tun0");
        assertThat(counts.requests("GET")).isEqualTo(6);
        assertThat(counts.packets("request")).isEqualTo(6);
        // Even on a bare tun the kernel multicasts a little by itself, but to the outside only.
        assertThat(counts.allPackets()).isEqualTo(6);
      } finally {
        tun.destroy();
      }
    }
  }
}
