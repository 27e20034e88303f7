package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Brings a loaded program to an interface's hook, or swaps it into the hook that a capture has. */
final class CaptureAttachment {

  /**
   * Pins what a capture is from now on. What outlives a killed process must not be attached before,
   * lest nobody know of it.
   */
  @FunctionalInterface
  interface Announcement {
    void pin(Hook hook, int tcPriority);
  }

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
  private final Optional<CaptureInfo> before;
  private final Announcement announcement;
  private final Rollback rollback;

  /**
   * Attaches nothing yet.
   *
   * @param before what is captured there already
   * @param announcement called before what is attached outlives this process
   */
  CaptureAttachment(
      Interface target,
      CaptureDirectory directory,
      Optional<CaptureInfo> before,
      Announcement announcement,
      Rollback rollback) {
    this.target = target;
    this.directory = directory;
    this.before = before;
    this.announcement = announcement;
    this.rollback = rollback;
  }

  /** Attaches the probe's program; the caller closes the result, and has it pinned before. */
  Attached attach(HttpProbe probe, TcBackend backend) {
    if (before.isPresent()) {
      return before.get().hook() == Hook.CLSACT ? clsact(probe) : swapTcx(probe, before.get());
    }
    if (backend == TcBackend.CLSACT) {
      return clsact(probe);
    }
    try {
      return newTcx(probe);
    } catch (BpfException e) {
      if (backend == TcBackend.AUTO && e.is(Errno.EINVAL) && !TcxHook.isSupported()) {
        return clsact(probe);
      }
      throw e;
    }
  }

  private Attached newTcx(HttpProbe probe) {
    // A link that is not pinned ends with its process: the kernel may say first if it has tcx.
    Descriptor link = TcxHook.attach(probe.program(), target.index(), target.name());
    try {
      if (before.isEmpty()) {
        announcement.pin(Hook.TCX, 0);
      }
    } catch (BpfException e) {
      link.close();
      throw e;
    }
    return tcx(
        link,
        () -> {
          pin(probe.program(), directory.program());
          pin(link.number(), directory.link());
        });
  }

  private Attached swapTcx(HttpProbe probe, CaptureInfo living) {
    if (living.ifindex() != target.index() || !Files.exists(directory.link())) {
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
    return tcx(link, () -> pin(probe.program(), directory.program()));
  }

  private static Attached tcx(Descriptor link, Runnable pins) {
    return new Attached(Hook.TCX, 0, pins, link::close);
  }

  private Attached clsact(HttpProbe probe) {
    Optional<Integer> living =
        before
            .filter(info -> info.ifindex() == target.index())
            .flatMap(info -> ClsactHook.ours(target.index(), info.tcPriority(), target.name()))
            .map(ClsactHook.Filter::priority);
    int priority = living.orElseGet(() -> ClsactHook.freePriority(target.index(), target.name()));
    if (living.isEmpty()) {
      announcement.pin(Hook.CLSACT, priority);
    }
    boolean addedQdisc =
        ClsactHook.attach(probe.program(), target.index(), priority, target.name());
    if (addedQdisc) {
      rollback.add(() -> ClsactHook.removeUnusedQdisc(target.index(), target.name()));
    }
    if (before.isEmpty()) {
      rollback.add(() -> ClsactHook.detach(target.index(), priority, target.name()));
    }
    Runnable pins = () -> pin(probe.program(), directory.program());
    return new Attached(Hook.CLSACT, priority, pins, () -> {});
  }

  /** A living capture's pin is replaced; a new one's must not meet another, and is taken back. */
  private void pin(int object, Path pin) {
    if (before.isPresent()) {
      PinnedObjects.replacePin(object, pin, CaptureDirectory.PRIVATE);
    } else {
      PinnedObjects.pin(object, pin, CaptureDirectory.PRIVATE);
      rollback.add(() -> BpfFileSystem.deleteQuietly(pin));
    }
  }
}
