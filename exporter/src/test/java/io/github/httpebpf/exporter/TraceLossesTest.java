package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.RequestTrace.Dropped;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceLossesTest {

  private final List<String> last = new ArrayList<>();
  private final TraceLosses losses = new TraceLosses(last::add);

  @Test
  void whatWasLostIsSaidOnce() {
    losses.sum(new Dropped(3, 2), 0);
    losses.sum(new Dropped(4, 2), 1);

    assertThat(last)
        .containsExactly("lost in all 3 lines, and of 2 others what became of the request");
  }

  @Test
  void whatWasNotPrintedIsNoMoreThanIsSaid() {
    losses.sum(new Dropped(0, 0), 7);

    assertThat(last)
        .containsExactly(
            "lost in all 0 lines, and of 0 others what became of the request"
                + ", and up to 7 lines that standard output did not take");
  }

  @Test
  void whereNothingWasLostNothingIsSaid() {
    losses.sum(new Dropped(0, 0), 0);

    assertThat(last).isEmpty();
  }
}
