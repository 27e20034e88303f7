package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Programs that outlive their swap, with the kernel's own count of their runs. The kernel counts
 * runs as long as this is open, whatever {@code kernel.bpf_stats_enabled} says.
 */
public final class HeldPrograms implements AutoCloseable {

  private final Descriptor statistics;
  private final Map<Integer, Descriptor> programs = new LinkedHashMap<>();

  /** Holds none yet; a program's first runs are missed if it was attached before. */
  public HeldPrograms() {
    NativeLibrary.version();
    int result = Libbpf.bpf_enable_stats(Libbpf.BPF_STATS_RUN_TIME());
    statistics = new Descriptor(NativeCalls.check(result, "enable", "statistics"));
  }

  /** Holds the program that is pinned there now, once. */
  public void hold(Path pin) {
    Descriptor program = PinnedObjects.open(pin, PinnedObjects.Kind.PROGRAM);
    int id = PinnedObjects.programInfo(program.number()).id();
    if (programs.putIfAbsent(id, program) != null) {
      program.close();
    }
  }

  /** How often each of the programs ran, in the order in which they were held first. */
  public List<Long> runs() {
    return programs.values().stream()
        .map(program -> PinnedObjects.programInfo(program.number()).runs())
        .toList();
  }

  @Override
  public void close() {
    programs.values().forEach(Descriptor::close);
    statistics.close();
  }
}
