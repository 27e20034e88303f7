package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rates of a real server's requests, as {@code top} prints them. */
@KernelTest
class TopIT {

  private static final String NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups";
  private static final String QUIET = "eth0: 0.0 requests/s, 0.0 unanswered/s\n\n";
  private static final double SECONDS = 2;

  @ParameterizedTest
  @CsvSource({"TERM,--urls,GET 10.203.0.1/orders/{id}", "INT,--log.level=info,GET"})
  void ratesAddUpToWhatWasRequested(String signal, String option, String busiest) throws Exception {
    try (Stage stage = new Stage();
        Nginx nginx = new Nginx(stage.lan)) {
      stage.lan.hush();
      stage.exporter.load(option);
      Path out = Files.createTempFile("top", ".txt");
      Process top = start(stage, out);
      try {
        Shell.await("it has begun", () -> read(out).contains("eth0: 0.0 requests/s"));
        for (int i = 0; i < 6; i++) {
          request(stage, "GET", "orders/" + i);
        }
        request(stage, "POST", "new");
        nginx.await(7);
        int shown = read(out).length();
        Shell.await(
            "it shows all, and then none",
            () -> read(out).substring(shown).endsWith(QUIET + QUIET));

        Shell.out("kill", "-" + signal, String.valueOf(top.pid()));
        assertThat(top.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(top.exitValue()).isZero();
        assertThat(top.getErrorStream().readAllBytes()).isEmpty();
        assertSums(read(out), busiest);
      } finally {
        top.destroyForcibly();
        Files.delete(out);
      }
    }
  }

  /**
   * Rates are rounded to a tenth, and an interval is longer than asked for by what it takes to read
   * and to print.
   */
  private static void assertSums(String text, String busiest) {
    assertThat(sum(text, "eth0: (\\S+) requests/s.*")).isBetween(4.5, 7.5);
    assertThat(sum(text, " +(\\S+)  " + Pattern.quote(busiest), "busiest")).isBetween(4.0, 6.5);
    assertThat(sum(text, " +(\\S+)  200", "status")).isBetween(4.5, 7.5);
    assertThat(rows(text, "slowest")).anySatisfy(row -> assertThat(row).endsWith("  " + busiest));
    for (String row : rows(text, "slowest")) {
      assertThat(Double.parseDouble(row.strip().split(" ", -1)[0])).isBetween(0.01, 2000.0);
    }
    assertThat(text).doesNotContain("\033");
  }

  private static Process start(Stage stage, Path out) throws IOException {
    List<String> command = new ArrayList<>(List.of(NOBODY.split(" ", -1)));
    command.addAll(stage.exporter.withRoot("top", "--interval", "2s", "-n", "2"));
    return new ProcessBuilder(stage.lan.onServer(Exporter.interruptible(command)))
        .redirectOutput(out.toFile())
        .start();
  }

  private static void request(Stage stage, String method, String path) {
    String url = "http://10.203.0.1/" + path;
    Shell.run(stage.lan.onClient("curl", "-sS", "-o", "/dev/null", "-X", method, url)).succeeded();
  }

  /** The rows below that head. */
  private static List<String> rows(String text, String head) {
    List<String> rows = new ArrayList<>();
    boolean within = false;
    for (String line : text.lines().toList()) {
      boolean row = line.matches(" +[0-9.]+  .*");
      if (row && within) {
        rows.add(line);
      } else if (!row) {
        within = line.endsWith("  " + head);
      }
    }
    return rows;
  }

  /** What the rates of all intervals come to. */
  private static double sum(String text, String pattern) {
    return sum(text.lines().toList(), pattern);
  }

  private static double sum(String text, String pattern, String head) {
    return sum(rows(text, head), pattern);
  }

  private static double sum(List<String> lines, String pattern) {
    Pattern form = Pattern.compile(pattern);
    return SECONDS
        * lines.stream()
            .map(form::matcher)
            .filter(matcher -> matcher.matches())
            .mapToDouble(matcher -> Double.parseDouble(matcher.group(1)))
            .sum();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
