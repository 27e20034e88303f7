/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a capture keeps of connections, and how it is found; whatever its hook. */
#ifndef CAPTURE_MAPS_H
#define CAPTURE_MAPS_H

#include <bpf/bpf_helpers.h>

#include "capture_counts.h"

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
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PENDING_MAX);
	__type(key, struct pending_key);
	__type(value, struct exchange);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} pending_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct port_set);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} port_map SEC(".maps");

/* Heads of requests that packets have cut, by the name of their connection. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, HEADS_MAX);
	__type(key, __u64);
	__type(value, struct request_head);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} head_map SEC(".maps");

/* Segments of routes; the loader's, and new with each program. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ROUTES_MAX *SEGMENTS_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct route_key);
	__type(value, __u64);
} route_map SEC(".maps");

/* Whether requests are traced, and how many records found no room: enum trace_element. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TRACE_ELEMENTS);
	__type(key, __u32);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} trace_map SEC(".maps");

/* Where to: the ring of whoever traces. */
struct trace_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__array(values, struct trace_ring);
} trace_ring_map SEC(".maps");

/* For readers; the program does not use it. The loader makes a new one at each load, hence not
 * pinned by name. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct capture_info);
} capture_info SEC(".maps");

/* As many on each CPU as there may be packets in mid-work at one time. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WORKSPACES);
	__type(key, __u32);
	__type(value, struct workspace);
} workspace_map SEC(".maps");

static __always_inline struct flow *find_other_flow(const struct flow_key *key)
{
	return bpf_map_lookup_elem(&flow_map, key);
}

static __always_inline int map_flow(const struct flow_key *key, const struct flow *flow)
{
	int result = bpf_map_update_elem(&flow_map, key, flow, BPF_ANY);

	/* What was never looked up gives way first. */
	bpf_map_lookup_elem(&flow_map, key);
	return result;
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

static __always_inline struct exchange *find_pending(const struct pending_key *key)
{
	return bpf_map_lookup_elem(&pending_map, key);
}

static __always_inline void make_pending(const struct pending_key *key,
					 const struct exchange *exchange)
{
	bpf_map_update_elem(&pending_map, key, exchange, BPF_ANY);
}

static __always_inline void drop_pending(const struct pending_key *key)
{
	bpf_map_delete_elem(&pending_map, key);
}

static __always_inline struct port_set *ports(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&port_map, &key);
}

/* In assembly, so that the verifier sees the bound: kernels before 6.13 forget it where the octets
 * are swapped. */
static __always_inline __u64 bounded_port(__u64 port)
{
	asm volatile("%0 &= 0xffff" : "+r"(port));
	return port;
}

static __always_inline __u8 port_state(__u16 port)
{
	const struct port_set *set = ports();

	return set ? set->state[bounded_port(port)] : PORT_UNKNOWN;
}

static __always_inline void learn(__u16 port, __u8 state)
{
	struct port_set *set = ports();

	if (set)
		set->state[bounded_port(port)] = state;
}

static __always_inline int is_excluded(__u16 port)
{
	__u64 bounded = bounded_port(port);

	return capture_config.excluded_ports[bounded / 64] >> (bounded % 64) & 1;
}

static __always_inline __u32 random_number(void)
{
	return bpf_get_prandom_u32();
}

static __always_inline __u64 monotonic_time(void)
{
	return bpf_ktime_get_ns();
}

static __always_inline int counts_urls(void)
{
	return capture_config.flags & CONFIG_URLS;
}

static __always_inline int is_traced(void)
{
	__u32 key = TRACE_UNTIL;
	const __u64 *until = bpf_map_lookup_elem(&trace_map, &key);

	return until && *until && *until > bpf_ktime_get_ns();
}

static __always_inline void send_record(const struct workspace *w, __u64 size, __u32 dropped)
{
	__u32 key = 0;
	void *ring = bpf_map_lookup_elem(&trace_ring_map, &key);
	__u64 *lost;

	if (!ring || !bpf_ringbuf_output(ring, (void *)&w->trace, size, BPF_RB_NO_WAKEUP))
		return;
	lost = bpf_map_lookup_elem(&trace_map, &dropped);
	if (lost)
		__sync_fetch_and_add(lost, 1);
}

static __always_inline const struct request_head *find_head(const __u64 *connection)
{
	return bpf_map_lookup_elem(&head_map, connection);
}

static __always_inline void make_head(const __u64 *connection, const struct request_head *head)
{
	bpf_map_update_elem(&head_map, connection, head, BPF_ANY);
}

static __always_inline void drop_head(const __u64 *connection)
{
	bpf_map_delete_elem(&head_map, connection);
}

static __always_inline const struct route_table *routes(void)
{
	const struct route_table *table = (const void *)&route_table;

	/* The compiler would take it for empty. */
	asm volatile("" : "+r"(table));
	return table;
}

static __always_inline const __u64 *find_routes(const struct route_key *key)
{
	return bpf_map_lookup_elem(&route_map, key);
}

#endif
