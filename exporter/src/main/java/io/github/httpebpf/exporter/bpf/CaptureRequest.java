package io.github.httpebpf.exporter.bpf;

import java.util.List;

/**
 * What a load is asked for.
 *
 * @param own captures that shall have programs and state for themselves
 * @param shared those that may share them, because they are many
 * @param following whether more of these will come
 */
public record CaptureRequest(List<CaptureSpec> own, List<CaptureSpec> shared, boolean following) {

  public CaptureRequest {
    own = List.copyOf(own);
    shared = List.copyOf(shared);
  }

  /** All of them. */
  public List<CaptureSpec> all() {
    return java.util.stream.Stream.concat(own.stream(), shared.stream()).toList();
  }
}
