package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The demonstration of the README: tc alone loads the object, bpftool alone reads it. */
@KernelTest
class PlainIproute2IT {

  /** iproute2's own place, shared by all interfaces; not ours to name. */
  private static final Path PINS = Path.of("/sys/fs/bpf/tc/globals");

  private static final List<String> MAPS =
      List.of(
          "request_map",
          "packet_map",
          "unseen_map",
          "flow_map",
          "opening_map",
          "block_map",
          "pending_map",
          "head_map",
          "port_map",
          "trace_map",
          "trace_ring_map",
          "response_map",
          "exchange_map",
          "port_request_map",
          "url_name_map",
          "url_request_map",
          "url_response_map");

  private static final String OBJECT =
      Exporter.TOP
          .resolve("native/target/classes/io/github/httpebpf/bpf/http_counter.bpf.o")
          .toString();

  @Test
  void loadsAndCountsWithoutTheExporter() throws Exception {
    assertThat(PINS.resolve("request_map")).as("left by somebody else").doesNotExist();
    try (Lan lan = new Lan();
        Nginx nginx = new Nginx(lan)) {
      tc(lan, "qdisc", "add", "dev", Lan.INTERFACE, "clsact");
      tc(
          lan,
          "filter",
          "add",
          "dev",
          Lan.INTERFACE,
          "ingress",
          "bpf",
          "da",
          "obj",
          OBJECT,
          "sec",
          "tc");
      for (int i = 0; i < 5; i++) {
        Shell.run(lan.onClient("curl", "-sS", "-o", "/dev/null", "http://" + Lan.SERVER_IPV4 + "/"))
            .succeeded();
      }
      assertThat(nginx.log()).hasSize(5);
      assertThat(requests()).isEqualTo(5);
      tc(lan, "filter", "del", "dev", Lan.INTERFACE, "ingress");
      assertThat(tc(lan, "filter", "show", "dev", Lan.INTERFACE, "ingress")).isEmpty();
    } finally {
      for (String map : MAPS) {
        Files.deleteIfExists(PINS.resolve(map));
      }
    }
  }

  private static String tc(Lan lan, String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "tc";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return Shell.run(lan.onServer(command)).succeeded().out();
  }

  private static long requests() {
    String dump =
        Shell.out("bpftool", "map", "dump", "pinned", PINS.resolve("request_map").toString());
    return Pattern.compile("\"rx_packets\": ([0-9]+)")
        .matcher(dump)
        .results()
        .mapToLong(match -> Long.parseLong(match.group(1)))
        .sum();
  }
}
