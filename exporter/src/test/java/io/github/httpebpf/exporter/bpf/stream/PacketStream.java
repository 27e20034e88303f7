package io.github.httpebpf.exporter.bpf.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The packets of one connection, or of a few that follow each other on the same ports. */
public final class PacketStream {

  /** How many streams there may be, each with a client of its own. */
  public static final int NUMBERS = 1 << 23;

  /** Of this many streams, some begin where one of the others ended. */
  private static final int NEIGHBOURS = 64;

  private final Endpoints endpoints;
  private final List<StreamPacket> packets;

  PacketStream(Endpoints endpoints, List<StreamPacket> packets) {
    this.endpoints = endpoints;
    this.packets = packets;
  }

  /**
   * Makes a stream; the same for the same arguments.
   *
   * @param number below {@link #NUMBERS}; some have the same client and ports as an earlier one of
   *     the same parity
   */
  public static PacketStream make(long seed, int number) {
    Dice dice = new Dice(seed, number);
    boolean fromTheStart = dice.percent(92);
    boolean again = fromTheStart && dice.percent(4);
    int client = again ? Math.max(0, number - 2 * dice.between(1, NEIGHBOURS)) : number;
    Endpoints endpoints = Endpoints.of(new Dice(~seed, client), client);
    Wire wire = new Wire(dice, Conversation.of(dice));
    List<StreamPacket> packets = new ArrayList<>(wire.run(fromTheStart));
    if (!fromTheStart && dice.percent(70)) {
      packets.subList(0, dice.between(0, packets.size())).clear();
    }
    while (dice.percent(10)) {
      Wire next = new Wire(dice, Conversation.of(dice));
      if (next.isFarFrom(wire)) {
        packets.addAll(next.run(true));
        wire = next;
      }
    }
    return new PacketStream(endpoints, packets);
  }

  /** A request to each of the servers' ports, so that these are known to speak HTTP. */
  public static List<PacketStream> greetings() {
    List<PacketStream> greetings = new ArrayList<>();
    for (int port : Endpoints.serverPorts()) {
      Dice dice = new Dice(0, port);
      Endpoints endpoints = Endpoints.of(dice, NUMBERS + port).withServerPort(port);
      Exchange exchange = new Requests(dice).request(false);
      greetings.add(new PacketStream(endpoints, new Wire(dice, List.of(exchange)).run(true)));
    }
    return greetings;
  }

  public Endpoints endpoints() {
    return endpoints;
  }

  public List<StreamPacket> packets() {
    return packets;
  }

  /** Only some of the packets, from another port of the client. */
  public PacketStream with(List<StreamPacket> some, int clientPort) {
    return new PacketStream(endpoints.withClientPort(clientPort), List.copyOf(some));
  }

  /** For people: a line a packet. */
  public String describe() {
    StringBuilder text = new StringBuilder(endpoints.toString()).append('\n');
    Integer client = null;
    Integer server = null;
    for (StreamPacket packet : packets) {
      int first = packet.sequence() + (packet.has(StreamPacket.SYN) ? 1 : 0);
      boolean begins = packet.has(StreamPacket.SYN);
      if (packet.toServer()) {
        client = client == null || begins ? Integer.valueOf(first) : client;
        server = server == null ? Integer.valueOf(packet.ack()) : server;
      } else {
        server = server == null || begins ? Integer.valueOf(first) : server;
        client = client == null ? Integer.valueOf(packet.ack()) : client;
      }
      text.append(packet.describe(Objects.requireNonNull(client), Objects.requireNonNull(server)));
      text.append('\n');
    }
    return text.toString();
  }
}
