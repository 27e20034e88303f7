/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Connections in a map, by their addresses: for hooks that know no sockets, and whose programs run
 * with bottom halves off, so that none meets another's packet in mid-work on its CPU. */
#ifndef FLOW_STORAGE_H
#define FLOW_STORAGE_H

#define WORKSPACES 1
#include "capture_maps.h"

static __always_inline struct workspace *workspace(packet_t *packet)
{
	__u32 key = 0;

	/* The verifier wants a context where a function has that parameter, even if it has no use
	 * for it. */
	asm volatile("" : : "r"(packet));
	return bpf_map_lookup_elem(&workspace_map, &key);
}

static __always_inline struct workspace *take_workspace(packet_t *packet)
{
	return workspace(packet);
}

static __always_inline void release_workspace(packet_t *packet)
{
	(void)packet;
}

static __always_inline void add(__u64 *counter, __u64 count)
{
	*counter += count;
}

static __always_inline void count_owner(__u64 owner, __u32 method)
{
	(void)owner;
	(void)method;
}

#ifdef INTERFACES_MAX
/* Its index, and in the lower half, which tells networks apart, that once more: beside the bits of
 * a VLAN's identifier. */
static __always_inline __u64 packet_owner(packet_t *packet)
{
	__u32 interface = packet->ifindex;

	return (__u64)interface << 32 | interface << 12 | interface >> 20;
}
#else
static __always_inline __u64 packet_owner(packet_t *packet)
{
	(void)packet;
	return 0;
}
#endif

static __always_inline struct flow *find_flow(packet_t *packet, const struct flow_key *key)
{
	(void)packet;
	return find_other_flow(key);
}

static __always_inline int make_flow(packet_t *packet, const struct flow_key *key,
				     const struct flow *flow)
{
	(void)packet;
	return map_flow(key, flow);
}

static __always_inline void drop_flow(packet_t *packet, const struct flow_key *key)
{
	(void)packet;
	bpf_map_delete_elem(&flow_map, key);
}

#endif
