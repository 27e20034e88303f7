/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A packet that is an xdp_md: in one buffer or, from Linux 5.18 on, in several. */
#ifndef XDP_PACKET_H
#define XDP_PACKET_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "capture_config.h"

typedef struct xdp_md packet_t;

#include "linear_packet.h"

static __always_inline int has_buffers(void)
{
	return capture_config.flags & CONFIG_XDP_BUFFERS;
}

static __always_inline __u32 packet_length(packet_t *packet)
{
	if (has_buffers())
		return bpf_xdp_get_buff_len(packet);
	return packet->data_end - packet->data;
}

static __always_inline int packet_read(packet_t *packet, __u32 offset, void *to, const __u32 length)
{
	const void *from = packet_linear(packet, offset, length);

	if (from) {
		copy_words(to, from, length);
		return 0;
	}
	return has_buffers() ? bpf_xdp_load_bytes(packet, offset, to, length) : -1;
}

/* Of the only buffer. */
static __always_inline int copy_linear(packet_t *packet, __u32 offset, void *to, __u32 length,
				       const __u32 room)
{
	const void *from;
	__u32 i;

	KEEP_LOOP
	for (i = 0; i + 8 <= room; i += 8) {
		if (i + 8 > length)
			break;
		from = packet_linear(packet, offset + i, 8);
		if (!from)
			return -1;
		*(__u64 *)(to + i) = *(const __u64 *)from;
	}
	KEEP_LOOP
	for (; i < room; i++) {
		if (i >= length)
			return 0;
		from = packet_linear(packet, offset + i, 1);
		if (!from)
			return -1;
		*(__u8 *)(to + i) = *(const __u8 *)from;
	}
	return 0;
}

static __always_inline int packet_copy(packet_t *packet, __u32 offset, void *to, __u32 length,
				       const __u32 room)
{
	__u64 bounded = length;

	if (__builtin_constant_p(length))
		return packet_read(packet, offset, to, length);
	if (length == 0)
		return -1;
	if (!has_buffers())
		return copy_linear(packet, offset, to, length, room);
	asm volatile("if %0 <= %1 goto +1\n"
		     "%0 = %1\n"
		     "if %0 >= 1 goto +1\n"
		     "%0 = 1"
		     : "+r"(bounded)
		     : "i"(room));
	return bpf_xdp_load_bytes(packet, offset, to, bounded);
}

/* A tag that the network card has taken off is not to be seen here. */
static __always_inline int packet_tag_removed(packet_t *packet)
{
	(void)packet;
	return 0;
}

static __always_inline __u16 packet_removed_tag(packet_t *packet)
{
	(void)packet;
	return 0;
}

#endif
