package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class IntervalTest {

  private final Interval interval = new Interval();

  @ParameterizedTest
  @CsvSource({
    "1ms,PT0.001S",
    "500ms,PT0.5S",
    "2s,PT2S",
    "90s,PT1M30S",
    "1m,PT1M",
    "999999999h,PT999999999H"
  })
  void readsDurationsAsPrometheusWritesThem(String text, Duration duration) {
    assertThat(interval.convert(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2",
        "s",
        "0s",
        "000ms",
        "-1s",
        "1.5s",
        "2 s",
        "2S",
        "1m30s",
        "1d",
        "9999999999s",
        "٢s"
      })
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> interval.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("'" + text + "' is not an interval such as 2s or 500ms");
  }
}
