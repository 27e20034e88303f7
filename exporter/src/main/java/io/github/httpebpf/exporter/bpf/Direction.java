package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;

/** Which way packets go past an interface's hooks, as the host sees it. */
enum Direction {
  INGRESS,
  EGRESS;

  // Of kernels newer than the headers that the bindings are generated from.
  private static final int BPF_TCX_INGRESS = 46;
  private static final int BPF_TCX_EGRESS = 47;

  /** {@code enum bpf_attach_type}, Linux 6.6. */
  int tcxType() {
    return this == INGRESS ? BPF_TCX_INGRESS : BPF_TCX_EGRESS;
  }

  /** {@code enum bpf_tc_attach_point} of libbpf. */
  int attachPoint() {
    return this == INGRESS ? Libbpf.BPF_TC_INGRESS() : Libbpf.BPF_TC_EGRESS();
  }

  /** The class of a clsact qdisc that its filters are under. */
  int parent() {
    int minor = this == INGRESS ? Libbpf.TC_H_MIN_INGRESS() : Libbpf.TC_H_MIN_EGRESS();
    return (Libbpf.TC_H_CLSACT() & Libbpf.TC_H_MAJ_MASK()) | minor;
  }
}
