package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.nio.file.Files;
import java.util.Optional;

/** Brings a loaded program to an interface's hook, or swaps it into the hook that a capture has. */
final class CaptureAttachment {

  /** An attached program and its link, if it has one; what is not pinned ends with it. */
  static final class Attached implements AutoCloseable {

    private final Hook hook;
    private final int tcPriority;
    private final Runnable pins;
    private final Runnable end;

    private Attached(Hook hook, int tcPriority, Runnable pins, Runnable end) {
      this.hook = hook;
      this.tcPriority = tcPriority;
      this.pins = pins;
      this.end = end;
    }

    Hook hook() {
      return hook;
    }

    int tcPriority() {
      return tcPriority;
    }

    int tcHandle() {
      return hook == Hook.CLSACT ? ClsactHook.HANDLE : 0;
    }

    /** Pins program and link, in place of those that are pinned. */
    void pin() {
      pins.run();
    }

    @Override
    public void close() {
      end.run();
    }
  }

  private final Interface target;
  private final CaptureDirectory directory;
  private final Rollback rollback;

  CaptureAttachment(Interface target, CaptureDirectory directory, Rollback rollback) {
    this.target = target;
    this.directory = directory;
    this.rollback = rollback;
  }

  /** Attaches the probe's program; the caller closes the result, and has it pinned before. */
  Attached attach(HttpProbe probe, TcBackend backend, Optional<CaptureInfo> before) {
    if (before.isPresent() && before.get().hook() == Hook.CLSACT) {
      return clsact(probe, before);
    }
    if (before.isPresent()) {
      return swapTcx(probe, before.get());
    }
    if (backend == TcBackend.CLSACT) {
      return clsact(probe, before);
    }
    try {
      return newTcx(probe);
    } catch (BpfException e) {
      if (backend == TcBackend.AUTO && e.is(Errno.EINVAL) && !TcxHook.isSupported()) {
        return clsact(probe, before);
      }
      throw e;
    }
  }

  private Attached newTcx(HttpProbe probe) {
    Descriptor link = TcxHook.attach(probe.program(), target.index(), target.name());
    return attached(
        () -> {
          pinProgram(probe);
          undoPin(() -> BpfFileSystem.deleteQuietly(directory.link()));
          PinnedObjects.replacePin(link.number(), directory.link(), CaptureDirectory.PRIVATE);
        },
        link);
  }

  private Attached swapTcx(HttpProbe probe, CaptureInfo before) {
    if (before.ifindex() != target.index() || !Files.exists(directory.link())) {
      return newTcx(probe);
    }
    Descriptor link = PinnedObjects.open(directory.link(), PinnedObjects.Kind.LINK);
    try {
      TcxHook.update(link, probe.program(), target.name());
    } catch (BpfException e) {
      link.close();
      if (e.is(Errno.ENOLINK)) {
        return newTcx(probe);
      }
      throw e;
    }
    return attached(() -> pinProgram(probe), link);
  }

  private static Attached attached(Runnable pins, Descriptor link) {
    return new Attached(Hook.TCX, 0, pins, link::close);
  }

  private Attached clsact(HttpProbe probe, Optional<CaptureInfo> before) {
    boolean swaps = before.isPresent() && before.get().ifindex() == target.index();
    int priority =
        swaps ? before.get().tcPriority() : ClsactHook.freePriority(target.index(), target.name());
    ClsactHook.attach(probe.program(), target.index(), priority, target.name());
    if (!swaps) {
      rollback.add(() -> ClsactHook.detach(target.index(), priority, target.name()));
    }
    return new Attached(Hook.CLSACT, priority, () -> pinProgram(probe), () -> {});
  }

  private void pinProgram(HttpProbe probe) {
    undoPin(() -> BpfFileSystem.deleteQuietly(directory.program()));
    PinnedObjects.replacePin(probe.program(), directory.program(), CaptureDirectory.PRIVATE);
  }

  /** A pin that was there before is not taken back: it is the living capture's. */
  private void undoPin(Runnable undo) {
    if (!directory.exists()) {
      rollback.add(undo);
    }
  }
}
