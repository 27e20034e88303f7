// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The XDP capture: counts the HTTP requests that an interface receives before the stack sees them.
 * It sees no answers. */
#include "xdp_packet.h"

#include "flow_storage.h"
#include "judge.h"

SEC("xdp")
int http_counter(struct xdp_md *packet)
{
	count_packet(packet, judge_received(packet, capture_config.no_link_header));
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
