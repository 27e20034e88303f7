package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import io.github.httpebpf.libbpf.bpf_link_create_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The XDP hook of an interface, which holds one program: {@code BPF_XDP} of {@code linux/bpf.h};
 * links since Linux 5.9.
 *
 * @param name of the capture
 */
record XdpHook(int ifindex, String name) implements LinkHook {

  private static final Pattern RELEASE = Pattern.compile("([0-9]{1,9})\\.([0-9]{1,9})");

  private static final String HINT =
      "another XDP program is there, which is not replaced; use --capture tc, or cgroup";

  @Override
  public CaptureInfo.Hook hook() {
    return CaptureInfo.Hook.XDP;
  }

  /** In the driver where it can, else in front of the stack. */
  @Override
  public Descriptor attach(int program, ProbeProgram which) {
    int result = create(program, Libbpf.XDP_FLAGS_DRV_MODE());
    if (result < 0 && !isOccupied(Errno.ofResult(result))) {
      result = create(program, Libbpf.XDP_FLAGS_SKB_MODE());
    }
    if (result < 0 && isOccupied(Errno.ofResult(result))) {
      throw NativeCalls.failure("attach (xdp) to", name, Errno.ofResult(result), "", HINT);
    }
    return new Descriptor(NativeCalls.check(result, "attach (xdp) to", name));
  }

  private static boolean isOccupied(Errno errno) {
    return errno.equals(Errno.EBUSY) || errno.equals(Errno.EEXIST);
  }

  /**
   * Makes sure that programs can read packets that lie in several buffers.
   *
   * @throws BpfException before Linux 5.18
   */
  static void requireSupport(String name) {
    String release = System.getProperty("os.version", "");
    if (!isSupported(release)) {
      throw new BpfException(
          "attach to %s: needs Linux 5.18, and this is %s; use --capture tc, or cgroup"
              .formatted(name, release));
    }
  }

  /** The release is such as {@code 6.1.0-56-cloud-amd64}. */
  static boolean isSupported(String release) {
    Matcher numbers = RELEASE.matcher(release);
    if (!numbers.lookingAt()) {
      return false;
    }
    int major = Integer.parseInt(numbers.group(1));
    return major > 5 || (major == 5 && Integer.parseInt(numbers.group(2)) >= 18);
  }

  private int create(int program, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment options = arena.allocate(bpf_link_create_opts.layout());
      bpf_link_create_opts.sz(options, options.byteSize());
      bpf_link_create_opts.flags(options, flags);
      return Libbpf.bpf_link_create(program, ifindex, Libbpf.BPF_XDP(), options);
    }
  }
}
