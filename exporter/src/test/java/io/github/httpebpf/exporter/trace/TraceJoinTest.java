package io.github.httpebpf.exporter.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Records in any order, lines in one. */
class TraceJoinTest {

  private record Source(boolean seesAnswers, Optional<String> name) implements TraceSource {

    @Override
    public Optional<String> interfaceName(long owner) {
      return name;
    }
  }

  private final List<String> lines = new ArrayList<>();
  private TraceJoin join = join(true, "eth0");
  private long now;

  private TraceJoin join(boolean seesAnswers, String name) {
    Optional<String> label = Optional.of(name).filter(each -> !each.isEmpty());
    return new TraceJoin(new Source(seesAnswers, label), this::add);
  }

  private void add(TracedRequest request) {
    lines.add(
        "%s %s %s %s"
            .formatted(
                request.path().orElse("?"),
                request.status().isPresent() ? request.status().getAsInt() : "-",
                request.nanoseconds().isPresent() ? request.nanoseconds().getAsLong() : "-",
                request.octets().isPresent() ? request.octets().getAsLong() : "-"));
  }

  private void take(TraceRecord... records) {
    for (TraceRecord each : records) {
      join.take(each, now);
    }
  }

  private void after(Duration time) {
    now += time.toNanos();
    join.tick(now);
  }

  @Test
  void aLineComesWhenTheResponseHasEnded() {
    take(Records.request(1, 1), Records.response(1, 1, 200));
    assertThat(lines).isEmpty();

    take(Records.end(1, 1, 42));
    assertThat(lines).containsExactly("/1/1 200 1500000 42");
    assertThat(join.waiting()).isZero();
  }

  /** A CPU may have looked at its clock before another that was first. */
  @Test
  void noResponseIsBeforeItsRequest() {
    take(Records.request(1, 1), Records.response(1, 1, 200, -1), Records.end(1, 1, 42));

    assertThat(lines).containsExactly("/1/1 200 0 42");
  }

  @Test
  void aLineComesWhenTheConnectionHasEnded() {
    take(Records.request(1, 1), Records.unanswered(1, 1));
    take(Records.request(2, 1), Records.response(2, 1, 200), Records.unanswered(2, 1));

    assertThat(lines).containsExactly("/1/1 - - -", "/2/1 200 1500000 -");
  }

  @Test
  void connectionsDoNotWaitForOneAnother() {
    take(Records.request(1, 1), Records.request(2, 1));
    take(Records.response(2, 1, 204), Records.end(2, 1, 7));

    assertThat(lines).containsExactly("/2/1 204 1500000 7");
    assertThat(join.waiting()).isEqualTo(1);
  }

  @Test
  void anEarlyAnswerFindsItsRequest() {
    take(Records.response(1, 1, 400), Records.end(1, 1, 5));
    assertThat(join.waiting()).isZero();
    take(Records.request(1, 1));

    assertThat(lines).containsExactly("/1/1 400 1500000 5");
    after(TraceJoin.FOR_RESPONSE);
    assertThat(lines).hasSize(1);
  }

  @Test
  void anEarlyResponseIsWaitedForToEnd() {
    take(Records.response(1, 1, 400), Records.request(1, 1));
    after(TraceJoin.FOR_END.minusNanos(1));
    assertThat(lines).isEmpty();
    take(Records.end(1, 1, 5));

    assertThat(lines).containsExactly("/1/1 400 1500000 5");
  }

  @Test
  void linesOfAConnectionComeInTheOrderOfTheirRequests() {
    take(Records.request(1, 1), Records.request(1, 2), Records.request(1, 3));
    take(Records.response(1, 2, 201), Records.end(1, 2, 2));
    take(Records.response(1, 3, 202), Records.end(1, 3, 3));
    assertThat(lines).isEmpty();

    take(Records.response(1, 1, 200), Records.end(1, 1, 1));
    assertThat(lines)
        .containsExactly("/1/1 200 1500000 1", "/1/2 201 1500000 2", "/1/3 202 1500000 3");
  }

  @Test
  void numbersWrapAround() {
    int[] numbers = {-2, -1, 0, 1};
    for (int number : numbers) {
      take(Records.request(1, number));
    }
    for (int number : new int[] {1, 0, -1}) {
      take(Records.response(1, number, 200), Records.end(1, number, 1));
    }
    assertThat(lines).isEmpty();
    take(Records.response(1, -2, 200), Records.end(1, -2, 1));

    assertThat(lines)
        .containsExactly(
            "/1/4294967294 200 1500000 1",
            "/1/4294967295 200 1500000 1",
            "/1/0 200 1500000 1",
            "/1/1 200 1500000 1");
  }

  @Test
  void aResponseThatDoesNotEndIsNotWaitedForLong() {
    take(Records.request(1, 1), Records.response(1, 1, 200));
    after(TraceJoin.FOR_END.minusNanos(1));
    assertThat(lines).isEmpty();
    after(Duration.ofNanos(1));

    assertThat(lines).containsExactly("/1/1 200 1500000 -");
    take(Records.end(1, 1, 5));
    after(TraceJoin.FOR_RESPONSE);
    assertThat(lines).hasSize(1);
  }

  @Test
  void aRequestThatGetsNothingIsNotWaitedForForever() {
    take(Records.request(1, 1));
    after(TraceJoin.FOR_RESPONSE.minusNanos(1));
    assertThat(lines).isEmpty();
    after(Duration.ofNanos(1));

    assertThat(lines).containsExactly("/1/1 - - -");
    take(Records.response(1, 1, 200), Records.end(1, 1, 5));
    after(TraceJoin.FOR_RESPONSE);
    assertThat(lines).hasSize(1);
    assertThat(join.waiting()).isZero();
  }

