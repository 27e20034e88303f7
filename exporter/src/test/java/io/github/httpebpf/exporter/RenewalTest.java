package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.httpebpf.exporter.bpf.BpfException;
import io.github.httpebpf.exporter.bpf.Failures;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RenewalTest {

  private static Renewal failed(Runnable step) {
    try (Renewal renewal = Renewal.begin("test", Duration.ZERO, step)) {
      while (!renewal.hasFailed()) {
        Thread.onSpinWait();
      }
      return renewal;
    }
  }

  @Test
  void itGoesOn() throws InterruptedException {
    CountDownLatch steps = new CountDownLatch(3);
    try (Renewal renewal = Renewal.begin("test", Duration.ofMillis(1), steps::countDown)) {
      steps.await();

      assertThat(renewal.hasFailed()).isFalse();
      assertThatCode(renewal::check).doesNotThrowAnyException();
    }
  }

  @Test
  void whatTheKernelRefusesIsSaidAsItIs() {
    Renewal renewal =
        failed(
            () -> {
              throw Failures.of("write /p: EPERM");
            });

    assertThatThrownBy(renewal::check)
        .isInstanceOf(BpfException.class)
        .hasMessage("write /p: EPERM");
  }

  /** Also what is no exception, which no command would report. */
  @Test
  void nothingElseIsLost() {
    AssertionError error = new AssertionError("native call threw");
    Renewal renewal =
        failed(
            () -> {
              throw error;
            });

    assertThatThrownBy(renewal::check)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("java.lang.AssertionError: native call threw")
        .hasCause(error);
  }
}
