/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The end of a connection: what was not answered will not be. */
#ifndef ENDINGS_H
#define ENDINGS_H

#include "requests.h"

/* Requests that one connection leaves without an answer, and that are looked for. */
#define UNANSWERED_MAX 256

/* The last request, whose head may not have ended yet. */
static __always_inline __u32 last_request(const struct flow *flow)
{
	__u32 next = flow->requested + 1;

	return flow->awaited.number == next ? next : flow->requested;
}

/* A reset that is nowhere near is not the peer's; behind answers that cannot be followed nothing is
 * known. */
static __always_inline int ends_here(const struct workspace *w, const struct flow *flow,
				     int from_server)
{
	__u32 at = w->payload.sequence + w->payload.length;
	__s32 ahead = at - (from_server ? flow->answers.next : flow->requests.next);

	if (flow->answers.phase == PHASE_LOST)
		return 0;
	return w->payload.flags & TCP_RST ? ahead >= -HELD_MAX && ahead <= HELD_MAX : !ahead;
}

/* The next one. */
SUBPROGRAM int count_unanswered(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	struct exchange_counts *counts;

	if (!w)
		return 0;
	w->flow.answered++;
	if (take_exchange(w, w->flow.answered) || w->excluded)
		return 0;
	counts = exchange_counts(w, w->exchange.method);
	if (counts)
		add(&counts->unanswered, 1);
	if (w->traced)
		trace_unanswered(packet);
	return 0;
}

static __always_inline void count_all_unanswered(packet_t *packet, struct workspace *w)
{
	__u32 last = last_request(&w->flow), i;

	KEEP_LOOP
	for (i = 0; i < UNANSWERED_MAX; i++) {
		if ((__s32)(last - w->flow.answered) <= 0)
			break;
		count_unanswered(packet);
	}
	w->flow.answered = last;
}

/* A request whose head does not end any more. The payload and the key are in the workspace. */
SUBPROGRAM int abandon_head(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	struct flow *flow;

	if (!w)
		return 0;
	flow = find_flow(packet, &w->key);
	if (!flow || !(flow->flags & FLOW_URL_DUE) || lock_requests(packet, flow))
		return 0;
	begin_work(w, 0, w->key.server_port);
	copy_flow(&w->flow, flow);
	w->stream = w->flow.requests;
	if (w->flow.flags & FLOW_KEEPS_HEAD)
		load_head(packet);
	else
		lose_head(w);
	count_url(packet);
	forget_head(w);
	copy_requests(flow, &w->flow);
	release_lock(&flow->lock);
	return 0;
}

/* A response that ends with its connection. The payload and the key are in the workspace. */
SUBPROGRAM int end_traced_response(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	struct flow *flow;

	if (!w)
		return 0;
	flow = find_flow(packet, &w->key);
	if (!flow || !(flow->answers.flags & STREAM_TRACED) || lock_answers(packet, flow))
		return 0;
	begin_work(w, 1, w->key.server_port);
	copy_flow(&w->flow, flow);
	w->stream = w->flow.answers;
	if (w->traced)
		trace_response_end(w);
	w->flow.answers = w->stream;
	copy_answers(flow, &w->flow);
	release_lock(&flow->answers_lock);
	return 0;
}

/* Requests without an answer. The payload and the key are in the workspace. */
SUBPROGRAM int end_unanswered(packet_t *packet, int from_server)
{
	struct workspace *w = workspace(packet);
	struct flow *flow;

	if (!w)
		return 0;
	flow = find_flow(packet, &w->key);
	if (!flow || !ends_here(w, flow, from_server) || lock_answers(packet, flow))
		return 0;
	begin_work(w, 1, w->key.server_port);
	copy_flow(&w->flow, flow);
	count_all_unanswered(packet, w);
	copy_answers(flow, &w->flow);
	release_lock(&flow->answers_lock);
	return 0;
}

/* One side closes, or resets: most often nothing is left to be done. The payload is in the
 * workspace. */
SUBPROGRAM int note_end(packet_t *packet, int from_server)
{
	struct workspace *w = workspace(packet);
	const struct flow *flow;

	if (!w || read_key(packet, w, from_server))
		return 0;
	flow = find_flow(packet, &w->key);
	if (!flow)
		return 0;
	if (!from_server && flow->requests.phase == PHASE_UNDECIDED)
		judge_farewell(packet);
	if (flow->flags & FLOW_URL_DUE)
		abandon_head(packet);
	/* A client that has said all still waits for answers. */
	if (!from_server && !(w->payload.flags & TCP_RST))
		return 0;
	if (flow->answers.flags & STREAM_TRACED)
		end_traced_response(packet);
	if ((__s32)(last_request(flow) - flow->answered) > 0)
		end_unanswered(packet, from_server);
	return 0;
}

#endif
