package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import io.github.httpebpf.libbpf.bpf_tc_hook;
import io.github.httpebpf.libbpf.bpf_tc_opts;
import io.github.httpebpf.libbpf.tcmsg;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The filters of an interface's clsact (or ingress) qdisc; for kernels without tcx. */
final class ClsactHook {

  /** Of our filter at ingress, on every interface, at whatever priority: "HTTP". */
  static final int HANDLE = 0x48545450;

  /** Of our filter at egress: "HT", and the priority of the one at ingress. */
  private static final int EGRESS_HANDLE = 0x48540000;

  private static final String QDISC_WITHOUT_EGRESS = "ingress";

  static final int PRIORITY_FIRST = 1;
  private static final int PRIORITY_LAST = 0xffff;

  /**
   * A filter.
   *
   * @param priority lower ones see a packet first
   * @param handle unique at its priority
   * @param kind such as {@code bpf} or {@code flower}
   * @param name of a bpf filter, else empty
   * @param program id of a bpf filter's program, else 0
   */
  record Filter(int priority, int handle, String kind, String name, int program) {

    /**
     * Whether it is a capture's; what has our handle, but not our name, is somebody else's. The
     * priority at ingress tells captures of one interface apart. It is in the handle at egress,
     * whose own priority may be another: the same one need not be free there.
     */
    boolean isOurs(ProbeProgram program, int ingressPriority) {
      return handle == handleOf(program, ingressPriority)
          && name.startsWith(program.function())
          && (program.direction() == Direction.EGRESS || priority == ingressPriority);
    }

    @Override
    public String toString() {
      return "%s filter%s at priority %d"
          .formatted(kind, name.isEmpty() ? "" : " " + name, priority);
    }
  }

  /**
   * Where one of our filters is, or goes.
   *
   * @param interfaceName for error messages
   */
  record Place(Direction direction, int ifindex, int priority, int handle, String interfaceName) {}

  private ClsactHook() {}

  /** The priority to attach at: the first, or if it is taken the first that is free behind it. */
  static int freePriority(Direction direction, int ifindex, String interfaceName) {
    Set<Integer> taken =
        filters(direction, ifindex, interfaceName).stream()
            .map(Filter::priority)
            .collect(Collectors.toSet());
    for (int priority = PRIORITY_FIRST; priority <= PRIORITY_LAST; priority++) {
      if (!taken.contains(priority)) {
        return priority;
      }
    }
    throw new BpfException("attach (clsact) to " + interfaceName + ": no priority is free");
  }

  /**
   * Makes sure that there is a qdisc for filters of both directions.
   *
   * @return whether there was none, and one was added
   * @throws BpfException if somebody's qdisc is there that has no filters at egress
   */
  static boolean addQdisc(int ifindex, String interfaceName) {
    try (Arena arena = Arena.ofConfined()) {
      int created = Libbpf.bpf_tc_hook_create(hook(arena, Direction.INGRESS, ifindex));
      if (created == 0) {
        return true;
      }
      // EEXIST: somebody's qdisc is there, and stays theirs.
      if (!Errno.ofResult(created).equals(Errno.EEXIST)) {
        NativeCalls.check(created, "add qdisc clsact to", interfaceName);
      }
    }
    // The kernel would take a filter for egress, and run it at ingress.
    if (qdiscs(ifindex, interfaceName).contains(QDISC_WITHOUT_EGRESS)) {
      throw new BpfException(
          "attach (clsact) to %s: has an ingress qdisc, which cannot look at answers; its owner may replace it by clsact, which does what it does"
              .formatted(interfaceName));
    }
    return false;
  }

