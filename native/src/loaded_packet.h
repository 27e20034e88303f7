/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * All of a packet, by the helper that its includer names LOAD_OCTETS. Payload often lies outside
 * the linear part (over veth always), and now and then a header does. The helper sees it, at the
 * price of a call.
 */
#ifndef LOADED_PACKET_H
#define LOADED_PACKET_H

#include "linear_packet.h"

static __always_inline int packet_read(packet_t *packet, __u32 offset, void *to, const __u32 length)
{
	const void *from = packet_linear(packet, offset, length);

	if (!from)
		return LOAD_OCTETS(packet, offset, to, length);
	copy_words(to, from, length);
	return 0;
}

static __always_inline int packet_copy(packet_t *packet, __u32 offset, void *to, __u32 length,
				       const __u32 room)
{
	__u64 bounded = length;

	if (__builtin_constant_p(length))
		return LOAD_OCTETS(packet, offset, to, length);
	if (length == 0)
		return -1;
	KEEP_BOUNDED(bounded, room);
	return LOAD_OCTETS(packet, offset, to, bounded);
}

#endif
