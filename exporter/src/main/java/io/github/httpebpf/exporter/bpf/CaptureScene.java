package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a load finds, and how it says and takes back what it does.
 *
 * @param before what is captured there already
 * @param announcement called before what is attached outlives this process
 */
record CaptureScene(
    CaptureTarget target,
    CaptureDirectory directory,
    Optional<CaptureInfo> before,
    Announcement announcement,
    Rollback rollback) {

  /**
   * Pins what a capture is from now on. What outlives a killed process must not be attached before,
   * lest nobody know of it.
   */
  @FunctionalInterface
  interface Announcement {
    void pin(Hook hook, int tcPriority);
  }

  /** What is captured there already, if it is on this very interface, or cgroup. */
  Optional<CaptureInfo> living() {
    return before.filter(info -> info.ifindex() == target.index());
  }

  /** A living capture's pin is replaced; a new one's must not meet another. */
  void pin(int object, Path pin) {
    boolean isNew = !Files.exists(pin);
    if (before.isPresent()) {
      PinnedObjects.replacePin(object, pin, CaptureDirectory.PRIVATE);
    } else {
      PinnedObjects.pin(object, pin, CaptureDirectory.PRIVATE);
    }
    if (isNew) {
      rollback.add(() -> BpfFileSystem.deleteQuietly(pin));
    }
  }
}
