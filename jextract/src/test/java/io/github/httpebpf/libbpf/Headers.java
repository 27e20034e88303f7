package io.github.httpebpf.libbpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Asks a C compiler what the installed headers say. */
final class Headers {

  /** This module's directory. */
  static final Path MODULE = Path.of(System.getProperty("httpebpf.root"), "jextract");

  private Headers() {}

  /** The values of C expressions that have an integer type, by expression. */
  static Map<String, Long> values(Iterable<String> expressions)
      throws IOException, InterruptedException {
    StringBuilder source = new StringBuilder("#include \"libbpf.h\"\n#include <stdio.h>\n");
    source.append(
        "#include <bpf/libbpf_version.h>\n#include <linux/version.h>\nint main(void) {\n");
    for (String expression : expressions) {
      source.append("printf(\"%lld\\n\", (long long)(").append(expression).append("));\n");
    }
    List<String> lines = run(source.append("return 0; }\n").toString());
    Map<String, Long> values = new LinkedHashMap<>();
    int line = 0;
    for (String expression : expressions) {
      values.put(expression, Long.valueOf(lines.get(line++)));
    }
    return values;
  }

  private static List<String> run(String source) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("headers");
    Path file = Files.writeString(folder.resolve("values.c"), source);
    Path program = folder.resolve("values");
    output(compiler(), "-I" + MODULE, "-o", program.toString(), file.toString());
    List<String> lines = output(program.toString());
    for (Path each : List.of(file, program, folder)) {
      Files.delete(each);
    }
    return lines;
  }

  /** What a command that must succeed prints, on both streams. */
  static List<String> output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
    return lines;
  }

  /** Distributions name it clang, or only clang-14. */
  private static String compiler() {
    return Stream.concat(
            Stream.of("gcc", "clang"), IntStream.rangeClosed(14, 40).mapToObj(v -> "clang-" + v))
        .filter(Headers::isOnPath)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no C compiler; bin/setup test installs one"));
  }

  static boolean isOnPath(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
