package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a load finds, and how it says and takes back what it does.
 *
 * @param programs where the programs are pinned
 * @param before what is captured there already
 * @param announcement called before what is attached outlives this process
 */
record CaptureScene(
    CaptureTarget target,
    CaptureDirectory directory,
    Function<ProbeProgram, Path> programs,
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

  /** Where a program is pinned that is, or was, attached. */
  Path programPin(ProbeProgram program) {
    return programs.apply(program);
  }

  /** Pins a program, if it is this capture's alone. */
  void pinProgram(int object, ProbeProgram program) {
    if (programPin(program).equals(directory.program(program))) {
      pin(object, programPin(program));
    }
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
