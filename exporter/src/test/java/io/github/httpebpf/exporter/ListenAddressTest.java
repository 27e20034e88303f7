package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {

  @ParameterizedTest
  @CsvSource({
    ":10435, '', 10435",
    "127.0.0.1:10435, 127.0.0.1, 10435",
    "[::1]:10435, ::1, 10435",
    "localhost:10435, localhost, 10435",
    "node-1.example.org:80, node-1.example.org, 80",
    ":0, '', 0",
    ":65535, '', 65535"
  })
  void readsHostAndPortAndWritesThemAgain(String text, String host, int port) {
    ListenAddress address = ListenAddress.parse(text);

    assertThat(address).isEqualTo(new ListenAddress(host, port)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "10435",
        "localhost",
        "localhost:",
        "::1:10435",
        "[::1]",
        "[]:80",
        ":+80",
        ":-1",
        ":8 0",
        "a b:80",
        "http://localhost:80",
        ":80/metrics",
        ":123456",
        "[::1:80",
        "\n:80"
      })
  void whatHasAnotherFormIsRejectedWithAnExample(String text) {
    assertThatThrownBy(() -> ListenAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "listen address '"
                + text
                + "': expected [HOST]:PORT, for example :10435, 127.0.0.1:10435 or [::1]:10435");
  }

  @Test
  void portsEndAt65535() {
    assertThatThrownBy(() -> ListenAddress.parse(":65536"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("listen address ':65536': ports end at 65535");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[127.0.0.1]:80", "[localhost]:80", "[::g]:80", "[1:2]:80"})
  void bracketsAreForIpv6(String text) {
    assertThatThrownBy(() -> ListenAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("listen address '" + text + "': only an IPv6 address stands in brackets");
  }

  @Test
  void withoutHostEveryAddressOfThisHostIsMeant() {
    assertThat(ListenAddress.parse(":10435").resolve().getAddress().isAnyLocalAddress()).isTrue();
  }
}
