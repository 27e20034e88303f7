package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.BpfException;
import io.github.httpebpf.exporter.bpf.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What a reload answers; nothing here reaches the kernel. */
class ReloadTest {

  @TempDir private Path folder;

  private Path file;
  private Reload reload;

  @BeforeEach
  void open() throws IOException {
    file = Files.writeString(folder.resolve("c.yaml"), "interface: lo\n");
    CommandLine program = Main.commandLine(new Main());
    Invocation called = Invocation.of(program.parseArgs("run", "--config.file=" + file));
    CommandLine run = Objects.requireNonNull(program.getSubcommands().get("run"));
    reload = new Reload(called, run.getCommand(), new Termination());
  }

  record Case(RuntimeException failure, String line) {}

  static List<Case> failures() {
    BpfException refused = Failures.of("attach to b: EBUSY");
    BpfException stays = Failures.of("attach to a: EPERM");
    return List.of(
        new Case(refused, "reload: attach to b: EBUSY; nothing was changed"),
        new Case(
            new NotTakenBackException(refused, List.of(stays, Failures.of("unload c: EIO"))),
            "reload: attach to b: EBUSY; and changing back failed: attach to a: EPERM;"
                + " unload c: EIO; captures are changed in part, until a reload succeeds"),
        new Case(
            new IllegalStateException("x"),
            "reload: internal error: java.lang.IllegalStateException: x;"
                + " what was changed is not known"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureSaysNoMoreThanIsKnown(Case failed) {
    reload.begin(
        next -> {
          throw failed.failure();
        });

    assertThat(reload.run()).contains(failed.line());
  }

  @Test
  void theNextOneMaySucceed() throws IOException {
    reload.begin(next -> {});
    Files.writeString(file, "interface: [\n");
    assertThat(reload.run().orElseThrow()).endsWith("; nothing was changed");
    Files.writeString(file, "interface: eth0\n");

    assertThat(reload.run()).isEqualTo(Optional.empty());
  }
}
