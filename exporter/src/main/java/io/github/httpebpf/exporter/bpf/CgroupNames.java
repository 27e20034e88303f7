package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.metrics.CgroupName;
import io.github.httpebpf.exporter.metrics.LabelledRequests;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The names of cgroups by their ids. Those that have gone keep the name they had, as long as this
 * lives. Thread-safe.
 */
final class CgroupNames {

  private static final System.Logger LOG = System.getLogger(CgroupNames.class.getName());

  /** Gone before anybody saw its name. */
  static final List<String> UNKNOWN = List.of("_unknown", "", "");

  private static final List<String> REST = List.of(LabelledRequests.REST, "", "");

  private final Supplier<Path> root;
  private final Map<Long, List<String>> labels = new ConcurrentHashMap<>();

  CgroupNames() {
    this(Cgroups::root);
  }

  /** In the hierarchy below a directory, which is asked for at each walk. */
  CgroupNames(Supplier<Path> root) {
    this.root = root;
  }

  /**
   * For one read: the hierarchy is walked once at the most, and only for an id that is new. What
   * counts has been there; if it is not found it has gone, and is not looked for again.
   */
  LongFunction<List<String>> labels() {
    return new LongFunction<>() {
      private @Nullable Map<Long, List<String>> found;

      @Override
      public List<String> apply(long id) {
        if (id == SeriesMap.REST) {
          return REST;
        }
        List<String> known = labels.get(id);
        if (known != null) {
          return known;
        }
        if (found == null) {
          found = walk();
        }
        List<String> name = found.getOrDefault(id, UNKNOWN);
        if (!found.isEmpty()) {
          labels.put(id, name);
        }
        return name;
      }
    };
  }

  /** All that there are; nothing if there is no hierarchy to look at, so that the next read may. */
  private Map<Long, List<String>> walk() {
    Map<Long, List<String>> found = new HashMap<>();
    try {
      Path top = root.get();
      Files.walkFileTree(top, new Visitor(top, found));
    } catch (IOException | BpfException e) {
      LOG.log(System.Logger.Level.DEBUG, "walk the cgroups: " + e.getMessage());
    }
    return found;
  }

  /** Passes over what goes meanwhile. */
  private static final class Visitor extends SimpleFileVisitor<Path> {

    private final Path top;
    private final Map<Long, List<String>> found;

    Visitor(Path top, Map<Long, List<String>> found) {
      this.top = top;
      this.found = found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path cgroup, BasicFileAttributes attributes) {
      try {
        Long id = (Long) Files.getAttribute(cgroup, "unix:ino");
        found.put(id, CgroupName.of("/" + top.relativize(cgroup)).labels());
        return FileVisitResult.CONTINUE;
      } catch (IOException e) {
        return visitFileFailed(cgroup, e);
      }
    }

    @Override
    public FileVisitResult visitFileFailed(Path path, IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "look at " + path + ": " + e.getMessage());
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path cgroup, @Nullable IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
