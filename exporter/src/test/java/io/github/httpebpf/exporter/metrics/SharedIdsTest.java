package io.github.httpebpf.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Java and the kernel program agree on ids: both are read, here, from their sources. */
class SharedIdsTest {

  @Test
  void methodsAreThoseOfTheHeader() throws IOException {
    Map<Integer, String> names = new LinkedHashMap<>();
    for (HttpMethod method : HttpMethod.values()) {
      names.put(method.id(), method.name());
    }

    assertThat(names).containsExactlyEntriesOf(idsInHeader("METHOD_"));
  }

  @Test
  void methodLabelsAreTheTokensAndOneThatIsNoToken() {
    for (HttpMethod method : HttpMethod.values()) {
      assertThat(method.label()).isEqualTo(method == HttpMethod.OTHER ? "_OTHER" : method.name());
    }
  }

  @Test
  void packetResultsAreThoseOfTheHeader() throws IOException {
    Map<Integer, String> names = new LinkedHashMap<>();
    for (PacketResult result : PacketResult.values()) {
      names.put(result.id(), result.label().toUpperCase(Locale.ROOT));
    }

    assertThat(names).containsExactlyEntriesOf(idsInHeader("RESULT_"));
  }

  @Test
  void unseenProtocolsAreThoseOfTheHeader() throws IOException {
    Map<Integer, String> names = new LinkedHashMap<>();
    for (UnseenProtocol protocol : UnseenProtocol.values()) {
      names.put(protocol.id(), protocol.label().toUpperCase(Locale.ROOT));
    }

    assertThat(names).containsExactlyEntriesOf(idsInHeader("UNSEEN_"));
  }

  @Test
  void idsOfANewerProgramHaveAName() {
    assertThat(PacketResult.labelOf(20)).isEqualTo("resync");
    assertThat(PacketResult.labelOf(21)).isEqualTo("unknown_21");
    assertThat(UnseenProtocol.labelOf(3)).isEqualTo("tunnel");
    assertThat(UnseenProtocol.labelOf(4)).isEqualTo("unknown_4");
    assertThat(HttpMethod.ofId(9)).isEqualTo(HttpMethod.PATCH);
    assertThat(HttpMethod.ofId(10)).isEqualTo(HttpMethod.OTHER);
  }

  @Test
  void negativeIdsAreMistakes() {
    assertThatThrownBy(() -> PacketResult.labelOf(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a packet result id: -1");
    assertThatThrownBy(() -> UnseenProtocol.labelOf(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not an unseen protocol's id: -1");
    assertThatThrownBy(() -> HttpMethod.ofId(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a method id: -1");
  }

  private static Map<Integer, String> idsInHeader(String prefix) throws IOException {
    Path root = Path.of(System.getProperty("httpebpf.root", ".."));
    String header = Files.readString(root.resolve("native/src/http_counter.h"));
    Matcher constant =
        Pattern.compile("^\\s*" + prefix + "(\\w+)\\s*=\\s*(\\d+),", Pattern.MULTILINE)
            .matcher(header);
    Map<Integer, String> ids = new LinkedHashMap<>();
    while (constant.find()) {
      if (!constant.group(1).equals("COUNT")) {
        ids.put(Integer.valueOf(constant.group(2)), constant.group(1));
      }
    }
    return ids;
  }
}
