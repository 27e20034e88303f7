package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ErrnoTest {

  /** Not in the headers, yet the kernel answers so. */
  private static final String INTERNAL = "#define ENOTSUPP 524";

  @Test
  void namesAreThoseOfTheHeaders() throws Exception {
    String defined =
        new String(
                CSource.output("gcc", "-E", "-dM", "-include", "errno.h", "-xc", "/dev/null"),
                StandardCharsets.US_ASCII)
            + INTERNAL;
    List<String> labels =
        IntStream.range(1, 600)
            .mapToObj(number -> new Errno(number).label())
            .filter(label -> !label.startsWith("errno "))
            .toList();

    assertThat(labels).contains("EPERM (1)", "ENOLINK (67)", "ENOTSUPP (524)");
    assertThat(labels)
        .map(label -> "#define " + label.replaceAll("[()]", ""))
        .isSubsetOf(defined.lines().toList());
  }

  @Test
  void aResultIsANegatedNumber() {
    assertThat(Errno.ofResult(-22)).isEqualTo(Errno.EINVAL);
  }

  @Test
  void anUnknownNumberIsShownAsItIs() {
    assertThat(new Errno(4003).label()).isEqualTo("errno 4003");
  }
}
