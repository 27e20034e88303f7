// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The tc capture of many interfaces by one pair of programs, with one state of connections. Their
 * packets have link headers. */
#include "skb_packet.h"

#include <linux/pkt_cls.h>

/* Captured at one time. */
#define INTERFACES_MAX 16384
#include "flow_storage.h"
#include "judge.h"

SEC("tc")
int http_counter(struct __sk_buff *skb)
{
	count_packet(skb, judge_received(skb, 0));
	return TC_ACT_UNSPEC;
}

SEC("tc")
int http_answers(struct __sk_buff *skb)
{
	judge_sent(skb, 0);
	return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "GPL";
