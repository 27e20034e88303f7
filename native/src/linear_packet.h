/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The part of a packet that a program may read in place, whatever packet_t is. */
#ifndef LINEAR_PACKET_H
#define LINEAR_PACKET_H

#include "dialect.h"

/*
 * A length from 1 to `room`. In assembly, so that the verifier sees the bounds on the very register
 * that a helper gets, and with comparisons from which kernels before 6.8 too infer the lower one.
 */
#define KEEP_BOUNDED(length, room)           \
	asm volatile("if %0 <= %1 goto +1\n" \
		     "%0 = %1\n"             \
		     "if %0 >= 1 goto +1\n"  \
		     "%0 = 1"                \
		     : "+r"(length)          \
		     : "i"(room))

/* The compiler takes packets for unaligned and would copy octet by octet. */
static __always_inline void copy_words(void *to, const void *from, const __u32 length)
{
	__u32 i;

#pragma unroll
	for (i = 0; i + 4 <= length; i += 4)
		*(__u32 *)(to + i) = *(const __u32 *)(from + i);
	if (length & 2)
		*(__u16 *)(to + (length & ~3)) = *(const __u16 *)(from + (length & ~3));
	if (length & 1)
		*(__u8 *)(to + length - 1) = *(const __u8 *)(from + length - 1);
}

/* Octets in the linear part of the packet, or NULL. */
static __always_inline const void *packet_linear(packet_t *packet, __u64 offset, const __u32 length)
{
	const void *data, *end;

	if (offset > 0x7fff)
		return (void *)0;
	/* Lest an address within the context be kept, which the verifier refuses. */
	asm volatile("" : "+r"(packet));
	data = (void *)(long)packet->data;
	end = (void *)(long)packet->data_end;
	/* In assembly, so that the verifier sees the bound on the very register that is added. */
	asm volatile("%0 &= 0x7fff" : "+r"(offset));
	return data + offset + length <= end ? data + offset : (void *)0;
}

static __always_inline int packet_peek(packet_t *packet, __u32 offset, __u64 *word)
{
	const __u64 *from = packet_linear(packet, offset, sizeof(*word));

	if (!from)
		return -1;
	*word = *from;
	return 0;
}

static __always_inline const __u8 *packet_header(packet_t *packet, const __u32 length)
{
	const void *data = (void *)(long)packet->data;
	const void *end = (void *)(long)packet->data_end;

	return data + length <= end ? data : (void *)0;
}

#endif
