package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import io.github.httpebpf.libbpf.bpf_link_create_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Somebody else's program on a tcx hook, until closed. */
public final class TcxLink implements AutoCloseable {

  /** A hook: {@code enum bpf_attach_type} of {@code linux/bpf.h}. */
  public enum Direction {
    INGRESS(46),
    EGRESS(47);

    private final int attachType;

    Direction(int attachType) {
      this.attachType = attachType;
    }
  }

  /** Where among those that are there: {@code BPF_F_BEFORE} and {@code BPF_F_AFTER}, of all. */
  public enum Place {
    HEAD(1 << 3),
    TAIL(1 << 4);

    private final int flag;

    Place(int flag) {
      this.flag = flag;
    }
  }

  private static final int PROGRAMS_MAX = 64;

  private final Descriptor link;

  private TcxLink(Descriptor link) {
    this.link = link;
  }

  /** Attaches a pinned program. */
  public static TcxLink attach(
      Namespace namespace, String interfaceName, Direction direction, Place place, Path program) {
    return namespace.call(
        () -> {
          try (Arena arena = Arena.ofConfined();
              Descriptor opened = PinnedObjects.open(program, PinnedObjects.Kind.PROGRAM)) {
            MemorySegment options = arena.allocate(bpf_link_create_opts.layout());
            bpf_link_create_opts.sz(options, options.byteSize());
            bpf_link_create_opts.flags(options, place.flag);
            int index = Namespace.index(interfaceName);
            int result =
                Libbpf.bpf_link_create(opened.number(), index, direction.attachType, options);
            return new TcxLink(new Descriptor(NativeCalls.check(result, "attach", interfaceName)));
          }
        });
  }

  /** Ids of the programs on a hook, in the order in which they run. */
  public static List<Integer> programs(
      Namespace namespace, String interfaceName, Direction direction) {
    return namespace.call(
        () -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, PROGRAMS_MAX);
            MemorySegment count = arena.allocateFrom(ValueLayout.JAVA_INT, PROGRAMS_MAX);
            int index = Namespace.index(interfaceName);
            int result = Libbpf.bpf_prog_query(index, direction.attachType, 0, flags, ids, count);
            NativeCalls.check(result, "list programs of", interfaceName);
            List<Integer> programs = new ArrayList<>();
            for (int i = 0; i < count.get(ValueLayout.JAVA_INT, 0); i++) {
              programs.add(ids.getAtIndex(ValueLayout.JAVA_INT, i));
            }
            return programs;
          }
        });
  }

  @Override
  public void close() {
    link.close();
  }
}
