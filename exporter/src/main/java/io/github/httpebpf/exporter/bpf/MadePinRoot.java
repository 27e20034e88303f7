package io.github.httpebpf.exporter.bpf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A pin root that is there and locked, and how many of its directories a load made, so that the
 * last unload removes as many.
 */
final class MadePinRoot implements AutoCloseable {

  private final int directories;
  private final PinRootLock lock;

  private MadePinRoot(int directories, PinRootLock lock) {
    this.directories = directories;
    this.lock = lock;
  }

  /** Makes what is missing of the root, and locks it; the caller closes the result. */
  static MadePinRoot make(PinRoot root, Rollback rollback) {
    int made = 0;
    while (true) {
      for (Path directory : missing(root.path())) {
        if (BpfFileSystem.makeDirectory(directory)) {
          made++;
          rollback.add(() -> BpfFileSystem.deleteQuietly(directory));
        }
      }
      PinRootLock lock = PinRootLock.acquire(root.path());
      if (lock.holds()) {
        return new MadePinRoot(Math.max(made, inherited(root)), lock);
      }
      // The last unload removed it while this waited.
      lock.close();
    }
  }

  /** The directories of a path that do not exist, outermost first. */
  private static List<Path> missing(Path path) {
    List<Path> missing = new ArrayList<>();
    for (Path each = path; each != null && !Files.exists(each); each = each.getParent()) {
      missing.addFirst(each);
    }
    return missing;
  }

  /** What the loads before made: whichever capture ends last, the root ends with it. */
  private static int inherited(PinRoot root) {
    int made = 0;
    for (String name : root.captured()) {
      try {
        made =
            Math.max(made, root.capture(name).info().map(CaptureInfo::madeDirectories).orElse(0));
      } catch (BpfException e) {
        System.getLogger(MadePinRoot.class.getName())
            .log(System.Logger.Level.DEBUG, "passing over: " + e.getMessage());
      }
    }
    return made;
  }

  /** How many directories of the pin root's path loads have made, from the root upwards. */
  int directories() {
    return directories;
  }

  @Override
  public void close() {
    lock.close();
  }
}
