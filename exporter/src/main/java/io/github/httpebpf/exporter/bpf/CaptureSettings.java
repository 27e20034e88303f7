package io.github.httpebpf.exporter.bpf;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * How captures count.
 *
 * @param backend how tc programs are attached
 * @param excludedPorts local TCP ports whose requests are not counted
 * @param portSeries how many series by port there may be, beside the rest's; 0 for none
 * @param cgroupSeries likewise by cgroup
 * @param urls how by URL, if at all
 */
public record CaptureSettings(
    TcBackend backend,
    Set<Integer> excludedPorts,
    int portSeries,
    int cgroupSeries,
    Optional<UrlSettings> urls) {

  public CaptureSettings {
    excludedPorts = Set.copyOf(excludedPorts);
  }

  /** All requests, by method alone. */
  public CaptureSettings(TcBackend backend) {
    this(backend, Set.of(), 0, 0, Optional.empty());
  }

  CaptureSettings with(TcBackend other) {
    return new CaptureSettings(other, excludedPorts, portSeries, cgroupSeries, urls);
  }

  ProbeConfig probeConfig(CaptureTarget target) {
    return probeConfig(target.noLinkHeader(), target.kind());
  }

  /** Of packets of many interfaces. */
  ProbeConfig sharedConfig() {
    return probeConfig(false, CaptureKind.TC);
  }

  private ProbeConfig probeConfig(boolean noLinkHeader, CaptureKind kind) {
    int flags = portSeries > 0 ? ProbeConfig.PORT_LABELS : 0;
    if (kind == CaptureKind.CGROUP && cgroupSeries > 0) {
      flags |= ProbeConfig.CGROUP_LABELS;
    }
    if (urls.isPresent()) {
      flags |= ProbeConfig.URLS;
    }
    return new ProbeConfig(noLinkHeader, flags, excludedPorts, urls.map(UrlSettings::routes));
  }

  /** The maps of series that are asked for by a capture of that kind, by name. */
  SequencedMap<String, MapShape> series(CaptureKind kind) {
    SequencedMap<String, MapShape> shapes = new LinkedHashMap<>();
    if (portSeries > 0) {
      shapes.put(MapNames.PORT_REQUEST, MapShape.series(portSeries));
    }
    if (kind == CaptureKind.CGROUP && cgroupSeries > 0) {
      shapes.put(MapNames.CGROUP_REQUEST, MapShape.series(cgroupSeries));
    }
    urls.ifPresent(
        settings -> {
          shapes.put(MapNames.URL_NAME, MapShape.urlNames(settings.series()));
          shapes.put(MapNames.URL_REQUEST, MapShape.urlSeries(settings.series()));
          shapes.put(MapNames.URL_RESPONSE, MapShape.series(settings.series()));
        });
    return shapes;
  }
}
