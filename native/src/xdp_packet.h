/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A packet that is an xdp_md, in one buffer or in several: Linux 5.18. */
#ifndef XDP_PACKET_H
#define XDP_PACKET_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

typedef struct xdp_md packet_t;

#define LOAD_OCTETS bpf_xdp_load_bytes
#include "loaded_packet.h"

static __always_inline __u32 packet_length(packet_t *packet)
{
	return bpf_xdp_get_buff_len(packet);
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
