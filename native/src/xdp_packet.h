/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A packet that is an xdp_md, in one buffer or in several: Linux 5.18. */
#ifndef XDP_PACKET_H
#define XDP_PACKET_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

typedef struct xdp_md packet_t;

#include "linear_packet.h"

static __always_inline __u32 packet_length(packet_t *packet)
{
	return bpf_xdp_get_buff_len(packet);
}

static __always_inline int packet_read(packet_t *packet, __u32 offset, void *to, const __u32 length)
{
	const void *from = packet_linear(packet, offset, length);

	if (!from)
		return bpf_xdp_load_bytes(packet, offset, to, length);
	copy_words(to, from, length);
	return 0;
}

static __always_inline int packet_copy(packet_t *packet, __u32 offset, void *to, __u32 length,
				       const __u32 room)
{
	__u64 bounded = length;

	if (__builtin_constant_p(length))
		return bpf_xdp_load_bytes(packet, offset, to, length);
	if (length == 0)
		return -1;
	KEEP_BOUNDED(bounded, room);
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
