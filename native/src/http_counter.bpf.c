// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The tc capture: counts the HTTP requests that an interface receives. */
#include "skb_packet.h"

#include <linux/pkt_cls.h>

#include "flow_storage.h"
#include "judge.h"

/* The verdict never changes a packet's way: TC_ACT_UNSPEC, which is TCX_NEXT, lets the next program
 * decide. */
SEC("tc")
int http_counter(struct __sk_buff *skb)
{
	count_packet(skb, judge_received(skb, capture_config.no_link_header));
	return TC_ACT_UNSPEC;
}

/* At egress. It counts no packet. */
SEC("tc")
int http_answers(struct __sk_buff *skb)
{
	judge_sent(skb, capture_config.no_link_header);
	return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "GPL";
