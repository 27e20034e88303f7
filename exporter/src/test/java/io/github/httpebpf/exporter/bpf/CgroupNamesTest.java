package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any directories do: a cgroup's id is its inode. */
class CgroupNamesTest {

  @TempDir private Path hierarchy;

  private final AtomicInteger walks = new AtomicInteger();
  private final CgroupNames names =
      new CgroupNames(
          () -> {
            walks.incrementAndGet();
            return hierarchy;
          });

  private static long id(Path cgroup) throws Exception {
    return (Long) Files.getAttribute(cgroup, "unix:ino");
  }

  @Test
  void theHierarchyIsWalkedOnceForWhatIsNew() throws Exception {
    long a = id(Files.createDirectory(hierarchy.resolve("a")));
    long b = id(Files.createDirectories(hierarchy.resolve("b/c")));

    for (int read = 0; read < 3; read++) {
      var labels = names.labels();
      assertThat(labels.apply(a)).isEqualTo(List.of("/a", "", ""));
      assertThat(labels.apply(b)).isEqualTo(List.of("/b/c", "", ""));
      assertThat(labels.apply(SeriesMap.REST)).isEqualTo(List.of("_other", "", ""));
    }
    assertThat(walks).hasValue(1);
  }

  @Test
  void whatHasGoneKeepsItsName() throws Exception {
    Path cgroup = Files.createDirectory(hierarchy.resolve("a"));
    long id = id(cgroup);
    assertThat(names.labels().apply(id)).isEqualTo(List.of("/a", "", ""));
    Files.delete(cgroup);

    assertThat(names.labels().apply(id)).isEqualTo(List.of("/a", "", ""));
  }

  /** Nor is a hierarchy of thousands walked at each scrape for one that has. */
  @Test
  void whatWentUnseenIsUnknownAndNotLookedForAgain() {
    for (int read = 0; read < 3; read++) {
      assertThat(names.labels().apply(Long.MAX_VALUE)).isEqualTo(CgroupNames.UNKNOWN);
    }
    assertThat(walks).hasValue(1);
  }

  @Test
  void whatCouldNotBeLookedForIsLookedForAgain() throws Exception {
    Path later = hierarchy.resolve("later");
    CgroupNames early = new CgroupNames(() -> later);
    assertThat(early.labels().apply(Long.MAX_VALUE)).isEqualTo(CgroupNames.UNKNOWN);
    long id = id(Files.createDirectories(later.resolve("a")));

    assertThat(early.labels().apply(id)).isEqualTo(List.of("/a", "", ""));
  }
}
