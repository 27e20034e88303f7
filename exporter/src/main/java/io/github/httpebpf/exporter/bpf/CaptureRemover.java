package io.github.httpebpf.exporter.bpf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Detaches and unpins captures, and nothing that is not ours. Needs CAP_BPF and CAP_NET_ADMIN. */
public final class CaptureRemover {

  private final PinRoot root;

  /** Removes nothing yet. */
  public CaptureRemover(PinRoot root) {
    this.root = root;
  }

  /**
   * Ends captures; their counts are gone afterwards.
   *
   * @param interfaceNames those to end, or all under the pin root if empty; one without a capture
   *     is passed over
   * @return the names of those that were there
   * @throws BpfException for the first that cannot be removed whole
   */
  public List<String> unload(Collection<String> interfaceNames) {
    Collection<String> named = interfaceNames.isEmpty() ? root.captured() : interfaceNames;
    List<String> there =
        named.stream().distinct().filter(name -> root.capture(name).exists()).toList();
    boolean createdRoot = false;
    for (String name : there) {
      CaptureDirectory directory = root.capture(name);
      Optional<CaptureInfo> info = directory.info();
      detach(directory, info.orElseThrow());
      directory.remove();
      createdRoot |= info.get().createdPinRoot();
    }
    if (createdRoot && root.captured().isEmpty()) {
      BpfFileSystem.deleteQuietly(root.path());
    }
    return there;
  }

  private static void detach(CaptureDirectory directory, CaptureInfo info) {
    String name = directory.interfaceName();
    if (info.hook() == CaptureInfo.Hook.CLSACT) {
      boolean here = info.netns() == Interfaces.namespace() && Interfaces.exists(info.ifindex());
      if (here && ClsactHook.ours(info.ifindex(), info.tcPriority(), name).isPresent()) {
        ClsactHook.detach(info.ifindex(), info.tcPriority(), name);
      }
      return;
    }
    Path pin = directory.link();
    if (Files.exists(pin)) {
      try (Descriptor link = PinnedObjects.open(pin, PinnedObjects.Kind.LINK)) {
        TcxHook.detach(link, name);
      }
    }
  }
}
