package io.github.httpebpf.libbpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The bindings against what is installed here: layouts and constants as a C compiler sees the
 * headers, functions in the libraries. Bit fields are no members of generated layouts.
 */
class LayoutTest {

  /** Which headers the bindings were generated from: libbpf 1.1, Linux 6.1. */
  private static final List<String> VERSIONS =
      List.of("LIBBPF_MAJOR_VERSION", "LIBBPF_MINOR_VERSION", "LINUX_VERSION_CODE >> 8");

  private static final List<Long> GENERATED_FROM = List.of(1L, 1L, 6L << 8 | 1);

  @Test
  void membersLieWhereTheHeadersPutThem() throws Exception {
    Map<String, Long> generated = new LinkedHashMap<>();
    for (GroupLayout struct : structs()) {
      String type = "struct " + struct.name().orElseThrow();
      addMembers(generated, type, "", struct, 0);
    }
    assertThat(generated).containsKey("offsetof(struct bpf_prog_info, verified_insns)");

    assertThat(generated).isEqualTo(Headers.values(generated.keySet()));
  }

  /** Whoever is given a struct of libbpf or bpf is told its size: a newer one may be longer. */
  @Test
  void structsAreAsLongAsTheHeadersSay() throws Exception {
    List<Long> versions = List.copyOf(Headers.values(VERSIONS).values());
    for (GroupLayout struct : structs()) {
      String name = struct.name().orElseThrow();
      String expression = "sizeof(struct " + name + ")";
      long size = Headers.values(List.of(expression)).get(expression);
      if (name.startsWith("bpf_") && !versions.equals(GENERATED_FROM)) {
        assertThat(struct.byteSize()).as(expression).isLessThanOrEqualTo(size);
      } else {
        assertThat(struct.byteSize()).as(expression).isEqualTo(size);
      }
    }
  }

  @Test
  void constantsAreThoseOfTheHeaders() throws Exception {
    Map<String, Long> generated = new LinkedHashMap<>();
    for (String name : included("constant")) {
      Object value = Libbpf.class.getMethod(name).invoke(null);
      generated.put("(int)" + name, ((Number) value).longValue());
    }

    assertThat(generated).isNotEmpty().isEqualTo(Headers.values(generated.keySet()));
  }

  @Test
  void functionsAreInTheInstalledLibraries() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup libraries =
          SymbolLookup.libraryLookup("libbpf.so.1", arena)
              .or(Linker.nativeLinker().defaultLookup());

      assertThat(included("function"))
          .contains("bpf_object__load", "mount")
          .allSatisfy(name -> assertThat(libraries.find(name)).as(name).isPresent());
    }
  }

  /**
   * As {@code offsetof} and {@code sizeof} expressions; members of unnamed unions are the struct's.
   */
  private static void addMembers(
      Map<String, Long> generated, String type, String prefix, GroupLayout group, long base) {
    for (MemoryLayout member : group.memberLayouts()) {
      if (member instanceof PaddingLayout) {
        continue;
      }
      String name = member.name().orElseThrow();
      long offset = base + group.byteOffset(PathElement.groupElement(name));
      boolean unnamed = name.startsWith("$anon$");
      String path = unnamed ? prefix : prefix + name;
      if (!unnamed) {
        generated.put("offsetof(%s, %s)".formatted(type, path), offset);
        generated.put("sizeof(((%s *)0)->%s)".formatted(type, path), member.byteSize());
      }
      if (member instanceof GroupLayout inner) {
        addMembers(generated, type, unnamed ? path : path + ".", inner, offset);
      }
    }
  }

  /** Of every generated class that has one, so that none can be forgotten. */
  private static List<GroupLayout> structs()
      throws IOException, URISyntaxException, ReflectiveOperationException {
    Path classes =
        Path.of(Libbpf.class.getResource("Libbpf.class").toURI()).toAbsolutePath().getParent();
    // Types of functions have no layout.
    List<String> functions = included("typedef");
    List<String> names;
    try (Stream<Path> files = Files.list(classes)) {
      // Inner classes are members of the outer ones' layouts.
      names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".class") && !name.contains("$"))
              .map(name -> name.replace(".class", ""))
              .filter(name -> !name.equals("Libbpf") && !functions.contains(name))
              .sorted()
              .toList();
    }
    List<GroupLayout> structs = new ArrayList<>();
    for (String name : names) {
      Method layout = Class.forName(Libbpf.class.getPackageName() + "." + name).getMethod("layout");
      structs.add((GroupLayout) layout.invoke(null));
    }
    assertThat(names).containsExactlyInAnyOrderElementsOf(included("struct"));
    return structs;
  }

  private static List<String> included(String kind) throws IOException {
    String option = "--include-" + kind + " ";
    return Files.readAllLines(Headers.MODULE.resolve("includes.txt")).stream()
        .filter(line -> line.startsWith(option))
        .map(line -> line.substring(option.length()))
        .toList();
  }
}
