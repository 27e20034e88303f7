package io.github.httpebpf.exporter;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** By what requests are counted, beside their method. */
final class LabelOptions {

  private static final String SERIES_DEFAULT = "200";
  private static final int SERIES_MAX = 100_000;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--port-labels",
      description = "Also count by the port that received: http_port_requests_total.")
  private boolean byPort;

  @Option(
      names = "--cgroup.labels",
      description = {
        "With --capture cgroup, also count by the cgroup, pod and container that received:",
        "http_cgroup_requests_total."
      })
  private boolean byCgroup;

  private int portSeries = Integer.parseInt(SERIES_DEFAULT);
  private int cgroupSeries = Integer.parseInt(SERIES_DEFAULT);

  @Option(
      names = "--port-labels.max-series",
      paramLabel = "N",
      defaultValue = SERIES_DEFAULT,
      description = "How many series by port; the rest is _other. Default: ${DEFAULT-VALUE}")
  void setPortSeries(int series) {
    portSeries = checked("--port-labels.max-series", series);
  }

  @Option(
      names = "--cgroup.max-series",
      paramLabel = "N",
      defaultValue = SERIES_DEFAULT,
      description = "How many series by cgroup; the rest is _other. Default: ${DEFAULT-VALUE}")
  void setCgroupSeries(int series) {
    cgroupSeries = checked("--cgroup.max-series", series);
  }

  private int checked(String option, int series) {
    if (series < 1 || series > SERIES_MAX) {
      throw new ParameterException(
          command.commandLine(), "%s %d: not from 1 to %d".formatted(option, series, SERIES_MAX));
    }
    return series;
  }

  /** 0 if they are not asked for. */
  int portSeries() {
    return byPort ? portSeries : 0;
  }

  /** 0 if they are not asked for. */
  int cgroupSeries() {
    return byCgroup ? cgroupSeries : 0;
  }
}
