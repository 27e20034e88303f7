package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.HostChecks;
import io.github.httpebpf.exporter.bpf.HostChecks.Check;
import io.github.httpebpf.exporter.bpf.HostChecks.Severity;
import java.io.PrintWriter;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code doctor}. */
@Command(
    name = "doctor",
    description = {
      "Say what this host lacks, and how to get it, one line per check.",
      "Exits with 1 if run would fail. Changes nothing."
    })
final class DoctorCommand extends ExporterCommand {

  private static final System.Logger LOG = System.getLogger(DoctorCommand.class.getName());

  @Mixin private LoadOptions load;
  @Mixin private WebOptions web;

  @Override
  int execute(Termination termination) {
    List<Check> checks =
        new ArrayList<>(
            new HostChecks(
                    load.captures().pinRoot(),
                    load.captures().selection().here(),
                    load::specs,
                    load.backend())
                .run());
    checks.add(checkAddress());
    PrintWriter out = out();
    for (Check check : checks) {
      String severity = check.severity().name().toLowerCase(Locale.ROOT);
      out.printf("%-4s  %s: %s%n", severity, check.subject(), check.text());
    }
    if (out.checkError()) {
      LOG.log(Level.ERROR, "print the checks: standard output cannot be written");
      return FAILED;
    }
    boolean fails = checks.stream().anyMatch(check -> check.severity() == Severity.FAIL);
    return fails ? FAILED : DONE;
  }

  private Check checkAddress() {
    String subject = "listen address";
    try {
      web.address().probe();
      return new Check(Severity.OK, subject, web.address() + " is free");
    } catch (ListenException e) {
      return new Check(Severity.FAIL, subject, String.valueOf(e.getMessage()));
    }
  }
}
