package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class ProbeConfigTest {

  @Test
  void isLaidOutAsInC() throws Exception {
    byte[] inC =
        CSource.run(
            """
            static struct capture_config config = {.no_link_header = 1};
            unsigned ports[] = {0, 1, 63, 64, 80, 8080, 65535};
            for (unsigned i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
                config.excluded_ports[ports[i] / 64] |= 1ull << (ports[i] % 64);
            fwrite(&config, sizeof(config), 1, stdout);
            """);

    ProbeConfig config = new ProbeConfig(true, Set.of(0, 1, 63, 64, 80, 8080, 65535));
    assertThat(config.encode()).isEqualTo(inC);
  }

  @Test
  void theDefaultIsAllZero() {
    assertThat(new ProbeConfig(false, Set.of()).encode()).isEqualTo(new byte[8200]);
  }
}
