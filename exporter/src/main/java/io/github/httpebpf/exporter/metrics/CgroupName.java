package io.github.httpebpf.exporter.metrics;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What a cgroup's path says of a pod and its container. Kubelet names pods' cgroups after their
 * uids, with the systemd driver as well as with cgroupfs; containerd, CRI-O, Docker and Podman name
 * a container's after its id.
 *
 * @param path from the root of the hierarchy
 * @param podUid as {@code kubectl} shows it, or nothing
 * @param containerId 64 hexadecimal digits, or nothing
 */
public record CgroupName(String path, String podUid, String containerId) {

  private static final String HEX = "[0-9a-f]";

  /** A slice's name has no dashes within; the uid of a static pod has none at all. */
  private static final Pattern POD =
      Pattern.compile(
          "(?:^|[-/])pod(%1$s{8}(?:[-_]%1$s{4}){3}[-_]%1$s{12}|%1$s{32})(?=[./]|$)".formatted(HEX));

  private static final Pattern CONTAINER =
      Pattern.compile("(?:^|[-:/])(%s{64})(?=[./]|$)".formatted(HEX));

  /** Reads a path. The innermost names count: a host may itself be a container. */
  public static CgroupName of(String path) {
    Optional<MatchResult> pod = last(POD, path);
    // One that the pod is in is the host.
    String below = path.substring(pod.map(MatchResult::end).orElse(0));
    return new CgroupName(
        path,
        pod.map(found -> found.group(1).replace('_', '-')).orElse(""),
        last(CONTAINER, below).map(found -> found.group(1)).orElse(""));
  }

  private static Optional<MatchResult> last(Pattern pattern, String path) {
    return pattern.matcher(path).results().reduce((former, latter) -> latter);
  }

  /** The values of its labels. */
  public List<String> labels() {
    return List.of(path, podUid, containerId);
  }
}