  /** Attaches, or swaps the program of the filter in one step if it is there. */
  static void attach(int program, Place place) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment hook = hook(arena, place.direction(), place.ifindex());
      MemorySegment options = options(arena, place);
      bpf_tc_opts.prog_fd(options, program);
      bpf_tc_opts.flags(options, Libbpf.BPF_TC_F_REPLACE());
      NativeCalls.check(
          Libbpf.bpf_tc_attach(hook, options), "attach (clsact) to", place.interfaceName());
    }
  }

  /** Takes back a qdisc that was just added, unless others have come to use it. */
  static void removeUnusedQdisc(int ifindex, String interfaceName) {
    if (filters(Direction.INGRESS, ifindex, interfaceName).isEmpty()
        && filters(Direction.EGRESS, ifindex, interfaceName).isEmpty()) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment hook = hook(arena, Direction.INGRESS, ifindex);
        bpf_tc_hook.attach_point(hook, Libbpf.BPF_TC_INGRESS() | Libbpf.BPF_TC_EGRESS());
        int result = Libbpf.bpf_tc_hook_destroy(hook);
        NativeCalls.check(result, "remove qdisc clsact from", interfaceName);
      }
    }
  }

  /** Removes our filter; the qdisc stays, since others may use it by now. */
  static void detach(Place place) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment hook = hook(arena, place.direction(), place.ifindex());
      int result = Libbpf.bpf_tc_detach(hook, options(arena, place));
      if (result < 0 && !Errno.ofResult(result).equals(Errno.ENOENT)) {
        NativeCalls.check(result, "detach (clsact) from", place.interfaceName());
      }
    }
  }

  /**
   * Where a capture's filter is, if it is there.
   *
   * @param ingressPriority tells the capture from one that is loaded under another pin root
   */
  static Optional<Place> ours(
      ProbeProgram program, int ifindex, int ingressPriority, String interfaceName) {
    return filters(program.direction(), ifindex, interfaceName).stream()
        .filter(filter -> filter.isOurs(program, ingressPriority))
        .findFirst()
        .map(
            filter ->
                new Place(
                    program.direction(),
                    ifindex,
                    filter.priority(),
                    filter.handle(),
                    interfaceName));
  }

  /** Where a capture's filter goes that is not there yet. */
  static Place free(ProbeProgram program, int ifindex, int ingressPriority, String interfaceName) {
    Direction direction = program.direction();
    int priority =
        direction == Direction.INGRESS
            ? ingressPriority
            : freePriority(direction, ifindex, interfaceName);
    return new Place(
        direction, ifindex, priority, handleOf(program, ingressPriority), interfaceName);
  }

  /** Where it goes if there are no other filters. */
  static Place first(ProbeProgram program, int ifindex, String interfaceName) {
    int handle = handleOf(program, PRIORITY_FIRST);
    return new Place(program.direction(), ifindex, PRIORITY_FIRST, handle, interfaceName);
  }

  private static int handleOf(ProbeProgram program, int ingressPriority) {
    return program.direction() == Direction.INGRESS ? HANDLE : EGRESS_HANDLE | ingressPriority;
  }

  /** All filters of a direction, in the order in which they see a packet. */
  static List<Filter> filters(Direction direction, int ifindex, String interfaceName) {
    ByteBuffer request = request(ifindex);
    request.putInt((int) tcmsg.tcm_parent$offset(), direction.parent());
    List<Filter> filters = new ArrayList<>();
    for (ByteBuffer answer :
        Netlink.dump(Libbpf.RTM_GETTFILTER(), request, "filters of " + interfaceName)) {
      Map<Integer, ByteBuffer> attributes = Netlink.attributes(answer, (int) tcmsg.sizeof());
      int handle = answer.getInt((int) tcmsg.tcm_handle$offset());
      ByteBuffer kind = attributes.get(Libbpf.TCA_KIND());
      // A priority announces itself before its filters, without a handle.
      if (kind != null && handle != 0) {
        int priority = answer.getInt((int) tcmsg.tcm_info$offset()) >>> 16;
        filters.add(filter(priority, handle, Netlink.string(kind), attributes));
      }
    }
    filters.sort(Comparator.comparingInt(Filter::priority));
    return filters;
  }

  /** The kinds of an interface's qdiscs. */
  private static List<String> qdiscs(int ifindex, String interfaceName) {
    // The kernel dumps those of all interfaces, whatever is asked for.
    return Netlink.dump(Libbpf.RTM_GETQDISC(), request(ifindex), "qdiscs of " + interfaceName)
        .stream()
        .filter(answer -> answer.getInt((int) tcmsg.tcm_ifindex$offset()) == ifindex)
        .map(answer -> Netlink.attributes(answer, (int) tcmsg.sizeof()).get(Libbpf.TCA_KIND()))
        .filter(Objects::nonNull)
        .map(Netlink::string)
        .toList();
  }

  private static ByteBuffer request(int ifindex) {
    ByteBuffer request = ByteBuffer.allocate((int) tcmsg.sizeof()).order(ByteOrder.nativeOrder());
    request.putInt((int) tcmsg.tcm_ifindex$offset(), ifindex);
    return request;
  }

  private static Filter filter(
      int priority, int handle, String kind, Map<Integer, ByteBuffer> attributes) {
    ByteBuffer options = attributes.get(Libbpf.TCA_OPTIONS());
    if (!kind.equals("bpf") || options == null) {
      return new Filter(priority, handle, kind, "", 0);
    }
    Map<Integer, ByteBuffer> bpf = Netlink.attributes(options, 0);
    ByteBuffer name = bpf.get(Libbpf.TCA_BPF_NAME());
    ByteBuffer id = bpf.get(Libbpf.TCA_BPF_ID());
    return new Filter(
        priority,
        handle,
        kind,
        name == null ? "" : Netlink.string(name),
        id == null ? 0 : id.getInt(0));
  }

  private static MemorySegment hook(Arena arena, Direction direction, int ifindex) {
    MemorySegment hook = arena.allocate(bpf_tc_hook.layout());
    bpf_tc_hook.sz(hook, hook.byteSize());
    bpf_tc_hook.ifindex(hook, ifindex);
    bpf_tc_hook.attach_point(hook, direction.attachPoint());
    return hook;
  }

  private static MemorySegment options(Arena arena, Place place) {
    MemorySegment options = arena.allocate(bpf_tc_opts.layout());
    bpf_tc_opts.sz(options, options.byteSize());
    bpf_tc_opts.handle(options, place.handle());
    bpf_tc_opts.priority(options, place.priority());
    return options;
  }
}
