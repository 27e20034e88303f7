package io.github.httpebpf.exporter.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

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

  private final PinRoot root;
  private final List<NetworkNamespace> namespaces;
  private final Function<NetworkNamespace, ? extends Collection<CaptureSpec>> specs;
  private final TcBackend backend;

  /**
   * Checks nothing yet.
   *
   * @param namespaces where to capture
   * @param specs what to capture there; asked for there, and only once libbpf is known to be there
   */
  public HostChecks(
      PinRoot root,
      List<NetworkNamespace> namespaces,
      Function<NetworkNamespace, ? extends Collection<CaptureSpec>> specs,
      TcBackend backend) {
    this.root = root;
    this.namespaces = List.copyOf(namespaces);
    this.specs = specs;
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
    add(checks, "program", this::checkProgram);
    add(checks, "tc hook", this::checkHook);
    add(checks, "interfaces", this::checkInterfaces);
    add(checks, "capture", () -> ok("capture", CaptureAdvice.line()));
    add(checks, "JIT", HostChecks::checkJit);
    addForeigners(checks);
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

  private static Check fail(String subject, String text) {
    return new Check(Severity.FAIL, subject, text);
  }

  private static Check checkCapabilities() {
    List<Capabilities> missing = Capabilities.missingForLoading();
    return missing.isEmpty()
        ? ok("capabilities", "enough to load")
        : fail("capabilities", names(missing) + " missing; run as root; serve and show need none");
  }

  private static String names(List<Capabilities> capabilities) {
    return capabilities.stream().map(Enum::name).collect(Collectors.joining(", "));
  }

  private Check checkFileSystem() {
    String subject = "bpf file system";
    Path path = root.path();
    if (BpfFileSystem.holds(path)) {
      return BpfFileSystem.isWritable(path)
          ? ok(subject, path + " is on one")
          : fail(subject, path + " may not be written; run as root, or choose another --pin-root");
    }
    if (!BpfFileSystem.isMountable(path)) {
      return fail(subject, path + " is not on one; choose a --pin-root below /sys/fs/bpf");
    }
    return Capabilities.maySysAdmin()
        ? new Check(Severity.WARN, subject, "none mounted yet; run mounts it")
        : fail(subject, "none mounted; as root: mount -t bpf bpf /sys/fs/bpf");
  }

  private Check checkProgram() {
    CaptureSettings settings = new CaptureSettings(backend);
    for (CaptureTarget target : targets()) {
      byte[] file = HttpProbe.packedFile(target.kind());
      try (HttpProbe probe = HttpProbe.open(target.kind(), file, settings.probeConfig(target))) {
        probe.load();
      }
    }
    return ok("program", "this kernel's verifier takes it");
  }

  private List<CaptureTarget> targets() {
    return namespaces.stream()
        .flatMap(each -> each.call(() -> CaptureTarget.find(specs.apply(each))).stream())
        .toList();
  }

  private Check checkHook() {
    boolean tcx = TcxHook.isSupported();
    if (!tcx && backend == TcBackend.TCX) {
      return fail("tc hook", "no tcx before Linux 6.6; leave out --tc-backend tcx");
    }
    return ok("tc hook", tcx && backend != TcBackend.CLSACT ? "tcx" : "clsact");
  }

  private Check checkInterfaces() {
    List<CaptureTarget> targets = targets();
    CapturePreflight.check(root, backend, targets);
    return ok(
        "interfaces", targets.stream().map(CaptureTarget::name).collect(Collectors.joining(", ")));
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

  /** Of a capture whose namespace has gone, nobody is. */
  private List<String> ahead(String name) {
    NetworkNamespace netns = NetworkNamespace.ofCapture(name);
    return root.capture(name).info().filter(info -> netns.hasGone(info.scope())).isPresent()
        ? List.of()
        : netns.call(() -> Foreigners.ahead(root, name));
  }

  private void addForeigners(List<Check> checks) {
    try {
      for (String name : root.captured()) {
        for (String line : ahead(name)) {
          checks.add(new Check(Severity.WARN, "order", line));
        }
      }
    } catch (BpfException e) {
      checks.add(new Check(Severity.WARN, "order", String.valueOf(e.getMessage())));
    }
  }
}
