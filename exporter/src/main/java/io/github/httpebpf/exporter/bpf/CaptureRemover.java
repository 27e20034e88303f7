package io.github.httpebpf.exporter.bpf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

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
   * @param selection of those to end; one that is named and not there is passed over
   * @return the names of those that were ended
   * @throws BpfException for the first that cannot be removed whole, after the others
   */
  public List<String> unload(CaptureSelection selection) {
    return unload(selection::among, selection::isAbout);
  }

  /**
   * Likewise.
   *
   * @param chosen of the captures that are there, those to end
   * @param about whether all of a network namespace is meant, also what is shared by none yet
   */
  List<String> unload(Function<Set<String>, Set<String>> chosen, Predicate<String> about) {
    if (Files.notExists(root.path())) {
      return List.of();
    }
    List<String> ended = new ArrayList<>();
    List<BpfException> failures = new ArrayList<>();
    Map<String, List<Integer>> indexes = new TreeMap<>();
    int madeDirectories = 0;
    try (DirectoryLock lock = DirectoryLock.acquire(root.path())) {
      for (String name : chosen.apply(root.captured())) {
        try {
          CaptureDirectory directory = root.capture(name);
          CaptureInfo info = directory.info().orElse(null);
          if (info != null) {
            boolean shared = directory.isShared();
            detach(directory, info);
            directory.remove();
            if (shared) {
              indexes
                  .computeIfAbsent(CaptureSpec.netnsOf(name), netns -> new ArrayList<>())
                  .add(info.ifindex());
            }
            madeDirectories = Math.max(madeDirectories, info.madeDirectories());
            ended.add(name);
          }
        } catch (BpfException e) {
          failures.add(e);
        }
      }
      for (String netns : root.namespaces()) {
        List<Integer> released = indexes.getOrDefault(netns, List.of());
        madeDirectories = Math.max(madeDirectories, endShared(netns, released, about));
      }
      if (lock.holds()) {
        root.unfinished().forEach(BpfFileSystem::deleteQuietly);
        root.parents().forEach(BpfFileSystem::deleteQuietly);
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

  /** What is shared ends with the last capture that shares it. */
  private int endShared(String netns, List<Integer> indexes, Predicate<String> about) {
    SharedDirectory shared = root.shared(netns);
    SharedCaptures.forget(shared, indexes);
    // One that was loaded for interfaces to come is not meant by the end of others.
    boolean meant = !indexes.isEmpty() || root.captured().isEmpty() || about.test(netns);
    if (!meant || !Files.exists(shared.path()) || !SharedCaptures.names(root, netns).isEmpty()) {
      return 0;
    }
    int madeDirectories = shared.info().map(CaptureInfo::madeDirectories).orElse(0);
    shared.remove();
    return madeDirectories;
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
      NetworkNamespace netns = NetworkNamespace.ofCapture(name);
      if (!netns.isOwn()) {
        // Filters end with their interfaces; a namespace without its name is out of reach.
        if (!netns.hasGone(info.scope())) {
          netns.run(() -> detachFilters(directory, info));
        }
        return;
      }
      if (info.scope() != Interfaces.namespace()) {
        throw new BpfException(
            "unload %s: captures another network namespace's %s; unload there"
                .formatted(directory.path(), name));
      }
      detachFilters(directory, info);
      return;
    }
    detachLinks(directory);
  }

  /** Takes the programs off an interface of the namespace that this thread is in. */
  static void letGo(CaptureDirectory directory) {
    directory.info().ifPresent(info -> detachFilters(directory, info));
    directory
        .kind()
        .programs()
        .forEach(program -> BpfFileSystem.deleteQuietly(directory.link(program)));
  }

  private static void detachFilters(CaptureDirectory directory, CaptureInfo info) {
    boolean isHere = info.scope() == Interfaces.namespace() && Interfaces.exists(info.ifindex());
    if (isHere && info.hook() == CaptureInfo.Hook.CLSACT) {
      for (ProbeProgram program : directory.kind().programs().reversed()) {
        ClsactHook.ours(program, info.ifindex(), info.tcPriority(), directory.name())
            .ifPresent(ClsactHook::detach);
      }
    }
  }

  private static void detachLinks(CaptureDirectory directory) {
    List<Descriptor> links = new ArrayList<>();
    try {
      // All are opened before one is detached: what is no link leaves the capture as it is.
      for (ProbeProgram program : directory.kind().programs().reversed()) {
        Path pin = directory.link(program);
        if (Files.exists(pin)) {
          links.add(PinnedObjects.open(pin, PinnedObjects.Kind.LINK));
        }
      }
      links.forEach(link -> LinkHook.detach(link, directory.name()));
    } finally {
      links.forEach(Descriptor::close);
    }
  }
}
