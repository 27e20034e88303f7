package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.BpfException;
import io.github.httpebpf.exporter.bpf.NativeLibrary;
import io.github.httpebpf.exporter.metrics.BuildInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What was built, and what it runs on. */
final class Version implements IVersionProvider {

  private static final Properties BUILD = build();

  private static Properties build() {
    Properties build = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("build.properties")) {
      build.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build;
  }

  /** Such as {@code 0.1.0}. */
  static String number() {
    return BUILD.getProperty("version");
  }

  static BuildInfo info() {
    return new BuildInfo(
        number(),
        BUILD.getProperty("revision"),
        NativeLibrary.version(),
        Runtime.version().toString(),
        System.getProperty("os.version"));
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "http-ebpf-exporter %s (revision %s)".formatted(number(), BUILD.getProperty("revision")),
      "libbpf %s, java %s, kernel %s"
          .formatted(libbpf(), Runtime.version(), System.getProperty("os.version"))
    };
  }

  private static String libbpf() {
    try {
      return NativeLibrary.version();
    } catch (BpfException e) {
      return "missing";
    }
  }
}
