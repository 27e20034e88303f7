/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What becomes of requests: a connection's answers come in the order of its requests (RFC 9112
 * section 9.3.2). */
#ifndef EXCHANGES_H
#define EXCHANGES_H

#include "trace.h"

#define MILLISECONDS 1000000ull

/* Upper bounds, in nanoseconds. */
static const __u64 duration_bounds[DURATION_BUCKETS - 1] = {
	5 * MILLISECONDS,    10 * MILLISECONDS,	  25 * MILLISECONDS,   50 * MILLISECONDS,
	75 * MILLISECONDS,   100 * MILLISECONDS,  250 * MILLISECONDS,  500 * MILLISECONDS,
	750 * MILLISECONDS,  1000 * MILLISECONDS, 2500 * MILLISECONDS, 5000 * MILLISECONDS,
	7500 * MILLISECONDS, 10000 * MILLISECONDS};

/* The answer goes another way, but the client has it. */
static __always_inline int is_answered_unseen(const struct workspace *w)
{
	return !w->flow.server_seen &&
	       (__s32)(w->payload.acknowledgement - w->flow.answers.next) > 0;
}

static __always_inline void name_pending(struct workspace *w, __u32 number)
{
	w->pending.connection = w->flow.connection;
	w->pending.number = number;
	w->pending.reserved = 0;
}

/* A request line was read: from now on the request is one, whatever its head. */
static __always_inline void begin_exchange(struct workspace *w)
{
	struct exchange *exchange;

	exchange = &w->flow.awaited;
	/* One is kept with the connection; those that it is before, by themselves. */
	if ((__s32)(w->flow.answered - w->flow.requested) < 0 && !is_answered_unseen(w))
		exchange = &w->exchange;
	exchange->began = w->flow.began;
	exchange->number = w->flow.requested + 1;
	exchange->method = w->stream.method;
	exchange->url = SERIES_OTHER;
	if (exchange != &w->exchange)
		return;
	name_connection(w);
	name_pending(w, exchange->number);
	make_pending(&w->pending, exchange);
}

/* The request of that number into w->exchange, once. */
static __always_inline int take_exchange(struct workspace *w, __u32 number)
{
	const struct exchange *kept;

	if ((__s32)(number - w->flow.settled) <= 0)
		return -1;
	if (w->flow.awaited.number == number) {
		w->exchange = w->flow.awaited;
	} else {
		if (!w->flow.connection)
			return -1;
		name_pending(w, number);
		kept = find_pending(&w->pending);
		if (!kept)
			return -1;
		w->exchange = *kept;
		drop_pending(&w->pending);
	}
	w->flow.settled = number;
	return 0;
}

/* Of the response to w->exchange: a server may begin it before the request comes. */
static __always_inline __u64 duration(const struct workspace *w)
{
	__u64 began = w->exchange.began, answered = w->flow.answer_began;

	return answered > began ? answered - began : 0;
}

static __always_inline void count_duration(struct exchange_counts *counts, __u64 duration)
{
	__u32 bucket;

	KEEP_LOOP
	for (bucket = 0; bucket < DURATION_BUCKETS - 1; bucket++)
		if (duration <= duration_bounds[bucket])
			break;
	add(&counts->durations[bucket], 1);
	add(&counts->nanoseconds, duration);
}

static __always_inline void add_octets(const struct workspace *w, __u8 answers, __u32 method,
				       __u32 octets)
{
	struct exchange_counts *counts = method != METHOD_NONE ? exchange_counts(w, method) : NULL;

	if (counts)
		add(answers ? &counts->response_octets : &counts->request_octets, octets);
}

/* Where reading is, among the sequence numbers. */
static __always_inline __u32 reading_at(const struct workspace *w)
{
	return w->stream.next + (w->reached - w->position);
}

static __always_inline void account_up_to(struct workspace *w, __u32 sequence)
{
	__u32 octets = sequence - w->stream.accounted;

	w->stream.accounted = sequence;
	if (w->answers)
		w->flow.answer_octets += octets;
	if (!w->excluded)
		add_octets(w, w->answers, w->stream.method, octets);
}

/* Of the response to w->exchange. */
SUBPROGRAM int note_url_response(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	struct url_counts *counts;

	if (!w)
		return 0;
	counts = url_counts(w, w->exchange.url, w->exchange.method);
	if (counts) {
		add(&counts->responses, 1);
		add(&counts->nanoseconds, duration(w));
	}
	count_url_response(w, w->exchange.url, w->exchange.method, w->stream.status);
	return 0;
}

/* The head of a final response has been read. Answers as read_on does. */
SUBPROGRAM int note_response(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	struct exchange_counts *counts;
	__u32 method;

	if (!w)
		return 0;
	if (take_exchange(w, w->flow.answered)) {
		w->stream.method = METHOD_NONE;
	} else {
		method = w->exchange.method;
		w->stream.method = method;
		counts = exchange_counts(w, method);
		if (counts && !w->excluded) {
			count_duration(counts, duration(w));
			count_response(w, method, w->stream.status);
			if (counts_urls())
				note_url_response(packet);
			if (w->traced)
				trace_response(packet);
		}
	}
	account_up_to(w, reading_at(w));
	w->ended = 0;
	return may_read_on(w);
}

/* Whose the octets are that have been read is known once the method is; of answers, once their head
 * has been read, and those of interim responses are the final one's. */
static __always_inline int may_account(const struct workspace *w)
{
	const struct stream *s = &w->stream;

	if (!w->answers)
		return !(s->flags & STREAM_UNPROVEN) && s->phase != PHASE_TUNNEL &&
		       s->phase != PHASE_LOST &&
		       (s->phase == PHASE_START || s->phase >= PHASE_FIELD);
	if (s->phase == PHASE_START)
		return s->status >= 200 || s->status == 101;
	return s->phase >= PHASE_BODY && s->phase != PHASE_LOST &&
	       !(s->phase == PHASE_UNTIL_CLOSE && w->flow.tunnel == w->flow.answered);
}

/* Octets of a response that has ended have been counted, and somebody may have been told of it. */
static __always_inline void note_response_end(struct workspace *w)
{
	if ((w->stream.flags & STREAM_TRACED) &&
	    (w->stream.phase == PHASE_START || w->flow.tunnel == w->flow.answered))
		trace_response_end(w);
}

/* The first octet of a message is the next to be read. */
static __always_inline void begin_message(struct workspace *w)
{
	if (w->stream.accounted != reading_at(w) && may_account(w))
		account_up_to(w, reading_at(w));
	if (w->answers) {
		note_response_end(w);
		w->flow.answer_octets = 0;
		w->flow.answer_began = now(w);
	} else {
		w->flow.began = now(w);
		if (keeps_heads(w))
			begin_head(&w->head);
	}
}

static __always_inline void count_request(packet_t *packet, struct workspace *w)
{
	if (w->excluded) {
		w->excluded = 2;
		return;
	}
	w->counted++;
	begin_exchange(w);
	if (keeps_heads(w))
		w->flow.flags |= FLOW_URL_DUE;
	count_method(packet, w->stream.method);
}

#endif
