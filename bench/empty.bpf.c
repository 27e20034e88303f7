// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What a hook costs by itself: the floor that the benchmarks measure against. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int empty(__attribute__((unused)) struct __sk_buff *skb)
{
	return TC_ACT_UNSPEC;
}

SEC("cgroup_skb/ingress")
int empty_received(__attribute__((unused)) struct __sk_buff *skb)
{
	return 1;
}

SEC("cgroup_skb/egress")
int empty_sent(__attribute__((unused)) struct __sk_buff *skb)
{
	return 1;
}

SEC("xdp")
int empty_xdp(__attribute__((unused)) struct xdp_md *packet)
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
