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

  private static final String PROC = "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0";

  private static String mount(String point) {
    return "cgroup2 " + point + " cgroup2 rw,nosuid,nodev,noexec,relatime,nsdelegate 0 0";
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
                    "tmpfs /sys/fs/cgroup tmpfs ro,nosuid,nodev,noexec,mode=755 0 0",
                    "cgroup /sys/fs/cgroup/cgroup2 cgroup rw,net_cls,net_prio 0 0",
                    mount("/nowhere/unified"))))
        .isEqualTo(Path.of("/nowhere/unified"));
  }

  @Test
  void version1AloneIsNotEnough() {
    List<String> mounts =
        List.of(PROC, "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0", "", "cgroup2 /x");

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

  /** Any directory of version 2 that is not its root has another inode. */
  @Test
  void ofSeveralTheFirstUnlessAnotherIsTheWhole(@TempDir Path part) {
    assertThat(Cgroups.root(List.of(mount(part.toString()), mount("/nowhere/other"))))
        .isEqualTo(part);
    // The root of proc has the first inode too.
    assertThat(Cgroups.root(List.of(mount(part.toString()), mount("/proc"))))
        .isEqualTo(Path.of("/proc"));
  }

  @Test
  void whatIsNoCgroupIsRefused(@TempDir Path folder) {
    assertThatThrownBy(() -> Cgroups.id(folder.resolve("none")))
        .isInstanceOf(BpfException.class)
        .hasMessageStartingWith("attach to cgroup " + folder.resolve("none") + ": ");
  }
}
