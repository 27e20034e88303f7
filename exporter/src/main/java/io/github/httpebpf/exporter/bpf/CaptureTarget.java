package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a capture is attached to, found on this host.
 *
 * @param name of the capture
 * @param index of the interface, or 0
 * @param noLinkHeader whether its packets begin with the IP header
 * @param cgroup the directory of the cgroup, if it is one
 * @param scope inode of the network namespace that {@code index} belongs to, or of the cgroup
 */
record CaptureTarget(
    CaptureKind kind,
    String name,
    int index,
    boolean noLinkHeader,
    @Nullable Path cgroup,
    long scope) {

  /**
   * Finds what captures are asked for, each once and in their order.
   *
   * @throws BpfException for the first that is not there
   */
  static List<CaptureTarget> find(Collection<CaptureSpec> specs) {
    List<CaptureTarget> targets = new ArrayList<>();
    for (CaptureSpec spec : new LinkedHashSet<>(specs)) {
      targets.add(spec.kind() == CaptureKind.CGROUP ? ofCgroup(spec) : ofInterface(spec));
    }
    return targets;
  }

  private static CaptureTarget ofInterface(CaptureSpec spec) {
    if (spec.kind() == CaptureKind.TC && spec.name().equals(CaptureSpec.CGROUP)) {
      throw new BpfException(
          "attach to %s: the cgroup capture has this name; rename the interface"
              .formatted(spec.place()));
    }
    return of(spec, Interfaces.find(spec.interfaceName(), spec.place()));
  }

  /** Of an interface that is here. */
  static CaptureTarget of(CaptureSpec spec, Interface found) {
    if (spec.kind() == CaptureKind.XDP) {
      XdpHook.requireSupport(spec.name());
    }
    return new CaptureTarget(
        spec.kind(),
        spec.name(),
        found.index(),
        found.noLinkHeader(),
        null,
        Interfaces.namespace());
  }

  /** Of a capture that shares programs, as it was loaded. */
  static CaptureTarget living(String name, CaptureInfo info) {
    return new CaptureTarget(CaptureKind.TC, name, info.ifindex(), false, null, info.scope());
  }

  private static CaptureTarget ofCgroup(CaptureSpec spec) {
    Path path = spec.place().isEmpty() ? Cgroups.root() : Path.of(spec.place());
    return new CaptureTarget(spec.kind(), spec.name(), 0, true, path, Cgroups.id(path));
  }

  /** The hook of its links, if it is attached by links. */
  LinkHook linkHook() {
    return switch (kind) {
      case TC -> new TcxHook(index, name);
      case XDP -> new XdpHook(index, name);
      case CGROUP -> new CgroupHook(requireCgroup(), name);
    };
  }

  private Path requireCgroup() {
    if (cgroup == null) {
      throw new IllegalStateException(name + " has no cgroup");
    }
    return cgroup;
  }
}
