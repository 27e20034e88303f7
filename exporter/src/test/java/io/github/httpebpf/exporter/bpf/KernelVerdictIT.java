package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.HostJudge.Input;
import io.github.httpebpf.exporter.it.KernelTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The program in the kernel against the table, and against the same parser on the host: by {@code
 * BPF_PROG_TEST_RUN}, and live on a cable.
 *
 * <p>A test run takes neither a packet below 14 octets, nor an IP packet without its whole header,
 * nor more than about a page. A cable takes all of them but the first; yet of a tagged frame the
 * kernel moves the first tag into metadata before the hook, so those are for the test run alone.
 */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelVerdictIT {

  private static final int ETHERNET_HEADER = 14;

  /** Less than any kernel's page leaves beside its own head and tail room. */
  private static final int TEST_RUN_TAKES = 3000;

  private static final int MUTATIONS = 24_000;
  private static final long SEED = 1;

  /** Half of what the verifier allows: other kernels look at more, and have to take it too. */
  private static final int VERIFIED_MAX = 500_000;

  private static final Path TOP = Path.of(System.getProperty("httpebpf.root"));

  private LoadedProbe ethernet;
  private LoadedProbe bare;
  private LiveProbe ethernetCable;
  private LiveProbe bareCable;

  @BeforeAll
  void load() {
    Set<Integer> excluded = Set.of(PacketTable.EXCLUDED_PORT);
    ethernet = new LoadedProbe(new ProbeConfig(false, excluded));
    bare = new LoadedProbe(new ProbeConfig(true, excluded));
    String id = "verdict-" + ProcessHandle.current().pid();
    ethernetCable = new LiveProbe(id + "-e", new ProbeConfig(false, excluded));
    bareCable = new LiveProbe(id + "-n", new ProbeConfig(true, excluded));
  }

  @AfterAll
  void unload() {
    ethernet.close();
    bare.close();
    ethernetCable.close();
    bareCable.close();
  }

  static List<PacketTable.Case> cases() {
    return PacketTable.cases();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void packetsAreJudgedAsTheTableSays(PacketTable.Case each) throws Exception {
    Optional<Verdict> testRun = testRun(each.input());
    Optional<Verdict> live = live(each.input());

    testRun.ifPresent(verdict -> assertThat(verdict).as("test run").isEqualTo(each.expected()));
    live.ifPresent(verdict -> assertThat(verdict).as("live").isEqualTo(each.expected()));
    assertThat(testRun.or(() -> live)).as("was run").isPresent();
    assertThat(HostJudge.judge(List.of(each.input()), PacketTable.EXCLUDED_PORT))
        .as("host")
        .containsExactly(each.expected());
  }

  @Test
  void kernelAndHostAgreeOnTheCorpora(TestReporter reporter) throws Exception {
    List<Input> inputs = new ArrayList<>();
    for (String folder :
        List.of("native/test/corpus/judge", "native/target/fuzz/judge_fuzz.corpus")) {
      if (Files.isDirectory(TOP.resolve(folder))) {
        try (Stream<Path> files = Files.list(TOP.resolve(folder))) {
          for (Path file : files.sorted().toList()) {
            inputs.add(FuzzInput.read(file));
          }
        }
      }
    }
    assertThat(inputs).hasSizeGreaterThan(50);
    assertAgreement(inputs, reporter);
  }

  @Test
  void kernelAndHostAgreeOnMutations(TestReporter reporter) throws Exception {
    assertAgreement(Mutations.of(PacketTable.cases(), MUTATIONS, SEED), reporter);
  }

  @Test
  void theVerifierIsFarFromItsLimit(TestReporter reporter) {
    int verified = ethernet.verifiedInstructions();
    reporter.publishEntry("verified instructions", String.valueOf(verified));

    assertThat(verified).isBetween(1_000, VERIFIED_MAX);
  }

  private void assertAgreement(List<Input> inputs, TestReporter reporter) throws Exception {
    List<Verdict> host = HostJudge.judge(inputs, PacketTable.EXCLUDED_PORT);
    Map<String, Integer> runs = new TreeMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Input input = inputs.get(i);
      Optional<Verdict> testRun = testRun(input);
      Optional<Verdict> live = live(input);
      for (Optional<Verdict> kernel : List.of(testRun, live)) {
        if (kernel.isPresent()) {
          assertThat(kernel.get()).as(input.description).isEqualTo(host.get(i));
        }
      }
      String how = testRun.isPresent() ? "test run" : "no test run";
      runs.merge(how + (live.isPresent() ? ", live" : ", not live"), 1, Integer::sum);
    }
    reporter.publishEntry(Map.of("inputs", String.valueOf(inputs.size()), "how", runs.toString()));
    int nowhere = runs.getOrDefault("no test run, not live", 0);
    assertThat(nowhere).as("inputs that no kernel would run").isLessThan(inputs.size() / 10);
  }

  private Optional<Verdict> testRun(Input input) {
    Optional<Verdict> verdict = (input.noLinkHeader ? bare : ethernet).testRunFirst(input.packet);
    if (verdict.isEmpty()) {
      assertThat(isRefused(input.packet)).as("refused: %s", input.description).isTrue();
    }
    return verdict;
  }

  /** To a test run, octets 12 and 13 are an ethertype whatever the program takes them for. */
  private static boolean isRefused(byte[] packet) {
    if (packet.length < ETHERNET_HEADER || packet.length > TEST_RUN_TAKES) {
      return true;
    }
    int header =
        switch (ethertype(packet)) {
          case Packet.IPV4 -> 20;
          case Packet.IPV6 -> 40;
          default -> 0;
        };
    return packet.length < ETHERNET_HEADER + header;
  }

  private Optional<Verdict> live(Input input) {
    byte[] packet = input.packet;
    if (packet.length < ETHERNET_HEADER
        || ethertype(packet) == Packet.VLAN
        || ethertype(packet) == Packet.VLAN_SERVICE) {
      return Optional.empty();
    }
    return Optional.of((input.noLinkHeader ? bareCable : ethernetCable).sendFirst(packet));
  }

  private static int ethertype(byte[] packet) {
    return Byte.toUnsignedInt(packet[12]) << 8 | Byte.toUnsignedInt(packet[13]);
  }
}
