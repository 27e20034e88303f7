package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.metrics.CaptureCounts;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import io.github.httpebpf.exporter.metrics.CountSource;
import io.github.httpebpf.exporter.metrics.Exchanges;
import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.metrics.LabelledRequests;
import io.github.httpebpf.exporter.metrics.ProgramRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads pinned captures; needs no capability, only to reach the pins.
 *
 * <p>Thread-safe: every read opens the pins anew and closes them, so reads at the same time share
 * nothing native, and a pin that was replaced is never read through an old descriptor. What is
 * remembered between reads is which captures were seen, and the ids of their maps, to say so when
 * one is replaced.
 */
public final class CaptureReader implements CountSource {

  private static final System.Logger LOG = System.getLogger(CaptureReader.class.getName());
  private static final Comparator<List<String>> LABELS = Comparator.comparing(List::toString);
  private static final Path STATS_ENABLED = Path.of("/proc/sys/kernel/bpf_stats_enabled");

  private final PinRoot root;
  private final CaptureSelection selection;
  private final CgroupNames cgroupNames = new CgroupNames();
  private final UrlReader urls = new UrlReader();
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> mapIds = new ConcurrentHashMap<>();
  private final Map<String, String> failures = new ConcurrentHashMap<>();

  /**
   * Reads nothing yet.
   *
   * @param selection of the captures to read, looked up at each read
   */
  public CaptureReader(PinRoot root, CaptureSelection selection) {
    this.root = root;
    this.selection = selection;
    this.seen.addAll(selection.named());
  }

  /** Of interfaces of these names at tc; of all captures if there are none. */
  public CaptureReader(PinRoot root, Collection<String> names) {
    this(root, new CaptureSelection(new InterfaceChoice(names, List.of()), Map.of()));
  }

  @Override
  public List<CaptureSnapshot> read() {
    try {
      List<CaptureSnapshot> snapshots = readOrFail();
      failures.remove("");
      return snapshots;
    } catch (BpfException e) {
      report("", e);
      return readAll(seen);
    }
  }

  /**
   * Reads as {@link #read} does, for whoever shall not take a pin root that cannot be listed for an
   * empty one.
   *
   * @throws BpfException if no capture was named, and the pin root cannot be listed
   */
  public List<CaptureSnapshot> readOrFail() {
    if (!selection.isFixed()) {
      seen.addAll(selection.among(root.made()));
    }
    return readAll(seen);
  }

  private List<CaptureSnapshot> readAll(Collection<String> names) {
    boolean withRuns = statsEnabled();
    InterfacePresence presence = new InterfacePresence();
    return new TreeSet<>(names).stream().map(name -> read(name, withRuns, presence)).toList();
  }

  private CaptureSnapshot read(String name, boolean withRuns, InterfacePresence presence) {
    CaptureDirectory directory = root.capture(name);
    try {
      CaptureInfo info =
          directory
              .info()
              .orElseThrow(
                  () -> new BpfException("read " + directory.path() + ": no capture there"));
      CaptureSnapshot snapshot =
          new CaptureSnapshot(name, presence.isThere(directory, info), counts(directory, withRuns));
      if (failures.remove(name) != null) {
        LOG.log(System.Logger.Level.INFO, "read {0}: works again", directory.path());
      }
      return snapshot;
    } catch (BpfException e) {
      report(name, e);
      return new CaptureSnapshot(name, false, null);
    }
  }

  /** Logs a failure once, until it changes or ends: scrapes repeat. */
  private void report(String name, BpfException e) {
    String message = String.valueOf(e.getMessage());
    if (!message.equals(failures.put(name, message))) {
      LOG.log(System.Logger.Level.WARNING, message);
    }
  }

