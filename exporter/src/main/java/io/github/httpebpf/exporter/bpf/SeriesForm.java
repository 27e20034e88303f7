package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.libbpf.Libbpf;
import java.nio.file.Path;

/**
 * The form of a map of series: it has as many entries as are asked for when it is made.
 *
 * @param shape with the entries of the rest, if it has any
 * @param withRest whether what has no room is counted in it too, under the rest's keys
 */
record SeriesForm(MapShape shape, boolean withRest) {

  private static final int KEY_SIZE = 16;

  /** Octets of {@code struct url_counts}. */
  static final int URL_COUNTS_SIZE = 24;

  /** Octets of {@code struct url_name}. */
  static final int URL_NAME_SIZE = 408;

  /** So many series of a number, and the rest's. */
  static SeriesForm byMethod(int series) {
    return new SeriesForm(perCpu(Long.BYTES, series + HttpMethod.values().length), true);
  }

  /** Likewise of what is known of a URL. */
  static SeriesForm byUrl(int series) {
    return new SeriesForm(perCpu(URL_COUNTS_SIZE, series + HttpMethod.values().length), true);
  }

  /** What so many URLs are. */
  static SeriesForm names(int series) {
    return new SeriesForm(
        new MapShape(Libbpf.BPF_MAP_TYPE_HASH(), Long.BYTES, URL_NAME_SIZE, series), false);
  }

  private static MapShape perCpu(int valueSize, int entries) {
    return new MapShape(Libbpf.BPF_MAP_TYPE_PERCPU_HASH(), KEY_SIZE, valueSize, entries);
  }

  /**
   * Opens a pinned map of that form, whatever its size: it keeps that, so that what it has counted
   * is not lost.
   *
   * @throws BpfException if it is of another form
   */
  PinnedMap open(Path pin) {
    PinnedMap map = PinnedMap.open(pin);
    MapShape wanted = shape.withEntries(map.shape().maxEntries());
    if (!map.shape().equals(wanted)) {
      map.close();
      throw new BpfException(
          "open %s: holds %s, not %s; remove it, or choose another --pin-root"
              .formatted(pin, map.shape(), wanted));
    }
    return map;
  }
}
