package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The maps by which a shared program finds the maps of an interface, by its index: {@code
 * native/src/interface_counts.h}. Many are changed in one call where it can be, since the kernel
 * waits after each until no program uses what was there before.
 */
final class CountIndex {

  /** Of those that count. */
  static final List<String> NAMES =
      List.of(
          "request_maps",
          "packet_maps",
          "unseen_maps",
          "response_maps",
          "exchange_maps",
          "port_request_maps",
          "url_name_maps",
          "url_request_maps",
          "url_response_maps");

  /** The name of the maps that are in it: its own, but for one letter. */
  static String counts(String index) {
    return index.substring(0, index.length() - 1);
  }

  private CountIndex() {}

  /**
   * Enters maps.
   *
   * @param index descriptor of the index
   * @param maps their descriptors, by the interface's index
   * @throws BpfException E2BIG if there is no room for them all
   */
  static void enter(int index, Map<Integer, Integer> maps) {
    if (maps.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment keys = octets(arena, maps.keySet());
      MemorySegment values = octets(arena, maps.values());
      MemorySegment count = arena.allocateFrom(ValueLayout.JAVA_INT, maps.size());
      if (Libbpf.bpf_map_update_batch(index, keys, values, count, MemorySegment.NULL) == 0) {
        return;
      }
      // Linux 5.10 has no such call for them; and an error is that of an interface.
      for (int i = 0; i < maps.size(); i++) {
        int result =
            Libbpf.bpf_map_update_elem(index, at(keys, i), at(values, i), Libbpf.BPF_ANY());
        NativeCalls.check(result, "enter maps for", maps.size() + " interfaces");
      }
    }
  }

  /** Takes out what may be there. */
  static void remove(int index, Collection<Integer> interfaces) {
    if (interfaces.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment keys = octets(arena, interfaces);
      MemorySegment count = arena.allocateFrom(ValueLayout.JAVA_INT, interfaces.size());
      if (Libbpf.bpf_map_delete_batch(index, keys, count, MemorySegment.NULL) == 0) {
        return;
      }
      for (int i = 0; i < interfaces.size(); i++) {
        int result = Libbpf.bpf_map_delete_elem(index, at(keys, i));
        if (result < 0 && !Errno.ofResult(result).equals(Errno.ENOENT)) {
          NativeCalls.check(result, "take out maps for", interfaces.size() + " interfaces");
        }
      }
    }
  }

  private static MemorySegment octets(Arena arena, Collection<Integer> numbers) {
    return arena.allocateFrom(
        ValueLayout.JAVA_INT, numbers.stream().mapToInt(Integer::intValue).toArray());
  }

  private static MemorySegment at(MemorySegment numbers, int i) {
    return numbers.asSlice((long) i * Integer.BYTES, Integer.BYTES);
  }
}
