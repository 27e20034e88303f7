package io.github.httpebpf.exporter.bpf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A file of the fuzzer's as a packet: {@code native/test/judge_input.h}. */
final class FuzzInput {

  private static final int KINDS = 4;
  private static final int STRETCH_MAX = 8200;

  private FuzzInput() {}

  static HostJudge.Input read(Path file) throws IOException {
    byte[] octets = Files.readAllBytes(file);
    String name = file.getFileName().toString();
    if (octets.length == 0) {
      return new HostJudge.Input(name, false, octets);
    }
    byte[] rest = Arrays.copyOfRange(octets, 1, octets.length);
    return switch (octets[0] & (KINDS - 1)) {
      case 0 -> new HostJudge.Input(name, false, rest);
      case 1 -> new HostJudge.Input(name, true, rest);
      case 2 -> new HostJudge.Input(name, false, Packet.frame(rest));
      default -> new HostJudge.Input(name, false, Packet.frame(stretched(rest)));
    };
  }

  private static byte[] stretched(byte[] octets) {
    if (octets.length < 4) {
      return octets;
    }
    int count = (Byte.toUnsignedInt(octets[0]) << 8 | Byte.toUnsignedInt(octets[1])) % STRETCH_MAX;
    byte[] line = Arrays.copyOfRange(octets, 3, octets.length);
    int where = Byte.toUnsignedInt(octets[2]) % line.length;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(line, 0, where);
    for (int i = 0; i < count; i++) {
      out.write(line[where]);
    }
    out.write(line, where, line.length - where);
    return out.toByteArray();
  }
}
