package io.github.httpebpf.exporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What helm tells whoever has installed. */
class NotesTest {

  private static final String UNSCRAPED = "Nothing tells Prometheus to scrape";

  @Test
  void by_default_they_say_how_to_look_what_is_missing_and_how_to_end_it() {
    assertThat(Chart.notes(Chart.feature("default")))
        .contains(
            "port-forward daemonset/demo-http-ebpf-exporter 10435 &",
            "curl -s localhost:10435/metrics | grep http_requests_total",
            "kubectl label namespace web pod-security.kubernetes.io/enforce=privileged",
            UNSCRAPED,
            "helm upgrade --namespace web --reuse-values --set unload.onStop=true demo CHART");
  }

  @Test
  void with_a_monitor_nothing_is_missing() {
    assertThat(Chart.notes(Chart.feature("pod-monitor"))).doesNotContain(UNSCRAPED);
  }

  @Test
  void an_address_of_ones_own_is_named() {
    assertThat(Chart.notes(Chart.feature("web")))
        .contains("curl -s localhost:9435/http/metrics | grep http_requests_total");
  }

  @Test
  void unloading_on_stop_is_warned_of() {
    assertThat(Chart.notes(Chart.feature("unload-single")))
        .contains("unload.onStop is set: whenever a pod stops, its counts end.")
        .doesNotContain("helm upgrade");
  }
}
