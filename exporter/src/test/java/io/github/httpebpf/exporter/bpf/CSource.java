package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Compiles and runs C, with {@code http_counter.h} in sight. */
final class CSource {

  private static final Path HEADERS = Path.of(System.getProperty("httpebpf.root"), "native/src");

  private CSource() {}

  /** What a program writes; {@code body} is that of its main function. */
  static byte[] run(String body) throws IOException {
    Path folder = Files.createTempDirectory("c-source");
    Path file = folder.resolve("main.c");
    Files.writeString(
        file,
        """
        #include <stdio.h>
        #include <string.h>
        #include "http_counter.h"
        int main(void) { %s return 0; }
        """
            .formatted(body));
    Path program = folder.resolve("main");
    output("gcc", "-I" + HEADERS, "-o", program.toString(), file.toString());
    byte[] output = output(program.toString());
    for (Path each : List.of(file, program, folder)) {
      Files.delete(each);
    }
    return output;
  }

  /** What a command that must succeed writes. */
  static byte[] output(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      byte[] output = process.getInputStream().readAllBytes();
      assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
