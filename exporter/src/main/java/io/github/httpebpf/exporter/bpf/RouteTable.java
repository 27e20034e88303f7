package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Patterns of paths: {@code struct route_table} of {@code native/src/http_counter.h}, and the
 * entries of {@code route_map}. A segment in braces is any one that is not empty; {@code *} in
 * place of the last is whatever follows. Of several that match, the first counts. Immutable.
 */
public final class RouteTable {

  /** Patterns that there may be. */
  public static final int MAX = 64;

  private static final int SEGMENTS = 24;
  private static final int PATH_OCTETS = 240;
  private static final int PATH_ROOM = 264;

  private static final int ANY = 16;
  private static final int ENDS = ANY + SEGMENTS * Long.BYTES;
  private static final int TAILS = ENDS + (SEGMENTS + 1) * Long.BYTES;
  private static final int LENGTHS = TAILS + (SEGMENTS + 1) * Long.BYTES;
  private static final int PATHS = LENGTHS + MAX * Short.BYTES;
  private static final int SIZE = PATHS + MAX * PATH_ROOM;

  /** A key of {@code route_map}. */
  record Segment(long hash, int place, int length) {}

  private final ByteBuffer table = ByteBuffer.allocate(SIZE).order(ByteOrder.nativeOrder());
  private final Map<Segment, Long> segments = new LinkedHashMap<>();
  private int count;

  /**
   * Compiles patterns.
   *
   * @param routes those whose requests are counted under them
   * @param excluded those whose requests have no series of their own
   * @throws IllegalArgumentException with one line that names the pattern, if it is none, or if
   *     there are too many
   */
  public RouteTable(List<String> routes, List<String> excluded) {
    if (routes.size() + excluded.size() > MAX) {
      throw new IllegalArgumentException("more than " + MAX + " routes");
    }
    routes.forEach(each -> add(each, false));
    excluded.forEach(each -> add(each, true));
  }

  private void add(String pattern, boolean excluded) {
    byte[] octets = pattern.getBytes(StandardCharsets.UTF_8);
    List<String> parts = parts(pattern, octets.length);
    long bit = 1L << count;
    set(0, bit);
    if (excluded) {
      set(Long.BYTES, bit);
    }
    table.putShort(LENGTHS + count * Short.BYTES, (short) octets.length);
    table.put(PATHS + count * PATH_ROOM, octets);
    count++;
    boolean tail = parts.getLast().equals("*");
    int places = tail ? parts.size() - 1 : parts.size();
    for (int place = 0; place < places; place++) {
      String part = parts.get(place);
      if (part.startsWith("{")) {
        set(ANY + place * Long.BYTES, bit);
      } else {
        segments.merge(segment(part, place), bit, (one, other) -> one | other);
      }
    }
    set((tail ? TAILS : ENDS) + places * Long.BYTES, bit);
  }

  private void set(int at, long bit) {
    table.putLong(at, table.getLong(at) | bit);
  }

  private static List<String> parts(String pattern, int length) {
    if (!pattern.startsWith("/")) {
      throw refused(pattern, "a path begins with /");
    }
    if (length > PATH_OCTETS) {
      throw refused(pattern, "longer than " + PATH_OCTETS + " octets");
    }
    if (pattern.chars().anyMatch(each -> each <= ' ' || each == 0x7f || "?#".indexOf(each) >= 0)) {
      throw refused(pattern, "a path has no blanks, no ? and no #");
    }
    List<String> parts = new ArrayList<>(Arrays.asList(pattern.substring(1).split("/", -1)));
    if (parts.size() > SEGMENTS) {
      throw refused(pattern, "more than " + SEGMENTS + " segments");
    }
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      boolean named = part.matches("\\{[^{}]+}");
      boolean tail = part.equals("*") && i == parts.size() - 1;
      if (!named && !tail && part.matches(".*[{}*].*")) {
        throw refused(pattern, "{name} stands for a whole segment, and * for all that follow");
      }
    }
    return parts;
  }

  private static IllegalArgumentException refused(String pattern, String why) {
    return new IllegalArgumentException("route '" + pattern + "': " + why);
  }

  private static Segment segment(String text, int place) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer words =
        ByteBuffer.allocate((octets.length / Long.BYTES + 1) * Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(0, octets);
    long hash = 0;
    while (words.hasRemaining()) {
      hash = (hash ^ words.getLong()) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> Integer.SIZE;
    }
    return new Segment(hash, place, octets.length);
  }

  byte[] encode() {
    return table.array().clone();
  }

  Map<Segment, Long> segments() {
    return Map.copyOf(segments);
  }

  /**
   * Enters the segments into {@code route_map}.
   *
   * @param map its descriptor
   * @throws BpfException if it does not take them
   */
  void write(int map) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(16, Long.BYTES);
      segments.forEach(
          (segment, routes) -> {
            key.set(ValueLayout.JAVA_LONG, 0, segment.hash());
            key.set(ValueLayout.JAVA_INT, 8, segment.place());
            key.set(ValueLayout.JAVA_INT, 12, segment.length());
            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_LONG, routes);
            int result = Libbpf.bpf_map_update_elem(map, key, value, Libbpf.BPF_ANY());
            NativeCalls.check(result, "write map", MapNames.ROUTE);
          });
    }
  }
}
