package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Loads, attaches and pins: afterwards the kernel counts by itself.
 *
 * <p>Over a living capture the maps are kept and the program is swapped in one step, so that no
 * packet goes uncounted. What fails half-way is taken back, and a capture that was there before
 * goes on. Two loads at the same time are safe: a pin is made by one of them, and the other fails.
 * Needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON.
 */
public final class CaptureLoader {

  private final PinRoot root;
  private final TcBackend backend;
  private final Set<Integer> excludedPorts;
  private final String version;
  private final byte[] file;

  /**
   * Loads nothing yet.
   *
   * @param excludedPorts local TCP ports whose requests are not counted
   * @param version of the exporter, left with the pins
   */
  public CaptureLoader(
      PinRoot root, TcBackend backend, Set<Integer> excludedPorts, String version) {
    this(root, backend, excludedPorts, version, HttpProbe.packedFile());
  }

  CaptureLoader(
      PinRoot root, TcBackend backend, Set<Integer> excludedPorts, String version, byte[] file) {
    this.root = root;
    this.backend = backend;
    this.excludedPorts = Set.copyOf(excludedPorts);
    this.version = version;
    this.file = file;
  }

  /**
   * Captures on all of the interfaces, or changes nothing but the programs of captures that were
   * there before.
   *
   * @return the names of the interfaces, in the order given, each once
   * @throws BpfException for the first that fails
   */
  public List<String> load(Collection<String> interfaceNames) {
    List<Interface> interfaces = Interfaces.find(interfaceNames);
    BpfFileSystem.require(root.path());
    List<String> loaded = new ArrayList<>();
    try (Rollback rollback = new Rollback()) {
      boolean createdRoot = makeRoot(rollback) || inheritsRoot();
      for (Interface each : interfaces) {
        load(each, createdRoot, rollback);
        loaded.add(each.name());
      }
      rollback.commit();
    }
    return loaded;
  }

  private boolean makeRoot(Rollback rollback) {
    boolean created = false;
    for (Path directory : missing(root.path())) {
      created = BpfFileSystem.makeDirectory(directory);
      rollback.add(() -> BpfFileSystem.deleteQuietly(directory));
    }
    return created;
  }

  /** The directories of a path that do not exist, outermost first. */
  private static List<Path> missing(Path path) {
    List<Path> missing = new ArrayList<>();
    for (Path each = path; each != null && !Files.exists(each); each = each.getParent()) {
      missing.addFirst(each);
    }
    return missing;
  }

  /**
   * Whether the captures that are there came with the root: the last one's end is the root's then.
   */
  private boolean inheritsRoot() {
    return root.captured().stream()
        .flatMap(name -> root.capture(name).info().stream())
        .anyMatch(CaptureInfo::createdPinRoot);
  }

  private void load(Interface target, boolean createdRoot, Rollback rollback) {
    CaptureDirectory directory = root.capture(target.name());
    Optional<CaptureInfo> before = directory.info();
    before.ifPresent(info -> requireSame(info, directory));
    if (BpfFileSystem.makeDirectory(directory.path())) {
      rollback.add(() -> BpfFileSystem.deleteQuietly(directory.path()));
    }
    ProbeConfig config = new ProbeConfig(target.noLinkHeader(), excludedPorts);
    try (HttpProbe probe = HttpProbe.open(file, config)) {
      List<Path> newMaps = reuseMaps(probe, directory);
      probe.load();
      CaptureAttachment attachment = new CaptureAttachment(target, directory, rollback);
      int flags = createdRoot ? CaptureInfo.CREATED_PIN_ROOT : 0;
      try (CaptureAttachment.Attached attached = attachment.attach(probe, backend, before)) {
        for (Path map : newMaps) {
          pin(probe.mapDescriptor(map.getFileName().toString()), map, rollback);
        }
        attached.pin();
        CaptureInfo info =
            new CaptureInfo(
                target.index(),
                attached.hook(),
                attached.tcPriority(),
                attached.tcHandle(),
                flags,
                Interfaces.namespace(),
                version);
        probe.write(HttpProbe.CAPTURE_INFO, info.encode());
        if (before.isEmpty()) {
          rollback.add(() -> BpfFileSystem.deleteQuietly(directory.captureInfo()));
        }
        PinnedObjects.replacePin(
            probe.mapDescriptor(HttpProbe.CAPTURE_INFO),
            directory.captureInfo(),
            CaptureDirectory.READABLE);
      }
    }
  }

  /**
   * A capture that is there goes on under the same hook and in the same namespace, or not at all.
   */
  private void requireSame(CaptureInfo before, CaptureDirectory directory) {
    if (before.netns() != Interfaces.namespace()) {
      throw new BpfException(
          "load %s: captures another network namespace's %s; choose another --pin-root"
              .formatted(directory.path(), directory.interfaceName()));
    }
    Hook wanted =
        switch (backend) {
          case AUTO -> before.hook();
          case TCX -> Hook.TCX;
          case CLSACT -> Hook.CLSACT;
        };
    if (wanted != before.hook()) {
      throw new BpfException(
          "load %s: is attached by %s, and changing that would miss or double packets; unload first, or leave out --tc-backend"
              .formatted(
                  directory.path(), before.hook().name().toLowerCase(java.util.Locale.ROOT)));
    }
  }

  /** Hands the pinned maps to the probe; returns the pins that are yet to be made. */
  private static List<Path> reuseMaps(HttpProbe probe, CaptureDirectory directory) {
    List<Path> missing = new ArrayList<>();
    reuseMap(probe, directory.requestMap(), MapShape.REQUESTS, missing);
    reuseMap(probe, directory.packetMap(), MapShape.PACKETS, missing);
    return missing;
  }

  private static void reuseMap(HttpProbe probe, Path pin, MapShape shape, List<Path> missing) {
    if (Files.exists(pin)) {
      // Read-only is enough: the program writes, and so no other right over the pin is needed.
      probe.reuse(pin.getFileName().toString(), PinnedMap.open(pin, shape));
    } else {
      missing.add(pin);
    }
  }

  private static void pin(int object, Path pin, Rollback rollback) {
    PinnedObjects.pin(object, pin, CaptureDirectory.READABLE);
    rollback.add(() -> BpfFileSystem.deleteQuietly(pin));
  }
}
