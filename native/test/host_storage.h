/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The maps, on the host. One thread. */
#ifndef HOST_STORAGE_H
#define HOST_STORAGE_H

#include "host_program.h"

static __always_inline struct workspace *workspace(packet_t *packet)
{
	(void)packet;
	return &host.workspace;
}

static __always_inline struct workspace *take_workspace(packet_t *packet)
{
	return workspace(packet);
}

static __always_inline void release_workspace(packet_t *packet)
{
	(void)packet;
}

static __always_inline __u64 packet_owner(packet_t *packet)
{
	(void)packet;
	return 0;
}

static __always_inline struct flow *find_other_flow(const struct flow_key *key)
{
	return host_value(&host_flows, key);
}

static __always_inline struct flow *find_flow(packet_t *packet, const struct flow_key *key)
{
	(void)packet;
	return find_other_flow(key);
}

static __always_inline int make_flow(packet_t *packet, const struct flow_key *key,
				     const struct flow *flow)
{
	(void)packet;
	return host_put(&host_flows, key, flow);
}

static __always_inline void drop_flow(packet_t *packet, const struct flow_key *key)
{
	(void)packet;
	host_remove(&host_flows, key);
}

static __always_inline struct opening *find_opening(const struct flow_key *key)
{
	return host_value(&host_openings, key);
}

static __always_inline int make_opening(const struct flow_key *key, const struct opening *opening)
{
	return host_put(&host_openings, key, opening);
}

static __always_inline const struct block *find_block(const struct block_key *key)
{
	return host_value(&host_blocks, key);
}

static __always_inline int make_block(const struct block_key *key, const struct block *block)
{
	return host_put(&host_blocks, key, block);
}

static __always_inline void drop_block(const struct block_key *key)
{
	host_remove(&host_blocks, key);
}

static __always_inline struct exchange *find_pending(const struct pending_key *key)
{
	return host_value(&host_pending, key);
}

static __always_inline void make_pending(const struct pending_key *key,
					 const struct exchange *exchange)
{
	host_put(&host_pending, key, exchange);
}

static __always_inline void drop_pending(const struct pending_key *key)
{
	host_remove(&host_pending, key);
}

static __always_inline int counts_urls(void)
{
	return host.urls;
}

static __always_inline int is_traced(void)
{
	return host.traced;
}

static __always_inline void send_record(const struct workspace *w, __u64 size, __u32 dropped)
{
	assert(size <= sizeof(w->trace));
	if (host.records_count < host.records_max) {
		memset(&host.records[host.records_count], 0xa5, sizeof(w->trace));
		memcpy(&host.records[host.records_count++], &w->trace, size);
	} else {
		host.records_dropped[dropped]++;
	}
}

static __always_inline const struct request_head *find_head(const __u64 *connection)
{
	return host_value(&host_heads, connection);
}

static __always_inline void make_head(const __u64 *connection, const struct request_head *head)
{
	host_put(&host_heads, connection, head);
}

static __always_inline void drop_head(const __u64 *connection)
{
	host_remove(&host_heads, connection);
}

static __always_inline const struct route_table *routes(void)
{
	return &host.routes;
}

static __always_inline const __u64 *find_routes(const struct route_key *key)
{
	return host_value(&host_routes, key);
}

static __always_inline const struct url_name *find_name(const struct workspace *w)
{
	return host_value(&host_names, &w->scan.owner);
}

static __always_inline void make_name(const struct workspace *w)
{
	if (host_names.entries < host.names_max)
		host_put(&host_names, &w->scan.owner, &w->name);
}

static __always_inline struct url_counts *url_counts(const struct workspace *w, __u64 url,
						     __u32 method)
{
	(void)w;
	return host_series(&host_urls, url, method);
}

static __always_inline void count_url_response(const struct workspace *w, __u64 url, __u32 method,
					       __u32 status)
{
	__u64 *count = host_series(&host_url_responses, url, method | status << STATUS_SHIFT);

	(void)w;
	(*count)++;
}

static __always_inline __u8 port_state(__u16 port)
{
	return host.ports.state[port];
}

static __always_inline void learn(__u16 port, __u8 state)
{
	host_learn(port, state);
}

static __always_inline int is_excluded(__u16 port)
{
	return port == host.excluded_port;
}

static __always_inline void count_method(packet_t *packet, __u32 method)
{
	(void)packet;
	assert(method < METHOD_COUNT);
	if (host.first_method < 0) {
		host.first_method = method;
		host.first_too_long = host.workspace.too_long;
	}
	host.requests[method]++;
}

static __always_inline void count_unseen(const struct workspace *w, __u32 protocol)
{
	(void)w;
	assert(protocol < UNSEEN_COUNT);
	host.unseen[protocol]++;
}

static __always_inline struct exchange_counts *exchange_counts(const struct workspace *w,
							       __u32 method)
{
	(void)w;
	assert(method < METHOD_COUNT);
	return &host.exchanges[method];
}

static __always_inline void count_response(const struct workspace *w, __u32 method, __u32 status)
{
	(void)w;
	assert(method < METHOD_COUNT && status < 1000);
	host.responses[method][status]++;
	host.any_response = 1;
}

static __always_inline void add(__u64 *counter, __u64 count)
{
	*counter += count;
}

static __always_inline __u64 monotonic_time(void)
{
	return host.time;
}

static __always_inline __u32 random_number(void)
{
	return host.random += 2654435761u;
}

#endif
