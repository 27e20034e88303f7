/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the verifier, and the host's compiler, want said of functions and loops. */
#ifndef DIALECT_H
#define DIALECT_H

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/*
 * A function that the verifier judges once, by itself, for whatever arguments: state does not
 * multiply through it. It has to be global in BPF.
 */
#ifdef __bpf__
#define SUBPROGRAM __attribute__((noinline))
#else
#define SUBPROGRAM static inline
#endif

/* So that a header is copied by words. */
#define PACKET_ALIGNED __attribute__((aligned(4)))

/* Unrolled, a loop holds more in flight than the 512 octets of a BPF stack. */
#ifdef __clang__
#define KEEP_LOOP _Pragma("clang loop unroll(disable)")
#else
#define KEEP_LOOP
#endif

#endif
