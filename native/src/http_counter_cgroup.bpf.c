// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The cgroup capture: counts the HTTP requests that the sockets of a cgroup, and of those below it,
 * receive. */
#include "skb_packet.h"

#include "socket_storage.h"
#include "judge.h"

/* The verdict that lets a packet go on; other programs of the cgroup run all the same. */
#define PASS 1

SEC("cgroup_skb/ingress")
int http_counter(struct __sk_buff *skb)
{
	count_packet(skb, judge_received(skb, 1));
	return PASS;
}

SEC("cgroup_skb/egress")
int http_answers(struct __sk_buff *skb)
{
	judge_sent(skb, 1);
	return PASS;
}

char LICENSE[] SEC("license") = "GPL";
