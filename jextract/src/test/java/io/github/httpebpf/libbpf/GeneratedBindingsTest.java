package io.github.httpebpf.libbpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is committed is what {@code generate.sh} makes of {@code includes.txt}. */
class GeneratedBindingsTest {

  @Test
  void sourcesAreThoseThatTheScriptGenerates(@TempDir Path folder) throws Exception {
    assumeTrue(
        Headers.isOnPath("jextract"), "jextract is not on the PATH: nothing to compare with");

    Headers.output(Headers.MODULE.resolve("generate.sh").toString(), folder.toString());

    assertThat(sources(Headers.MODULE.resolve("src/main/java")))
        .as("run jextract/generate.sh; its comment says with which versions")
        .isEqualTo(sources(folder));
  }

  private static Map<String, String> sources(Path root) throws IOException {
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sources.put(root.relativize(file).toString(), Files.readString(file));
      }
    }
    return sources;
  }
}
