package io.github.httpebpf.exporter.bpf;

import java.util.Set;

/**
 * How captures count.
 *
 * @param backend how tc programs are attached
 * @param excludedPorts local TCP ports whose requests are not counted
 * @param portSeries how many series by port there may be, beside the rest's; 0 for none
 * @param cgroupSeries likewise by cgroup
 */
public record CaptureSettings(
    TcBackend backend, Set<Integer> excludedPorts, int portSeries, int cgroupSeries) {

  public CaptureSettings {
    excludedPorts = Set.copyOf(excludedPorts);
  }

  /** All requests, by method alone. */
  public CaptureSettings(TcBackend backend) {
    this(backend, Set.of(), 0, 0);
  }

  CaptureSettings with(TcBackend other) {
    return new CaptureSettings(other, excludedPorts, portSeries, cgroupSeries);
  }

  ProbeConfig probeConfig(CaptureTarget target) {
    int flags = portSeries > 0 ? ProbeConfig.PORT_LABELS : 0;
    if (target.kind() == CaptureKind.CGROUP && cgroupSeries > 0) {
      flags |= ProbeConfig.CGROUP_LABELS;
    }
    return new ProbeConfig(target.noLinkHeader(), flags, excludedPorts);
  }
}
