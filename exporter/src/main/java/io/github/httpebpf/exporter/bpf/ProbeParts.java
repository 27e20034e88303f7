package io.github.httpebpf.exporter.bpf;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an object file holds that a loader has to do with.
 *
 * @param file its name
 * @param programs in the order in which they are attached
 * @param maps that libbpf would pin by their names, if it were not told otherwise
 */
record ProbeParts(String file, List<ProbeProgram> programs, List<String> maps) {

  /** One pair of programs for many interfaces: {@code native/src/http_counter_shared.bpf.c}. */
  static final ProbeParts SHARED =
      new ProbeParts(
          "http_counter_shared.bpf.o",
          CaptureKind.TC.programs(),
          Stream.concat(CaptureKind.TC.stateMaps().stream(), MapNames.OF_TRACE.stream()).toList());

  /** Of a capture that has its programs for itself. */
  static ProbeParts of(CaptureKind kind) {
    List<String> maps =
        new ArrayList<>(
            List.of(
                MapNames.REQUEST,
                MapNames.PACKET,
                MapNames.UNSEEN,
                MapNames.RESPONSE,
                MapNames.EXCHANGE));
    maps.addAll(kind.seriesMaps());
    maps.addAll(kind.stateMaps());
    maps.addAll(MapNames.OF_TRACE);
    return new ProbeParts(kind.file(), kind.programs(), maps);
  }

  /** The object file that this version carries. */
  byte[] packedFile() {
    try (InputStream stream =
        ProbeParts.class.getResourceAsStream("/io/github/httpebpf/bpf/" + file)) {
      if (stream == null) {
        throw new BpfException("open " + file + ": not in this jar; build again");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new BpfException("open " + file + ": " + e.getMessage(), e);
    }
  }
}
