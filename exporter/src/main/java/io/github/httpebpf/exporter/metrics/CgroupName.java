package io.github.httpebpf.exporter.metrics;

import java.util.List;
import java.util.regex.Matcher;
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

  /** Reads a path. */
  public static CgroupName of(String path) {
    return new CgroupName(path, last(POD, path).replace('_', '-'), last(CONTAINER, path));
  }

  /** The innermost: a host may itself be a container. */
  private static String last(Pattern pattern, String path) {
    String found = "";
    Matcher matcher = pattern.matcher(path);
    while (matcher.find()) {
      found = matcher.group(1);
    }
    return found;
  }

  /** The values of its labels. */
  public List<String> labels() {
    return List.of(path, podUid, containerId);
  }
}
