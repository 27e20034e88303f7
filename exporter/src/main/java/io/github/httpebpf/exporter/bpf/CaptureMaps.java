package io.github.httpebpf.exporter.bpf;

import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which maps of a capture a load takes over, and which it makes.
 *
 * <p>Those that count are published: of another shape, they are refused. The state of connections
 * is nobody's data, and is taken over whole or not at all; without it, connections under way
 * resynchronise. Those of traces are taken over one by one. Not thread-safe.
 */
final class CaptureMaps {

  private static final System.Logger LOG = System.getLogger(CaptureMaps.class.getName());

  private final HttpProbe probe;
  private final CaptureDirectory directory;
  private final List<Path> missing = new ArrayList<>();
  private final List<Path> replaced = new ArrayList<>();
  private final List<Path> dropped = new ArrayList<>();

  private CaptureMaps(HttpProbe probe, CaptureDirectory directory) {
    this.probe = probe;
    this.directory = directory;
  }

  /**
   * Hands the pinned maps to a probe that is not loaded yet.
   *
   * @param living whether state that is pinned there is a capture's, and may be replaced
   * @throws BpfException if something else is pinned there
   */
  static CaptureMaps reuse(
      HttpProbe probe, CaptureDirectory directory, CaptureSettings settings, boolean living) {
    CaptureMaps maps = new CaptureMaps(probe, directory);
    directory
        .counts()
        .forEach(
            (pin, shape) -> {
              if (Files.exists(pin)) {
                // Read-only is enough: the program writes, so no other right is needed.
                probe.reuse(pin.getFileName().toString(), PinnedMap.open(pin, shape));
              } else {
                maps.missing.add(pin);
              }
            });
    Map<String, MapShape> asked = settings.series(directory.kind());
    directory.kind().seriesMaps().forEach(name -> maps.reuseSeries(name, asked.get(name)));
    maps.reuseState(living);
    MapNames.OF_TRACE.forEach(name -> maps.reuseTrace(name, living));
    return maps;
  }

  /** One that is pinned keeps its size, so that what it has counted is not lost. */
  private void reuseSeries(String name, @Nullable MapShape shape) {
    Path pin = directory.map(name);
    if (shape == null) {
      dropped.add(pin);
      probe.resize(name, 1);
    } else if (Files.exists(pin)) {
      probe.reuse(name, PinnedMap.openOfAnySize(pin, shape));
    } else {
      probe.resize(name, shape.maxEntries());
      missing.add(pin);
    }
  }

  private void reuseState(boolean living) {
    List<PinnedMap> fitting = new ArrayList<>();
    List<Path> pins = directory.kind().stateMaps().stream().map(directory::map).toList();
    try {
      for (Path pin : pins) {
        if (Files.exists(pin)) {
          MapShape shape = probe.shape(pin.getFileName().toString());
          PinnedMap map = living ? PinnedMap.open(pin) : PinnedMap.open(pin, shape);
          if (map.shape().equals(shape)) {
            fitting.add(map);
          } else {
            map.close();
          }
        }
      }
    } catch (BpfException e) {
      fitting.forEach(PinnedMap::close);
      throw e;
    }
    if (fitting.size() == pins.size()) {
      fitting.forEach(map -> probe.reuse(map.pin().getFileName().toString(), map));
      return;
    }
    fitting.forEach(PinnedMap::close);
    if (pins.stream().noneMatch(Files::exists)) {
      missing.addAll(pins);
      return;
    }
    replaced.addAll(pins);
    LOG.log(
        Level.WARNING,
        "{0}: the state of connections is of another form, and begins anew; those under way resynchronise",
        directory.name());
  }

  private void reuseTrace(String name, boolean living) {
    Path pin = directory.map(name);
    if (Files.notExists(pin)) {
      missing.add(pin);
      return;
    }
    MapShape shape = probe.shape(name);
    PinnedMap map = living ? PinnedMap.open(pin) : PinnedMap.open(pin, shape);
    if (map.shape().equals(shape)) {
      probe.reuse(name, map);
    } else {
      map.close();
      replaced.add(pin);
    }
  }

  /** Pins what was not there: before a program that nobody could end counts into it. */
  void pinMissing(Rollback rollback) {
    for (Path pin : missing) {
      MapShape shape = probe.shape(pin.getFileName().toString());
      if (shape.hasRest()) {
        SeriesMap.fillRest(descriptor(pin), shape);
      }
      PinnedObjects.pin(descriptor(pin), pin, permissions(pin));
      rollback.add(() -> BpfFileSystem.deleteQuietly(pin));
    }
  }

  /**
   * Pins the state that begins anew in place of the old, and unpins what is not asked for any more:
   * once the programs that use it are gone.
   */
  void pinReplaced() {
    replaced.forEach(pin -> PinnedObjects.replacePin(descriptor(pin), pin, permissions(pin)));
    // What is not counted any more would be shown as if nothing came.
    dropped.forEach(BpfFileSystem::deleteQuietly);
  }

  private boolean isSeries(Path pin) {
    return directory.kind().seriesMaps().contains(pin.getFileName().toString());
  }

  private int descriptor(Path pin) {
    return probe.mapDescriptor(pin.getFileName().toString());
  }

  private String permissions(Path pin) {
    return directory.counts().containsKey(pin) || isSeries(pin)
        ? CaptureDirectory.READABLE
        : CaptureDirectory.PRIVATE;
  }
}
