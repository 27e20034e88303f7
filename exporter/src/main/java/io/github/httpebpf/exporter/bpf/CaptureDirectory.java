package io.github.httpebpf.exporter.bpf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The pins of one capture. Their names are a published interface: any program may read them.
 *
 * @param path the directory
 * @param name of the capture: {@link CaptureSpec#name}
 */
record CaptureDirectory(Path path, String name) {

  /** Whoever may only read. */
  static final String READABLE = "r--r--r--";

  /** Whoever may write a link's pin may detach it; state holds addresses and payload. */
  static final String PRIVATE = "rw-------";

  CaptureKind kind() {
    return CaptureSpec.kindOf(name);
  }

  Path requestMap() {
    return map(MapNames.REQUEST);
  }

  Path packetMap() {
    return map(MapNames.PACKET);
  }

  Path unseenMap() {
    return map(MapNames.UNSEEN);
  }

  Path responseMap() {
    return map(MapNames.RESPONSE);
  }

  Path exchangeMap() {
    return map(MapNames.EXCHANGE);
  }

  /** Where a map of that name is pinned. */
  Path map(String map) {
    return path.resolve(map);
  }

  /** What makes the directory a capture: pinned first, removed last. */
  Path captureInfo() {
    return map(MapNames.CAPTURE_INFO);
  }

  Path program(ProbeProgram program) {
    return path.resolve(program.programPin());
  }

  /** Requests by the server's port; not there unless asked for. */
  Path portRequestMap() {
    return map(MapNames.PORT_REQUEST);
  }

  /** Requests by cgroup; likewise. */
  Path cgroupRequestMap() {
    return map(MapNames.CGROUP_REQUEST);
  }

  /** What the URLs are that are counted; likewise, as the next two. */
  Path urlNameMap() {
    return map(MapNames.URL_NAME);
  }

  Path urlRequestMap() {
    return map(MapNames.URL_REQUEST);
  }

  Path urlResponseMap() {
    return map(MapNames.URL_RESPONSE);
  }

  /** Not there with clsact. */
  Path link(ProbeProgram program) {
    return path.resolve(program.linkPin());
  }

  /** Whether there certainly is a capture; one that may not be looked for is none. */
  boolean isCapture() {
    return Files.exists(captureInfo());
  }

  /** Whether it is one of those that share programs: it has neither any, nor state, of its own. */
  boolean isShared() {
    return kind() == CaptureKind.TC
        && isCapture()
        && Files.notExists(program(ProbeProgram.COUNTER))
        && SharedDirectory.STATE.stream().allMatch(state -> Files.notExists(map(state)))
        && Files.exists(shared().captureInfo());
  }

  /** The program that counts for it: its own, or that which it shares. */
  Path attachedProgram(ProbeProgram which) {
    return isShared() ? shared().program(which) : program(which);
  }

  private SharedDirectory shared() {
    return new SharedDirectory(path.resolveSibling(PinRoot.SHARED_DIRECTORY));
  }

  /** The maps that count, with their shapes, in the order in which they are pinned. */
  SequencedMap<Path, MapShape> counts() {
    SequencedMap<Path, MapShape> counts = new LinkedHashMap<>();
    counts.put(requestMap(), MapShape.REQUESTS);
    counts.put(packetMap(), MapShape.PACKETS);
    counts.put(unseenMap(), MapShape.UNSEEN);
    counts.put(responseMap(), MapShape.RESPONSES);
    counts.put(exchangeMap(), MapShape.EXCHANGES);
    return counts;
  }

  /** All pins but the one that makes the directory a capture, in the order of their removal. */
  private List<Path> others() {
    List<Path> pins = new ArrayList<>();
    for (ProbeProgram program : kind().programs()) {
      pins.add(link(program));
      pins.add(program(program));
    }
    kind().stateMaps().forEach(map -> pins.add(map(map)));
    MapNames.OF_TRACE.forEach(map -> pins.add(map(map)));
    pins.addAll(counts().keySet());
    kind().seriesMaps().forEach(map -> pins.add(map(map)));
    return pins;
  }

  /**
   * What the last load left here; empty if nothing is.
   *
   * @throws BpfException if something is that cannot be read
   */
  Optional<CaptureInfo> info() {
    return CaptureInfo.read(captureInfo());
  }

  /**
   * Removes all pins and the directory. What is not ours stays, and the directory with it, still a
   * capture so that it can be unloaded again.
   *
   * @throws BpfException if something is there that is not ours
   */
  void remove() {
    for (Path pin : others()) {
      BpfFileSystem.deleteQuietly(temporary(pin));
      BpfFileSystem.delete(pin);
    }
    BpfFileSystem.deleteQuietly(temporary(captureInfo()));
    List<String> others =
        BpfFileSystem.list(path).stream()
            .filter(each -> !each.equals(captureInfo()))
            .map(each -> each.getFileName().toString())
            .sorted()
            .toList();
    if (!others.isEmpty()) {
      throw new BpfException(
          "remove %s: holds what is not ours: %s; remove that and unload again"
              .formatted(path, String.join(", ", others)));
    }
    BpfFileSystem.delete(captureInfo());
    BpfFileSystem.delete(path);
  }

  private static Path temporary(Path pin) {
    return pin.resolveSibling(pin.getFileName() + "_new");
  }
}
