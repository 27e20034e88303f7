/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* How a connection is found, begun, locked, read on and left: what both directions need. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <stddef.h>

#include "first_look.h"
#include "http_stream.h"
#include "urls.h"

/* The connection of a packet from its client, or from its server. */
static __always_inline int read_key(packet_t *packet, struct workspace *w, int from_server)
{
	const struct payload *payload = &w->payload;
	struct flow_key *key = &w->key;
	__u32 *source = from_server ? key->server : key->client;
	__u32 *destination = from_server ? key->client : key->server;

	key->client_port = from_server ? payload->local_port : payload->remote_port;
	key->server_port = from_server ? payload->remote_port : payload->local_port;
	w->owner = packet_owner(packet);
	key->network = ((__u32)w->owner ^ payload->network) & ~NETWORK_UDP;
	if (payload->ipv6)
		return packet_read(packet, payload->addresses, source, 16) ||
		       packet_read(packet, payload->addresses + 16, destination, 16);
	source[0] = source[1] = source[2] = 0;
	destination[0] = destination[1] = destination[2] = 0;
	return packet_read(packet, payload->addresses, source + 3, 4) ||
	       packet_read(packet, payload->addresses + 4, destination + 3, 4);
}

static __always_inline struct flow_key reversed(const struct flow_key *key)
{
	return (struct flow_key){
		.client = {key->server[0], key->server[1], key->server[2], key->server[3]},
		.server = {key->client[0], key->client[1], key->client[2], key->client[3]},
		.client_port = key->server_port,
		.server_port = key->client_port,
		.network = key->network,
	};
}

#define WAIT_ROUNDS 512

/* For a part of the time that a lock is held, by and large. Judged by itself, so that waiting costs
 * the verifier little. */
SUBPROGRAM int wait_briefly(__u32 rounds)
{
	__u32 i;

	KEEP_LOOP
	for (i = 0; i < WAIT_ROUNDS && i < rounds; i++)
		asm volatile("" : "+r"(rounds));
	return i;
}

#define LOCK_TRIES 16
#define LOCK_WAITS 64

/* Until that lock of the connection is free, or for as long as no work takes. The key is in the
 * workspace. */
SUBPROGRAM int wait_for_lock(packet_t *packet, int of_answers)
{
	struct workspace *w = workspace(packet);
	const volatile __u64 *lock;
	struct flow *flow;
	__u32 i;

	if (!w)
		return 0;
	flow = find_flow(packet, &w->key);
	if (!flow)
		return 0;
	lock = of_answers ? &flow->answers_lock : &flow->lock;
	KEEP_LOOP
	for (i = 0; i < LOCK_WAITS; i++) {
		/* Not all for as long, lest they step in time. */
		wait_briefly(WAIT_ROUNDS / 8 + random_number() % (WAIT_ROUNDS / 2));
		if (!*lock)
			break;
	}
	return 0;
}

/*
 * Packets of one connection meet on two CPUs now and then. Before 5.12 an addition tells nobody
 * what was there before: whoever does not find himself alone afterwards steps back, and tries
 * again.
 */
static __always_inline int take_lock(packet_t *packet, __u64 *lock, int of_answers)
{
	int i;

	KEEP_LOOP
	for (i = 0; i < LOCK_TRIES; i++) {
		__sync_fetch_and_add(lock, 1);
		if (*(volatile __u64 *)lock == 1)
			return 0;
		__sync_fetch_and_add(lock, -1);
		wait_for_lock(packet, of_answers);
	}
	return -1;
}

static __always_inline int lock_requests(packet_t *packet, struct flow *flow)
{
	return take_lock(packet, &flow->lock, 0);
}

static __always_inline int lock_answers(packet_t *packet, struct flow *flow)
{
	return take_lock(packet, &flow->answers_lock, 1);
}

static __always_inline void release_lock(__u64 *lock)
{
	__sync_fetch_and_add(lock, -1);
}

static __always_inline void copy_words_of_flow(struct flow *to, const struct flow *from,
					       const __u32 begin, const __u32 end)
{
	__u64 *target = (__u64 *)to;
	const __u64 *source = (const __u64 *)from;
	__u32 i;

#pragma unroll
	for (i = begin / 8; i < end / 8; i++)
		target[i] = source[i];
}

