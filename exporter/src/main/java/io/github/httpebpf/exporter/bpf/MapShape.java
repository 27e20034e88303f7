package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.libbpf.Libbpf;

/**
 * What maps must have in common to stand for one another. That of a published one never changes:
 * {@code native/src/http_counter.h}.
 *
 * @param type {@code enum bpf_map_type}
 * @param keySize octets
 * @param valueSize octets, of one CPU's value in a per-CPU map
 * @param maxEntries entries
 */
record MapShape(int type, int keySize, int valueSize, int maxEntries) {

  static final MapShape REQUESTS = new MapShape(Libbpf.BPF_MAP_TYPE_PERCPU_ARRAY(), 4, 8, 16);
  static final MapShape PACKETS = new MapShape(Libbpf.BPF_MAP_TYPE_PERCPU_ARRAY(), 4, 8, 64);
  static final MapShape UNSEEN = new MapShape(Libbpf.BPF_MAP_TYPE_PERCPU_ARRAY(), 4, 8, 16);
  static final MapShape RESPONSES = new MapShape(Libbpf.BPF_MAP_TYPE_PERCPU_HASH(), 16, 8, 256);
  static final MapShape EXCHANGES = new MapShape(Libbpf.BPF_MAP_TYPE_PERCPU_ARRAY(), 4, 160, 16);
  static final MapShape CAPTURE_INFO =
      new MapShape(Libbpf.BPF_MAP_TYPE_ARRAY(), 4, CaptureInfo.SIZE, 1);

  static final MapShape TRACE = new MapShape(Libbpf.BPF_MAP_TYPE_ARRAY(), 4, 8, 3);
  static final MapShape TRACE_RING = new MapShape(Libbpf.BPF_MAP_TYPE_ARRAY_OF_MAPS(), 4, 4, 1);

  /** Octets of {@code struct series_key}. */
  static final int SERIES_KEY_SIZE = 16;

  /** Octets of {@code struct url_counts}. */
  static final int URL_COUNTS_SIZE = 24;

  /** Octets of {@code struct url_name}. */
  static final int URL_NAME_SIZE = 408;

  /** Of so many series of a number, and the rest's. */
  static MapShape series(int number) {
    return seriesOf(Long.BYTES, number);
  }

  /** Likewise of what is known of a URL. */
  static MapShape urlSeries(int number) {
    return seriesOf(URL_COUNTS_SIZE, number);
  }

  private static MapShape seriesOf(int valueSize, int number) {
    int entries = number + HttpMethod.values().length;
    return new MapShape(Libbpf.BPF_MAP_TYPE_PERCPU_HASH(), SERIES_KEY_SIZE, valueSize, entries);
  }

  /** Of what so many URLs are. */
  static MapShape urlNames(int number) {
    return new MapShape(Libbpf.BPF_MAP_TYPE_HASH(), Long.BYTES, URL_NAME_SIZE, number);
  }

  /** Whether it is of series: what has no room is counted in it too, under the rest's keys. */
  boolean hasRest() {
    return type == Libbpf.BPF_MAP_TYPE_PERCPU_HASH();
  }

  /** The same, of another size. */
  MapShape withEntries(int entries) {
    return new MapShape(type, keySize, valueSize, entries);
  }

  @Override
  public String toString() {
    return "%s of %d entries, key %d and value %d octets"
        .formatted(typeName(), maxEntries, keySize, valueSize);
  }

  private String typeName() {
    if (type == Libbpf.BPF_MAP_TYPE_PERCPU_ARRAY()) {
      return "a per-CPU array";
    }
    if (type == Libbpf.BPF_MAP_TYPE_ARRAY()) {
      return "an array";
    }
    if (type == Libbpf.BPF_MAP_TYPE_PERCPU_HASH()) {
      return "a per-CPU hash";
    }
    return type == Libbpf.BPF_MAP_TYPE_HASH() ? "a hash" : "a map of type " + type;
  }
}
