package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.trace.TraceSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracePlaceTest {

  @TempDir private Path folder;

  private TraceSource source(String name) {
    PinRoot root = new PinRoot(folder.resolve("root"));
    return TracePlace.of(root, () -> Set.of(name)).values().iterator().next().source();
  }

  /** Records of the one do not go on where those of the other end. */
  @Test
  void aCaptureThatIsMadeAnewIsAnotherSource() throws Exception {
    Path capture = Files.createDirectories(folder.resolve("root/eth0"));
    Files.createFile(capture.resolve("capture_info"));
    TraceSource before = source("eth0");
    TraceSource after = source("eth0");

    assertThat(after).isNotEqualTo(before);
    assertThat(after.interfaceName(0)).contains("eth0");
    assertThat(after.seesAnswers()).isTrue();
  }
}
