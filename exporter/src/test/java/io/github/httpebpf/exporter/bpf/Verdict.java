package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.metrics.PacketResult;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a judge makes of a packet; the method only of counted requests: of several the first by id.
 */
record Verdict(PacketResult result, @Nullable HttpMethod method) {

  static Verdict of(PacketResult result) {
    return new Verdict(result, null);
  }

  static Verdict request(HttpMethod method) {
    return new Verdict(PacketResult.REQUEST, method);
  }

  /**
   * What one packet changed in the maps: one entry of the ledger by one, and requests if that is
   * so.
   */
  static Verdict ofChange(Maps before, Maps after) {
    int result = changed(before.packets, after.packets);
    int method = lowestChanged(before.requests, after.requests);
    assertThat(result).as("one entry of packet_map").isNotNegative();
    assertThat(method >= 0).as("an entry of request_map").isEqualTo(result == 0);
    return new Verdict(resultOf(result), method < 0 ? null : HttpMethod.ofId(method));
  }

  /** A packet may hold several requests. */
  private static int lowestChanged(long[] before, long[] after) {
    for (int i = 0; i < after.length; i++) {
      if (after[i] != before[i]) {
        return i;
      }
    }
    return -1;
  }

  private static int changed(long[] before, long[] after) {
    int changed = -1;
    for (int i = 0; i < after.length; i++) {
      if (after[i] != before[i]) {
        assertThat(after[i] - before[i]).as("entry %d", i).isEqualTo(1);
        assertThat(changed).as("only one entry").isNegative();
        changed = i;
      }
    }
    return changed;
  }

  static PacketResult resultOf(int id) {
    return Arrays.stream(PacketResult.values())
        .filter(result -> result.id() == id)
        .findFirst()
        .orElseThrow();
  }

  /** Both maps at a moment. */
  static final class Maps {
    final long[] requests;
    final long[] packets;

    Maps(long[] requests, long[] packets) {
      this.requests = requests;
      this.packets = packets;
    }
  }
}
