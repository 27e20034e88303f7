package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;

/**
 * The program on one end of a cable on which nothing else is sent: a veth pair in a namespace of
 * its own, without addresses.
 */
final class LiveProbe implements AutoCloseable {

  private static final int AF_PACKET = 17;
  private static final int MTU = 65535;

  private final String name;
  private final Namespace namespace;
  private final LoadedProbe probe;
  private final Descriptor link;
  private final Descriptor socket;

  LiveProbe(String name, ProbeConfig config) {
    this.name = name;
    for (String command :
        new String[] {
          "ip netns add " + name,
          "nsenter --net=/run/netns/%s sysctl -qw net.ipv6.conf.default.disable_ipv6=1"
              .formatted(name),
          "ip -n %s link add near mtu %d type veth peer name far mtu %2$d".formatted(name, MTU),
          "ip -n %s link set near up arp off".formatted(name),
          "ip -n %s link set far up arp off".formatted(name)
        }) {
      CSource.output(command.split(" ", -1));
    }
    namespace = new Namespace(name);
    probe = new LoadedProbe(config);
    int target = namespace.call(() -> Namespace.index("far"));
    link =
        namespace.call(
            () -> new TcxHook(target, "far").attach(probe.program(), ProbeProgram.COUNTER));
    socket = namespace.call(() -> openSocket(Namespace.index("near")));
  }

  /** Sends whole frames out of an interface: {@code packet(7)}. */
  private static Descriptor openSocket(int ifindex) throws Exception {
    int raw = Libbpf.SOCK_RAW() | Libbpf.SOCK_CLOEXEC();
    Descriptor socket = new Descriptor(Libbpf.socket(AF_PACKET, raw, 0));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(20, 4);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
      address.set(ValueLayout.JAVA_INT, 4, ifindex);
      FunctionDescriptor bind =
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT);
      Namespace.call("bind", bind, socket.number(), address, 20);
    }
    return socket;
  }

  /** Sends a frame of 14 octets or more, as the first of all, and waits until it was seen. */
  Verdict sendFirst(byte[] frame) {
    probe.forget();
    Verdict.Maps before = probe.maps();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment octets = arena.allocateFrom(ValueLayout.JAVA_BYTE, frame);
      assertThat(Libbpf.send(socket.number(), octets, frame.length, 0)).isEqualTo(frame.length);
    }
    long limit = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    Verdict.Maps after = probe.maps();
    while (Arrays.equals(before.packets, after.packets)) {
      assertThat(System.nanoTime()).as("the program sees the frame").isLessThan(limit);
      after = probe.maps();
    }
    // The program may have been at it between two maps.
    return Verdict.ofChange(before, probe.maps());
  }

  @Override
  public void close() {
    socket.close();
    link.close();
    probe.close();
    namespace.close();
    CSource.output("ip", "netns", "del", name);
  }
}
