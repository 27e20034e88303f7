package io.github.httpebpf.exporter.bpf;

import static io.github.httpebpf.exporter.bpf.Packet.IPV4;
import static io.github.httpebpf.exporter.bpf.Packet.IPV6;
import static io.github.httpebpf.exporter.bpf.Packet.PORT;
import static io.github.httpebpf.exporter.bpf.Packet.TCP;
import static io.github.httpebpf.exporter.bpf.Packet.UDP;
import static io.github.httpebpf.exporter.bpf.Packet.VLAN;
import static io.github.httpebpf.exporter.bpf.Packet.VLAN_SERVICE;
import static io.github.httpebpf.exporter.bpf.Packet.ethernet;
import static io.github.httpebpf.exporter.bpf.Packet.extension;
import static io.github.httpebpf.exporter.bpf.Packet.fragment;
import static io.github.httpebpf.exporter.bpf.Packet.frame;
import static io.github.httpebpf.exporter.bpf.Packet.ipv4;
import static io.github.httpebpf.exporter.bpf.Packet.ipv6;
import static io.github.httpebpf.exporter.bpf.Packet.tag;
import static io.github.httpebpf.exporter.bpf.Packet.tcp;
import static io.github.httpebpf.exporter.bpf.Packet.text;
import static io.github.httpebpf.exporter.bpf.Packet.udp;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.metrics.PacketResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Packets and what is to be made of them: docs and {@code http_counter.h} say why. */
final class PacketTable {

  /** Requests to it are not counted. */
  static final int EXCLUDED_PORT = 8081;

  /** One packet of the table, and the verdict on it. */
  record Case(HostJudge.Input input, Verdict expected) {

    @Override
    public String toString() {
      return input.toString();
    }
  }

  private static final byte[] GET = tcp(text("GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n"));
  private static final Verdict IS_GET = Verdict.request(HttpMethod.GET);

  private final List<Case> cases = new ArrayList<>();

  private PacketTable() {}

  static List<Case> cases() {
    PacketTable table = new PacketTable();
    table.addMethods();
    table.addForms();
    table.addOtherData();
    table.addLengths();
    table.addLinkAndNetwork();
    table.addTcp();
    table.addSpoiled();
    return table.cases;
  }

  private void add(String description, byte[] frame, Verdict expected) {
    cases.add(new Case(new HostJudge.Input(description, false, frame), expected));
  }

  private void addBare(String description, byte[] packet) {
    cases.add(new Case(new HostJudge.Input(description, true, packet), IS_GET));
  }

  private void add(String description, byte[] frame, PacketResult expected) {
    add(description, frame, Verdict.of(expected));
  }

  private void addLine(String line, HttpMethod method) {
    add(line.strip(), frame(text(line)), Verdict.request(method));
  }

  private void addLine(String line, PacketResult result) {
    add(line.strip(), frame(text(line)), result);
  }

  private void addMethods() {
    for (HttpMethod method : HttpMethod.values()) {
      if (method != HttpMethod.OTHER) {
        addLine(method + " /a HTTP/1.1\r\n", method);
        addLine(method + "X /a HTTP/1.1\r\n", HttpMethod.OTHER);
      }
    }
    addLine("get / HTTP/1.1\r\n", HttpMethod.OTHER);
    addLine("PROPFIND /dav HTTP/1.1\r\n", HttpMethod.OTHER);
    addLine("!#$%&'*+-.^_`|~ / HTTP/1.1\r\n", HttpMethod.OTHER);
  }

  private void addForms() {
    addLine("GET / HTTP/1.0\r\n", HttpMethod.GET);
    addLine("GET http://a.example:80/b?c HTTP/1.1\r\n", HttpMethod.GET);
    addLine("CONNECT a.example:443 HTTP/1.1\r\n", HttpMethod.CONNECT);
    addLine("OPTIONS * HTTP/1.1\r\n", HttpMethod.OPTIONS);
    addLine("GET /ü HTTP/1.1\r\n", HttpMethod.GET);
    addLine("\r\nGET / HTTP/1.1\r\n", HttpMethod.GET);
    addLine("\r\n\n\r\r\nGET / HTTP/1.1\r\n", HttpMethod.GET);
    addLine("GET :a HTTP/1.1\r\n", HttpMethod.GET);
    addLine("GET / HTTP/1.1", HttpMethod.GET);
  }

