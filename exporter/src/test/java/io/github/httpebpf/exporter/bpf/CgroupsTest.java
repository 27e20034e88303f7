package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupsTest {

  private static final String PROC =
      "24 30 0:22 / /proc rw,nosuid,relatime shared:5 - proc proc rw";

  private static String mount(String point) {
    return mount("/", point);
  }

  private static String mount(String root, String point) {
    return "41 31 0:38 %s %s rw,nosuid shared:9 master:1 - cgroup2 cgroup2 rw,nsdelegate"
        .formatted(root, point);
  }

  @Test
  void findsVersion2Alone() {
    assertThat(Cgroups.root(List.of(PROC, mount("/nowhere/cgroup"))))
        .isEqualTo(Path.of("/nowhere/cgroup"));
  }

  @Test
  void findsVersion2BesideVersion1() {
    assertThat(
            Cgroups.root(
                List.of(
                    PROC,
                    "31 27 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755",
                    "40 31 0:37 / /sys/fs/cgroup/cgroup2 rw - cgroup cgroup2 rw,net_cls",
                    mount("/nowhere/unified"))))
        .isEqualTo(Path.of("/nowhere/unified"));
  }

  @Test
  void version1AloneIsNotEnough() {
    List<String> mounts =
        List.of(
            PROC,
            "40 31 0:37 / /sys/fs/cgroup/memory rw - cgroup cgroup rw",
            "",
            "cgroup2 / /x - ");

    assertThatThrownBy(() -> Cgroups.root(mounts))
        .isInstanceOf(BpfException.class)
        .hasMessage(
            "find the cgroup hierarchy: version 2 is not mounted; as root: mount -t cgroup2 none /sys/fs/cgroup/unified");
  }

  @ParameterizedTest
  @CsvSource({
    "/with\\040blank,/with blank",
    "/with\\134040,/with\\040",
    "/a\\043b,/a#b",
    "/tab\\011,'/tab\t'"
  })
  void blanksInTheMountPointAreWrittenAsNumbers(String written, String path) {
    assertThat(Cgroups.root(List.of(mount(written)))).isEqualTo(Path.of(path));
  }

  @ParameterizedTest
  @CsvSource({
    // A container's own, in a namespace of its own or not, and the host's.
    "/, /../../.., /b",
    "/kubepods.slice/pod1/c1, /, /b",
    // The host is a container too.
    "/, /../.., /b",
    "/host/kubepods/pod1, /host, /b",
    "/, /../../other, /b",
    // Neither shows more.
    "/, /, /a",
    "/, /../other, /a",
  })
  void ofSeveralTheOneThatShowsMost(String first, String second, Path found) {
    assertThat(Cgroups.root(List.of(mount(first, "/a"), PROC, mount(second, "/b"))))
        .isEqualTo(found);
  }

  @Test
  void whatIsNoCgroupIsRefused(@TempDir Path folder) {
    assertThatThrownBy(() -> Cgroups.id(folder.resolve("none")))
        .isInstanceOf(BpfException.class)
        .hasMessageStartingWith("attach to cgroup " + folder.resolve("none") + ": ");
  }
}
