package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VerifierLogTest {

  private static String lines(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(number -> "line " + number)
        .collect(Collectors.joining("\n"));
  }

  @Test
  void aShortLogIsShownWhole() {
    assertThat(VerifierLog.end("")).isEmpty();
    assertThat(VerifierLog.end("\n" + lines(100) + "\n")).isEqualTo(lines(100));
  }

  @Test
  void ofALongLogTheEndIsShown() {
    assertThat(VerifierLog.end(lines(101)).lines())
        .hasSize(101)
        .startsWith("(1 lines before)", "line 2")
        .endsWith("line 101");
  }

  @Test
  void aLogIsWholeIfItHasItsLastLine() {
    assertThat(VerifierLog.isWhole("R1 invalid\nprocessed 7 insns (limit 1000000)\n")).isTrue();
    assertThat(VerifierLog.isWhole("processed 7 insns (limit 1000000)\nR1 inv")).isFalse();
    assertThat(VerifierLog.isWhole("")).isFalse();
  }
}
