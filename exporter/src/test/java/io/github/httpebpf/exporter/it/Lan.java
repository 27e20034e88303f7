package io.github.httpebpf.exporter.it;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two hosts and a cable: network namespaces with a veth pair. The server's end is {@link
 * #INTERFACE}. Both have loopback up.
 */
final class Lan implements AutoCloseable {

  static final String INTERFACE = "eth0";
  static final String SERVER_IPV4 = "10.203.0.1";
  static final String CLIENT_IPV4 = "10.203.0.2";
  static final String SERVER_IPV6 = "fd00:203::1";
  static final String CLIENT_IPV6 = "fd00:203::2";

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String server;
  private final String client;
  private final int number;

  Lan() {
    String id = ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    server = "srv-" + id;
    client = "cli-" + id;
    number = 0;
    Shell.out("ip", "netns", "add", server);
    Shell.out("ip", "netns", "add", client);
    addCable(INTERFACE);
    // No duplicate address detection: an address that is being checked cannot be listened on.
    for (String[] end : new String[][] {{server, "1"}, {client, "2"}}) {
      ip(end[0], "addr", "add", "10.203.0." + end[1] + "/24", "dev", INTERFACE);
      ip(end[0], "addr", "add", "fd00:203::" + end[1] + "/64", "dev", INTERFACE, "nodad");
      ip(end[0], "link", "set", "lo", "up");
    }
  }

  /** A further server, with a cable to another's client. It has IPv4 only. */
  Lan(Lan other, int number) {
    server = "srv-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    client = other.client;
    this.number = number;
    String far = INTERFACE + "-" + number;
    Shell.out("ip", "netns", "add", server);
    Shell.out(
        "ip", "-n", server, "link", "add", INTERFACE, "type", "veth", "peer", "name", far, "netns",
        client);
    ip(server, "addr", "add", serverIpv4() + "/24", "dev", INTERFACE);
    ip(client, "addr", "add", "10.203." + number + ".2/24", "dev", far);
    ip(server, "link", "set", INTERFACE, "up");
    ip(server, "link", "set", "lo", "up");
    ip(client, "link", "set", far, "up");
  }

  /** The server's address on the cable. */
  String serverIpv4() {
    return "10.203." + number + ".1";
  }

  /** The client's namespace, as {@code ip netns} names it. */
  String clientName() {
    return client;
  }

  /** The server's namespace, as {@code ip netns} names it. */
  String serverName() {
    return server;
  }

  /** A further veth pair between the hosts, of that name at both ends, up. */
  void addCable(String name) {
    Shell.out(
        "ip", "-n", server, "link", "add", name, "type", "veth", "peer", "name", name, "netns",
        client);
    ip(server, "link", "set", name, "up");
    ip(client, "link", "set", name, "up");
  }

  /** From here on the cable carries IPv4, and only what somebody sends: no IPv6, no ARP. */
  void hush() {
    for (String host : List.of(server, client)) {
      Shell.run(
              in(host, List.of("sysctl", "-qw", "net.ipv6.conf." + INTERFACE + ".disable_ipv6=1")))
          .succeeded();
    }
    know(client, SERVER_IPV4, address(server));
    know(server, CLIENT_IPV4, address(client));
  }

  private static void know(String host, String ipv4, String ethernet) {
    ip(host, "neigh", "replace", ipv4, "lladdr", ethernet, "nud", "permanent", "dev", INTERFACE);
  }

  private static String address(String host) {
    return Shell.out("ip", "-n", host, "-o", "link", "show", INTERFACE)
        .replaceAll("(?s).*link/ether (\\S+).*", "$1");
  }

  /** The server's Ethernet address. */
  String serverEthernet() {
    return address(server);
  }

  private static void ip(String namespace, String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
    command.addAll(List.of(arguments));
    Shell.run(command).succeeded();
  }

  /** A command line that runs on the server; the bpf file system stays in sight. */
  List<String> onServer(String... command) {
    return in(server, List.of(command));
  }

  List<String> onServer(List<String> command) {
    return in(server, command);
  }

  /** A command line that runs on the client. */
  List<String> onClient(String... command) {
    return in(client, List.of(command));
  }

  List<String> onClient(List<String> command) {
    return in(client, command);
  }

  private static List<String> in(String namespace, List<String> command) {
    List<String> whole = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
    whole.addAll(command);
    return whole;
  }

  @Override
  public void close() {
    if (number == 0) {
      Shell.run("ip", "netns", "del", client);
    }
    Shell.run("ip", "netns", "del", server);
  }
}
