package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import io.github.httpebpf.libbpf.bpf_map_create_opts;
import io.github.httpebpf.libbpf.bpf_object_open_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The eBPF object that counts: opened, configured, loaded. It owns its programs and maps until
 * closed; what was attached or pinned of them lives on. One thread at a time.
 */
final class HttpProbe implements LoadedPrograms, AutoCloseable {

  /** As the object is called in messages, after what it counts with. */
  private static final String NAME = ProbeProgram.COUNTER.function();

  private static final String CONFIG = ".rodata.config";
  private static final String ROUTES = ".rodata.routes";

  /** Of an object's name in the kernel, without its NUL. */
  private static final int NAME_LENGTH = 15;

  private static final int LOG_SIZE = 1 << 20;

  /** A log only if a program is refused, of all that was looked at: libbpf's default. */
  private static final int LOG_ALL = 0;

  /** {@code BPF_LOG_STATS} of the kernel: why it is refused, and not what was looked at before. */
  private static final int LOG_REASON = 4;

  /** Linked at first use, after {@link NativeLibrary} has made sure that they can be. */
  private static final class Calls {
    static final MethodHandle OPEN =
        NativeCalls.capturing(
            Libbpf.bpf_object__open_mem$address(), Libbpf.bpf_object__open_mem$descriptor());
    static final MethodHandle FIND_MAP =
        NativeCalls.capturing(
            Libbpf.bpf_object__find_map_by_name$address(),
            Libbpf.bpf_object__find_map_by_name$descriptor());
    static final MethodHandle FIND_PROGRAM =
        NativeCalls.capturing(
            Libbpf.bpf_object__find_program_by_name$address(),
            Libbpf.bpf_object__find_program_by_name$descriptor());
  }

  private final ProbeParts parts;
  private final byte[] file;
  private final ProbeConfig config;
  private final int logLevel;

  /** Whoever follows interfaces is another thread than the one that loaded. */
  private final Arena arena = Arena.ofShared();

  private final MemorySegment log = arena.allocate(LOG_SIZE);
  private final MemorySegment object;
  private final List<PinnedMap> reused = new ArrayList<>();
  private boolean closed;

  private HttpProbe(ProbeParts parts, byte[] file, ProbeConfig config, int logLevel) {
    this.parts = parts;
    this.file = file;
    this.config = config;
    this.logLevel = logLevel;
    try {
      this.object = parse();
    } catch (BpfException e) {
      arena.close();
      throw e;
    }
  }

  /** The object file that this version carries. */
  static byte[] packedFile(CaptureKind kind) {
    return ProbeParts.of(kind).packedFile();
  }

  /**
   * Parses an object file and sets its configuration; nothing is in the kernel yet. The caller owns
   * the result.
   *
   * @throws BpfException if the file is damaged, or libbpf is missing
   */
  static HttpProbe open(CaptureKind kind, byte[] file, ProbeConfig config) {
    return open(ProbeParts.of(kind), file, config);
  }

  /** Likewise, of an object that no capture has for itself. */
  static HttpProbe open(ProbeParts parts, byte[] file, ProbeConfig config) {
    return open(parts, file, config, LOG_ALL);
  }

  private static HttpProbe open(ProbeParts parts, byte[] file, ProbeConfig config, int logLevel) {
    NativeLibrary.version();
    HttpProbe probe = new HttpProbe(parts, file, config, logLevel);
    try {
      probe.configure();
      return probe;
    } catch (BpfException e) {
      probe.close();
      throw e;
    }
  }

  private MemorySegment parse() {
    MemorySegment options = arena.allocate(bpf_object_open_opts.layout());
    bpf_object_open_opts.sz(options, options.byteSize());
    bpf_object_open_opts.object_name(options, arena.allocateFrom(NAME));
    bpf_object_open_opts.kernel_log_buf(options, log);
    bpf_object_open_opts.kernel_log_size(options, LOG_SIZE);
    bpf_object_open_opts.kernel_log_level(options, logLevel);
    // libbpf reads it as ELF words; a byte array of its own would be aligned to one octet.
    MemorySegment octets = arena.allocate(file.length + 1L, Long.BYTES);
    MemorySegment.copy(file, 0, octets, ValueLayout.JAVA_BYTE, 0, file.length);
    MemorySegment state = NativeCalls.callState(arena);
    MemorySegment object;
    try {
      object = (MemorySegment) Calls.OPEN.invokeExact(state, octets, (long) file.length, options);
    } catch (Throwable e) {
      throw NativeCalls.unexpected(e);
    }
    if (object.equals(MemorySegment.NULL)) {
      throw NativeCalls.failure(
          "open",
          parts.file(),
          NativeCalls.errno(state),
          "",
          "the file is damaged; build or install again");
    }
    return object;
  }

  private void configure() {
    initialise(CONFIG, config.encode());
    config.routes().ifPresent(routes -> initialise(ROUTES, routes.encode()));
    // Pins are made by the loader, one by one, so that it can take them back.
    parts
        .maps()
        .forEach(
            name -> {
              int result = Libbpf.bpf_map__set_pin_path(map(name), MemorySegment.NULL);
              NativeCalls.check(result, "prepare map", name);
            });
  }

  private void initialise(String name, byte[] octets) {
    MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
    MemorySegment value = Libbpf.bpf_map__initial_value(map(name), size);
    if (value.equals(MemorySegment.NULL) || size.get(ValueLayout.JAVA_LONG, 0) != octets.length) {
      throw new BpfException(
          "configure " + parts.file() + ": no room for it; build or install again");
    }
    MemorySegment.copy(
        octets, 0, value.reinterpret(octets.length), ValueLayout.JAVA_BYTE, 0, octets.length);
  }