  /** What became of the first was lost: servers answer in order. */
  @Test
  void aLostAnswerHoldsLaterOnesBackForAShortTime() {
    take(Records.request(1, 1), Records.request(1, 2));
    take(Records.response(1, 2, 200), Records.end(1, 2, 2));
    after(TraceJoin.FOR_END.minusNanos(1));
    assertThat(lines).isEmpty();
    after(Duration.ofNanos(1));

    assertThat(lines).containsExactly("/1/1 - - -", "/1/2 200 1500000 2");
  }

  @Test
  void theAnswersOfALostRequestAreForgotten() {
    take(Records.response(1, 1, 200), Records.end(1, 1, 1));
    take(Records.request(1, 2));
    take(Records.response(1, 1, 200), Records.end(1, 1, 1));
    take(Records.response(1, 2, 200), Records.end(1, 2, 2));

    assertThat(lines).containsExactly("/1/2 200 1500000 2");
    join.finish();
    assertThat(lines).hasSize(1);
  }

  @Test
  void answersWithoutARequestAreForgottenInTime() {
    take(Records.response(1, 1, 200));
    after(TraceJoin.FOR_REQUEST);
    take(Records.request(1, 1));
    join.finish();

    assertThat(lines).containsExactly("/1/1 - - -");
  }

  @Test
  void anotherConnectionOfTheSameNameIsAnother() {
    take(Records.request(1, 1), Records.request(1, 1));
    take(Records.response(1, 1, 200), Records.end(1, 1, 1));

    assertThat(lines).containsExactly("/1/1 - - -", "/1/1 200 1500000 1");
  }

  private static final byte[] PATH = Records.octets("/" + "a".repeat(303));

  /** How many requests with that path may wait. */
  private static final int MOST =
      (int) (TraceJoin.MAX_OCTETS / (Exchange.SIZE + TraceRecord.TEXT_OFFSET + PATH.length));

  private static TraceRecord request(long connection, int number) {
    return TraceRecord.of(Records.requestOctets(connection, number, new byte[0], PATH))
        .orElseThrow();
  }

  @Test
  void noMoreThanSoManyWait() {
    for (int i = 0; i < MOST; i++) {
      take(request(i, 1));
    }
    assertThat(lines).isEmpty();
    take(request(-1, 1));

    assertThat(lines).hasSize(1);
    assertThat(join.waiting()).isEqualTo(MOST);
  }

  @Test
  void noMoreOfAConnectionEither() {
    take(Records.request(1, 1));
    IntStream.rangeClosed(2, MOST + 10).forEach(each -> take(request(1, each)));

    assertThat(lines).hasSize(10).startsWith("/1/1 - - -");
  }

  @Test
  void answersOfNothingTakeNobodysRoom() {
    take(Records.request(-1, 1));
    for (int i = 0; i < 2 * TraceJoin.MAX_OCTETS / Exchange.SIZE; i++) {
      take(Records.response(i, 1, 200));
    }
    assertThat(lines).isEmpty();
    assertThat(join.waiting()).isEqualTo(1);
  }

  /** Whatever waits in a process has to be in one heap. */
  @Test
  void severalShareTheRoom() {
    IntStream.range(0, MOST).forEach(each -> take(request(each, 1)));
    join.share(1);
    assertThat(lines).isEmpty();
    join.share(4);

    assertThat(join.waiting()).isEqualTo(MOST / 4);
    assertThat(lines).hasSize(MOST - MOST / 4);
    take(request(-1, 1));
    assertThat(join.waiting()).isEqualTo(MOST / 4);
  }

  @Test
  void atTheEndAllThatWaitsIsALine() {
    take(Records.request(1, 1), Records.response(1, 1, 200));
    take(Records.request(2, 1), Records.request(2, 2), Records.response(3, 1, 200));
    join.finish();

    assertThat(lines).containsExactlyInAnyOrder("/1/1 200 1500000 -", "/2/1 - - -", "/2/2 - - -");
    assertThat(lines.indexOf("/2/1 - - -")).isLessThan(lines.indexOf("/2/2 - - -"));
  }

  @Test
  void whereAnswersAreNotSeenNothingIsWaitedFor() {
    join = join(false, "xdp:eth0");
    take(Records.request(1, 1), Records.response(1, 1, 200), Records.end(1, 1, 1));

    assertThat(lines).containsExactly("/1/1 - - -");
    assertThat(join.waiting()).isZero();
  }

  @Test
  void whatIsNotAskedForIsNoLine() {
    join = join(true, "");
    take(Records.request(1, 1), Records.response(1, 1, 200), Records.end(1, 1, 1));
    take(Records.request(1, 2));
    join.finish();

    assertThat(lines).isEmpty();
  }

  /** A client that sends without reading: 40,000 in a pipeline, whose answers come at once. */
  @Test
  void aLongPipelineIsNoWork() {
    int requests = 40_000;
    IntStream.rangeClosed(1, requests).forEach(each -> take(Records.request(1, each)));
    long began = System.nanoTime();
    for (int i = 2; i <= requests; i++) {
      take(Records.response(1, i, 200), Records.end(1, i, i));
    }
    after(TraceJoin.FOR_END);

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    assertThat(lines).hasSize(requests).startsWith("/1/1 - - -", "/1/2 200 1500000 2");
  }
}
