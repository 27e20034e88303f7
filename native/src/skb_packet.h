/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A packet that is a __sk_buff. */
#ifndef SKB_PACKET_H
#define SKB_PACKET_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

typedef struct __sk_buff packet_t;

#define LOAD_OCTETS bpf_skb_load_bytes
#include "loaded_packet.h"

static __always_inline __u32 packet_length(packet_t *packet)
{
	return packet->len;
}

static __always_inline int packet_tag_removed(packet_t *packet)
{
	return packet->vlan_present != 0;
}

static __always_inline __u16 packet_removed_tag(packet_t *packet)
{
	return packet->vlan_tci;
}

#endif
