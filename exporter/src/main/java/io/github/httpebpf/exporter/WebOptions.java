package io.github.httpebpf.exporter;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where to serve, and what. */
@NeedsRestart
final class WebOptions {

  private static final String ADDRESS = ":10435";
  private static final String PATH = "/metrics";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private ListenAddress address = ListenAddress.parse(ADDRESS);
  private String path = PATH;

  @Option(
      names = "--web.listen-address",
      paramLabel = "[HOST]:PORT",
      defaultValue = ADDRESS,
      description = "Where to serve. Default: ${DEFAULT-VALUE}")
  void setAddress(String text) {
    try {
      address = ListenAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  @Option(
      names = "--web.telemetry-path",
      paramLabel = "PATH",
      defaultValue = PATH,
      description = "Where the metrics are. Default: ${DEFAULT-VALUE}")
  void setPath(String text) {
    try {
      MetricsServer.checkTelemetryPath(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
    path = text;
  }

  @Option(
      names = "--web.enable-lifecycle",
      description = "A POST to /-/reload reads the file of --config.file again, as SIGHUP does.")
  private boolean lifecycle;

  boolean lifecycle() {
    return lifecycle;
  }

  ListenAddress address() {
    return address;
  }

  String path() {
    return path;
  }
}
