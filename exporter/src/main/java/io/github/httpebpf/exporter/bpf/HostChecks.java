package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Supplier;

/** What a host must have for the captures to work, tried for real where trying changes nothing. */
public final class HostChecks {

  /** How bad it is. */
  public enum Severity {
    OK,
    /** It works, but not as well as it could. */
    WARN,
    /** {@code run} would fail. */
    FAIL
  }

  /**
   * The outcome of one check.
   *
   * @param subject what was looked at
   * @param text what was found, and if need be how to mend it; one line
   */
  public record Check(Severity severity, String subject, String text) {}

  /** Bits of {@code linux/capability.h}. */
  private static final Map<String, Integer> CAPABILITIES = capabilities();

  private final PinRoot root;
  private final Collection<String> interfaceNames;
  private final TcBackend backend;

  /** Checks nothing yet. */
  public HostChecks(PinRoot root, Collection<String> interfaceNames, TcBackend backend) {
    this.root = root;
    this.interfaceNames = interfaceNames;
    this.backend = backend;
  }

  /** Makes all checks; each one that throws has failed, and the others are made all the same. */
  public List<Check> run() {
    List<Check> checks = new ArrayList<>();
    add(checks, "libbpf", () -> ok("libbpf", NativeLibrary.version()));
    if (checks.getFirst().severity() == Severity.FAIL) {
      return checks;
    }
    add(checks, "capabilities", HostChecks::checkCapabilities);
    add(checks, "bpf file system", this::checkFileSystem);
    add(checks, "program", HostChecks::checkProgram);
    add(checks, "tc hook", this::checkHook);
    add(checks, "interfaces", this::checkInterfaces);
    add(checks, "JIT", HostChecks::checkJit);
    for (String name : interfaceNames) {
      addForeigners(checks, name);
    }
    return checks;
  }

  private static void add(List<Check> checks, String subject, Supplier<Check> check) {
    try {
      checks.add(check.get());
    } catch (BpfException e) {
      checks.add(new Check(Severity.FAIL, subject, String.valueOf(e.getMessage())));
    }
  }

  private static Check ok(String subject, String text) {
    return new Check(Severity.OK, subject, text);
  }

  private static Map<String, Integer> capabilities() {
    Map<String, Integer> capabilities = new LinkedHashMap<>();
    capabilities.put("CAP_NET_ADMIN", 12);
    // The program adds variable offsets to packet pointers.
    capabilities.put("CAP_PERFMON", 38);
    capabilities.put("CAP_BPF", 39);
    return capabilities;
  }

  private static Check checkCapabilities() {
    long effective = effectiveCapabilities();
    StringJoiner missing = new StringJoiner(" and ");
    CAPABILITIES.forEach(
        (name, bit) -> {
          if ((effective >>> bit & 1) == 0) {
            missing.add(name);
          }
        });
    return missing.length() == 0
        ? ok("capabilities", String.join(", ", CAPABILITIES.keySet()))
        : new Check(
            Severity.FAIL,
            "capabilities",
            missing + " missing; run as root (sudo), or grant them; serve and show need none");
  }

  private static long effectiveCapabilities() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("CapEff:"))
          .map(line -> Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16))
          .findFirst()
          .orElse(0L);
    } catch (IOException e) {
      throw new BpfException("read /proc/self/status: " + BpfFileSystem.reason(e), e);
    }
  }

  private Check checkFileSystem() {
    if (BpfFileSystem.holds(root.path())) {
      return ok("bpf file system", root.path() + " is on one");
    }
    return root.path().startsWith("/sys/fs/bpf")
        ? new Check(
            Severity.WARN,
            "bpf file system",
            "none mounted; run mounts it, or: mount -t bpf bpf /sys/fs/bpf")
        : new Check(
            Severity.FAIL,
            "bpf file system",
            root.path() + " is not on one; choose a --pin-root below /sys/fs/bpf");
  }

  private static Check checkProgram() {
    try (HttpProbe probe =
        HttpProbe.open(HttpProbe.packedFile(), new ProbeConfig(false, Set.of()))) {
      probe.load();
      return ok("program", "this kernel's verifier takes it");
    }
  }

  private Check checkHook() {
    boolean tcx = TcxHook.isSupported();
    if (!tcx && backend == TcBackend.TCX) {
      return new Check(
          Severity.FAIL, "tc hook", "no tcx before Linux 6.6; leave out --tc-backend tcx");
    }
    return ok("tc hook", tcx && backend != TcBackend.CLSACT ? "tcx" : "clsact");
  }

  private Check checkInterfaces() {
    List<String> names = Interfaces.find(interfaceNames).stream().map(Interface::name).toList();
    return ok("interfaces", String.join(", ", names));
  }

  private static Check checkJit() {
    Path setting = Path.of("/proc/sys/net/core/bpf_jit_enable");
    try {
      if (Files.readString(setting).strip().equals("0")) {
        return new Check(
            Severity.WARN, "JIT", "off, so packets cost more; sysctl net.core.bpf_jit_enable=1");
      }
      return ok("JIT", "on");
    } catch (IOException e) {
      // Where the kernel has no such setting, or keeps it to root, it is compiled to be on.
      return ok("JIT", "not configurable here");
    }
  }

  private void addForeigners(List<Check> checks, String name) {
    try {
      Foreigners.ahead(root, name)
          .forEach(line -> checks.add(new Check(Severity.WARN, "order", line)));
    } catch (BpfException e) {
      checks.add(new Check(Severity.WARN, "order", String.valueOf(e.getMessage())));
    }
  }
}
