package io.github.httpebpf.exporter.bpf;

import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether what captures are attached to is still there, for one reading of them. Not thread-safe.
 */
final class InterfacePresence {

  /** By the namespace's name; empty for one that this process may not enter. */
  private final Map<String, Optional<Set<Integer>>> indexes = new HashMap<>();

  /** True too if it cannot be known; its maps must do then. */
  boolean isThere(CaptureDirectory directory, CaptureInfo info) {
    if (info.hook() == CaptureInfo.Hook.CGROUP) {
      return true;
    }
    NetworkNamespace netns = NetworkNamespace.ofCapture(directory.name());
    if (netns.isOwn()) {
      return info.scope() != Interfaces.namespace() || Interfaces.exists(info.ifindex());
    }
    if (netns.hasGone(info.scope())) {
      return false;
    }
    // A follower takes the pin away when the interface goes.
    return indexes
        .computeIfAbsent(netns.name(), name -> indexes(netns))
        .map(there -> there.contains(info.ifindex()))
        .orElseGet(
            () ->
                info.hook() == CaptureInfo.Hook.CLSACT
                    || Files.exists(directory.link(ProbeProgram.COUNTER)));
  }

  private static Optional<Set<Integer>> indexes(NetworkNamespace netns) {
    try {
      return Optional.of(
          netns.call(
              () ->
                  Interfaces.all().stream()
                      .map(Interfaces.Interface::index)
                      .collect(Collectors.toSet())));
    } catch (BpfException e) {
      return Optional.empty();
    }
  }
}
