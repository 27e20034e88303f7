package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverlapsTest {

  private static final int ETHERNET = 1;

  private static final List<Interface> HOST =
      List.of(
          new Interface("lo", 1, 772, 0, 0),
          new Interface("eth0", 2, ETHERNET, 0, 0),
          new Interface("eth0.100", 3, ETHERNET, 0, 2),
          new Interface("br0", 4, ETHERNET, 0, 0),
          new Interface("veth0", 5, ETHERNET, 4, 0),
          new Interface("veth1", 6, ETHERNET, 4, 0),
          new Interface("a", 7, ETHERNET, 0, 8),
          new Interface("b", 8, ETHERNET, 0, 7));

  private static List<String> among(String captures) {
    return Overlaps.among(Set.of(captures.split(" ")), NetworkNamespace.OWN, HOST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eth0 xdp:eth0|eth0 and xdp:eth0|it is one interface",
        "veth0 br0|br0 and veth0|one is a port of the other",
        "xdp:veth0 br0|br0 and xdp:veth0|one is a port of the other",
        "eth0.100 eth0|eth0 and eth0.100|one is made upon the other",
        "cgroup lo xdp:eth0|cgroup and lo, xdp:eth0|sockets of this host receive there"
      })
  void whatMaySeeTheSamePacketIsOneLine(String captures, String which, String why) {
    assertThat(among(captures))
        .containsExactly(
            which
                + " may count the same request each, since "
                + why
                + "; query one interface only");
  }

  @ParameterizedTest
  @CsvSource({
    "lo eth0",
    "cgroup",
    "veth0 veth1",
    "a b",
    "xdp:eth0 lo",
    "eth0.100 br0",
    "gone xdp:gone"
  })
  void othersSayNothing(String captures) {
    assertThat(among(captures)).isEmpty();
  }

  @Test
  void eachPairIsOneLine() {
    assertThat(among("veth0 veth1 br0 cgroup xdp:br0")).hasSize(6);
  }
}
