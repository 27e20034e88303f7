/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The packet that the parser sees on the host: octets in memory, with the kernel's bounds. */
#ifndef HOST_PACKET_H
#define HOST_PACKET_H

#include <assert.h>
#include <string.h>
#include <linux/types.h>

typedef struct host_packet {
	const __u8
		*octets; /* a heap block of exactly `length`, so that the sanitizer sees beyond */
	__u32 length;
	int peek; /* whether packet_peek works: data in the linear part of a packet, or not */
	int tag_removed;
	__u16 removed_tag;
} packet_t;

static inline __u32 packet_length(packet_t *packet)
{
	return packet->length;
}

static inline int packet_read(packet_t *packet, __u32 offset, void *to, __u32 length)
{
	if (offset > packet->length || packet->length - offset < length)
		return -1;
	memcpy(to, packet->octets + offset, length);
	return 0;
}

/* The kernel's would not fail beyond `room`, but cut; and it refuses to copy nothing. */
static inline int packet_copy(packet_t *packet, __u32 offset, void *to, __u32 length, __u32 room)
{
	assert(length > 0 && length <= room);
	return packet_read(packet, offset, to, length);
}

static inline int packet_peek(packet_t *packet, __u32 offset, __u64 *word)
{
	return packet->peek ? packet_read(packet, offset, word, sizeof(*word)) : -1;
}

static inline const __u8 *packet_header(packet_t *packet, __u32 length)
{
	return packet->peek && length <= packet->length ? packet->octets : NULL;
}

static inline const void *packet_linear(packet_t *packet, __u64 offset, __u32 length)
{
	return packet->peek && offset + length <= packet->length ? packet->octets + offset : NULL;
}

static inline int packet_tag_removed(packet_t *packet)
{
	return packet->tag_removed;
}

static inline __u16 packet_removed_tag(packet_t *packet)
{
	return packet->removed_tag;
}

#endif
