package io.github.httpebpf.exporter.bpf;

import java.util.ArrayList;
import java.util.List;

/** Where packets are counted; names in lower case are the values of {@code --capture}. */
public enum CaptureKind {
  /** The tc hooks of an interface. */
  TC("http_counter.bpf.o"),
  /** The XDP hook of an interface, before the stack; it sees no answers. */
  XDP("http_counter_xdp.bpf.o"),
  /** The sockets of a cgroup, whatever the interface. */
  CGROUP("http_counter_cgroup.bpf.o");

  private final String file;

  CaptureKind(String file) {
    this.file = file;
  }

  /** The name of the object file. */
  String file() {
    return file;
  }

  /**
   * In the order in which they are attached and swapped: whatever the counter sees asked, the other
   * one must see answered.
   */
  List<ProbeProgram> programs() {
    return this == XDP
        ? List.of(ProbeProgram.COUNTER)
        : List.of(ProbeProgram.ANSWERS, ProbeProgram.COUNTER);
  }

  /** Whether it sees what servers send. */
  boolean seesAnswers() {
    return this != XDP;
  }

  /** The names of the maps that hold requests by something else than the method alone. */
  List<String> seriesMaps() {
    List<String> names =
        new ArrayList<>(
            List.of(
                MapNames.PORT_REQUEST,
                MapNames.URL_NAME,
                MapNames.URL_REQUEST,
                MapNames.URL_RESPONSE));
    if (this == CGROUP) {
      names.add(MapNames.CGROUP_REQUEST);
    }
    return names;
  }

  /** The names of the maps that hold the state of connections: {@code native/src/flow.h}. */
  List<String> stateMaps() {
    return this == CGROUP
        ? List.of(
            "flow_map",
            "opening_map",
            "block_map",
            "pending_map",
            "head_map",
            "port_map",
            "socket_map")
        : List.of("flow_map", "opening_map", "block_map", "pending_map", "head_map", "port_map");
  }
}
