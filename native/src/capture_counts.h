/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* How a capture counts, wherever its maps are. */
#ifndef CAPTURE_COUNTS_H
#define CAPTURE_COUNTS_H

#include "capture_config.h"
#include "workspace.h"
#ifdef INTERFACES_MAX
#include "interface_counts.h"
#else
#include "own_counts.h"
#endif

static __always_inline void count_owner(__u64 owner, __u32 method);

/* So that a series begins; of any shape. */
static const struct url_counts nothing = {};

/* A series of its own, or the rest's where there is room for no more. */
static __always_inline void *find_series(void *map, __u64 owner, __u32 method, __u32 rest)
{
	struct series_key key = {.owner = owner, .method = method};
	void *value;

	if (!map)
		return NULL;
	value = bpf_map_lookup_elem(map, &key);
	if (value)
		return value;
	bpf_map_update_elem(map, &key, &nothing, BPF_NOEXIST);
	value = bpf_map_lookup_elem(map, &key);
	if (value)
		return value;
	key.owner = SERIES_OTHER;
	key.method = rest;
	return bpf_map_lookup_elem(map, &key);
}

static __always_inline void count_series(void *map, __u64 owner, __u32 method)
{
	__u64 *count = find_series(map, owner, method, method);

	if (count)
		add(count, 1);
}

SUBPROGRAM int count_labelled(packet_t *packet, __u32 method)
{
	const struct workspace *w = workspace(packet);

	if (!w)
		return 0;
	if (capture_config.flags & CONFIG_PORT_LABELS)
		count_series(port_counts(packet), w->key.server_port, method);
	if (capture_config.flags & CONFIG_CGROUP_LABELS)
		count_owner(w->owner, method);
	return 0;
}

static __always_inline void count_method(packet_t *packet, __u32 method)
{
	void *map = request_counts(packet);
	struct datarec *record = map ? bpf_map_lookup_elem(map, &method) : NULL;

	if (record)
		add(&record->rx_packets, 1);
	if (capture_config.flags & (CONFIG_PORT_LABELS | CONFIG_CGROUP_LABELS))
		count_labelled(packet, method);
}

static __always_inline void count_unseen(const struct workspace *w, __u32 protocol)
{
	void *map = unseen_counts(w);
	__u64 *connections = map ? bpf_map_lookup_elem(map, &protocol) : NULL;

	if (connections)
		add(connections, 1);
}

static __always_inline struct exchange_counts *exchange_counts(const struct workspace *w,
							       __u32 method)
{
	void *map = exchanges(w);

	return map ? bpf_map_lookup_elem(map, &method) : NULL;
}

static __always_inline void count_response(const struct workspace *w, __u32 method, __u32 status)
{
	count_series(response_counts(w), status, method);
}

static __always_inline const struct url_name *find_name(const struct workspace *w)
{
	void *names = url_names(w);

	return names ? bpf_map_lookup_elem(names, &w->scan.owner) : NULL;
}

static __always_inline void make_name(const struct workspace *w)
{
	void *names = url_names(w);

	if (names)
		bpf_map_update_elem(names, &w->scan.owner, &w->name, BPF_NOEXIST);
}

static __always_inline struct url_counts *url_counts(const struct workspace *w, __u64 url,
						     __u32 method)
{
	return find_series(url_requests(w), url, method, method);
}

static __always_inline void count_url_response(const struct workspace *w, __u64 url, __u32 method,
					       __u32 status)
{
	__u64 *count = find_series(url_responses(w), url, method | status << STATUS_SHIFT, method);

	if (count)
		add(count, 1);
}

/* The hooks that count packets are not entered twice on a CPU. */
static __always_inline void count_packet(packet_t *packet, __u32 result)
{
	void *map = packet_counts(packet);
	__u64 *packets = map ? bpf_map_lookup_elem(map, &result) : NULL;

	if (packets)
		(*packets)++;
}

#endif
