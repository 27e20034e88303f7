package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;

/** Brings loaded programs to an interface's hooks, or swaps them into those that a capture has. */
final class CaptureAttachment {

  /** Attached programs and their links, if they have any; what is not pinned ends with it. */
  static final class Attached implements AutoCloseable {

    private final Hook hook;
    private final int tcPriority;
    private final Runnable pins;
    private final Runnable end;

    Attached(Hook hook, int tcPriority, Runnable pins, Runnable end) {
      this.hook = hook;
      this.tcPriority = tcPriority;
      this.pins = pins;
      this.end = end;
    }

    Hook hook() {
      return hook;
    }

    /** Of our filter at ingress. */
    int tcPriority() {
      return tcPriority;
    }

    /** Pins programs and links, in place of those that are pinned. */
    void pin() {
      pins.run();
    }

    @Override
    public void close() {
      end.run();
    }
  }

  private CaptureAttachment() {}

  /** Attaches the probe's programs; the caller closes the result, and has it pinned before. */
  static Attached attach(CaptureScene scene, LoadedPrograms probe, TcBackend backend) {
    if (scene.target().kind() != CaptureKind.TC) {
      return links(scene, probe);
    }
    if (scene.before().isPresent()) {
      return scene.before().get().hook() == Hook.CLSACT
          ? clsact(scene, probe)
          : links(scene, probe);
    }
    if (backend == TcBackend.CLSACT) {
      return clsact(scene, probe);
    }
    try {
      return links(scene, probe);
    } catch (BpfException e) {
      if (backend == TcBackend.AUTO && e.is(Errno.EINVAL) && !TcxHook.isSupported()) {
        return clsact(scene, probe);
      }
      throw e;
    }
  }

  private static Attached links(CaptureScene scene, LoadedPrograms probe) {
    return new LinkAttachment(scene, probe).attach();
  }

  private static Attached clsact(CaptureScene scene, LoadedPrograms probe) {
    return new ClsactAttachment(scene, probe).attach();
  }
}
