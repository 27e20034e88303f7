package io.github.httpebpf.exporter.bpf;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The programs and indexes that are pinned to be shared, opened: whichever process has loaded them.
 * Not thread-safe.
 */
final class SharedPrograms implements LoadedPrograms, AutoCloseable {

  private final Map<ProbeProgram, Descriptor> programs = new EnumMap<>(ProbeProgram.class);
  private final Map<String, Descriptor> indexes = new HashMap<>();

  private SharedPrograms() {}

  /** Opens the pins; the caller closes the result. */
  static SharedPrograms open(SharedDirectory directory) {
    SharedPrograms opened = new SharedPrograms();
    try {
      for (ProbeProgram each : ProbeParts.SHARED.programs()) {
        opened.programs.put(
            each, PinnedObjects.open(directory.program(each), PinnedObjects.Kind.PROGRAM));
      }
      for (String name : CountIndex.NAMES) {
        opened.indexes.put(name, PinnedObjects.open(directory.map(name), PinnedObjects.Kind.MAP));
      }
      return opened;
    } catch (BpfException e) {
      opened.close();
      throw e;
    }
  }

  @Override
  public List<ProbeProgram> programs() {
    return ProbeParts.SHARED.programs();
  }

  @Override
  public int program(ProbeProgram program) {
    return owned(programs.get(program));
  }

  /** An index's descriptor, owned by this. */
  int index(String name) {
    return owned(indexes.get(name));
  }

  private static int owned(@org.jspecify.annotations.Nullable Descriptor descriptor) {
    if (descriptor == null) {
      throw new IllegalStateException("not one of those that are shared");
    }
    return descriptor.number();
  }

  @Override
  public void close() {
    programs.values().forEach(Descriptor::close);
    indexes.values().forEach(Descriptor::close);
  }
}
