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

  private final List<Path> unfinished;
  private final int directories;
  private final DirectoryLock lock;

  private MadePinRoot(List<Path> unfinished, int directories, DirectoryLock lock) {
    this.unfinished = unfinished;
    this.directories = directories;
    this.lock = lock;
  }

  /** Makes what is missing of the root, and locks it; the caller closes the result. */
  static MadePinRoot make(PinRoot root, Rollback rollback) {
    while (true) {
      for (Path directory : missing(root.path())) {
        if (BpfFileSystem.makeDirectory(directory)) {
          rollback.add(() -> BpfFileSystem.deleteQuietly(directory));
        }
      }
      DirectoryLock lock = DirectoryLock.acquire(root.path());
      if (lock.holds()) {
        List<Path> unfinished = unfinished(root);
        // Also those that a killed load has left.
        unfinished.forEach(each -> rollback.add(() -> BpfFileSystem.deleteQuietly(each)));
        return new MadePinRoot(unfinished, Math.max(unfinished.size(), inherited(root)), lock);
      }
      // The last unload removed it while this waited.
      lock.close();
    }
  }

  /** The directories of a root's path that loads made and have not finished, outermost first. */
  static List<Path> unfinished(PinRoot root) {
    List<Path> unfinished = new ArrayList<>();
    for (Path each = root.path();
        each != null && BpfFileSystem.isUnfinished(each);
        each = each.getParent()) {
      unfinished.addFirst(each);
    }
    return unfinished;
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
    // What is shared knows it for all that share: they may be many.
    int made =
        directories(
            root.namespaces().stream().map(each -> root.shared(each).captureInfo()).toList());
    return made > 0
        ? made
        : directories(
            root.captured().stream().map(name -> root.capture(name).captureInfo()).toList());
  }

  private static int directories(List<Path> infos) {
    int made = 0;
    for (Path each : infos) {
      try {
        made = Math.max(made, CaptureInfo.read(each).map(CaptureInfo::madeDirectories).orElse(0));
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

  /** Says that the root shall stay: a capture is in it, which knows what was made. */
  void finish() {
    unfinished.forEach(BpfFileSystem::finishDirectory);
  }

  @Override
  public void close() {
    lock.close();
  }
}
