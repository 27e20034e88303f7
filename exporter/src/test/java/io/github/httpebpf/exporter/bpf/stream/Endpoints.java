package io.github.httpebpf.exporter.bpf.stream;

import java.nio.ByteBuffer;

/**
 * Who talks to whom.
 *
 * @param client 4 or 16 octets
 * @param server as many
 * @param optionWords of each TCP header
 */
@SuppressWarnings("ArrayRecordComponent")
public record Endpoints(
    byte[] client, byte[] server, int clientPort, int serverPort, int optionWords) {

  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int TCP = 6;

  private static final int[] SERVER_PORTS = {80, 8080, 3000, 65535};

  /** The server ports of all streams. */
  public static int[] serverPorts() {
    return SERVER_PORTS.clone();
  }

  /** Others for each number, below 2^24. */
  static Endpoints of(Dice dice, int number) {
    int octets = dice.percent(70) ? 4 : 16;
    ByteBuffer client = ByteBuffer.allocate(octets);
    client.put((byte) (octets == 4 ? 10 : 0xfd)).put((byte) (number >> 16));
    client.put((byte) (number >> 8)).put((byte) number);
    ByteBuffer server = ByteBuffer.allocate(octets).put((byte) (octets == 4 ? 10 : 0xfd));
    while (client.hasRemaining()) {
      client.put((byte) dice.between(0, 256));
    }
    server.put(octets - 1, (byte) dice.between(1, 4));
    int port = SERVER_PORTS[dice.between(0, SERVER_PORTS.length)];
    int words = dice.percent(50) ? 3 : dice.between(0, 11);
    return new Endpoints(client.array(), server.array(), dice.between(1, 65536), port, words);
  }

  Endpoints withServerPort(int port) {
    return new Endpoints(client, server, clientPort, port, optionWords);
  }

  /** The same, from another port of the client. */
  Endpoints withClientPort(int port) {
    return new Endpoints(client, server, port, serverPort, optionWords);
  }

  /** Writes a packet as an Ethernet frame; checksums are nobody's business here. */
  public void write(StreamPacket packet, ByteBuffer frame) {
    boolean toServer = packet.toServer();
    frame.putInt(0x02000000).putInt(0x00010200).putInt(0x00000002);
    int length = 20 + 4 * optionWords + packet.data().length;
    if (client.length == 4) {
      frame.putShort((short) IPV4).putShort((short) 0x4500).putShort((short) (20 + length));
      frame.putInt(0x00014000).put((byte) 64).put((byte) TCP).putShort((short) 0);
    } else {
      frame.putShort((short) IPV6).putInt(0x60000000).putShort((short) length);
      frame.put((byte) TCP).put((byte) 64);
    }
    frame.put(toServer ? client : server).put(toServer ? server : client);
    frame.putShort((short) (toServer ? clientPort : serverPort));
    frame.putShort((short) (toServer ? serverPort : clientPort));
    frame.putInt(packet.sequence()).putInt(packet.ack());
    frame.put((byte) ((5 + optionWords) << 4)).put((byte) packet.flags()).putShort((short) 1000);
    frame.putInt(0);
    for (int i = 0; i < optionWords; i++) {
      frame.putInt(0x01010101);
    }
    frame.put(packet.data());
  }

  @Override
  public String toString() {
    return "IPv%d, server port %d".formatted(client.length == 4 ? 4 : 6, serverPort);
  }
}
