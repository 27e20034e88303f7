package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.BpfException;
import io.github.httpebpf.exporter.config.ConfigException;
import io.github.httpebpf.exporter.metrics.ReloadCollector;
import java.lang.System.Logger.Level;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Member;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Reads the configuration file of a running command again, and changes the command to what it says
 * then: all of it, or nothing. Thread-safe; one reload at a time.
 */
final class Reload {

  private static final System.Logger LOG = System.getLogger(Reload.class.getName());

  private final Invocation called;
  private final Termination termination;
  private final ReloadCollector outcome = new ReloadCollector();
  private ExporterCommand current;
  private @Nullable Consumer<ExporterCommand> change;

  /** Of a command that has yet to begin. */
  Reload(Invocation called, ExporterCommand current, Termination termination) {
    this.called = called;
    this.current = current;
    this.termination = termination;
  }

  /** Empty if there is no file that could be read again. */
  Optional<ReloadCollector> outcome() {
    return called.file() == null ? Optional.empty() : Optional.of(outcome);
  }

  /**
   * The command runs as it was told to.
   *
   * @param change changes it to what another of its kind was told, and is not broken off by a
   *     signal; throws {@link BpfException} if that cannot be, and then has changed nothing, or
   *     {@link NotTakenBackException}
   */
  synchronized void begin(Consumer<ExporterCommand> change) {
    this.change = change;
    outcome.succeeded();
  }

  /** Reloads; what comes of it is in the log, too. Returns one line if it failed. */
  synchronized Optional<String> run() {
    Path file = called.file();
    Consumer<ExporterCommand> begun = change;
    if (file == null || begun == null) {
      String why = file == null ? "there is no --config.file" : "still starting";
      LOG.log(Level.WARNING, "nothing to reload: {0}", why);
      return Optional.of("nothing to reload: " + why);
    }
    try {
      ExporterCommand next = parse();
      Set<String> changed = changes(next, file);
      apply(begun, next);
      current = next;
      outcome.succeeded();
      String what = changed.isEmpty() ? "nothing" : String.join(", ", changed);
      LOG.log(Level.INFO, "reloaded {0}; changed: {1}", file, what);
      return Optional.empty();
    } catch (ConfigException | RuntimeException e) {
      String line = "reload: " + why(e);
      outcome.failed();
      LOG.log(Level.ERROR, line);
      LOG.log(Level.DEBUG, "reload", e);
      return Optional.of(line);
    }
  }

  /** In one line, which claims no more than is known. */
  private static String why(Exception e) {
    if (e instanceof NotTakenBackException) {
      return e.getMessage() + "; captures are changed in part, until a reload succeeds";
    }
    boolean meant =
        e instanceof ConfigException
            || e instanceof BpfException
            || e instanceof ParameterException;
    return meant
        ? e.getMessage() + "; nothing was changed"
        : "internal error: " + e + "; what was changed is not known";
  }

  private ExporterCommand parse() throws ConfigException {
    CommandLine program = Main.commandLine(new Main());
    return (ExporterCommand)
        called.parse(program).subcommand().commandSpec().commandLine().getCommand();
  }

  /** The keys whose values are not what they were. */
  private Set<String> changes(ExporterCommand next, Path file) throws ConfigException {
    Set<String> changed = new TreeSet<>();
    for (OptionSpec after : next.options()) {
      OptionSpec before = current.option(after.longestName());
      if (!Objects.equals(before.getValue(), after.getValue())) {
        String name = after.longestName().substring(2);
        if (needsRestart(after)) {
          throw ConfigException.ofFile(file, name + " has changed, and that needs a restart");
        }
        changed.add(name);
      }
    }
    return changed;
  }

  static boolean needsRestart(OptionSpec option) {
    return option.userObject() instanceof AnnotatedElement declared
        && (declared.isAnnotationPresent(NeedsRestart.class)
            || (declared instanceof Member member
                && member.getDeclaringClass().isAnnotationPresent(NeedsRestart.class)));
  }

  /**
   * Changes the command in a step. Steps are one at a time: that is what keeps a reload, by SIGHUP
   * or over HTTP, and interfaces that come apart. A follower sees an interface, decides and
   * captures it in one step, so it does that wholly before the change, by what held then, and the
   * change loads over it; or wholly after, when it finds that it has ended, and does nothing. Its
   * successor begins by looking at all that is there, so that nothing is lost between. Nothing in a
   * step waits for another thread's step.
   *
   * <p>That the change failed must not be the exit code.
   */
  private void apply(Consumer<ExporterCommand> change, ExporterCommand next) {
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    termination.uninterrupted(
        () -> {
          try {
            change.accept(next);
          } catch (RuntimeException e) {
            failure.set(e);
          }
        });
    RuntimeException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }
}
