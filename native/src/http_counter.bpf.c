// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The tc capture: counts the HTTP requests that an interface receives. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

typedef struct __sk_buff packet_t;

static __always_inline __u32 packet_length(packet_t *packet)
{
	return packet->len;
}

/* The compiler takes packets for unaligned and would copy octet by octet. */
static __always_inline void copy_words(void *to, const void *from, const __u32 length)
{
	__u32 i;

#pragma unroll
	for (i = 0; i + 4 <= length; i += 4)
		*(__u32 *)(to + i) = *(const __u32 *)(from + i);
	if (length & 2)
		*(__u16 *)(to + (length & ~3)) = *(const __u16 *)(from + (length & ~3));
	if (length & 1)
		*(__u8 *)(to + length - 1) = *(const __u8 *)(from + length - 1);
}

/* Octets in the linear part of the packet, or NULL. */
static __always_inline const void *packet_linear(packet_t *packet, __u64 offset, const __u32 length)
{
	const void *data, *end;

	if (offset > 0x7fff)
		return (void *)0;
	/* Lest an address within the context be kept, which the verifier refuses. */
	asm volatile("" : "+r"(packet));
	data = (void *)(long)packet->data;
	end = (void *)(long)packet->data_end;
	/* In assembly, so that the verifier sees the bound on the very register that is added. */
	asm volatile("%0 &= 0x7fff" : "+r"(offset));
	return data + offset + length <= end ? data + offset : (void *)0;
}

/*
 * Payload often lies outside the linear part (over veth always), and now and then a header does.
 * The helper sees all of the packet, at the price of a call.
 */
static __always_inline int packet_read(packet_t *packet, __u32 offset, void *to, const __u32 length)
{
	const void *from = packet_linear(packet, offset, length);

	if (!from)
		return bpf_skb_load_bytes(packet, offset, to, length);
	copy_words(to, from, length);
	return 0;
}

static __always_inline int packet_copy(packet_t *packet, __u32 offset, void *to, __u32 length,
				       const __u32 room)
{
	__u64 bounded = length;

	if (__builtin_constant_p(length))
		return bpf_skb_load_bytes(packet, offset, to, length);
	if (length == 0)
		return -1;
	/*
	 * In assembly, so that the verifier sees the bounds on the very register that the helper
	 * gets, and with comparisons from which kernels before 6.8 too infer the lower one.
	 */
	asm volatile("if %0 <= %1 goto +1\n"
		     "%0 = %1\n"
		     "if %0 >= 1 goto +1\n"
		     "%0 = 1"
		     : "+r"(bounded)
		     : "i"(room));
	return bpf_skb_load_bytes(packet, offset, to, bounded);
}

static __always_inline int packet_peek(packet_t *packet, __u32 offset, __u64 *word)
{
	const __u64 *from = packet_linear(packet, offset, sizeof(*word));

	if (!from)
		return -1;
	*word = *from;
	return 0;
}

static __always_inline const __u8 *packet_header(packet_t *packet, const __u32 length)
{
	const void *data = (void *)(long)packet->data;
	const void *end = (void *)(long)packet->data_end;

	return data + length <= end ? data : (void *)0;
}

static __always_inline int packet_tag_removed(packet_t *packet)
{
	return packet->vlan_present != 0;
}

static __always_inline __u16 packet_removed_tag(packet_t *packet)
{
	return packet->vlan_tci;
}

#include "flow.h"
#include "packet_parse.h"
#include "workspace.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, REQUEST_MAP_ENTRIES);
	__type(key, __u32);
	__type(value, struct datarec);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} request_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PACKET_MAP_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} packet_map SEC(".maps");

/* Connections that carry what cannot be counted. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UNSEEN_MAP_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} unseen_map SEC(".maps");

/* The state of connections. It survives a swap of the program, and is nobody else's to read. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FLOWS_MAX);
	__type(key, struct flow_key);
	__type(value, struct flow);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} flow_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, OPENINGS_MAX);
	__type(key, struct flow_key);
	__type(value, struct opening);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} opening_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, BLOCKS_MAX);
	__type(key, struct block_key);
	__type(value, struct block);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} block_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct port_set);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} port_map SEC(".maps");

/* For readers; the program does not use it. The loader makes a new one at each load, hence not
 * pinned by name. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct capture_info);
} capture_info SEC(".maps");

/* Both programs run with bottom halves off, so none meets the other's in mid-work on its CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct workspace);
} workspace_map SEC(".maps");

const volatile struct capture_config capture_config SEC(".rodata.config") = {};

static __always_inline struct workspace *workspace(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&workspace_map, &key);
}

static __always_inline struct flow *find_flow(const struct flow_key *key)
{
	return bpf_map_lookup_elem(&flow_map, key);
}

static __always_inline int make_flow(const struct flow_key *key, const struct flow *flow)
{
	int result = bpf_map_update_elem(&flow_map, key, flow, BPF_ANY);

	/* What was never looked up gives way first. */
	bpf_map_lookup_elem(&flow_map, key);
	return result;
}

static __always_inline void drop_flow(const struct flow_key *key)
{
	bpf_map_delete_elem(&flow_map, key);
}

static __always_inline struct opening *find_opening(const struct flow_key *key)
{
	return bpf_map_lookup_elem(&opening_map, key);
}

static __always_inline int make_opening(const struct flow_key *key, const struct opening *opening)
{
	return bpf_map_update_elem(&opening_map, key, opening, BPF_ANY);
}

static __always_inline const struct block *find_block(const struct block_key *key)
{
	return bpf_map_lookup_elem(&block_map, key);
}

static __always_inline int make_block(const struct block_key *key, const struct block *block)
{
	return bpf_map_update_elem(&block_map, key, block, BPF_ANY);
}

static __always_inline void drop_block(const struct block_key *key)
{
	bpf_map_delete_elem(&block_map, key);
}

static __always_inline struct port_set *ports(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&port_map, &key);
}

static __always_inline __u8 port_state(__u16 port)
{
	const struct port_set *set = ports();

	return set ? set->state[port] : PORT_UNKNOWN;
}

static __always_inline void learn(__u16 port, __u8 state)
{
	struct port_set *set = ports();

	if (set)
		set->state[port] = state;
}

static __always_inline int is_excluded(__u16 port)
{
	return capture_config.excluded_ports[port / 64] >> (port % 64) & 1;
}

static __always_inline __u32 random_number(void)
{
	return bpf_get_prandom_u32();
}

static __always_inline __u32 own_cpu(void)
{
	return bpf_get_smp_processor_id();
}

/* Per-CPU, and a tc program is not preempted by itself on a CPU: a plain addition loses nothing. */
static __always_inline void count_method(__u32 method)
{
	struct datarec *record = bpf_map_lookup_elem(&request_map, &method);

	if (record)
		record->rx_packets++;
}

static __always_inline void count_unseen(__u32 protocol)
{
	__u64 *connections = bpf_map_lookup_elem(&unseen_map, &protocol);

	if (connections)
		(*connections)++;
}

static __always_inline void count_packet(__u32 result)
{
	__u64 *packets = bpf_map_lookup_elem(&packet_map, &result);

	if (packets)
		(*packets)++;
}

#include "judge.h"

/* The verdict never changes a packet's way: TC_ACT_UNSPEC, which is TCX_NEXT, lets the next program
 * decide. */
SEC("tc")
int http_counter(struct __sk_buff *skb)
{
	count_packet(judge_received(skb, capture_config.no_link_header));
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
