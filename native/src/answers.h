/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What servers send: whether a connection is still HTTP behind Upgrade and CONNECT, and what has
 * reached them. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "connection.h"

/* Answers in one packet that each decide on a connection. */
#define DECISIONS_MAX 16

/* Reads on in the client's direction, in what was kept of it. */
static __always_inline void read_kept(packet_t *packet, struct workspace *w)
{
	w->answers = 0;
	w->stop = 0;
	begin_packet(w, w->payload.length);
	read_all(packet);
	if (w->stop == STOP_RECOGNISED)
		prove(packet, w);
}

/* Until the client's next packet. */
static __always_inline void leave_kept(struct workspace *w)
{
	if (w->stream.phase == PHASE_LOST) {
		release_held();
		w->flow.lost_at = w->payload.sequence;
	}
	w->flow.requests = w->stream;
	w->answers = 1;
	w->stop = 0;
}

/*
 * The server has octets that were never seen here, and so they will not come any more. If no
 * request was seen before, they were something else's, and what was kept may be the first.
 */
static __always_inline void notice_missed(packet_t *packet, struct workspace *w)
{
	w->stream = w->flow.requests;
	if (!(w->payload.flags & TCP_ACK) || w->stream.phase >= PHASE_UNDECIDED ||
	    (__s32)(w->payload.acknowledgement - w->stream.next) <= 0)
		return;
	if ((w->flow.flags & FLOW_HOLDS) && w->stream.phase == PHASE_START &&
	    (w->stream.flags & STREAM_UNPROVEN)) {
		w->stream.next = w->flow.held_start;
		read_kept(packet, w);
	} else {
		w->stream.phase = PHASE_LOST;
		w->stream.next = w->payload.acknowledgement;
	}
	leave_kept(w);
}

/* The answer has come: what was kept of the client's octets can be judged. */
SUBPROGRAM int decide(packet_t *packet)
{
	struct workspace *w = workspace();

	if (!w || w->flow.requests.phase != PHASE_UNDECIDED ||
	    (__s32)(w->flow.answered - w->flow.requested) < 0)
		return 0;
	w->stream = w->flow.requests;
	if (w->flow.tunnel == w->flow.requested) {
		enter_tunnel(&w->stream);
		release_held();
	} else {
		w->stream.phase = PHASE_START;
		read_kept(packet, w);
	}
	leave_kept(w);
	return 0;
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
	w->flow.flags |= FLOW_ANSWERED;
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
		w->flow.answers = w->stream;
		decide(packet);
		ahead = w->payload.sequence - w->flow.answers.next;
		if (!stopped || (__s32)(ahead + length) <= 0)
			return;
		w->stream = w->flow.answers;
	}
	w->flow.answers.phase = PHASE_LOST;
}

/* The payload is in the workspace. */
SUBPROGRAM int follow_answers(packet_t *packet)
{
	struct workspace *w = workspace();
	struct stream *answers;
	struct flow *flow;

	if (!w || read_key(packet, &w->payload, &w->key, 1))
		return 0;
	flow = find_flow(packet, &w->key);
	if (!flow || flow->requests.phase == PHASE_TUNNEL || lock_flow(flow))
		return 0;
	answers = &flow->answers;
	if (answers->next == w->payload.sequence &&
	    (answers->phase == PHASE_BODY || answers->phase == PHASE_CHUNK) &&
	    w->payload.length < answers->left) {
		answers->left -= w->payload.length;
		answers->next += w->payload.length;
	} else {
		begin_work(w, 1, w->payload.remote_port);
		copy_flow(&w->flow, flow);
		judge_answer(packet, w);
		copy_flow(flow, &w->flow);
	}
	unlock_flow(flow);
	return 0;
}

#endif
