package io.github.httpebpf.exporter.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Says what is wrong with manifests, without a cluster. Kubernetes' own Java model knows the
 * fields, the JavaScript models of the same types and of the Prometheus operator's know the types
 * too.
 */
final class ManifestJudge {

  private static final Path ROOT = Path.of(System.getProperty("httpebpf.root"));
  private static final Path SOURCES = ROOT.resolve("exporter/src/test/manifests");
  private static final Path WORK = ROOT.resolve("exporter/target/manifests");
  private static final String MODELS = "io.kubernetes.client.openapi.models.V1";

  private ManifestJudge() {}

  /**
   * A field that Kubernetes' Java model does not have; empty for types that are not Kubernetes'.
   */
  static Optional<String> unknownField(JsonNode manifest) {
    if (manifest.path("apiVersion").asText().startsWith("monitoring.coreos.com/")) {
      return Optional.empty();
    }
    try {
      Class.forName(MODELS + manifest.path("kind").asText())
          .getMethod("validateJsonElement", JsonElement.class)
          .invoke(null, JsonParser.parseString(manifest.toString()));
      return Optional.empty();
    } catch (InvocationTargetException e) {
      return Optional.of(String.valueOf(e.getTargetException().getMessage()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A line for each field that the JavaScript models do not have, or have with another type. */
  static List<String> faults(List<JsonNode> manifests) {
    try {
      install();
      Path input = WORK.resolve("manifests.json");
      Files.writeString(input, manifests.toString());
      Files.copy(
          SOURCES.resolve("check.mjs"),
          WORK.resolve("check.mjs"),
          StandardCopyOption.REPLACE_EXISTING);
      return run(input, "node", "check.mjs").lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fetches the models, unless those that the lock file names are there already. */
  private static void install() throws IOException {
    Files.createDirectories(WORK);
    Path installed = WORK.resolve("installed.json");
    Path wanted = SOURCES.resolve("package-lock.json");
    if (Files.exists(installed) && Files.mismatch(installed, wanted) == -1) {
      return;
    }
    for (String name : List.of("package.json", "package-lock.json")) {
      Files.copy(SOURCES.resolve(name), WORK.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    List<String> command = new ArrayList<>(List.of("npm", "ci", "--ignore-scripts"));
    command.addAll(List.of("--no-audit", "--no-fund", "--loglevel=error"));
    run(wanted, command.toArray(String[]::new));
    Files.copy(wanted, installed, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String run(Path input, String... command) throws IOException {
    Path output = WORK.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(WORK.toFile())
            .redirectInput(input.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(2, TimeUnit.MINUTES);
      String said = Files.readString(output);
      if (!ended || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError(
            String.join(" ", command) + (ended ? " failed: " : " does not end: ") + said);
      }
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
