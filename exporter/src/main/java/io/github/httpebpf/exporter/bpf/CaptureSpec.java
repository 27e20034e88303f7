package io.github.httpebpf.exporter.bpf;

import java.util.Optional;

/**
 * A capture that is asked for.
 *
 * @param place the name of an interface, or with {@link CaptureKind#CGROUP} the path of a cgroup,
 *     or nothing for the root of the hierarchy
 */
public record CaptureSpec(CaptureKind kind, String place) {

  /** The name of the only cgroup capture. */
  public static final String CGROUP = "cgroup";

  /** No name of an interface has a colon. */
  private static final String XDP_PREFIX = "xdp:";

  /** At the tc hooks of an interface. */
  public static CaptureSpec tc(String interfaceName) {
    return new CaptureSpec(CaptureKind.TC, interfaceName);
  }

  /** What the {@code interface} label says, and messages. */
  public String name() {
    return switch (kind) {
      case TC -> place;
      case XDP -> XDP_PREFIX + place;
      case CGROUP -> CGROUP;
    };
  }

  /** The kind of the capture of that name. */
  public static CaptureKind kindOf(String name) {
    if (name.equals(CGROUP)) {
      return CaptureKind.CGROUP;
    }
    return name.startsWith(XDP_PREFIX) ? CaptureKind.XDP : CaptureKind.TC;
  }

  /** The interface of the capture of that name, if it is of one. */
  static Optional<String> interfaceOf(String name) {
    return switch (kindOf(name)) {
      case TC -> Optional.of(name);
      case XDP -> Optional.of(name.substring(XDP_PREFIX.length()));
      case CGROUP -> Optional.empty();
    };
  }
}