  /** Gives a map that is not reused another number of entries than the object says. */
  void resize(String name, int entries) {
    NativeCalls.check(Libbpf.bpf_map__set_max_entries(map(name), entries), "resize map", name);
  }

  /** What the object says of a map that is not reused. */
  MapShape shape(String name) {
    MemorySegment map = map(name);
    return new MapShape(
        Libbpf.bpf_map__type(map),
        Libbpf.bpf_map__key_size(map),
        Libbpf.bpf_map__value_size(map),
        Libbpf.bpf_map__max_entries(map));
  }

  /** Counts into a map that is pinned already, which this owns from now on. */
  void reuse(String name, PinnedMap pinned) {
    reused.add(pinned);
    NativeCalls.check(Libbpf.bpf_map__reuse_fd(map(name), pinned.descriptor()), "reuse map", name);
  }

  /**
   * Creates the maps that are not reused and loads the programs.
   *
   * @throws BpfException with the verifier's log as its detail, if it refused
   */
  void load() {
    if (parts.equals(ProbeParts.of(CaptureKind.XDP))) {
      // Packets may lie in several buffers.
      MemorySegment counter = find(Calls.FIND_PROGRAM, ProbeProgram.COUNTER.function());
      int flagged = Libbpf.bpf_program__set_flags(counter, Libbpf.BPF_F_XDP_HAS_FRAGS());
      NativeCalls.check(flagged, "prepare program", NAME);
    }
    int result = Libbpf.bpf_object__load(object);
    if (result < 0) {
      Errno errno = Errno.ofResult(result);
      String text = log.getString(0);
      // A log that does not fit hides why the program was refused: that is asked for again.
      throw errno.equals(Errno.ENOSPC) && logLevel == LOG_ALL ? reason(text) : refusal(errno, text);
    }
    // Before a program is attached: what it counts first is grouped already.
    config.routes().ifPresent(routes -> routes.write(mapDescriptor(MapNames.ROUTE)));
  }

  private BpfException reason(String cut) {
    try (HttpProbe again = open(parts, file, config, LOG_REASON)) {
      int result = Libbpf.bpf_object__load(again.object);
      String text = VerifierLog.isWhole(cut) ? cut : again.log.getString(0);
      return refusal(result < 0 ? Errno.ofResult(result) : Errno.ENOSPC, text);
    }
  }

  private static BpfException refusal(Errno errno, String log) {
    return NativeCalls.failure("load program", NAME, errno, VerifierLog.end(log));
  }

  @Override
  public List<ProbeProgram> programs() {
    return parts.programs();
  }

  @Override
  public int program(ProbeProgram program) {
    return Libbpf.bpf_program__fd(find(Calls.FIND_PROGRAM, program.function()));
  }

  /** A map's descriptor, owned by this. */
  int mapDescriptor(String name) {
    return Libbpf.bpf_map__fd(map(name));
  }

  /** Makes a further map like one of a loaded object. The caller owns it. */
  Descriptor create(String like, int entries) {
    MemorySegment map = map(like);
    try (Arena call = Arena.ofConfined()) {
      MemorySegment options = call.allocate(bpf_map_create_opts.layout());
      bpf_map_create_opts.sz(options, options.byteSize());
      bpf_map_create_opts.map_flags(options, Libbpf.bpf_map__map_flags(map));
      bpf_map_create_opts.btf_fd(options, Libbpf.bpf_object__btf_fd(object));
      bpf_map_create_opts.btf_key_type_id(options, Libbpf.bpf_map__btf_key_type_id(map));
      bpf_map_create_opts.btf_value_type_id(options, Libbpf.bpf_map__btf_value_type_id(map));
      int result =
          Libbpf.bpf_map_create(
              Libbpf.bpf_map__type(map),
              call.allocateFrom(like.substring(0, Math.min(like.length(), NAME_LENGTH))),
              Libbpf.bpf_map__key_size(map),
              Libbpf.bpf_map__value_size(map),
              entries,
              options);
      return new Descriptor(NativeCalls.check(result, "create map", like));
    }
  }

  /** Writes the only entry of a map that was just created. */
  void write(String name, byte[] value) {
    write(mapDescriptor(name), name, value);
  }

  /** Likewise, of a map that another owns. */
  static void write(int map, String name, byte[] value) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment key = call.allocate(ValueLayout.JAVA_INT);
      MemorySegment octets = call.allocate(value.length, Long.BYTES);
      MemorySegment.copy(value, 0, octets, ValueLayout.JAVA_BYTE, 0, value.length);
      int result = Libbpf.bpf_map_update_elem(map, key, octets, Libbpf.BPF_ANY());
      NativeCalls.check(result, "write map", name);
    }
  }

  private MemorySegment map(String name) {
    return find(Calls.FIND_MAP, name);
  }

  private MemorySegment find(MethodHandle finder, String name) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment state = NativeCalls.callState(call);
      MemorySegment found;
      try {
        found = (MemorySegment) finder.invokeExact(state, object, call.allocateFrom(name));
      } catch (Throwable e) {
        throw NativeCalls.unexpected(e);
      }
      if (found.equals(MemorySegment.NULL)) {
        throw NativeCalls.failure(
            "find", name + " in " + parts.file(), NativeCalls.errno(state), "");
      }
      return found;
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Libbpf.bpf_object__close(object);
      reused.forEach(PinnedMap::close);
      arena.close();
    }
  }
}
