package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.MemorySegment;

/** A place where programs are attached by bpf links. */
interface LinkHook {

  /** What {@code capture_info} says of it. */
  CaptureInfo.Hook hook();

  /**
   * Attaches a program. The caller owns the link; the program is detached when the link is neither
   * open nor pinned.
   */
  Descriptor attach(int program, ProbeProgram which);

  /**
   * Swaps the program of a link in one step: each packet meets the old or the new one.
   *
   * @param name of the capture
   * @throws BpfException ENOLINK if what the link was attached to has gone
   */
  static void update(Descriptor link, int program, String name) {
    int result = Libbpf.bpf_link_update(link.number(), program, MemorySegment.NULL);
    NativeCalls.check(result, "swap program on", name);
  }

  /** Detaches at once, even if others hold the link. */
  static void detach(Descriptor link, String name) {
    int result = Libbpf.bpf_link_detach(link.number());
    // A link whose interface has gone is detached already.
    if (result < 0 && !Errno.ofResult(result).equals(Errno.ENOLINK)) {
      NativeCalls.check(result, "detach from", name);
    }
  }
}
