// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What a hook costs by itself: the floor that packet-cost measures against. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int empty(__attribute__((unused)) struct __sk_buff *skb)
{
	return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "GPL";
