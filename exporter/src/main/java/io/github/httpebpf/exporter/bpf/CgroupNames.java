package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.metrics.CgroupName;
import io.github.httpebpf.exporter.metrics.LabelledRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/**
 * The names of cgroups by their ids. Those that have gone keep the name they had, as long as this
 * lives. Thread-safe.
 */
final class CgroupNames {

  /** Gone before anybody saw its name. */
  private static final List<String> UNKNOWN = List.of("_unknown", "", "");

  private static final List<String> REST = List.of(LabelledRequests.REST, "", "");

  private final Map<Long, List<String>> labels = new ConcurrentHashMap<>();

  /** For one read: the hierarchy is walked once at the most, and only for an id that is new. */
  LongFunction<List<String>> labels() {
    boolean[] walked = {false};
    return id -> {
      if (id == SeriesMap.REST) {
        return REST;
      }
      if (!labels.containsKey(id) && !walked[0]) {
        walked[0] = true;
        walk();
      }
      return labels.getOrDefault(id, UNKNOWN);
    };
  }

  private void walk() {
    try {
      Path root = Cgroups.root();
      try (Stream<Path> all = Files.walk(root)) {
        all.filter(Files::isDirectory).forEach(cgroup -> remember(root, cgroup));
      }
    } catch (IOException | java.io.UncheckedIOException | BpfException e) {
      // Some have gone meanwhile, or are not ours to see; the next read looks again.
      System.getLogger(CgroupNames.class.getName())
          .log(System.Logger.Level.DEBUG, "walk the cgroups: " + e.getMessage());
    }
  }

  private void remember(Path root, Path cgroup) {
    try {
      Long id = (Long) Files.getAttribute(cgroup, "unix:ino");
      labels.put(id, CgroupName.of("/" + root.relativize(cgroup)).labels());
    } catch (IOException e) {
      // Gone meanwhile.
      System.getLogger(CgroupNames.class.getName())
          .log(System.Logger.Level.DEBUG, "look at " + cgroup + ": " + e.getMessage());
    }
  }
}
