package io.github.httpebpf.exporter.bpf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Builds packets from the inside out: each header is put before what it carries. */
final class Packet {

  static final int IPV4 = 0x0800;
  static final int IPV6 = 0x86dd;
  static final int VLAN = 0x8100;
  static final int VLAN_SERVICE = 0x88a8;
  static final int TCP = 6;
  static final int UDP = 17;

  /** The local port of {@link #tcp(byte[])}. */
  static final int PORT = 8080;

  private static final int PUSH_ACKNOWLEDGE = 0x18;

  private Packet() {}

  /** One octet a character. */
  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] ethernet(int type, byte[] rest) {
    byte[] addresses = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
    return octets(header(14, rest).put(addresses).putShort((short) type).put(rest));
  }

  /** What follows a VLAN ethertype. */
  static byte[] tag(int type, byte[] rest) {
    return octets(header(4, rest).putShort((short) 0x2064).putShort((short) type).put(rest));
  }

  static byte[] ipv4(int protocol, byte[] rest) {
    return ipv4(protocol, 0, 0x4000, rest);
  }

  /**
   * @param words of options
   * @param fragment flags and offset
   */
  static byte[] ipv4(int protocol, int words, int fragment, byte[] rest) {
    ByteBuffer packet = header(20 + 4 * words, rest);
    packet.put((byte) (0x45 + words)).put((byte) 0).putShort((short) packet.capacity());
    packet.putShort((short) 1).putShort((short) fragment);
    packet.put((byte) 64).put((byte) protocol).position(20);
    for (int i = 0; i < words; i++) {
      packet.putInt(0x01010101);
    }
    return octets(packet.put(rest));
  }

  static byte[] ipv6(int next, byte[] rest) {
    ByteBuffer packet = header(40, rest).putInt(0x6f000000).putShort((short) rest.length);
    return octets(packet.put((byte) next).put((byte) 64).position(40).put(rest));
  }

  /** An IPv6 extension header of 8 octets and {@code units} times {@code unit} more. */
  static byte[] extension(int next, int units, int unit, byte[] rest) {
    ByteBuffer packet = header(8 + units * unit, rest).put((byte) next).put((byte) units);
    return octets(packet.position(8 + units * unit).put(rest));
  }

  /**
   * An IPv6 fragment header.
   *
   * @param place offset and flags
   */
  static byte[] fragment(int next, int place, byte[] rest) {
    ByteBuffer packet = header(8, rest).put((byte) next).put((byte) 0);
    return octets(packet.putShort((short) place).putInt(0x5a5a5a5a).put(rest));
  }

  static byte[] tcp(byte[] data) {
    return tcp(PORT, PUSH_ACKNOWLEDGE, 0, data);
  }

  static byte[] tcp(int port, int flags, int optionWords, byte[] data) {
    ByteBuffer packet = header(20 + 4 * optionWords, data);
    packet.putShort((short) 40000).putShort((short) port).position(12);
    packet.put((byte) ((5 + optionWords) << 4)).put((byte) flags).position(20);
    for (int i = 0; i < optionWords; i++) {
      packet.putInt(0x01010101);
    }
    return octets(packet.put(data));
  }

  static byte[] udp(int port, byte[] data) {
    ByteBuffer packet = header(8, data).putShort((short) 40000).putShort((short) port);
    return octets(packet.putShort((short) packet.capacity()).position(8).put(data));
  }

  /** A segment over IPv4 in an Ethernet frame. */
  static byte[] frame(byte[] data) {
    return ethernet(IPV4, ipv4(TCP, tcp(data)));
  }

  private static byte[] octets(ByteBuffer packet) {
    byte[] octets = new byte[packet.capacity()];
    packet.rewind().get(octets);
    return octets;
  }

  private static ByteBuffer header(int length, byte[] rest) {
    return ByteBuffer.allocate(length + rest.length);
  }
}