/* A side, but for its lock. */
static __always_inline void copy_requests(struct flow *to, const struct flow *from)
{
	copy_words_of_flow(to, from, offsetof(struct flow, requests),
			   offsetof(struct flow, answers_lock));
}

static __always_inline void copy_answers(struct flow *to, const struct flow *from)
{
	copy_words_of_flow(to, from, offsetof(struct flow, answers), sizeof(*to));
}

static __always_inline void copy_flow(struct flow *to, const struct flow *from)
{
	copy_requests(to, from);
	copy_answers(to, from);
}

static __always_inline void begin_work(struct workspace *w, __u8 answers, __u16 port)
{
	w->answers = answers;
	w->stop = 0;
	w->counted = 0;
	w->too_long = 0;
	w->from_block = 0;
	w->begun = 0;
	w->ended = 0;
	w->now = 0;
	w->excluded = is_excluded(port);
	w->traced = is_traced();
	w->target_from = HEAD_TARGET;
}

/* A connection of which nothing is known but this packet of its client. */
static __always_inline void begin_flow(struct workspace *w, __u32 sequence)
{
	__builtin_memset(&w->flow, 0, sizeof(w->flow));
	w->flow.flags = FLOW_FOREIGN; /* until there is a request */
	w->begun = 1;
	w->flow.answers.next = w->flow.answers.accounted = w->payload.acknowledgement;
	__builtin_memset(&w->stream, 0, sizeof(w->stream));
	w->stream.next = w->stream.accounted = sequence;
	w->stream.flags = STREAM_UNPROVEN;
}

/* Sets out to read the packet's data but for its first `skip` octets. */
static __always_inline void begin_packet(struct workspace *w, __u32 skip)
{
	w->position = w->reached = w->end = 0;
	w->offset = w->payload.offset + skip;
	w->remaining = w->payload.length - skip;
}

/* A part of that: a loop in a loop, of which the verifier looks at either's rounds once. */
SUBPROGRAM int read_part(packet_t *packet)
{
	__u32 i;
	int more;

	KEEP_LOOP
	for (i = 0; i < GOES_IN_PART; i++) {
		more = read_on(packet);
		if (more == READ_REQUEST)
			more = count_url(packet);
		else if (more == READ_RESPONSE)
			more = note_response(packet);
		if (!more)
			return 0;
	}
	return 1;
}

/* Further ones. */
SUBPROGRAM int read_parts(packet_t *packet)
{
	struct workspace *w;
	__u32 i;

	KEEP_LOOP
	for (i = 1; i < GOES_MAX / GOES_IN_PART; i++)
		if (!read_part(packet))
			return 0;
	w = workspace(packet);
	if (w)
		lose(w, 0);
	return 0;
}

/* Reads the packet, and what was kept of the octets behind it, up to where reading has to stop. */
static __always_inline void read_all(packet_t *packet)
{
	if (read_part(packet))
		read_parts(packet);
}

/* Octets of the packet that were not read. */
static __always_inline __u32 unread(const struct workspace *w)
{
	return w->remaining + (w->from_block ? 0 : w->end - w->position);
}

/* Now it may count. */
SUBPROGRAM int count_first_request(packet_t *packet)
{
	struct workspace *w = workspace(packet);

	if (!w)
		return 0;
	w->stream.flags &= ~STREAM_UNPROVEN;
	w->flow.flags &= ~FLOW_FOREIGN;
	w->stop = 0;
	count_request(packet, w);
	return 0;
}

/* A request line was read on a connection without one before, which is HTTP's. */
static __always_inline void prove(packet_t *packet)
{
	count_first_request(packet);
	read_all(packet);
}

/* Leaves the requests as they have been read; keeps what must wait for an answer. */
static __always_inline void leave_requests(packet_t *packet, struct workspace *w)
{
	__u32 end = w->payload.sequence + w->payload.length;
	__u32 rest = unread(w);

	if (w->stream.phase == PHASE_UNDECIDED && rest &&
	    hold(packet, w->stream.next, w->payload.offset + w->payload.length - rest, rest))
		lose(w, 0);
	if (w->stream.phase == PHASE_LOST) {
		w->flow.lost_at = w->payload.acknowledgement;
		release_held(packet);
		if ((__s32)(end - w->stream.next) > 0)
			w->stream.next = end;
	}
	leave_request(packet, w);
	w->flow.requests = w->stream;
}

#endif
