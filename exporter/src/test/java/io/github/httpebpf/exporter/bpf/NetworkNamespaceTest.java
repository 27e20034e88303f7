package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkNamespaceTest {

  @ParameterizedTest
  @CsvSource({
    "web,web",
    "a.b%c,a.b%c",
    "/var/run/netns/web,web",
    "/run/netns/web,web",
    "/run/netns/../netns/web,web",
    "/run/netns/web/x,/run/netns/web/x",
    "/proc/7/ns/net,/proc/7/ns/net"
  })
  void isKnownByTheNameOfIproute2OrByItsPath(String text, String name) {
    NetworkNamespace netns = NetworkNamespace.of(text);

    assertThat(netns.name()).isEqualTo(name);
    assertThat(netns.capture("eth0")).isEqualTo(name + "/eth0");
    assertThat(NetworkNamespace.ofCapture(name + "/eth0")).isEqualTo(netns);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "a b", "./a"})
  void whatIsNeitherIsRefused(String text) {
    assertThatThrownBy(() -> NetworkNamespace.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "--netns '%s': neither the name of a network namespace nor an absolute path", text);
  }

  /** Each slash takes three octets in the name of a pin. */
  @Test
  void whatIsTooLongToBePinnedIsRefused() {
    assertThat(NetworkNamespace.of("/" + "a".repeat(252)).name()).hasSize(253);
    assertThatThrownBy(() -> NetworkNamespace.of("/" + "a".repeat(253)))
        .hasMessageEndingWith(": too long to be pinned");
  }

  @Test
  void theOneOfThisProcessIsItsOwn() {
    assertThat(NetworkNamespace.of("/proc/self/ns/net").resolved()).isEqualTo(NetworkNamespace.OWN);
    assertThat(NetworkNamespace.of("none").resolved().name()).isEqualTo("none");
  }

  @Test
  void whatIsNotThereHasGoneAndWhatIsThereHasNot(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("net"));
    long inode = (Long) Files.getAttribute(file, "unix:ino");
    NetworkNamespace netns = NetworkNamespace.of(file.toString());

    assertThat(netns.hasGone(inode)).isFalse();
    assertThat(netns.hasGone(inode + 1)).isTrue();
    Files.delete(file);
    assertThat(netns.hasGone(inode)).isTrue();
    assertThat(NetworkNamespace.OWN.hasGone(inode)).isFalse();
  }

  @Test
  void whatCannotBeEnteredIsOneLine(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("net"));
    for (Path path : new Path[] {folder.resolve("none"), folder, file}) {
      assertThatThrownBy(() -> NetworkNamespace.of(path.toString()).call(() -> 1))
          .isInstanceOf(BpfException.class)
          .hasMessageStartingWith("enter network namespace " + path + ": ")
          .hasMessageNotContaining("\n");
    }
  }
}
