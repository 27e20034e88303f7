package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class LoggingTest {

  private static final String NAME = "io.github.httpebpf.exporter.bpf.Example";

  private final PrintStream standardError = System.err;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

  @BeforeEach
  void capture() {
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void release() throws IOException {
    System.setErr(standardError);
    LogManager.getLogManager().readConfiguration();
  }

  @Test
  void textIsOneLineWithTimeAndLevel() {
    configure();

    log(System.Logger.Level.WARNING, "a\"b");

    assertThat(lines()).singleElement().asString().matches(TIME + " warn  a\"b");
  }

  @Test
  void jsonIsOneObjectALine() throws IOException {
    configure("--log.format", "json");

    log(System.Logger.Level.INFO, "a\"b\nc ü");
    log(System.Logger.Level.ERROR, "d");

    assertThat(lines()).hasSize(2);
    Map<String, String> first = parse(lines().getFirst());
    assertThat(Instant.parse(first.remove("time"))).isBeforeOrEqualTo(Instant.now());
    assertThat(first).isEqualTo(Map.of("level", "info", "logger", NAME, "message", "a\"b\nc ü"));
    assertThat(parse(lines().getLast())).containsEntry("level", "error");
  }

  @Test
  void levelsBelowTheThresholdAreSilent() {
    configure("--log.level", "warn");

    log(System.Logger.Level.INFO, "silent");
    log(System.Logger.Level.WARNING, "said");

    assertThat(lines()).singleElement().asString().endsWith(" said");
  }

  @Test
  void tracesAppearOnlyAtLevelDebug() throws IOException {
    configure("--log.format", "json");
    log(System.Logger.Level.ERROR, "quiet");
    configure("--log.format", "json", "--log.level", "debug");
    log(System.Logger.Level.DEBUG, "loud");

    assertThat(parse(lines().getFirst())).doesNotContainKey("trace");
    assertThat(parse(lines().getLast()).get("trace"))
        .startsWith("java.lang.IllegalStateException: cause")
        .contains("at " + LoggingTest.class.getName());
  }

  @Test
  void textHasTracesOnlyAtLevelDebug() {
    configure();
    log(System.Logger.Level.ERROR, "quiet");
    assertThat(lines()).hasSize(1);

    configure("--log.level", "debug");
    log(System.Logger.Level.ERROR, "loud");
    assertThat(lines().get(2)).isEqualTo("java.lang.IllegalStateException: cause");
  }

  /** Libraries' debug messages would drown ours. */
  @Test
  void debugIsAboutThisProgramAlone() {
    configure("--log.level", "debug");

    System.getLogger("com.sun.net.httpserver").log(System.Logger.Level.DEBUG, "theirs");
    log(System.Logger.Level.DEBUG, "ours");

    assertThat(lines().getFirst()).endsWith("debug ours");
  }

  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z";

  private static void configure(String... arguments) {
    Options options = new Options();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
    options.logging.configure();
  }

  @CommandLine.Command
  private static final class Options {
    @CommandLine.Mixin private Logging logging;
  }

  private static void log(System.Logger.Level level, String message) {
    System.getLogger(NAME).log(level, message, new IllegalStateException("cause"));
  }

  private List<String> lines() {
    return logged.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static Map<String, String> parse(String line) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(line)) {
      assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        fields.put(parser.currentName(), parser.nextTextValue());
      }
      assertThat(parser.nextToken()).isNull();
    }
    return fields;
  }
}
