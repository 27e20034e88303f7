package io.github.httpebpf.exporter.bpf;

import java.util.List;

/** Maps as the object files name them; those that are pinned, are so by these names. */
final class MapNames {

  static final String REQUEST = "request_map";
  static final String PACKET = "packet_map";
  static final String UNSEEN = "unseen_map";
  static final String RESPONSE = "response_map";
  static final String EXCHANGE = "exchange_map";
  static final String CAPTURE_INFO = "capture_info";
  static final String PORT_REQUEST = "port_request_map";
  static final String CGROUP_REQUEST = "cgroup_request_map";
  static final String URL_NAME = "url_name_map";
  static final String URL_REQUEST = "url_request_map";
  static final String URL_RESPONSE = "url_response_map";

  /** Whether requests are traced, and where to: nobody's data either, but kept if it can be. */
  static final String TRACE = "trace_map";

  static final String TRACE_RING = "trace_ring_map";
  static final List<String> OF_TRACE = List.of(TRACE, TRACE_RING);

  /** Not pinned: each program has its own. */
  static final String ROUTE = "route_map";

  private MapNames() {}
}
