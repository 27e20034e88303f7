package io.github.httpebpf.exporter.bpf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The pins of what the captures of many interfaces share; what is counted is pinned with each
 * interface.
 *
 * @param path {@code <pin-root>/%shared}
 */
record SharedDirectory(Path path) {

  /** The state of connections. */
  static final List<String> STATE = CaptureKind.TC.stateMaps();

  Path program(ProbeProgram program) {
    return path.resolve(program.programPin());
  }

  Path map(String name) {
    return path.resolve(name);
  }

  /** Pinned first, removed last. */
  Path captureInfo() {
    return map(MapNames.CAPTURE_INFO);
  }

  /** Whether a program is there to be attached. */
  boolean isLoaded() {
    return Files.exists(captureInfo()) && Files.exists(program(ProbeProgram.COUNTER));
  }

  /**
   * What the last load left here; empty if nothing is.
   *
   * @throws BpfException if something is that cannot be read
   */
  Optional<CaptureInfo> info() {
    return CaptureInfo.read(captureInfo());
  }

  /** Pins a new object, or one in place of another. */
  void pin(int object, Path pin, String permissions, Rollback rollback) {
    if (Files.exists(pin)) {
      PinnedObjects.replacePin(object, pin, permissions);
    } else {
      PinnedObjects.pin(object, pin, permissions);
      rollback.add(() -> BpfFileSystem.deleteQuietly(pin));
    }
  }

  /** Removes all pins, and the directory if nothing else is in it. */
  void remove() {
    List<Path> pins = new ArrayList<>();
    for (ProbeProgram program : ProbeParts.SHARED.programs()) {
      pins.add(program(program));
    }
    STATE.forEach(name -> pins.add(map(name)));
    MapNames.OF_TRACE.forEach(name -> pins.add(map(name)));
    CountIndex.NAMES.forEach(name -> pins.add(map(name)));
    pins.add(captureInfo());
    for (Path pin : pins) {
      BpfFileSystem.deleteQuietly(pin.resolveSibling(pin.getFileName() + "_new"));
      BpfFileSystem.delete(pin);
    }
    BpfFileSystem.deleteQuietly(path);
  }
}
