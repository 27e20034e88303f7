package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.RequestTrace;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code trace}. */
@Command(
    name = "trace",
    description = {
      "Print a line for each request, as it is answered, until SIGTERM or SIGINT: time, interface,",
      "client, server, method, host, path, status, duration and bytes of the response; - is unknown.",
      "Needs root or CAP_BPF, as the user who loaded. What is lost is said on standard error."
    })
final class TraceCommand extends ExporterCommand {

  private static final System.Logger LOG = System.getLogger(TraceCommand.class.getName());

  @Spec private CommandSpec command;

  @Mixin private CaptureOptions captures;

  @Mixin private TraceFilterOptions filters;

  @Option(names = "--json", description = "For machines, an object a line: docs/trace.md.")
  private boolean json;

  private long most = Long.MAX_VALUE;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "End after so many lines.")
  void setLines(int number) {
    if (number < 1) {
      throw new ParameterException(
          command.commandLine(), "--lines %d: not 1 or more".formatted(number));
    }
    most = number;
  }

  @Option(
      names = "--buffer",
      paramLabel = "SIZE",
      defaultValue = "4MiB",
      converter = BufferSize.Converter.class,
      description = {
        "Room in the kernel for what was not printed yet, of each capture; a power of two.",
        "Default: ${DEFAULT-VALUE}"
      })
  private BufferSize buffer = new BufferSize(4 << 20);

  @Override
  int execute(Termination termination) throws InterruptedException {
    termination.arm(DONE);
    RequestTrace trace =
        RequestTrace.begin(captures.pinRoot(), captures.selection(), buffer.octets());
    Charset charset = json ? StandardCharsets.UTF_8 : System.out.charset();
    TraceSession session =
        new TraceSession(
            trace,
            filters.filter(),
            json ? TraceFormat::json : TraceFormat::text,
            new TraceOutput(new FileOutputStream(FileDescriptor.out), charset),
            most,
            new TraceLosses(line -> logLast(Level.WARNING, line)));
    termination.closeAtEnd(session);
    try {
      if (session.run()) {
        return DONE;
      }
      LOG.log(
          Level.ERROR, "trace {0}: nothing is captured there any more", captures.pinRoot().path());
      return FAILED;
    } catch (IOException e) {
      if (TraceOutput.isPipe()) {
        // Whoever reads has enough.
        return DONE;
      }
      LOG.log(Level.ERROR, "print the trace: standard output cannot be written: " + e.getMessage());
      return FAILED;
    }
  }
}
