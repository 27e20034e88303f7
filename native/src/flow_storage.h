/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Connections in a map, by their addresses: for hooks that know no sockets. */
#ifndef FLOW_STORAGE_H
#define FLOW_STORAGE_H

#include "capture_maps.h"

static __always_inline __u32 connection_network(packet_t *packet, const struct payload *payload)
{
	(void)packet;
	return payload->network;
}

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
