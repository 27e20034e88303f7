package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Since Linux 5.18 a packet may lie in several buffers. */
class XdpHookTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"5.18", "5.18.0-rc1", "5.100.1", "6.0", "6.1.0-56-cloud-amd64", "6.18+", "10.2.1"})
  void newerKernelsHaveThem(String release) {
    assertThat(XdpHook.isSupported(release)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"5.17.99", "5.10.0-35-amd64", "4.18.0-553.el8", "5", "6", "", "unknown", "v6.1"})
  void olderKernelsAndWhatIsNoReleaseHaveNot(String release) {
    assertThat(XdpHook.isSupported(release)).isFalse();
  }
}
