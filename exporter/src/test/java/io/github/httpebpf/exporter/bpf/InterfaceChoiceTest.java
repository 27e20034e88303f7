package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InterfaceChoiceTest {

  private static final List<String> HERE = List.of("lo", "veth1", "veth12", "veth.*", "eth0.100");

  private static InterfaceChoice choice(String... texts) {
    return new InterfaceChoice(List.of(texts), List.of());
  }

  @Test
  void anExpressionMatchesAllOfAName() {
    assertThat(choice("veth[0-9]").matches(HERE)).containsExactly("veth1");
    assertThat(choice("eth.*").matches(HERE)).containsExactly("eth0.100");
  }

  @Test
  void whatIsTheNameOfAnInterfaceIsNoExpression() {
    InterfaceChoice choice = choice("veth.*");
    assertThat(choice.names(HERE)).containsExactly("veth.*");
    assertThat(choice.matches(HERE)).isEmpty();
    assertThat(choice.hasExpressions(HERE)).isFalse();
    assertThat(choice.matches(List.of("veth1"))).containsExactly("veth1");
  }

  @Test
  void aDotMayBeOneAndMayBeAny() {
    assertThat(choice("eth0.100").names(HERE)).containsExactly("eth0.100");
    assertThat(choice("veth.").matches(HERE)).containsExactly("veth1");
    assertThat(choice("eth9.7").names(HERE)).as("matches nobody").containsExactly("eth9.7");
  }

  @Test
  void whatIsExcludedIsFoundByItsNameAlone() {
    InterfaceChoice choice =
        new InterfaceChoice(List.of("veth[0-9]+", "veth12"), List.of("veth1.", "l"));
    assertThat(choice.matches(HERE)).containsExactly("veth1");
    assertThat(choice.names(HERE)).containsExactly("veth12");
    assertThat(choice.isExcluded("lo")).as("not all of it").isFalse();
  }

  @Test
  void anExpressionWithoutAMatchIsNamedWithWhatIsHere() {
    choice("veth.+", "nobody").requireMatches(List.of("lo", "veth1"));
    assertThatThrownBy(() -> choice("tap.+").requireMatches(List.of("lo", "eth0")))
        .hasMessage("attach to tap.+: no interface matches; interfaces here: eth0, lo");
  }

  @Test
  void capturesAreFoundLikewise() {
    List<String> captured = List.of("cgroup", "lo", "veth1", "xdp:veth2");
    CaptureSelection tc = new CaptureSelection(choice("v.+", "eth0"), Map.of());
    CaptureSelection xdp = new CaptureSelection(choice("v.+"), Map.of(CaptureKind.XDP, ""));
    CaptureSelection rest =
        new CaptureSelection(new InterfaceChoice(List.of(), List.of("v.+")), Map.of());

    assertThat(tc.among(captured)).containsExactly("eth0", "veth1");
    assertThat(xdp.among(captured)).containsExactly("xdp:veth2");
    assertThat(rest.among(captured)).containsExactly("cgroup", "lo");
  }
}
