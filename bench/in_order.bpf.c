// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * BPF_PROG_TEST_RUN repeats one packet, which a program that follows connections takes for a
 * retransmission from the second time on. These programs first make it the packet that is due, or
 * that of a new connection, and then go on with the program that is measured. What they themselves
 * cost is measured with the empty program in its place.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

/* KEY_OCTETS and FLOW_OCTETS are those of the measured build, the state of which is nothing but
 * octets here. */
struct flow_key {
	__u64 words[KEY_OCTETS / 8];
};

struct flow {
	__u64 words[FLOW_OCTETS / 8];
};

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} measured SEC(".maps");

/* The capture's own is put in its place when this is loaded. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow_key);
	__type(value, struct flow);
} flow_map SEC(".maps");

struct followed {
	struct flow_key key;
	struct flow flow;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct followed);
} followed_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} next_client SEC(".maps");

static const __u32 first = 0;

/* A connection that is not in the map runs nothing: the ledger will show that packets are missing.
 */
SEC("tc")
int in_order(struct __sk_buff *skb)
{
	struct followed *followed = bpf_map_lookup_elem(&followed_map, &first);
	struct flow *flow;

	if (!followed)
		return TC_ACT_SHOT;
	flow = bpf_map_lookup_elem(&flow_map, &followed->key);
	if (!flow)
		return TC_ACT_SHOT;
	__builtin_memcpy(flow, &followed->flow, sizeof(*flow));
	bpf_tail_call(skb, &measured, 0);
	return TC_ACT_SHOT;
}

/* The client's address, in an IPv4 packet in Ethernet, is another each time. */
SEC("tc")
int new_connection(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__u32 *client = bpf_map_lookup_elem(&next_client, &first);

	if (!client || data + 30 > end)
		return TC_ACT_SHOT;
	*(__u32 *)(data + 26) = (*client)++;
	bpf_tail_call(skb, &measured, 0);
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "GPL";
