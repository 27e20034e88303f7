package io.github.httpebpf.exporter.bpf;

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
