package io.github.httpebpf.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

class CaptureCountsTest {

  @Test
  void methodsThatWereLeftOutCountZeroInIdOrder() {
    CaptureCounts counts =
        new CaptureCounts(Map.of(HttpMethod.POST, 7L), new LinkedHashMap<>(), null, null);

    assertThat(counts.requests().keySet()).containsExactly(HttpMethod.values());
    assertThat(counts.requests())
        .containsEntry(HttpMethod.POST, 7L)
        .containsEntry(HttpMethod.GET, 0L);
  }

  @Test
  void laterChangesOfTheArgumentsDoNotShow() {
    Map<HttpMethod, Long> requests = new EnumMap<>(Map.of(HttpMethod.GET, 1L));
    SequencedMap<String, Long> packets = new LinkedHashMap<>(Map.of("request", 1L));
    SequencedMap<String, Long> unseen = new LinkedHashMap<>(Map.of("tls", 1L));
    CaptureCounts counts = new CaptureCounts(requests, packets, unseen, null);

    requests.put(HttpMethod.GET, 2L);
    packets.put("request", 2L);
    unseen.put("tls", 2L);

    assertThat(counts.requests()).containsEntry(HttpMethod.GET, 1L);
    assertThat(counts.packets()).containsExactly(entry("request", 1L));
    assertThat(counts.unseenConnections()).containsExactly(entry("tls", 1L));
  }

  @Test
  void cannotBeChanged() {
    CaptureCounts counts = CaptureCounts.ofEntries(new long[16], new long[64], new long[16], null);

    assertThatThrownBy(() -> counts.requests().put(HttpMethod.GET, 1L))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> counts.packets().put("request", 1L))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> Objects.requireNonNull(counts.unseenConnections()).put("tls", 1L))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void entriesOfUntouchedMapsGiveEveryKnownLabelAtZero() {
    CaptureCounts counts = CaptureCounts.ofEntries(new long[16], new long[64], new long[16], null);

    assertThat(counts.requests()).hasSize(10).allSatisfy((method, n) -> assertThat(n).isZero());
    assertThat(counts.packets()).hasSize(21).allSatisfy((result, n) -> assertThat(n).isZero());
    assertThat(counts.packets().firstEntry()).isEqualTo(entry("request", 0L));
    assertThat(counts.packets().lastEntry()).isEqualTo(entry("resync", 0L));
    assertThat(counts.unseenConnections())
        .containsExactly(
            entry("tls", 0L), entry("http2", 0L), entry("quic", 0L), entry("tunnel", 0L));
  }

  @Test
  void entriesThatOnlyANewerProgramWritesAreNotLost() {
    long[] requests = new long[16];
    requests[HttpMethod.OTHER.id()] = 1;
    requests[11] = 2;
    long[] packets = new long[64];
    packets[63] = 5;
    long[] unseen = new long[16];
    unseen[15] = 6;

    CaptureCounts counts = CaptureCounts.ofEntries(requests, packets, unseen, null);

    assertThat(counts.requests()).containsEntry(HttpMethod.OTHER, 3L);
    assertThat(counts.packets().lastEntry()).isEqualTo(entry("unknown_63", 5L));
    assertThat(counts.packets()).hasSize(22);
    assertThat(counts.unseenConnections()).hasSize(5).containsEntry("unknown_15", 6L);
  }

  @Test
  void aCaptureOfTheVersionBeforeHasNoUnseenConnectionsRatherThanNone() {
    assertThat(CaptureCounts.ofEntries(new long[16], new long[64], null, null).unseenConnections())
        .isNull();
  }

  @Test
  void captureIsUpOnlyIfItWasReadAndItsInterfaceExists() {
    CaptureCounts counts = CaptureCounts.ofEntries(new long[16], new long[64], new long[16], null);

    assertThat(new CaptureSnapshot("eth0", true, counts).up()).isTrue();
    assertThat(new CaptureSnapshot("eth0", false, counts).up()).isFalse();
    assertThat(new CaptureSnapshot("eth0", true, null).up()).isFalse();
  }
}
