package io.github.httpebpf.exporter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Logs, on standard error: a line a record; a stack trace only at level debug. */
final class Logging {

  /** Values of {@code --log.level}. */
  enum Threshold {
    DEBUG,
    INFO,
    WARN,
    ERROR;

    private Level level() {
      return switch (this) {
        case DEBUG -> Level.FINE;
        case INFO -> Level.INFO;
        case WARN -> Level.WARNING;
        case ERROR -> Level.SEVERE;
      };
    }

    private static String nameOf(Level level) {
      Threshold name = DEBUG;
      for (Threshold each : values()) {
        name = level.intValue() >= each.level().intValue() ? each : name;
      }
      return name.name().toLowerCase(Locale.ROOT);
    }
  }

  /** Values of {@code --log.format}. */
  enum Format {
    TEXT,
    JSON
  }

  @Option(
      names = "--log.level",
      paramLabel = "debug|info|warn|error",
      defaultValue = "info",
      description = "What to log, on standard error. Default: ${DEFAULT-VALUE}")
  private Threshold threshold = Threshold.INFO;

  @Option(
      names = "--log.format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "How to log. Default: ${DEFAULT-VALUE}")
  private Format format = Format.TEXT;

  /** Kept: a logger that nobody holds loses its level. */
  private final Logger root = Logger.getLogger("");

  boolean isJson() {
    return format == Format.JSON;
  }

  /** Takes effect for the whole process. */
  void configure() {
    LogManager.getLogManager().reset();
    ConsoleHandler handler = new ConsoleHandler();
    boolean traces = threshold == Threshold.DEBUG;
    handler.setFormatter(formatter(traces));
    handler.setLevel(Level.ALL);
    root.addHandler(handler);
    // Debug is about this program; its libraries' own would drown it.
    root.setLevel(traces ? Level.INFO : threshold.level());
    Logger.getLogger(Logging.class.getPackageName()).setLevel(threshold.level());
  }

  private Formatter formatter(boolean traces) {
    return format == Format.JSON ? new JsonLines(traces) : new TextLines(traces);
  }

  /** Writes a record without a handler: the JVM closes those when it begins to end. */
  void last(System.Logger.Level level, String logger, String message) {
    Level its = level == System.Logger.Level.WARNING ? Level.WARNING : Level.SEVERE;
    if (its.intValue() >= threshold.level().intValue()) {
      LogRecord entry = new LogRecord(its, message);
      entry.setLoggerName(logger);
      System.err.print(formatter(false).format(entry));
      System.err.flush();
    }
  }

  private static @Nullable String trace(LogRecord entry, boolean traces) {
    if (!traces || entry.getThrown() == null) {
      return null;
    }
    StringWriter trace = new StringWriter();
    entry.getThrown().printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  private static final class TextLines extends Formatter {
    private final boolean traces;

    TextLines(boolean traces) {
      this.traces = traces;
    }

    @Override
    public String format(LogRecord entry) {
      String trace = trace(entry, traces);
      return "%s %-5s %s%n%s"
          .formatted(
              entry.getInstant().truncatedTo(ChronoUnit.MILLIS),
              Threshold.nameOf(entry.getLevel()),
              formatMessage(entry),
              trace == null ? "" : trace);
    }
  }

  private static final class JsonLines extends Formatter {
    private static final JsonFactory JSON = new JsonFactory();
    private final boolean traces;

    JsonLines(boolean traces) {
      this.traces = traces;
    }

    @Override
    public String format(LogRecord entry) {
      StringWriter line = new StringWriter();
      try (JsonGenerator json = JSON.createGenerator(line)) {
        json.writeStartObject();
        json.writeStringField("time", entry.getInstant().truncatedTo(ChronoUnit.MILLIS).toString());
        json.writeStringField("level", Threshold.nameOf(entry.getLevel()));
        json.writeStringField("logger", entry.getLoggerName());
        json.writeStringField("message", formatMessage(entry));
        String trace = trace(entry, traces);
        if (trace != null) {
          json.writeStringField("trace", trace);
        }
        json.writeEndObject();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return line.append(System.lineSeparator()).toString();
    }
  }
}
