/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What clients send: under which result a packet goes, and which requests it makes known. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include "decisions.h"
#include "first_packet.h"

/* What was lost may be a body, and go on; not so what began with something else than HTTP. */
static __always_inline int may_head_request(const struct workspace *w)
{
	__u32 foreign = FLOW_STARTED | FLOW_FOREIGN;

	return (w->flow.flags & foreign) == foreign ||
	       w->flow.lost_at != w->payload.acknowledgement;
}

/* On a connection that cannot be followed: the next that heads a request, once the server has
 * answered, is taken for one. */
static __always_inline int judge_lost(packet_t *packet, struct workspace *w)
{
	__u32 start = w->flow.start, lost_at = w->flow.lost_at;
	__u32 flags = w->flow.flags & (FLOW_STARTED | FLOW_FOREIGN);
	__s32 known = w->flow.requests.next - w->payload.sequence;
	struct look look;
	int result;

	/* Octets that were there before are none of this packet's. */
	if (known > 0) {
		w->payload.sequence += known;
		w->payload.offset += known;
		w->payload.length -= known;
	}
	look = first_look(packet, &w->payload);
	if (look.result != LOOK_FURTHER || !may_head_request(w)) {
		w->flow.requests.next = w->payload.sequence + w->payload.length;
		if (!(flags & FLOW_FOREIGN))
			return RESULT_RESYNC;
		return look.result == LOOK_FURTHER ? RESULT_NOT_HTTP : look.result;
	}
	begin_flow(w, w->payload.sequence);
	w->flow.start = start;
	w->flow.flags = flags;
	begin_packet(w, 0);
	read_all(packet);
	if (w->stop == STOP_RECOGNISED)
		prove(packet);
	result = result_of(w, PHASE_START);
	leave_requests(packet, w);
	if (result != RESULT_NOT_HTTP)
		return result;
	w->flow.lost_at = lost_at;
	return flags & FLOW_FOREIGN ? result : RESULT_RESYNC;
}

/* More than any host receives ahead unless it is told to. */
#define WINDOW_MAX (1 << 24)

/* Where no answer can tell: a segment so far ahead is a stray one, unless another goes on from it.
 */
static __always_inline int is_stray(struct workspace *w, __u32 ahead)
{
	__u32 last = w->flow.lost_at;

	if (w->flow.server_seen || ahead <= WINDOW_MAX)
		return 0;
	w->flow.lost_at = w->payload.sequence + w->payload.length;
	return last != w->payload.sequence;
}

/* What came too early is kept, unless all that is missing is of a body. */
static __always_inline int keep_or_pass(packet_t *packet, struct workspace *w, __u32 ahead)
{
	__u8 phase = w->stream.phase;

	if ((phase == PHASE_BODY || phase == PHASE_CHUNK) && ahead <= w->stream.left) {
		w->stream.next += pass_over(w, ahead);
		return 0;
	}
	/* A window no client has: if the server takes it all the same, its answer tells. */
	if (!is_stray(w, ahead) && (!w->flow.server_seen || ahead + w->payload.length <= HELD_MAX))
		if (hold(packet, w->payload.sequence, w->payload.offset, w->payload.length))
			lose(w, 0);
	begin_packet(w, w->payload.length);
	return 1;
}

/* What was kept for that answer goes on as HTTP: nobody said otherwise. */
static __always_inline void read_undecided(packet_t *packet, struct workspace *w)
{
	w->stream.phase = PHASE_START;
	begin_packet(w, w->payload.length);
	read_all(packet);
	w->stop = 0;
}

static __always_inline int result_of_kept(const struct workspace *w)
{
	if (w->stream.phase == PHASE_LOST)
		return RESULT_RESYNC;
	if (w->counted)
		return RESULT_REQUEST;
	return w->stream.phase == PHASE_UNDECIDED ? RESULT_UNDECIDED : RESULT_OUT_OF_ORDER;
}

/* A packet of a connection that is followed; `w->flow` is to be written back. */
static __always_inline int judge_next(packet_t *packet, struct workspace *w)
{
	__u32 length = w->payload.length;
	__u32 ahead = w->payload.sequence - w->flow.requests.next;
	int result;
	__u8 phase;

	w->stream = w->flow.requests;
	if (w->flow.flags & FLOW_KEEPS_HEAD)
		load_head(packet);
	else
		lose_head(w);
	if (ahead && begins_anew(packet, w)) {
		ahead = w->payload.sequence - w->stream.next;
		result = look_anew(packet, w, ahead);
		if (result != LOOK_FURTHER)
			return result;
	}
	if ((__s32)(ahead + length) <= 0)
		return RESULT_RETRANSMISSION;
	if (w->stream.phase == PHASE_LOST)
		return judge_lost(packet, w);
	if (w->stream.phase == PHASE_TUNNEL) {
		w->flow.requests.next = w->payload.sequence + length;
		return RESULT_TUNNEL;
	}
	if (w->stream.phase == PHASE_UNDECIDED && is_answered_unseen(w)) {
		read_undecided(packet, w);
		ahead = w->payload.sequence - w->stream.next;
		if (w->stream.phase == PHASE_LOST || (__s32)(ahead + length) <= 0) {
			leave_requests(packet, w);
			return result_of(w, PHASE_START);
		}
	}
	if ((__s32)ahead > 0) {
		if (keep_or_pass(packet, w, ahead)) {
			leave_requests(packet, w);
			return result_of_kept(w);
		}
		ahead = 0;
	}
	phase = w->stream.phase;
	begin_packet(w, -ahead);
	if (phase != PHASE_UNDECIDED)
		read_all(packet);
	if (w->stop == STOP_RECOGNISED)
		prove(packet);
	leave_requests(packet, w);
	return phase == PHASE_UNDECIDED ? result_of_kept(w) : result_of(w, phase);
}

