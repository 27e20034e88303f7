/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What servers send: whether a connection is still HTTP behind Upgrade and CONNECT, and what has
 * reached them. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "decisions.h"

/* Answers in one packet that each decide on a connection. */
#define DECISIONS_MAX 16

/* The server has octets that were never seen here, and so they will not come any more. */
static __always_inline int has_missed(const struct workspace *w)
{
	const struct stream *requests = &w->flow.requests;

	return (w->payload.flags & TCP_ACK) && requests->phase < PHASE_UNDECIDED &&
	       (__s32)(w->payload.acknowledgement - requests->next) > 0;
}

/* If no request was seen before, they were something else's, and what was kept may be the first. */
static __always_inline void notice_missed(packet_t *packet, struct workspace *w)
{
	if (!has_missed(w))
		return;
	w->stream = w->flow.requests;
	if ((w->flow.flags & FLOW_HOLDS) && w->stream.phase == PHASE_START &&
	    (w->stream.flags & STREAM_UNPROVEN)) {
		w->stream.next = w->flow.held_start;
		read_kept(packet, w);
	} else {
		w->stream.phase = PHASE_LOST;
		w->stream.next = w->payload.acknowledgement;
	}
	leave_kept(packet, w);
}

/* Out of step: in again where a packet begins a response, which is taken for the last one's. */
static __always_inline int find_response(packet_t *packet, struct workspace *w)
{
	__u64 word;

	if (w->payload.length < sizeof(word) ||
	    packet_copy(packet, w->payload.offset, &word, sizeof(word), sizeof(word)) ||
	    !is_response(word))
		return -1;
	w->stream.phase = PHASE_START;
	w->stream.flags = 0;
	w->stream.accounted = w->payload.sequence;
	w->flow.answered = w->flow.requested - 1;
	return 0;
}

/* `w->flow` is to be written back. */
static __always_inline void judge_answer(packet_t *packet, struct workspace *w)
{
	__u32 length = w->payload.length;
	__u32 ahead = w->payload.sequence - w->flow.answers.next, i;
	int stopped;

	notice_missed(packet, w);
	w->flow.server_seen = 1;
	w->stream = w->flow.answers;
	if ((__s32)(ahead + length) <= 0)
		return;
	if ((__s32)ahead > 0) {
		if ((w->stream.phase == PHASE_BODY || w->stream.phase == PHASE_CHUNK) &&
		    ahead <= w->stream.left)
			pass_over(w, ahead);
		else
			w->stream.phase = PHASE_LOST;
		w->stream.next = w->payload.sequence;
		ahead = 0;
	}
	if (w->stream.phase == PHASE_LOST && find_response(packet, w)) {
		w->flow.answers.next = w->payload.sequence + length;
		w->flow.answers.phase = PHASE_LOST;
		return;
	}
	KEEP_LOOP
	for (i = 0; i < DECISIONS_MAX; i++) {
		begin_packet(w, -ahead);
		read_all(packet);
		if (w->stream.phase == PHASE_LOST)
			w->stream.next = w->payload.sequence + length;
		stopped = w->stop == STOP_UNDECIDED;
		w->stop = 0;
		leave_message(packet);
		w->flow.answers = w->stream;
		decide(packet);
		ahead = w->payload.sequence - w->flow.answers.next;
		if (!stopped || (__s32)(ahead + length) <= 0)
			return;
		w->stream = w->flow.answers;
	}
	w->flow.answers.phase = PHASE_LOST;
}

/* Within a body, which most of what servers send is. */
static __always_inline int pass_body(const struct workspace *w, struct flow *flow)
{
	const struct payload *payload = &w->payload;
	struct stream *answers = &flow->answers;

	if (answers->next != payload->sequence ||
	    (answers->phase != PHASE_BODY && answers->phase != PHASE_CHUNK) ||
	    payload->length >= answers->left)
		return -1;
	answers->left -= payload->length;
	answers->next += payload->length;
	answers->accounted += payload->length;
	flow->answer_octets += payload->length;
	if (!is_excluded(payload->remote_port))
		add_octets(w, 1, answers->method, payload->length);
	return 0;
}

/* An answer that changes what is known of the requests: nobody else may be at them. */
static __always_inline void judge_both(packet_t *packet, struct workspace *w, struct flow *flow)
{
	if (lock_requests(packet, flow))
		return;
	copy_requests(&w->flow, flow);
	judge_answer(packet, w);
	copy_requests(flow, &w->flow);
	release_lock(&flow->lock);
}

/* The payload is in the workspace. */
SUBPROGRAM int follow_answers(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	struct flow *flow;

	if (!w || read_key(packet, w, 1))
		return 0;
	flow = find_flow(packet, &w->key);
	if (!flow || flow->requests.phase == PHASE_TUNNEL || lock_answers(packet, flow))
		return 0;
	if (pass_body(w, flow)) {
		begin_work(w, 1, w->payload.remote_port);
		copy_flow(&w->flow, flow);
		if (has_missed(w) || w->flow.requests.phase == PHASE_UNDECIDED)
			judge_both(packet, w, flow);
		else
			judge_answer(packet, w);
		copy_answers(flow, &w->flow);
	}
	release_lock(&flow->answers_lock);
	return 0;
}

#endif
