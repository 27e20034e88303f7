package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.trace.Endpoint;
import io.github.httpebpf.exporter.trace.TracedRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TraceFormatTest {

  private static final Instant TIME = Instant.parse("2026-11-26T07:05:09.000012999Z");
  private static final TracedRequest WHOLE =
      new TracedRequest(
          "eth0",
          0,
          new Endpoint("192.0.2.7", 51_234),
          new Endpoint("fd00::1", 80),
          HttpMethod.GET,
          Optional.of("a.example"),
          Optional.of("/a\\x1bé…"),
          OptionalInt.of(200),
          OptionalLong.of(12_034_567),
          OptionalLong.of(1234));
  private static final TracedRequest BARE =
      new TracedRequest(
          "cgroup",
          0,
          WHOLE.client(),
          WHOLE.server(),
          HttpMethod.OTHER,
          Optional.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());

  @Test
  void aLineHasTenWords() {
    assertThat(TraceFormat.text(WHOLE, TIME))
        .isEqualTo(
            "2026-11-26T07:05:09.000012Z eth0 192.0.2.7:51234 [fd00::1]:80 GET a.example /a\\x1bé…"
                + " 200 12.034ms 1234");
    assertThat(TraceFormat.text(BARE, TIME))
        .isEqualTo(
            "2026-11-26T07:05:09.000012Z cgroup 192.0.2.7:51234 [fd00::1]:80 _OTHER - - - - -");
  }

  /** The kernel takes nearly all octets. */
  @Test
  void noNameOfAnInterfaceReachesTheTerminal() {
    TracedRequest request =
        new TracedRequest(
            "a\u001b[2J\u202e",
            0,
            WHOLE.client(),
            WHOLE.server(),
            HttpMethod.GET,
            WHOLE.host(),
            WHOLE.path(),
            WHOLE.status(),
            WHOLE.nanoseconds(),
            WHOLE.octets());
    assertThat(TraceFormat.text(request, TIME)).contains("Z a\\x1b[2J\\xe2\\x80\\xae 192.0.2.7");
    assertThat(TraceFormat.json(request, TIME)).contains("\"interface\":\"a\\u001B[2J\u202e\"");
  }

  @Test
  void anEmptyHostIsNoWord() {
    TracedRequest request =
        new TracedRequest(
            "eth0",
            0,
            WHOLE.client(),
            WHOLE.server(),
            HttpMethod.CONNECT,
            Optional.of(""),
            Optional.of(""),
            OptionalInt.of(7),
            OptionalLong.of(999),
            OptionalLong.of(0));
    assertThat(TraceFormat.text(request, TIME)).endsWith(" CONNECT - - 007 0.000ms 0");
    assertThat(TraceFormat.json(request, TIME))
        .contains("\"host\":\"\",\"path\":\"\"", "\"duration_seconds\":0.000000999,");
  }

  @Test
  void jsonIsAnObjectALine() {
    assertThat(TraceFormat.json(WHOLE, TIME))
        .isEqualTo(
            "{\"time\":\"2026-11-26T07:05:09.000012Z\",\"interface\":\"eth0\","
                + "\"client\":\"192.0.2.7\",\"client_port\":51234,\"server\":\"fd00::1\","
                + "\"server_port\":80,\"method\":\"GET\",\"host\":\"a.example\","
                + "\"path\":\"/a\\\\x1bé…\",\"status\":200,\"duration_seconds\":0.012034567,"
                + "\"bytes\":1234}");
    assertThat(TraceFormat.json(BARE, TIME))
        .endsWith(
            "\"method\":\"_OTHER\",\"host\":null,\"path\":null,\"status\":null,"
                + "\"duration_seconds\":null,\"bytes\":null}");
  }

  @Test
  void timesAreThoseOfTheWall() {
    WallClock clock = new WallClock();
    Instant now = clock.at(System.nanoTime());

    assertThat(Duration.between(now, Instant.now()).abs()).isLessThan(Duration.ofSeconds(1));
    assertThat(clock.at(System.nanoTime() - Duration.ofHours(2).toNanos()))
        .isBefore(now.minus(Duration.ofMinutes(119)));
  }
}
