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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The ingress filters of an interface's clsact (or ingress) qdisc; for kernels without tcx. */
final class ClsactHook {

  /** Ours on every interface, at whatever priority: "HTTP". */
  static final int HANDLE = 0x48545450;

  private static final int PRIORITY_FIRST = 1;
  private static final int PRIORITY_LAST = 0xffff;

  /**
   * A filter at ingress.
   *
   * @param priority lower ones see a packet first
   * @param handle unique at its priority
   * @param kind such as {@code bpf} or {@code flower}
   * @param name of a bpf filter, else empty
   * @param program id of a bpf filter's program, else 0
   */
  record Filter(int priority, int handle, String kind, String name, int program) {

    /** What has our handle, but not our name, is somebody else's. */
    boolean isOurs() {
      return handle == HANDLE && name.startsWith(HttpProbe.PROGRAM);
    }

    @Override
    public String toString() {
      return "%s filter%s at priority %d"
          .formatted(kind, name.isEmpty() ? "" : " " + name, priority);
    }
  }

  private ClsactHook() {}

  /** The priority to attach at: the first, or if it is taken the first that is free behind it. */
  static int freePriority(int ifindex, String interfaceName) {
    Set<Integer> taken =
        filters(ifindex, interfaceName).stream().map(Filter::priority).collect(Collectors.toSet());
    for (int priority = PRIORITY_FIRST; priority <= PRIORITY_LAST; priority++) {
      if (!taken.contains(priority)) {
        return priority;
      }
    }
    throw new BpfException("attach (clsact) to " + interfaceName + ": no priority is free");
  }

  /**
   * Attaches, or swaps the program of our filter in one step if it is there.
   *
   * @return whether there was no qdisc for filters, and one was added
   */
  static boolean attach(int program, int ifindex, int priority, String interfaceName) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment hook = hook(arena, ifindex);
      int created = Libbpf.bpf_tc_hook_create(hook);
      // EEXIST: somebody's qdisc is there, and stays theirs.
      if (created < 0 && !Errno.ofResult(created).equals(Errno.EEXIST)) {
        NativeCalls.check(created, "add qdisc clsact to", interfaceName);
      }
      MemorySegment options = options(arena, priority);
      bpf_tc_opts.prog_fd(options, program);
      bpf_tc_opts.flags(options, Libbpf.BPF_TC_F_REPLACE());
      NativeCalls.check(Libbpf.bpf_tc_attach(hook, options), "attach (clsact) to", interfaceName);
      return created == 0;
    }
  }

  /** Takes back a qdisc that was just added, unless others have come to use it. */
  static void removeUnusedQdisc(int ifindex, String interfaceName) {
    if (filters(ifindex, Libbpf.TC_H_MIN_INGRESS(), interfaceName).isEmpty()
        && filters(ifindex, Libbpf.TC_H_MIN_EGRESS(), interfaceName).isEmpty()) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment hook = hook(arena, ifindex);
        bpf_tc_hook.attach_point(hook, Libbpf.BPF_TC_INGRESS() | Libbpf.BPF_TC_EGRESS());
        int result = Libbpf.bpf_tc_hook_destroy(hook);
        NativeCalls.check(result, "remove qdisc clsact from", interfaceName);
      }
    }
  }

  /** Removes our filter; the qdisc stays, since others may use it by now. */
  static void detach(int ifindex, int priority, String interfaceName) {
    try (Arena arena = Arena.ofConfined()) {
      int result = Libbpf.bpf_tc_detach(hook(arena, ifindex), options(arena, priority));
      if (result < 0 && !Errno.ofResult(result).equals(Errno.ENOENT)) {
        NativeCalls.check(result, "detach (clsact) from", interfaceName);
      }
    }
  }

  /**
   * A capture's filter, if it is there. Its priority tells it from one that is loaded under another
   * pin root.
   */
  static Optional<Filter> ours(int ifindex, int priority, String interfaceName) {
    return filters(ifindex, interfaceName).stream()
        .filter(filter -> filter.isOurs() && filter.priority() == priority)
        .findFirst();
  }

  /** All filters at ingress, in the order in which they see a packet. */
  static List<Filter> filters(int ifindex, String interfaceName) {
    return filters(ifindex, Libbpf.TC_H_MIN_INGRESS(), interfaceName);
  }

  private static List<Filter> filters(int ifindex, int direction, String interfaceName) {
    ByteBuffer request = ByteBuffer.allocate((int) tcmsg.sizeof()).order(ByteOrder.nativeOrder());
    request.putInt((int) tcmsg.tcm_ifindex$offset(), ifindex);
    request.putInt(
        (int) tcmsg.tcm_parent$offset(),
        (Libbpf.TC_H_CLSACT() & Libbpf.TC_H_MAJ_MASK()) | direction);
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

  private static MemorySegment hook(Arena arena, int ifindex) {
    MemorySegment hook = arena.allocate(bpf_tc_hook.layout());
    bpf_tc_hook.sz(hook, hook.byteSize());
    bpf_tc_hook.ifindex(hook, ifindex);
    bpf_tc_hook.attach_point(hook, Libbpf.BPF_TC_INGRESS());
    return hook;
  }

  private static MemorySegment options(Arena arena, int priority) {
    MemorySegment options = arena.allocate(bpf_tc_opts.layout());
    bpf_tc_opts.sz(options, options.byteSize());
    bpf_tc_opts.handle(options, HANDLE);
    bpf_tc_opts.priority(options, priority);
    return options;
  }
}
