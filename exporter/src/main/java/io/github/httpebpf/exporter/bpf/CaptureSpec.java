package io.github.httpebpf.exporter.bpf;

import java.util.Collection;
import java.util.Optional;

/**
 * A capture that is asked for.
 *
 * @param place the name of an interface, behind that of its network namespace and a slash if that
 *     is another; or with {@link CaptureKind#CGROUP} the path of a cgroup, or nothing for the root
 *     of the hierarchy
 */
public record CaptureSpec(CaptureKind kind, String place) {

  /** The name of the only cgroup capture. */
  public static final String CGROUP = "cgroup";

  /** No name of an interface has a slash, or a colon. */
  private static final char NETNS_END = '/';

  private static final String XDP_PREFIX = "xdp:";

  /** At the tc hooks of an interface. */
  public static CaptureSpec tc(String interfaceName) {
    return new CaptureSpec(CaptureKind.TC, interfaceName);
  }

  /** Of an interface in a network namespace. */
  CaptureSpec in(NetworkNamespace netns) {
    return new CaptureSpec(kind, netns.capture(place));
  }

  /** The name that the interface has where it is. */
  String interfaceName() {
    return place.substring(place.lastIndexOf(NETNS_END) + 1);
  }

  /** What the {@code interface} label says, and messages. */
  public String name() {
    return switch (kind) {
      case TC -> place;
      case XDP -> XDP_PREFIX + place;
      case CGROUP -> CGROUP;
    };
  }

  /**
   * Makes sure that what captures are asked of is there.
   *
   * @throws BpfException for the first that is not
   */
  public static void requireThere(Collection<CaptureSpec> specs) {
    CaptureTarget.find(specs);
  }

  /** The kind of the capture of that name. */
  public static CaptureKind kindOf(String name) {
    if (!netnsOf(name).isEmpty()) {
      return CaptureKind.TC;
    }
    if (name.equals(CGROUP)) {
      return CaptureKind.CGROUP;
    }
    return name.startsWith(XDP_PREFIX) ? CaptureKind.XDP : CaptureKind.TC;
  }

  /** The network namespace of the capture of that name, or nothing if it is no other. */
  static String netnsOf(String name) {
    int end = name.lastIndexOf(NETNS_END);
    return end < 0 ? "" : name.substring(0, end);
  }

  /** The interface of the capture of that name, if it is of one. */
  static Optional<String> interfaceOf(String name) {
    return switch (kindOf(name)) {
      case TC -> Optional.of(name.substring(name.lastIndexOf(NETNS_END) + 1));
      case XDP -> Optional.of(name.substring(XDP_PREFIX.length()));
      case CGROUP -> Optional.empty();
    };
  }
}
