package io.github.httpebpf.exporter.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The chart, and helm as a library. Its release is {@code demo} in the namespace {@code web}. */
final class Chart {

  private static final Path DIRECTORY =
      Path.of(System.getProperty("httpebpf.root")).resolve("helm/http-ebpf-exporter");

  /** A copy without symbolic links: helm tells of each one whenever it reads the chart. */
  private static final Helm HELM = new Helm(copy());

  private static final ObjectReader YAML = new YAMLMapper().readerFor(JsonNode.class);

  private Chart() {}

  /** A file of the chart. */
  static Path file(String name) {
    return DIRECTORY.resolve(name);
  }

  /** The values of each feature. */
  static List<Path> features() {
    try (Stream<Path> files = Files.list(file("ci"))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One value file of a feature. */
  static Path feature(String name) {
    return file("ci/" + name + "-values.yaml");
  }

  static LintResult lint() {
    return HELM.lint().strict().call();
  }

  /** Packs the chart as it is, with its links, into a directory. */
  static void pack(Path directory) {
    new Helm(DIRECTORY).packageIt().withDestination(directory).call();
  }

  /** The manifests that these values give; a failure has what helm says. */
  static List<JsonNode> render(Path values) {
    return render(values, "1.30.0");
  }

  /** Those that they give for a version of Kubernetes. */
  static List<JsonNode> render(Path values, String kubeVersion) {
    String manifests =
        HELM.template()
            .withName("demo")
            .withNamespace("web")
            .withKubeVersion(kubeVersion)
            .withValuesFile(values)
            .call();
    return documents(manifests);
  }

  /** The manifests that values written here give. */
  static List<JsonNode> render(String values) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        return render(Files.writeString(file, values));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What helm tells whoever installs with these values. */
  static String notes(Path values) {
    String output =
        HELM.install()
            .withName("demo")
            .withNamespace("web")
            .withValuesFile(values)
            .clientOnly()
            .dryRun()
            .call()
            .getOutput();
    return output.substring(output.indexOf("NOTES:"));
  }

  /** The one manifest of a kind. */
  static JsonNode only(String kind, List<JsonNode> manifests) {
    Predicate<JsonNode> ofKind = manifest -> manifest.path("kind").asText().equals(kind);
    List<JsonNode> found = manifests.stream().filter(ofKind).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " of kind " + kind + " in " + manifests);
    }
    return found.getFirst();
  }

  /** What stands in a YAML or JSON file. */
  static JsonNode read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One document of YAML or JSON. */
  static JsonNode parse(String yaml) {
    try {
      return YAML.readTree(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path copy() {
    Path copy = DIRECTORY.resolve("../../exporter/target/chart").normalize();
    try (Stream<Path> files = Files.walk(DIRECTORY, FileVisitOption.FOLLOW_LINKS)) {
      remove(copy);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(DIRECTORY.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static List<JsonNode> documents(String yaml) {
    try (MappingIterator<JsonNode> documents = YAML.readValues(yaml)) {
      return documents.readAll().stream().filter(document -> !document.isNull()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
