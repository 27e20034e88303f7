package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.metrics.Urls.Url;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UrlNamesTest {

  private final List<Long> lookedUp = new ArrayList<>();

  private Url lookUp(long owner) {
    lookedUp.add(owner);
    return new Url("host", "/" + owner);
  }

  @Test
  void nameIsLookedUpOnceHoweverManyThereAre() {
    UrlNames names = new UrlNames(1);
    for (int round = 0; round < 2; round++) {
      for (long i = 1; i <= 1000; i++) {
        long owner = i << 32;

        assertThat(names.of(owner, this::lookUp)).isEqualTo(new Url("host", "/" + owner));
      }
    }
    assertThat(lookedUp).hasSize(1000).doesNotHaveDuplicates();
  }

  @Test
  void restHasItsNameFromTheStart() {
    UrlNames names = new UrlNames(1);

    assertThat(names.of(SeriesMap.REST, this::lookUp)).isEqualTo(new Url("_other", "_other"));
    assertThat(lookedUp).isEmpty();
  }
}
