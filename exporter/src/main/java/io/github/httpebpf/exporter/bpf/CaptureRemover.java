package io.github.httpebpf.exporter.bpf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Detaches and unpins captures, and nothing that is not ours. Needs CAP_BPF and CAP_NET_ADMIN. */
public final class CaptureRemover {

  private final PinRoot root;

  /** Removes nothing yet. */
  public CaptureRemover(PinRoot root) {
    this.root = root;
  }

  /**
   * Ends captures; their counts are gone afterwards. One that cannot be ended does not keep the
   * others.
   *
   * @param names of those to end, or all under the pin root if empty; one without a capture is
   *     passed over
   * @param kinds of those that are looked up; if empty, all
   * @return the names of those that were ended
   * @throws BpfException for the first that cannot be removed whole, after the others
   */
  public List<String> unload(Collection<String> names, Collection<CaptureKind> kinds) {
    if (Files.notExists(root.path())) {
      return List.of();
    }
    List<String> ended = new ArrayList<>();
    List<BpfException> failures = new ArrayList<>();
    int madeDirectories = 0;
    try (PinRootLock lock = PinRootLock.acquire(root.path())) {
      for (String name : names.isEmpty() ? root.captured(kinds) : names) {
        try {
          CaptureDirectory directory = root.capture(name);
          CaptureInfo info = directory.info().orElse(null);
          if (info != null) {
            detach(directory, info);
            directory.remove();
            madeDirectories = Math.max(madeDirectories, info.madeDirectories());
            ended.add(name);
          }
        } catch (BpfException e) {
          failures.add(e);
        }
      }
      if (lock.holds()) {
        BpfFileSystem.deleteQuietly(root.xdp());
        root.unfinished().forEach(BpfFileSystem::deleteQuietly);
        if (root.captured().isEmpty()) {
          removeRoot(Math.max(madeDirectories, MadePinRoot.unfinished(root).size()));
        }
      }
    }
    if (!failures.isEmpty()) {
      failures.stream().skip(1).forEach(failures.getFirst()::addSuppressed);
      throw failures.getFirst();
    }
    return ended;
  }

  private void removeRoot(int madeDirectories) {
    Path directory = root.path();
    for (int i = 0; i < madeDirectories && directory != null; i++) {
      BpfFileSystem.deleteQuietly(directory);
      directory = directory.getParent();
    }
  }

  private static void detach(CaptureDirectory directory, CaptureInfo info) {
    String name = directory.name();
    if (info.hook() == CaptureInfo.Hook.CLSACT) {
      if (info.scope() != Interfaces.namespace()) {
        throw new BpfException(
            "unload %s: captures another network namespace's %s; unload there"
                .formatted(directory.path(), name));
      }
      if (Interfaces.exists(info.ifindex())) {
        for (ProbeProgram program : directory.kind().programs().reversed()) {
          ClsactHook.ours(program, info.ifindex(), info.tcPriority(), name)
              .ifPresent(ClsactHook::detach);
        }
      }
      return;
    }
    List<Descriptor> links = new ArrayList<>();
    try {
      // All are opened before one is detached: what is no link leaves the capture as it is.
      for (ProbeProgram program : directory.kind().programs().reversed()) {
        Path pin = directory.link(program);
        if (Files.exists(pin)) {
          links.add(PinnedObjects.open(pin, PinnedObjects.Kind.LINK));
        }
      }
      links.forEach(link -> LinkHook.detach(link, name));
    } finally {
      links.forEach(Descriptor::close);
    }
  }
}