  private CaptureCounts counts(CaptureDirectory directory, boolean withRuns) {
    try (PinnedMap requests = PinnedMap.open(directory.requestMap(), MapShape.REQUESTS);
        PinnedMap packets = PinnedMap.open(directory.packetMap(), MapShape.PACKETS)) {
      noticeReplaced(directory.requestMap(), requests);
      noticeReplaced(directory.packetMap(), packets);
      ProgramRuns runs = withRuns ? runs(directory) : null;
      return CaptureCounts.ofEntries(requests.sums(), packets.sums(), unseen(directory), runs)
          .with(exchanges(directory))
          .with(urls.read(directory))
          .with(
              labelled(directory.portRequestMap(), CaptureReader::portLabels),
              labelled(directory.cgroupRequestMap(), cgroupNames.labels()));
    }
  }

  private static List<String> portLabels(long port) {
    return List.of(port == SeriesMap.REST ? LabelledRequests.REST : String.valueOf(port));
  }

  /** Owners that have the same labels are one series. */
  private static List<LabelledRequests> labelled(Path pin, LongFunction<List<String>> labelsOf) {
    if (Files.notExists(pin)) {
      return List.of();
    }
    Map<List<String>, Map<HttpMethod, Long>> sums = new TreeMap<>(LABELS);
    try (SeriesMap map = SeriesMap.open(pin)) {
      for (SeriesMap.Series each : map.read()) {
        sums.computeIfAbsent(labelsOf.apply(each.owner()), labels -> new TreeMap<>())
            .merge(each.method(), each.requests(), Long::sum);
      }
    }
    List<LabelledRequests> all = new ArrayList<>();
    sums.forEach(
        (labels, methods) ->
            methods.forEach(
                (method, requests) -> all.add(new LabelledRequests(method, labels, requests))));
    return all;
  }

  /** What the version before has loaded has no such map. */
  private long @Nullable [] unseen(CaptureDirectory directory) {
    Path pin = directory.unseenMap();
    if (Files.notExists(pin)) {
      return null;
    }
    try (PinnedMap connections = PinnedMap.open(pin, MapShape.UNSEEN)) {
      noticeReplaced(pin, connections);
      return connections.sums();
    }
  }

  /** Likewise. */
  private @Nullable Exchanges exchanges(CaptureDirectory directory) {
    Path pin = directory.exchangeMap();
    if (Files.notExists(pin) || Files.notExists(directory.responseMap())) {
      return null;
    }
    try (PinnedMap exchanges = PinnedMap.open(pin, MapShape.EXCHANGES);
        SeriesMap responses = SeriesMap.openResponses(directory.responseMap())) {
      noticeReplaced(pin, exchanges);
      noticeReplaced(directory.responseMap(), responses.map());
      boolean answers = directory.kind().seesAnswers();
      return Exchanges.ofEntries(
          answers, exchanges.wordSums(), answers ? responses.byCode() : List.of());
    }
  }

  private void noticeReplaced(Path pin, PinnedMap map) {
    Integer before = mapIds.put(pin.toString(), map.id());
    if (before != null && before != map.id()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} was replaced (map {1} by {2}): its counts begin anew",
          pin,
          String.valueOf(before),
          String.valueOf(map.id()));
    }
  }

  /** The program's pin is closed to others than its owner; then there is nothing to tell. */
  private static @Nullable ProgramRuns runs(CaptureDirectory directory) {
    try (Descriptor program =
        PinnedObjects.openReadOnly(
            directory.program(ProbeProgram.COUNTER), PinnedObjects.Kind.PROGRAM)) {
      PinnedObjects.ProgramInfo info = PinnedObjects.programInfo(program.number());
      return new ProgramRuns(info.runs(), info.nanoseconds());
    } catch (BpfException e) {
      LOG.log(System.Logger.Level.DEBUG, e.getMessage());
      return null;
    }
  }

  private static boolean statsEnabled() {
    try {
      return !Files.readString(STATS_ENABLED).strip().equals("0");
    } catch (IOException e) {
      return false;
    }
  }
}
