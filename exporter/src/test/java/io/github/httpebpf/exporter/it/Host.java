package io.github.httpebpf.exporter.it;

import java.util.ArrayList;
import java.util.List;

/**
 * Where commands run.
 *
 * @param namespace as {@code ip netns} names it
 * @param cgroup the directory of the cgroup that they, and their sockets, belong to
 * @param address IPv4, on the way to all others
 */
record Host(String namespace, String cgroup, String address) {

  /** A command line that runs there; the bpf file system stays in sight. */
  List<String> command(List<String> command) {
    List<String> whole =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                "echo $$ > \"$1/cgroup.procs\" && shift && exec \"$@\"",
                "sh",
                cgroup,
                "nsenter",
                "--net=/run/netns/" + namespace));
    whole.addAll(command);
    return whole;
  }

  /** Runs a command there that must succeed; words are separated by spaces. */
  String run(String command) {
    return Shell.run(command(Stage.words(command))).succeeded().out();
  }

  /** Sends so many GET requests. */
  void get(int requests, Host server) {
    get(requests, server.address);
  }

  void get(int requests, String address) {
    run("ab -q -k -n %d -c 2 http://%s/".formatted(requests, address));
  }
}
