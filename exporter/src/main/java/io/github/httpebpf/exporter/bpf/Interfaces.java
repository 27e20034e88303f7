package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import io.github.httpebpf.libbpf.ifinfomsg;
import io.github.httpebpf.libbpf.rtmsg;
import io.github.httpebpf.libbpf.rtnexthop;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The network interfaces of the namespace that the process is in. Thread-safe. */
public final class Interfaces {

  /**
   * A network interface.
   *
   * @param name as {@code ip link} shows it
   * @param index unique in its namespace; a new interface of the same name has another
   * @param type ARPHRD_… of {@code linux/if_arp.h}
   * @param master the index of the bridge or bond that it is a port of, or 0
   * @param lower the index of what it is made upon in this namespace, or 0; of a veth its other end
   */
  record Interface(String name, int index, int type, int master, int lower) {

    private static final Set<Integer> ETHERNET = Set.of(1, 772);

    /** PPP, IP in IP, IPv6 tunnels, SIT, GRE, raw IP, none (tun, WireGuard). */
    private static final Set<Integer> NO_LINK_HEADER =
        Set.of(512, 768, 769, 776, 778, 823, 519, 0xfffe);

    /** Whether its packets begin with the IP header. */
    boolean noLinkHeader() {
      return NO_LINK_HEADER.contains(type);
    }

    boolean hasKnownType() {
      return ETHERNET.contains(type) || NO_LINK_HEADER.contains(type);
    }

    void requireKnownType() {
      if (!hasKnownType()) {
        throw new BpfException(
            "attach to %s: packets of link type %d are not understood; choose another --interface"
                .formatted(name, type));
      }
    }
  }

  private static final String LOOPBACK = "lo";
  private static final int NAME_SIZE = 16;

  private Interfaces() {}

  /**
   * Finds an interface by name.
   *
   * @param shown what messages call it
   * @throws BpfException that names those that exist, if it does not
   */
  static Interface find(String name, String shown) {
    List<Interface> all = all();
    Interface found =
        all.stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new BpfException(
                        "attach to %s: no such interface; interfaces %s: %s"
                            .formatted(
                                shown,
                                shown.equals(name) ? "here" : "there",
                                all.stream()
                                    .map(Interface::name)
                                    .sorted()
                                    .collect(Collectors.joining(", ")))));
    found.requireKnownType();
    return found;
  }

  /** The names of all. */
  static List<String> names() {
    return all().stream().map(Interface::name).toList();
  }

  /** All that are here now. */
  static List<Interface> all() {
    NativeLibrary.version();
    ByteBuffer request = ByteBuffer.allocate((int) ifinfomsg.sizeof());
    List<Interface> all = new ArrayList<>();
    for (ByteBuffer answer : Netlink.dump(Libbpf.RTM_GETLINK(), request, "interfaces")) {
      Map<Integer, ByteBuffer> attributes = Netlink.attributes(answer, (int) ifinfomsg.sizeof());
      ByteBuffer name = attributes.get(Libbpf.IFLA_IFNAME());
      if (name != null) {
        int type = Short.toUnsignedInt(answer.getShort((int) ifinfomsg.ifi_type$offset()));
        int index = answer.getInt((int) ifinfomsg.ifi_index$offset());
        boolean isElsewhere = attributes.containsKey(Libbpf.IFLA_LINK_NETNSID());
        int master = number(attributes.get(Libbpf.IFLA_MASTER()));
        int lower = isElsewhere ? 0 : number(attributes.get(Libbpf.IFLA_LINK()));
        all.add(new Interface(Netlink.string(name), index, type, master, lower));
      }
    }
    return all;
  }

  private static int number(@Nullable ByteBuffer attribute) {
    return attribute == null ? 0 : attribute.getInt(0);
  }

  /** Whether an interface of that index exists in the namespace that the process is in. */
  static boolean exists(int index) {
    try (Arena arena = Arena.ofConfined()) {
      return !Libbpf.if_indextoname(index, arena.allocate(NAME_SIZE)).equals(MemorySegment.NULL);
    }
  }

  /**
   * The interfaces of the default routes, IPv4 and IPv6, of every routing table and every next hop,
   * and loopback.
   *
   * @throws BpfException if the kernel cannot be asked
   */
  public static Set<String> ofDefaultRoutes() {
    Map<Integer, String> names =
        all().stream().collect(Collectors.toMap(Interface::index, Interface::name));
    Set<String> found = new LinkedHashSet<>();
    for (int family : new int[] {Libbpf.AF_INET(), Libbpf.AF_INET6()}) {
      for (int index : defaultRoutes(family)) {
        String name = names.get(index);
        if (name != null) {
          found.add(name);
        }
      }
    }
    found.add(LOOPBACK);
    return found;
  }

  private static List<Integer> defaultRoutes(int family) {
    int header = (int) rtmsg.sizeof();
    ByteBuffer request = ByteBuffer.allocate(header).put(0, (byte) family);
    List<Integer> indexes = new ArrayList<>();
    for (ByteBuffer route : Netlink.dump(Libbpf.RTM_GETROUTE(), request, "routes")) {
      boolean leadsSomewhere = route.get((int) rtmsg.rtm_type$offset()) == Libbpf.RTN_UNICAST();
      if (route.get((int) rtmsg.rtm_dst_len$offset()) == 0 && leadsSomewhere) {
        Map<Integer, ByteBuffer> attributes = Netlink.attributes(route, header);
        ByteBuffer hop = attributes.get(Libbpf.RTA_OIF());
        if (hop != null) {
          indexes.add(hop.getInt(0));
        }
        ByteBuffer hops = attributes.get(Libbpf.RTA_MULTIPATH());
        if (hops != null) {
          addHops(hops, indexes);
        }
      }
    }
    return indexes;
  }

  /** Next hops of a route that has several: each is a struct rtnexthop with attributes behind. */
  private static void addHops(ByteBuffer hops, List<Integer> indexes) {
    int at = 0;
    while (hops.limit() - at >= rtnexthop.sizeof()) {
      indexes.add(hops.getInt(at + (int) rtnexthop.rtnh_ifindex$offset()));
      int length = Short.toUnsignedInt(hops.getShort(at));
      at += Math.max(Netlink.aligned(length), (int) rtnexthop.sizeof());
    }
  }

  /**
   * Inode of the network namespace that the process is in: {@code stat /proc/thread-self/ns/net}.
   */
  static long namespace() {
    try {
      return (Long) Files.getAttribute(Path.of("/proc/thread-self/ns/net"), "unix:ino");
    } catch (IOException e) {
      throw new BpfException("read /proc/thread-self/ns/net: " + e.getMessage(), e);
    }
  }
}
