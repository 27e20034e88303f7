package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One interface that joins those that share programs: its pins, made or found, and then its links.
 * Not thread-safe.
 */
final class SharedCapture implements AutoCloseable {

  private final CaptureTarget target;
  private final CaptureDirectory directory;
  private final TcBackend backend;
  private final Optional<CaptureInfo> before;
  private final Rollback rollback = new Rollback();

  private final List<AutoCloseable> open = new ArrayList<>();

  /** Descriptors by the maps' names. */
  private final Map<String, Integer> counts = new HashMap<>();

  private boolean made;

  private SharedCapture(CaptureTarget target, CaptureDirectory directory, TcBackend backend) {
    this.target = target;
    this.directory = directory;
    this.backend = backend;
    this.before = directory.info();
  }

  /**
   * Makes or opens the maps that count for an interface; nothing is attached yet. The caller closes
   * the result, which takes back what was not {@link #keep kept}.
   */
  static SharedCapture prepare(
      CaptureTarget target, PinRoot root, CaptureSettings settings, SharedForms forms) {
    SharedCapture capture =
        new SharedCapture(target, root.capture(target.name()), settings.backend());
    try {
      CapturePreflight.check(root, settings.backend(), List.of(target));
      capture.requireFree();
      capture.made = BpfFileSystem.makeDirectory(capture.directory.path());
      if (capture.made) {
        capture.rollback.add(() -> BpfFileSystem.deleteQuietly(capture.directory.path()));
      }
      if (capture.before.isEmpty()) {
        Hook hook = settings.backend() == TcBackend.CLSACT ? Hook.CLSACT : Hook.TCX;
        capture.pinInfo(forms, hook, 0);
      }
      capture.openCounts(settings, forms);
      return capture;
    } catch (BpfException e) {
      capture.close();
      throw e;
    }
  }

  /** The pins of an interface that was renamed are its own still. */
  private void requireFree() {
    boolean taken =
        before
            .filter(info -> info.ifindex() != target.index() && Interfaces.exists(info.ifindex()))
            .isPresent();
    if (taken) {
      throw NativeCalls.failure(
          "attach to",
          target.name(),
          Errno.EEXIST,
          "",
          "its pins are those of an interface that has another name now; unload them first");
    }
  }

  private void openCounts(CaptureSettings settings, SharedForms forms) {
    directory.counts().forEach((pin, shape) -> openCount(pin, shape, forms));
    Map<String, MapShape> asked = settings.series(directory.kind());
    for (String name : directory.kind().seriesMaps()) {
      Path pin = directory.map(name);
      MapShape shape = asked.get(name);
      if (shape == null) {
        BpfFileSystem.deleteQuietly(pin);
      } else if (Files.exists(pin)) {
        add(PinnedMap.openOfAnySize(pin, shape));
      } else {
        make(pin, shape, forms);
      }
    }
  }

  private void openCount(Path pin, MapShape shape, SharedForms forms) {
    if (Files.exists(pin)) {
      add(PinnedMap.open(pin, shape));
    } else {
      make(pin, shape, forms);
    }
  }

  private void add(PinnedMap map) {
    open.add(map);
    counts.put(String.valueOf(map.pin().getFileName()), map.descriptor());
  }

  private void make(Path pin, MapShape shape, SharedForms forms) {
    String name = String.valueOf(pin.getFileName());
    Descriptor map = forms.create(name, shape.maxEntries());
    open.add(map);
    if (shape.hasRest()) {
      SeriesMap.fillRest(map.number(), shape);
    }
    counts.put(name, map.number());
    PinnedObjects.pin(map.number(), pin, CaptureDirectory.READABLE);
    rollback.add(() -> BpfFileSystem.deleteQuietly(pin));
  }

  private void pinInfo(SharedForms forms, Hook hook, int priority) {
    try (Descriptor info = forms.info(target, hook, priority)) {
      Path pin = directory.captureInfo();
      boolean isNew = Files.notExists(pin);
      if (isNew) {
        PinnedObjects.pin(info.number(), pin, CaptureDirectory.READABLE);
        rollback.add(() -> BpfFileSystem.deleteQuietly(pin));
      } else {
        PinnedObjects.replacePin(info.number(), pin, CaptureDirectory.READABLE);
      }
    }
  }

  /** Attaches, or swaps the programs of a capture that is there. */
  void attach(LoadedPrograms programs, SharedDirectory shared, SharedForms forms) {
    CaptureScene scene =
        new CaptureScene(
            target,
            directory,
            shared::program,
            before,
            (hook, priority) -> pinInfo(forms, hook, priority),
            rollback);
    try (CaptureAttachment.Attached attached = CaptureAttachment.attach(scene, programs, backend)) {
      attached.pin();
      if (before.isPresent()) {
        pinInfo(forms, attached.hook(), attached.tcPriority());
      }
    }
    if (made) {
      BpfFileSystem.finishDirectory(directory.path());
    }
  }

  /** Leaves it to another to take it back. */
  void keep(Rollback other) {
    rollback.handTo(other);
  }

  CaptureTarget target() {
    return target;
  }

  /** The descriptor of a map that counts, owned by this; nothing if it is not asked for. */
  Optional<Integer> count(String map) {
    return Optional.ofNullable(counts.get(map));
  }

  @Override
  public void close() {
    rollback.close();
    for (AutoCloseable each : open) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
