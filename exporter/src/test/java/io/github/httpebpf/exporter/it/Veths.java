package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.Namespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Many veth pairs between the hosts of a {@link Lan}, named {@code veth0}, {@code veth1} and so on
 * at the server, each with addresses of its own.
 */
final class Veths implements AutoCloseable {

  /** So that they can be deleted in one step: one by one takes a multiple. */
  private static final int GROUP = 7;

  private final Lan lan;
  private final Namespace client;

  Veths(Lan lan) {
    this.lan = lan;
    this.client = new Namespace(lan.clientName());
  }

  /** Makes some, in one go. */
  void add(int from, int to) {
    List<String> links = new ArrayList<>();
    List<String> far = new ArrayList<>();
    for (int i = from; i < to; i++) {
      links.add(
          "link add veth%1$d type veth peer name far%1$d netns %2$s"
              .formatted(i, lan.clientName()));
      links.add("addr add %s/30 dev veth%d".formatted(address(i, 1), i));
      links.add("link set veth%d group %d up".formatted(i, GROUP));
      far.add("addr add %s/30 dev far%d".formatted(address(i, 2), i));
      far.add("link set far%d up".formatted(i));
    }
    batch(lan.serverName(), links);
    batch(lan.clientName(), far);
  }

  /** Makes some that cannot be captured by clsact: somebody has an ingress qdisc there. */
  static void addTaken(Lan lan, int from, int to) {
    List<String> links = new ArrayList<>();
    for (int i = from; i < to; i++) {
      links.add(
          "link add new%1$d type veth peer name far%1$d netns %2$s".formatted(i, lan.clientName()));
    }
    batch(lan.serverName(), links);
    links.clear();
    for (int i = from; i < to; i++) {
      Shell.run(lan.onServer("tc", "qdisc", "add", "dev", "new" + i, "ingress")).succeeded();
      links.add("link set new%1$d name late%1$d".formatted(i));
    }
    // Only now have they the names that are followed.
    batch(lan.serverName(), links);
  }

  /** Deletes all, and with them their other ends. */
  void delete() {
    Shell.out("ip", "-n", lan.serverName(), "link", "del", "group", String.valueOf(GROUP));
  }

  private static void batch(String namespace, List<String> lines) {
    try {
      Path file = Files.createTempFile("links", ".batch");
      Files.write(file, lines);
      Shell.out("ip", "-n", namespace, "-batch", file.toString());
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String address(int number, int end) {
    return "10.%d.%d.%d".formatted(100 + number / 64, number % 64 + 1, end);
  }

  /** Sends a request to the server over each, on a connection of its own. */
  void get(int from, int to) {
    client.call(
        () -> {
          for (int i = from; i < to; i++) {
            HttpURLConnection connection =
                (HttpURLConnection)
                    URI.create("http://" + address(i, 1) + "/").toURL().openConnection();
            connection.setRequestProperty("Connection", "close");
            assertThat(connection.getResponseCode()).isEqualTo(200);
            connection.getInputStream().readAllBytes();
          }
          return to;
        });
  }

  @Override
  public void close() {
    client.close();
  }
}
