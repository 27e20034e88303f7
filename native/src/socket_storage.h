/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Connections with their sockets: for hooks that know them. Such hooks may meet a packet that is
 * sent while another is in mid-work on the same CPU.
 */
#ifndef SOCKET_STORAGE_H
#define SOCKET_STORAGE_H

#define WORKSPACES 4
#include "capture_maps.h"

/* A connection's state goes with its socket. Beside flow_map, which has those that have no socket
 * of their own yet: the data that comes with the last ACK of a handshake is the listening socket's.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct flow);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} socket_map SEC(".maps");

/* By the cgroup whose socket received, if that is asked for. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, SERIES_MAX + METHOD_COUNT);
	__type(key, struct series_key);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} cgroup_request_map SEC(".maps");

/* What is sent may be interrupted by what is received. */
static __always_inline void add(__u64 *counter, __u64 count)
{
	__sync_fetch_and_add(counter, count);
}

static __always_inline void count_owner(__u64 owner, __u32 method)
{
	count_series(&cgroup_request_map, owner, method);
}

/* Which one is taken stands in the packet's control block. */
static __always_inline struct workspace *workspace(packet_t *packet)
{
	__u32 key = packet->cb[0];

	return bpf_map_lookup_elem(&workspace_map, &key);
}

/* As with a connection's lock: whoever does not find himself alone steps back. */
static __always_inline struct workspace *take_workspace(packet_t *packet)
{
	struct workspace *w;
	__u32 i;

	KEEP_LOOP
	for (i = 0; i < WORKSPACES; i++) {
		packet->cb[0] = i;
		w = workspace(packet);
		if (!w)
			break;
		__sync_fetch_and_add(&w->users, 1);
		if (*(volatile __u64 *)&w->users == 1)
			return w;
		__sync_fetch_and_add(&w->users, -1);
	}
	return (void *)0;
}

static __always_inline void release_workspace(packet_t *packet)
{
	struct workspace *w = workspace(packet);

	if (w)
		__sync_fetch_and_add(&w->users, -1);
}

static __always_inline __u64 packet_owner(packet_t *packet)
{
	struct bpf_sock *socket = packet->sk;

	if (!socket)
		return 0;
	socket = bpf_sk_fullsock(socket);
	return socket ? bpf_sk_cgroup_id(socket) : 0;
}

static __always_inline struct bpf_sock *connection_socket(packet_t *packet)
{
	struct bpf_sock *socket = packet->sk;

	if (!socket)
		return (void *)0;
	socket = bpf_sk_fullsock(socket);
	return socket && socket->state != BPF_TCP_LISTEN ? socket : (void *)0;
}

static __always_inline struct flow *find_flow(packet_t *packet, const struct flow_key *key)
{
	struct bpf_sock *socket = connection_socket(packet);
	struct flow *flow = (void *)0;

	if (socket)
		flow = bpf_sk_storage_get(&socket_map, socket, (void *)0, 0);
	return flow ? flow : find_other_flow(key);
}

static __always_inline int make_flow(packet_t *packet, const struct flow_key *key,
				     const struct flow *flow)
{
	struct bpf_sock *socket = connection_socket(packet);

	if (socket &&
	    bpf_sk_storage_get(&socket_map, socket, (void *)flow, BPF_SK_STORAGE_GET_F_CREATE))
		return 0;
	return map_flow(key, flow);
}

static __always_inline void drop_flow(packet_t *packet, const struct flow_key *key)
{
	struct bpf_sock *socket = connection_socket(packet);

	if (socket)
		bpf_sk_storage_delete(&socket_map, socket);
	bpf_map_delete_elem(&flow_map, key);
}

#endif