  private void addOtherData() {
    addLine("GET foo\r\n", PacketResult.NOT_HTTP);
    addLine("GET foo HTTP/1.1\r\n", PacketResult.NOT_HTTP);
    addLine("DELE 3\r\n", PacketResult.NOT_HTTP);
    addLine("POST\r\n", PacketResult.NOT_HTTP);
    addLine("GET  / HTTP/1.1\r\n", PacketResult.NOT_HTTP);
    addLine("GET / HTTP/2.0\r\n", PacketResult.NOT_HTTP);
    addLine("GET / HTTP/1.x\r\n", PacketResult.NOT_HTTP);
    addLine("GE(T / HTTP/1.1\r\n", PacketResult.NOT_HTTP);
    addLine(" GET / HTTP/1.1\r\n", PacketResult.NOT_HTTP);
    addLine("HTTP/1.1 200 OK\r\n", PacketResult.RESPONSE);
    addLine("HTTP/2.0 200 OK\r\n", PacketResult.NOT_HTTP);
    addLine("SSH-2.0-OpenSSH_9.2\r\n", PacketResult.NOT_HTTP);
    addLine("GET /cut", PacketResult.LINE_INCOMPLETE);
    addLine("GET", PacketResult.LINE_INCOMPLETE);
    addLine("GET / HTTP/1.", PacketResult.LINE_INCOMPLETE);
    add("an empty line", frame(text("\r\n")), PacketResult.LINE_INCOMPLETE);
    addLine("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", PacketResult.HTTP2);
    addLine("\u0016\u0003\u0001\u0000\u00c8\u0001\u0000\u0000\u00c4", PacketResult.TLS);
    addLine("\u0017\u0003\u0003\u0001\u0000abc", PacketResult.TLS);
  }

  private void addLengths() {
    for (int length : new int[] {15, 128, 129, 1000, 3000, 7999, 8000}) {
      add("a line of " + length, frame(line(length)), IS_GET);
    }
    for (int length : new int[] {8001, 9000, 60000}) {
      add("a line of " + length, frame(line(length)), PacketResult.LINE_TOO_LONG);
    }
    byte[] cut = Arrays.copyOf(line(7000), 6000);
    add("6000 octets of a line", frame(cut), PacketResult.LINE_INCOMPLETE);
  }

  /** Without its line end, which RFC 9112 does not count either. */
  private static byte[] line(int length) {
    return text("GET /" + "a".repeat(length - 14) + " HTTP/1.1\r\n");
  }

