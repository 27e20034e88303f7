package io.github.httpebpf.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ExchangesTest {

  private static long[] words(long first) {
    return LongStream.range(first, first + 20).toArray();
  }

  private static Exchanges.Outcome of(Exchanges exchanges, HttpMethod method) {
    return Objects.requireNonNull(exchanges.byMethod().get(method));
  }

  @Test
  void wordsAreThoseOfTheKernelsStruct() {
    long[][] entries = new long[16][20];
    entries[HttpMethod.GET.id()] = words(1);

    Exchanges exchanges = Exchanges.ofEntries(true, entries, List.of());

    Exchanges.Outcome get = of(exchanges, HttpMethod.GET);
    assertThat(get)
        .isEqualTo(
            new Exchanges.Outcome(LongStream.rangeClosed(1, 15).boxed().toList(), 16, 17, 18, 19));
    assertThat(get.count()).isEqualTo(15 * 16 / 2);
    assertThat(exchanges.byMethod().keySet()).containsExactly(HttpMethod.values());
    assertThat(of(exchanges, HttpMethod.POST).count()).isZero();
  }

  @Test
  void methodsOfANewerProgramAreOthers() {
    long[][] entries = new long[16][20];
    entries[HttpMethod.OTHER.id()] = words(100);
    entries[10] = words(1000);
    entries[15] = words(10_000);

    Exchanges.Outcome other = of(Exchanges.ofEntries(true, entries, List.of()), HttpMethod.OTHER);

    assertThat(other.durations().getFirst()).isEqualTo(11_100);
    assertThat(other.durations().getLast()).isEqualTo(11_100 + 3 * 14);
    assertThat(other.nanoseconds()).isEqualTo(11_100 + 3 * 15);
    assertThat(other.unanswered()).isEqualTo(11_100 + 3 * 16);
    assertThat(other.requestBytes()).isEqualTo(11_100 + 3 * 17);
    assertThat(other.responseBytes()).isEqualTo(11_100 + 3 * 18);
  }

  @Test
  void boundsAreThoseOfTheKernel() throws IOException {
    Path root = Path.of(System.getProperty("httpebpf.root", ".."));
    String source = Files.readString(root.resolve("native/src/exchanges.h"));

    assertThat(
            Pattern.compile("(\\d+) \\* MILLISECONDS")
                .matcher(source)
                .results()
                .map((MatchResult bound) -> Integer.parseInt(bound.group(1)) / 1000.0))
        .containsExactlyElementsOf(Exchanges.BOUNDS);
  }
}
