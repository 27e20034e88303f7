package io.github.httpebpf.exporter.bpf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Attaches programs by links, or swaps them on the links that a capture has. */
final class LinkAttachment {

  /** A link is new if it has no pin, or one whose interface has gone. */
  private record Placed(ProbeProgram program, Descriptor link, boolean isNew) {}

  private final CaptureScene scene;
  private final LoadedPrograms probe;
  private final LinkHook hook;

  LinkAttachment(CaptureScene scene, LoadedPrograms probe) {
    this.scene = scene;
    this.probe = probe;
    this.hook = scene.target().linkHook();
  }

  /**
   * Attaches or swaps the programs.
   *
   * @throws BpfException EINVAL if this kernel has no such hook
   */
  CaptureAttachment.Attached attach() {
    List<Placed> placed = new ArrayList<>();
    Runnable end = () -> placed.reversed().forEach(each -> each.link.close());
    try {
      for (ProbeProgram program : probe.programs()) {
        placed.add(place(program));
      }
      // Links that are not pinned end with their process: the kernel may say first if it has the
      // hook.
      if (scene.before().isEmpty()) {
        scene.announcement().pin(hook.hook(), 0);
      }
    } catch (BpfException e) {
      end.run();
      throw e;
    }
    return new CaptureAttachment.Attached(hook.hook(), 0, () -> placed.forEach(this::pin), end);
  }

  private Placed place(ProbeProgram program) {
    if (scene.living().isPresent() && Files.exists(scene.directory().link(program))) {
      Optional<Descriptor> swapped = swap(program);
      if (swapped.isPresent()) {
        return new Placed(program, swapped.get(), false);
      }
    }
    Descriptor link = hook.attach(probe.program(program), program);
    return new Placed(program, link, true);
  }

  /** Empty if the link's interface has gone. */
  private Optional<Descriptor> swap(ProbeProgram program) {
    Descriptor link = PinnedObjects.open(scene.directory().link(program), PinnedObjects.Kind.LINK);
    try {
      LinkHook.update(link, probe.program(program), scene.target().name());
    } catch (BpfException e) {
      link.close();
      if (e.is(Errno.ENOLINK)) {
        return Optional.empty();
      }
      throw e;
    }
    scene.rollback().add(() -> swapBack(program));
    return Optional.of(link);
  }

  private void swapBack(ProbeProgram program) {
    Path pin = scene.programPin(program);
    if (Files.exists(pin)) {
      try (Descriptor former = PinnedObjects.open(pin, PinnedObjects.Kind.PROGRAM);
          Descriptor link =
              PinnedObjects.open(scene.directory().link(program), PinnedObjects.Kind.LINK)) {
        LinkHook.update(link, former.number(), scene.target().name());
      }
    }
  }

  private void pin(Placed placed) {
    ProbeProgram program = placed.program;
    scene.pinProgram(probe.program(program), program);
    if (placed.isNew) {
      scene.pin(placed.link.number(), scene.directory().link(program));
    }
  }
}
