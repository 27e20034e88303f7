package io.github.httpebpf.exporter.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A pinned per-CPU array as bpftool reads it, by its BTF: not by any code of ours.
 *
 * @param sums over all CPUs, by key
 */
record Dump(List<Long> sums) {

  static Dump of(Path pin) {
    String dump = Shell.out("bpftool", "-j", "map", "dump", "pinned", pin.toString());
    List<Long> sums = new ArrayList<>();
    try {
      for (JsonNode entry : new ObjectMapper().readTree(dump)) {
        long sum = 0;
        for (JsonNode cpu : entry.path("formatted").path("values")) {
          JsonNode value = cpu.path("value");
          sum += value.isNumber() ? value.longValue() : value.required("rx_packets").longValue();
        }
        sums.add(sum);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(dump, e);
    }
    return new Dump(sums);
  }

  List<Long> first(int keys) {
    return sums.subList(0, keys);
  }
}
