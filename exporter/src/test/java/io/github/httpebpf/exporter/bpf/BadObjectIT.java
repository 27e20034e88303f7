package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.httpebpf.exporter.it.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Object files that are not what was built: named as such, and nothing is left behind. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadObjectIT {

  private static final String DAMAGED =
      "open http_counter.bpf.o: [A-Z0-9a-z ()]+ .*; the file is damaged; build or install again";

  /** BPF_EXIT, and in its place a call of a helper that does not exist: {@code linux/bpf.h}. */
  private static final byte[] EXIT = {(byte) 0x95, 0, 0, 0, 0, 0, 0, 0};

  private static final byte[] BAD_CALL = {(byte) 0x85, 0, 0, 0, -1, -1, -1, 0x7f};

  private final String name = "object-" + ProcessHandle.current().pid();
  private final PinRoot root = new PinRoot(Path.of("/sys/fs/bpf/it-" + name));
  private Namespace namespace;

  @BeforeAll
  void open() {
    CSource.output("ip", "netns", "add", name);
    namespace = new Namespace(name);
  }

  @AfterAll
  void close() {
    namespace.close();
    CSource.output("ip", "netns", "del", name);
  }

  private BpfException refusal(byte[] file) {
    CaptureLoader loader =
        new CaptureLoader(root, new CaptureSettings(TcBackend.AUTO), "0", kind -> file);
    BpfException refusal =
        catchThrowableOfType(
            BpfException.class,
            () -> namespace.call(() -> loader.load(List.of(CaptureSpec.tc("lo")))));
    assertThat(Files.exists(root.path())).as("pins are left").isFalse();
    assertThat(namespace.hooked("lo")).isEmpty();
    assertThat(namespace.hookedAtEgress("lo")).isEmpty();
    return refusal;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 64, 1000, 5000, 10000, 15000})
  void aTruncatedFileIsDamaged(int length) {
    assertThat(refusal(Arrays.copyOf(HttpProbe.packedFile(CaptureKind.TC), length)))
        .hasMessageMatching(DAMAGED);
  }

  @Test
  void randomOctetsAreDamaged() {
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      byte[] octets = new byte[1 + random.nextInt(30_000)];
      random.nextBytes(octets);
      assertThat(refusal(octets)).hasMessageMatching(DAMAGED);
    }
  }

  @Test
  void theVerifiersLogIsTheDetail() {
    byte[] file = HttpProbe.packedFile(CaptureKind.TC);
    int exits = 0;
    for (int at = 0; at + 8 <= file.length; at += 8) {
      if (Arrays.equals(file, at, at + 8, EXIT, 0, 8)) {
        System.arraycopy(BAD_CALL, 0, file, at, 8);
        exits++;
      }
    }
    assertThat(exits).isPositive();

    BpfException refusal = refusal(file);
    assertThat(refusal).hasMessage("load program http_counter: EINVAL (22) Invalid argument");
    // Which of its rules is named first depends on the kernel; the last line does not.
    assertThat(refusal.detail()).matches("(?s)(?!processed).+\nprocessed \\d+ insns [^\n]*");
  }

  /** The kernel answers ENOSPC then, which is not why it was refused. */
  @Test
  void aLogThatDoesNotFitHidesNoReason() throws IOException {
    BpfException refusal = refusal(compiled("refused"));

    assertThat(refusal)
        .hasMessageStartingWith("load program http_counter: EACCES (13) Permission denied");
    assertThat(refusal.detail().lines().count()).isLessThanOrEqualTo(102);
    assertThat(refusal.detail())
        .matches("(?s).*\ninvalid access to packet[^\n]*\n.*\nprocessed \\d{5,} insns [^\n]*");
  }

  private static byte[] compiled(String name) throws IOException {
    Path top = Path.of(System.getProperty("httpebpf.root"));
    Path object = Files.createTempFile(name, ".bpf.o");
    String build =
        """
        set -euo pipefail
        source %1$s/bin/lib.sh
        "$(find_versioned clang)" -target bpf -O2 -g -mllvm -disable-block-placement -I%1$s/native/src \
          -idirafter "/usr/include/$(gcc -print-multiarch)" -c %1$s/exporter/src/test/bpf/%2$s.bpf.c -o %3$s
        """
            .formatted(top, name, object);
    CSource.output("bash", "-c", build);
    byte[] file = Files.readAllBytes(object);
    Files.delete(object);
    return file;
  }
}
