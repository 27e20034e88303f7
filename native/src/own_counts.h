/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Where a capture counts that has its programs for itself: in maps of its own. */
#ifndef OWN_COUNTS_H
#define OWN_COUNTS_H

#include <bpf/bpf_helpers.h>

#include "http_counter.h"
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

/* By the server's port, if that is asked for. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, SERIES_MAX + METHOD_COUNT);
	__type(key, struct series_key);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} port_request_map SEC(".maps");

/* By status code and method. What has no room is under SERIES_OTHER. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, RESPONSE_MAP_ENTRIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct series_key);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} response_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, EXCHANGE_MAP_ENTRIES);
	__type(key, __u32);
	__type(value, struct exchange_counts);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} exchange_map SEC(".maps");

/* The URLs that have series; by their owner. If they are asked for, like the next two. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, URL_SERIES_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct url_name);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} url_name_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, URL_SERIES_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct series_key);
	__type(value, struct url_counts);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} url_request_map SEC(".maps");

/* By URL, method and status code. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, URL_SERIES_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct series_key);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} url_response_map SEC(".maps");

static __always_inline void *request_counts(packet_t *packet)
{
	(void)packet;
	return &request_map;
}

static __always_inline void *packet_counts(packet_t *packet)
{
	(void)packet;
	return &packet_map;
}

static __always_inline void *unseen_counts(const struct workspace *w)
{
	(void)w;
	return &unseen_map;
}

static __always_inline void *port_counts(packet_t *packet)
{
	(void)packet;
	return &port_request_map;
}

static __always_inline void *response_counts(const struct workspace *w)
{
	(void)w;
	return &response_map;
}

static __always_inline void *exchanges(const struct workspace *w)
{
	(void)w;
	return &exchange_map;
}

static __always_inline void *url_names(const struct workspace *w)
{
	(void)w;
	return &url_name_map;
}

static __always_inline void *url_requests(const struct workspace *w)
{
	(void)w;
	return &url_request_map;
}

static __always_inline void *url_responses(const struct workspace *w)
{
	(void)w;
	return &url_response_map;
}

#endif
