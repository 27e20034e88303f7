package io.github.httpebpf.exporter.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Somebody else's program on a cgroup, or at XDP, which counts the packets that it sees. */
final class OtherOwner implements AutoCloseable {

  /** Lets a packet go on: the verdict of cgroup programs. */
  static final int PASS = 1;

  static final int DROP = 0;

  private static final int XDP_PASS = 2;
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Path pins =
      Path.of("/sys/fs/bpf/other-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
  private List<String> leave = List.of();

  private OtherOwner(String section, int verdict) {
    Foreigner.load(pins, section, verdict);
  }

  /** On what the sockets of a cgroup receive, beside others, and behind them. */
  static OtherOwner onCgroup(Path cgroup, int verdict) {
    OtherOwner owner = new OtherOwner("cgroup_skb/ingress", verdict);
    String where = "bpftool cgroup %s " + cgroup + " cgroup_inet_ingress pinned " + owner.program();
    owner.join(
        Stage.words(where.formatted("attach") + " multi"), Stage.words(where.formatted("detach")));
    return owner;
  }

  /**
   * At XDP.
   *
   * @param how {@code xdpdrv} or {@code xdpgeneric}
   */
  static OtherOwner atXdp(Host host, String interfaceName, String how) {
    OtherOwner owner = new OtherOwner("xdp", XDP_PASS);
    String set = "ip link set dev " + interfaceName + " " + how;
    owner.join(
        host.command(Stage.words(set + " pinned " + owner.program())),
        host.command(Stage.words(set + " off")));
    return owner;
  }

  private void join(List<String> how, List<String> end) {
    Shell.run(how).succeeded();
    leave = new ArrayList<>(end);
  }

  /** Its pin. */
  String program() {
    return pins.resolve("program").toString();
  }

  /** Its id, as {@code bpftool prog} shows it. */
  String id() {
    return Stage.programId(pins.resolve("program"));
  }

  /** Packets. */
  long seen() {
    return Stage.sum(pins.resolve("seen"));
  }

  @Override
  public void close() {
    Shell.run(leave).succeeded();
    Shell.out("rm", "-r", pins.toString());
  }
}
