package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureSpecTest {

  @ParameterizedTest
  @CsvSource({
    "TC,eth0,eth0,eth0",
    "TC,xdp,xdp,xdp",
    "TC,a.100,a.100,a.100",
    "XDP,eth0,xdp:eth0,eth0",
    "XDP,cgroup,xdp:cgroup,cgroup",
    "XDP,xdp,xdp:xdp,xdp",
    "TC,web/eth0,web/eth0,eth0",
    "TC,xdp:a/eth0,xdp:a/eth0,eth0",
    "TC,/proc/7/ns/net/eth0,/proc/7/ns/net/eth0,eth0",
    "CGROUP,'',cgroup,",
    "CGROUP,/sys/fs/cgroup/a,cgroup,"
  })
  void aNameTellsKindAndInterface(
      CaptureKind kind, String place, String name, @org.jspecify.annotations.Nullable String of) {
    assertThat(new CaptureSpec(kind, place).name()).isEqualTo(name);
    assertThat(CaptureSpec.kindOf(name)).isEqualTo(kind);
    assertThat(CaptureSpec.interfaceOf(name).orElse(null)).isEqualTo(of);
  }
}
