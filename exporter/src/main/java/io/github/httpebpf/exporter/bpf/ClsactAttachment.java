package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Adds clsact filters, or swaps the programs of those that a capture has. */
final class ClsactAttachment {

  private final CaptureScene scene;
  private final LoadedPrograms probe;
  private final int ifindex;
  private final String name;

  ClsactAttachment(CaptureScene scene, LoadedPrograms probe) {
    this.scene = scene;
    this.probe = probe;
    this.ifindex = scene.target().index();
    this.name = scene.target().name();
  }

  /** Attaches or swaps both programs; nothing of it ends with this process. */
  CaptureAttachment.Attached attach() {
    boolean isEmpty = ClsactHook.addQdisc(ifindex, name);
    if (isEmpty) {
      scene.rollback().add(() -> ClsactHook.removeUnusedQdisc(ifindex, name));
    }
    int priority = isEmpty ? firstPriority() : livingPriority().orElseGet(this::newPriority);
    for (ProbeProgram program : probe.programs()) {
      place(program, priority, isEmpty);
    }
    return new CaptureAttachment.Attached(Hook.CLSACT, priority, this::pin, () -> {});
  }

  /** Where there was no qdisc there are no filters to ask for: a crowd of interfaces has none. */
  private int firstPriority() {
    scene.announcement().pin(Hook.CLSACT, ClsactHook.PRIORITY_FIRST);
    return ClsactHook.PRIORITY_FIRST;
  }

  /** Of our filter at ingress, if it is there. */
  private Optional<Integer> livingPriority() {
    return scene
        .living()
        .flatMap(info -> ClsactHook.ours(ProbeProgram.COUNTER, ifindex, info.tcPriority(), name))
        .map(ClsactHook.Place::priority);
  }

  private int newPriority() {
    // One that is left at egress would not be known any more.
    scene
        .living()
        .flatMap(info -> ClsactHook.ours(ProbeProgram.ANSWERS, ifindex, info.tcPriority(), name))
        .ifPresent(ClsactHook::detach);
    int priority = ClsactHook.freePriority(Direction.INGRESS, ifindex, name);
    scene.announcement().pin(Hook.CLSACT, priority);
    return priority;
  }

  private void place(ProbeProgram program, int priority, boolean isEmpty) {
    Optional<ClsactHook.Place> living =
        isEmpty ? Optional.empty() : ClsactHook.ours(program, ifindex, priority, name);
    ClsactHook.Place place =
        living.orElseGet(
            () ->
                isEmpty
                    ? ClsactHook.first(program, ifindex, name)
                    : ClsactHook.free(program, ifindex, priority, name));
    ClsactHook.attach(probe.program(program), place);
    scene
        .rollback()
        .add(living.isPresent() ? () -> swapBack(program, place) : () -> ClsactHook.detach(place));
  }

  private void swapBack(ProbeProgram program, ClsactHook.Place place) {
    Path pin = scene.programPin(program);
    if (Files.exists(pin)) {
      try (Descriptor former = PinnedObjects.open(pin, PinnedObjects.Kind.PROGRAM)) {
        ClsactHook.attach(former.number(), place);
      }
    }
  }

  private void pin() {
    for (ProbeProgram program : probe.programs()) {
      scene.pinProgram(probe.program(program), program);
    }
  }
}
