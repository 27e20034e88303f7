package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;

/**
 * GET requests over kept connections, IPv4 and IPv6 in turn, about 3,000 a second, until stopped:
 * batches of {@code ab}, whose numbers are exact.
 */
final class Traffic implements AutoCloseable {

  private static final int BATCH = 1000;

  private final Lan lan;
  private final CompletableFuture<Integer> sent;
  private volatile boolean stopping;

  /** Sends on that network from now on. */
  Traffic(Lan lan) {
    this.lan = lan;
    // Queues what is too fast, and drops nothing: ab has no more than four packets under way.
    pace("add", "root", "tbf", "rate", "4mbit", "burst", "16kb", "latency", "1s");
    sent = CompletableFuture.supplyAsync(this::send, Shell.AT_ONCE);
  }

  private void pace(String verb, String... how) {
    String command = "tc qdisc " + verb + " dev " + Lan.INTERFACE + " " + String.join(" ", how);
    Shell.run(lan.onClient(command.split(" ", -1))).succeeded();
  }

  private int send() {
    int batches = 0;
    while (!stopping) {
      String host = batches % 2 == 0 ? Lan.SERVER_IPV4 : "[" + Lan.SERVER_IPV6 + "]";
      Shell.run(lan.onClient(ab(BATCH, host))).succeeded();
      batches++;
    }
    return batches * BATCH;
  }

  /** The command line that sends so many requests to a host. */
  static String[] ab(int requests, String host) {
    return "ab -q -k -n %d -c 4 http://%s/".formatted(requests, host).split(" ", -1);
  }

  /** Sends what is begun to its end; returns how many requests were sent in all. */
  int stop() {
    assertThat(sent).as("it sends still").isNotDone();
    stopping = true;
    return sent.join();
  }

  @Override
  public void close() {
    stopping = true;
    sent.handle((count, failure) -> count).join();
    pace("del", "root");
  }
}
