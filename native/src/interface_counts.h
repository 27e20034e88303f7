/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Where a program counts that many interfaces share: in maps of each interface, of the shapes that
 * own_counts.h has. The loader makes them, and enters them here by the interface's index. */
#ifndef INTERFACE_COUNTS_H
#define INTERFACE_COUNTS_H

#include <bpf/bpf_helpers.h>

#include "http_counter.h"
#include "workspace.h"

/* Nothing is counted in these: they say what those of interfaces are like. */
struct request_counts {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, REQUEST_MAP_ENTRIES);
	__type(key, __u32);
	__type(value, struct datarec);
} request_map SEC(".maps");

struct packet_counts {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PACKET_MAP_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} packet_map SEC(".maps");

struct unseen_counts {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UNSEEN_MAP_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} unseen_map SEC(".maps");

/* Here the number of entries may be another. */
struct port_counts {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, SERIES_MAX + METHOD_COUNT);
	__type(key, struct series_key);
	__type(value, __u64);
} port_request_map SEC(".maps");

struct response_counts {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, RESPONSE_MAP_ENTRIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct series_key);
	__type(value, __u64);
} response_map SEC(".maps");

struct exchange_counts_by_method {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, EXCHANGE_MAP_ENTRIES);
	__type(key, __u32);
	__type(value, struct exchange_counts);
} exchange_map SEC(".maps");

/* The URLs that have series; by their owner. If they are asked for, like the next two. */
struct url_names {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, URL_SERIES_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct url_name);
} url_name_map SEC(".maps");

struct url_request_counts {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, URL_SERIES_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct series_key);
	__type(value, struct url_counts);
} url_request_map SEC(".maps");

/* By URL, method and status code. */
struct url_response_counts {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, URL_SERIES_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct series_key);
	__type(value, __u64);
} url_response_map SEC(".maps");

/* Room is made as interfaces come. */
#define INTERFACE_MAP(name, counts)                      \
	struct {                                         \
		__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS); \
		__uint(max_entries, INTERFACES_MAX);     \
		__uint(map_flags, BPF_F_NO_PREALLOC);    \
		__type(key, __u32);                      \
		__array(values, struct counts);          \
	} name SEC(".maps")

INTERFACE_MAP(request_maps, request_counts);
INTERFACE_MAP(packet_maps, packet_counts);
INTERFACE_MAP(unseen_maps, unseen_counts);
INTERFACE_MAP(response_maps, response_counts);
INTERFACE_MAP(exchange_maps, exchange_counts_by_method);
INTERFACE_MAP(port_request_maps, port_counts);
INTERFACE_MAP(url_name_maps, url_names);
INTERFACE_MAP(url_request_maps, url_request_counts);
INTERFACE_MAP(url_response_maps, url_response_counts);

static __always_inline void *request_counts(packet_t *packet)
{
	__u32 interface = packet->ifindex;

	return bpf_map_lookup_elem(&request_maps, &interface);
}

static __always_inline void *packet_counts(packet_t *packet)
{
	__u32 interface = packet->ifindex;

	return bpf_map_lookup_elem(&packet_maps, &interface);
}

static __always_inline void *unseen_counts(const struct workspace *w)
{
	__u32 interface = w->owner >> 32;

	return bpf_map_lookup_elem(&unseen_maps, &interface);
}

static __always_inline void *port_counts(packet_t *packet)
{
	__u32 interface = packet->ifindex;

	return bpf_map_lookup_elem(&port_request_maps, &interface);
}

static __always_inline void *response_counts(const struct workspace *w)
{
	__u32 interface = w->owner >> 32;

	return bpf_map_lookup_elem(&response_maps, &interface);
}

static __always_inline void *exchanges(const struct workspace *w)
{
	__u32 interface = w->owner >> 32;

	return bpf_map_lookup_elem(&exchange_maps, &interface);
}

static __always_inline void *url_names(const struct workspace *w)
{
	__u32 interface = w->owner >> 32;

	return bpf_map_lookup_elem(&url_name_maps, &interface);
}

static __always_inline void *url_requests(const struct workspace *w)
{
	__u32 interface = w->owner >> 32;

	return bpf_map_lookup_elem(&url_request_maps, &interface);
}

static __always_inline void *url_responses(const struct workspace *w)
{
	__u32 interface = w->owner >> 32;

	return bpf_map_lookup_elem(&url_response_maps, &interface);
}

#endif