/* Most data is of bodies, of tunnels and of what is no HTTP, and in order: it takes little then. */
static __always_inline int judge_plain(packet_t *packet, const struct workspace *w,
				       struct flow *flow)
{
	const struct payload *payload = &w->payload;
	struct stream *requests = &flow->requests;
	struct look look;
	int result;

	if (requests->next != payload->sequence || (flow->flags & FLOW_HOLDS))
		return RESULT_COUNT;
	if (requests->phase == PHASE_BODY || requests->phase == PHASE_CHUNK) {
		if (payload->length >= requests->left)
			return RESULT_COUNT;
		requests->left -= payload->length;
		requests->accounted += payload->length;
		if (!is_excluded(payload->local_port))
			add_octets(w, 0, requests->method, payload->length);
		result = RESULT_BODY;
	} else if (requests->phase == PHASE_TUNNEL) {
		result = RESULT_TUNNEL;
	} else if (requests->phase == PHASE_LOST) {
		look = first_look(packet, payload);
		if (look.result == LOOK_FURTHER)
			return RESULT_COUNT;
		result = flow->flags & FLOW_FOREIGN ? look.result : RESULT_RESYNC;
	} else {
		return RESULT_COUNT;
	}
	requests->next += payload->length;
	return result;
}

/* The answer went out on another CPU meanwhile, and found nothing to decide on. */
static __always_inline int is_decided(const struct flow *flow)
{
	return flow->requests.phase == PHASE_UNDECIDED &&
	       (__s32)(flow->answered - flow->requested) >= 0;
}

static __always_inline int decide_late(packet_t *packet, struct workspace *w, struct flow *flow,
				       int result)
{
	copy_flow(&w->flow, flow);
	decide(packet);
	copy_requests(flow, &w->flow);
	return w->counted ? RESULT_REQUEST : result;
}

/* Upgrades and CONNECTs behind one another, of which the answers were not seen. */
#define FAREWELLS_MAX 4

/* The client closes, and says how far it has the answers: what still waits for one that goes
 * another way is read now, or never. The payload, which is empty, and the key are in the workspace.
 */
SUBPROGRAM int judge_farewell(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	struct flow *flow;
	__u32 i;

	if (!w)
		return 0;
	flow = find_flow(packet, &w->key);
	if (!flow || flow->requests.phase != PHASE_UNDECIDED || lock_requests(packet, flow))
		return 0;
	begin_work(w, 0, w->payload.local_port);
	copy_flow(&w->flow, flow);
	w->stream = w->flow.requests;
	begin_packet(w, w->payload.length);
	KEEP_LOOP
	for (i = 0; i < FAREWELLS_MAX; i++) {
		if (w->stream.phase != PHASE_UNDECIDED || !is_answered_unseen(w))
			break;
		read_undecided(packet, w);
	}
	leave_requests(packet, w);
	copy_requests(flow, &w->flow);
	release_lock(&flow->lock);
	return 0;
}

/* The payload is in the workspace. */
SUBPROGRAM int judge_data(packet_t *packet, __u32 port)
{
	struct workspace *w = workspace(packet);
	struct flow *flow;
	int result;

	if (!w || read_key(packet, w, 0))
		return RESULT_TRUNCATED;
	flow = port == PORT_HTTP ? find_flow(packet, &w->key) : (void *)0;
	if (!flow) {
		begin_work(w, 0, w->payload.local_port);
		return judge_first(packet, w, port);
	}
	if (lock_requests(packet, flow))
		return RESULT_RESYNC;
	result = judge_plain(packet, w, flow);
	if (result == RESULT_COUNT) {
		begin_work(w, 0, w->payload.local_port);
		copy_flow(&w->flow, flow);
		result = judge_next(packet, w);
		copy_requests(flow, &w->flow);
		if (w->begun)
			copy_answers(flow, &w->flow);
		else if (is_decided(flow))
			result = decide_late(packet, w, flow, result);
	}
	release_lock(&flow->lock);
	return result;
}

#endif
