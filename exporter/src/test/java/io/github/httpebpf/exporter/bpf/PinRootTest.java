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

class PinRootTest {

  @ParameterizedTest
  @CsvSource({
    "eth0,eth0",
    "a.100,a%2E100",
    "a%2E100,a%252E100",
    "%,%25",
    "%xdp,%25xdp",
    "a..b,a%2E%2Eb",
    "ü@1,ü@1"
  })
  void namesAreWrittenSoThatABpfFileSystemTakesThem(String interfaceName, String directory) {
    assertThat(PinRoot.encode(interfaceName)).isEqualTo(directory);
    assertThat(PinRoot.decode(directory)).contains(interfaceName);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%xdp", "%cgroup", "%", "a%", "%2", "%2e", "a.b", "%41"})
  void noInterfaceHasAnyOtherDirectory(String directory) {
    assertThat(PinRoot.decode(directory)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "bpf,pin root bpf: not an absolute path",
    "./bpf,pin root bpf: not an absolute path",
    "../bpf,pin root ../bpf: not an absolute path",
    "/sys/a.b,pin root /sys/a.b: a bpf file system has no names with a dot; choose another --pin-root"
  })
  void refusesWhatCannotBeARoot(Path path, String message) {
    assertThatThrownBy(() -> new PinRoot(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void dotsThatOnlyWalkAreResolved() {
    assertThat(new PinRoot(Path.of("/sys/./fs/x/../bpf/")).path())
        .isEqualTo(Path.of("/sys/fs/bpf"));
  }

  @ParameterizedTest
  @CsvSource({
    "eth0,/p/eth0",
    "a.100,/p/a%2E100",
    "xdp:eth0,/p/%xdp/eth0",
    "xdp:a.%,/p/%xdp/a%2E%25",
    "%xdp,/p/%25xdp",
    "%cgroup,/p/%25cgroup",
    "cgroup,/p/%cgroup"
  })
  void eachCaptureHasADirectoryOfItsOwn(String name, Path directory) {
    assertThat(new PinRoot(Path.of("/p")).capture(name).path()).isEqualTo(directory);
  }

  @Test
  void aCaptureIsADirectoryThatHoldsACaptureInfo(@TempDir Path folder) throws Exception {
    // Not PinRoot's own path: a temporary directory may have a dot in its name.
    Path root = folder.resolve("root");
    for (String capture :
        new String[] {
          "eth1",
          "eth0",
          "a%2E100",
          "%xdp",
          "%xdp/eth0",
          "%xdp/b%2E1",
          "%cgroup",
          "%else",
          "%netns/web/eth0",
          "%netns/web/%shared",
          "%netns/%2Fproc%2F7%2Fns%2Fnet/a%2E1"
        }) {
      Files.createDirectories(root.resolve(capture));
      Files.createFile(root.resolve(capture).resolve("capture_info"));
    }
    Files.createDirectory(root.resolve("empty"));
    Files.createFile(root.resolve("file"));

    assertThat(new PinRoot(root).captured())
        .containsExactly(
            "/proc/7/ns/net/a.1",
            "a.100",
            "cgroup",
            "eth0",
            "eth1",
            "web/eth0",
            "xdp:b.1",
            "xdp:eth0");
    assertThat(new PinRoot(root).captured("web")).containsExactly("web/eth0");
    assertThat(new PinRoot(root).captured("")).containsExactly("a.100", "eth0", "eth1");
    assertThat(new PinRoot(root).namespaces()).containsExactly("", "/proc/7/ns/net", "web");
    assertThat(new PinRoot(root.resolve("none")).captured()).isEmpty();
  }
}