  private void addLinkAndNetwork() {
    add("one tag", ethernet(VLAN, tag(IPV4, ipv4(TCP, GET))), IS_GET);
    add("two tags", ethernet(VLAN_SERVICE, tag(VLAN, tag(IPV6, ipv6(TCP, GET)))), IS_GET);
    byte[] threeTags = ethernet(VLAN_SERVICE, tag(VLAN, tag(VLAN, tag(IPV4, ipv4(TCP, GET)))));
    add("three tags", threeTags, PacketResult.ENCAPSULATED);
    add("padding", Arrays.copyOf(frame(new byte[0]), 60), PacketResult.NO_PAYLOAD);
    add("IPv4 options", ethernet(IPV4, ipv4(TCP, 10, 0, GET)), IS_GET);
    add("IPv6", ethernet(IPV6, ipv6(TCP, GET)), IS_GET);
    byte[] hopByHop = extension(60, 0, 8, extension(43, 2, 8, extension(TCP, 1, 8, GET)));
    add("IPv6 extension headers", ethernet(IPV6, ipv6(0, hopByHop)), IS_GET);
    add("IPv6 authenticated", ethernet(IPV6, ipv6(51, extension(TCP, 4, 4, GET))), IS_GET);
    add("first IPv4 fragment", ethernet(IPV4, ipv4(TCP, 0, 0x2000, GET)), PacketResult.FRAGMENT);
    add("later IPv4 fragment", ethernet(IPV4, ipv4(TCP, 0, 5, GET)), PacketResult.FRAGMENT);
    add("IPv6 fragment", ethernet(IPV6, ipv6(44, fragment(TCP, 1, GET))), PacketResult.FRAGMENT);
    add("IPv6 atomic fragment", ethernet(IPV6, ipv6(44, fragment(TCP, 0, GET))), IS_GET);
    add("ARP", ethernet(0x0806, new byte[46]), PacketResult.NOT_TCP);
    add("UDP", ethernet(IPV4, ipv4(UDP, udp(443, GET))), PacketResult.NOT_TCP);
    add("ICMP", ethernet(IPV4, ipv4(1, GET)), PacketResult.NOT_TCP);
    add("VXLAN", ethernet(IPV4, ipv4(UDP, udp(4789, frame(GET)))), PacketResult.ENCAPSULATED);
    add("Geneve", ethernet(IPV6, ipv6(UDP, udp(6081, GET))), PacketResult.ENCAPSULATED);
    for (int tunnel : new int[] {4, 41, 47, 50, 51, 137}) {
      byte[] packet = ethernet(IPV4, ipv4(tunnel, ipv4(TCP, GET)));
      add("IP protocol " + tunnel, packet, PacketResult.ENCAPSULATED);
    }
    for (int type : new int[] {0x8847, 0x8848, 0x8864}) {
      byte[] packet = ethernet(type, ipv4(TCP, GET));
      add("ethertype " + Integer.toHexString(type), packet, PacketResult.ENCAPSULATED);
    }
    addBare("no link header, IPv4", ipv4(TCP, GET));
    addBare("no link header, IPv6", ipv6(TCP, GET));
  }

  private void addTcp() {
    byte[] data = text("GET / HTTP/1.1\r\n");
    Verdict excluded = Verdict.of(PacketResult.EXCLUDED);
    add("TCP options", ethernet(IPV4, ipv4(TCP, tcp(PORT, 0x10, 10, data))), IS_GET);
    add("data with FIN", ethernet(IPV4, ipv4(TCP, tcp(PORT, 0x19, 0, data))), IS_GET);
    add("data with SYN", ethernet(IPV4, ipv4(TCP, tcp(PORT, 0x02, 0, data))), IS_GET);
    byte[] answer = ethernet(IPV4, ipv4(TCP, tcp(PORT, 0x12, 0, data)));
    add("data with SYN and ACK", answer, PacketResult.RESPONSE);
    add("RST", ethernet(IPV4, ipv4(TCP, tcp(PORT, 0x04, 0, data))), PacketResult.NO_PAYLOAD);
    add("acknowledgement", frame(new byte[0]), PacketResult.NO_PAYLOAD);
    add("excluded", ethernet(IPV4, ipv4(TCP, tcp(EXCLUDED_PORT, 0x18, 0, data))), excluded);
    byte[] other = tcp(EXCLUDED_PORT, 0x18, 0, text("SSH-2.0-a\r\n"));
    add("excluded, but no request", ethernet(IPV4, ipv4(TCP, other)), PacketResult.NOT_HTTP);
  }

  private void addSpoiled() {
    byte[] whole = ethernet(IPV4, ipv4(TCP, GET));
    for (int length : new int[] {14, 20, 33, 34, 40, 50, whole.length - 1}) {
      add("cut to " + length, Arrays.copyOf(whole, length), PacketResult.TRUNCATED);
    }
    add("version 5", with(whole, 14, 0x55), PacketResult.MALFORMED);
    add("IPv4 header of 16", with(whole, 14, 0x44), PacketResult.MALFORMED);
    add("total length 10", with(with(whole, 16, 0), 17, 10), PacketResult.MALFORMED);
    add("total length 0", with(with(whole, 16, 0), 17, 0), IS_GET);
    add("TCP header of 16", with(whole, 46, 0x40), PacketResult.MALFORMED);
    add("TCP header beyond the end", with(frame(text("a")), 46, 0xf0), PacketResult.MALFORMED);
  }

  private static byte[] with(byte[] packet, int offset, int octet) {
    byte[] changed = packet.clone();
    changed[offset] = (byte) octet;
    return changed;
  }
}
