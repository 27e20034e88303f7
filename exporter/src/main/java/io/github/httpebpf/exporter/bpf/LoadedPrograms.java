package io.github.httpebpf.exporter.bpf;

import java.util.List;

/** Programs in the kernel that can be attached. */
interface LoadedPrograms {

  /** In the order in which they are attached and swapped. */
  List<ProbeProgram> programs();

  /** A program's descriptor, owned by this. */
  int program(ProbeProgram program);
}
