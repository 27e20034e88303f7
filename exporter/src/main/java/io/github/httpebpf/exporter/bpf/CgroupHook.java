package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The hooks of a cgroup that see what its sockets, and those of the cgroups below it, receive and
 * send: {@code BPF_CGROUP_INET_INGRESS} and {@code …_EGRESS} of {@code linux/bpf.h}; links since
 * Linux 5.7. Programs of others on the same cgroup run all the same.
 *
 * @param name of the capture
 */
record CgroupHook(Path cgroup, String name) implements LinkHook {

  @Override
  public CaptureInfo.Hook hook() {
    return CaptureInfo.Hook.CGROUP;
  }

  @Override
  public Descriptor attach(int program, ProbeProgram which) {
    int type =
        which.direction() == Direction.INGRESS
            ? Libbpf.BPF_CGROUP_INET_INGRESS()
            : Libbpf.BPF_CGROUP_INET_EGRESS();
    try (OpenDirectory directory = OpenDirectory.open(cgroup, "attach to cgroup")) {
      int result =
          Libbpf.bpf_link_create(program, directory.descriptor(), type, MemorySegment.NULL);
      if (result < 0 && Errno.ofResult(result).equals(Errno.EPERM)) {
        throw NativeCalls.failure(
            "attach to cgroup",
            cgroup.toString(),
            Errno.EPERM,
            "",
            "needs CAP_BPF and CAP_NET_ADMIN; or a program there, or above, wants no other beside it: bpftool cgroup tree");
      }
      return new Descriptor(NativeCalls.check(result, "attach to cgroup", cgroup.toString()));
    }
  }
}
