package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.HostJudge.Input;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Packets with a few octets changed, cut out or put in; the same ones for the same seed. */
final class Mutations {

  /** Octets that mean something somewhere. */
  private static final byte[] TELLING = Packet.text("\0\u0001\u00ff\u0080 \r\n/*:GHTP.1E`");

  /** Of a packet, the part that is mutated most: its headers and the start of its data. */
  private static final int HEAD = 100;

  private final Random random;

  private Mutations(long seed) {
    random = new Random(seed);
  }

  static List<Input> of(List<PacketTable.Case> cases, int count, long seed) {
    Mutations mutations = new Mutations(seed);
    List<Input> inputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Input each = cases.get(i % cases.size()).input();
      byte[] packet = each.packet;
      // Whole long packets would cost time, and their ends are seldom looked at.
      packet =
          i / cases.size() % 10 == 0 ? packet : Arrays.copyOf(packet, Math.min(packet.length, 400));
      for (int steps = 1 + mutations.random.nextInt(3); steps > 0; steps--) {
        packet = mutations.mutate(packet);
      }
      String description =
          "%s, mutation %d: %s"
              .formatted(
                  each.description,
                  i,
                  HexFormat.of().formatHex(packet, 0, Math.min(packet.length, 400)));
      inputs.add(new Input(description, each.noLinkHeader, packet));
    }
    return inputs;
  }

  private byte[] mutate(byte[] packet) {
    if (packet.length == 0) {
      return new byte[] {telling()};
    }
    int at = random.nextInt(random.nextBoolean() ? Math.min(HEAD, packet.length) : packet.length);
    int length = 1 + random.nextInt(8);
    byte[] changed = packet.clone();
    switch (random.nextInt(10)) {
      case 0, 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
      case 2, 3 -> changed[at] = telling();
      case 4, 5 -> changed[at] = (byte) random.nextInt(256);
      case 6 -> changed[at] += (byte) (random.nextInt(9) - 4);
      case 7 -> changed = Arrays.copyOf(packet, at);
      case 8 -> changed = splice(packet, at, new byte[0], Math.min(length, packet.length - at));
      default -> {
        byte[] inserted = new byte[length];
        Arrays.fill(inserted, telling());
        changed = splice(packet, at, inserted, 0);
      }
    }
    return changed;
  }

  private byte telling() {
    return TELLING[random.nextInt(TELLING.length)];
  }

  private static byte[] splice(byte[] packet, int at, byte[] inserted, int removed) {
    byte[] out = new byte[packet.length + inserted.length - removed];
    System.arraycopy(packet, 0, out, 0, at);
    System.arraycopy(inserted, 0, out, at, inserted.length);
    int rest = at + removed;
    System.arraycopy(packet, rest, out, at + inserted.length, packet.length - rest);
    return out;
  }
}
