/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What is told of requests, and of what becomes of them, while somebody asks for it. */
#ifndef TRACE_H
#define TRACE_H

#include "request_target.h"

/* Of the message that is read in the workspace. */
static __always_inline void begin_record(struct workspace *w, __u8 kind, __u32 number, __u8 method)
{
	struct trace_record *record = &w->trace.record;

	record->connection = w->flow.connection;
	record->began = 0;
	record->at = 0;
	record->octets = 0;
	record->number = number;
	record->status = 0;
	record->method = method;
	record->kind = kind;
}

/* A request that nobody was told of has no name either. */
static __always_inline void send_answer_record(struct workspace *w)
{
	if (w->trace.record.connection)
		send_record(w, sizeof(w->trace.record), TRACE_DROPPED_ANSWERS);
}

/* The host as it was sent; answers its length. */
static __always_inline __u32 copy_host(struct workspace *w)
{
	__u32 length = w->head.host_length, i;

	w->trace.host_cut = length > HOST_ROOM;
	if (length > HOST_ROOM)
		length = HOST_ROOM;
	KEEP_LOOP
	for (i = 0; i < HOST_ROOM; i += 8) {
		if (i >= length)
			break;
		put_word(w->trace.text, i, get_word(w->head.host, i));
	}
	return length;
}

/* From scan.at up to the query, behind the host. */
static __always_inline void copy_path(struct workspace *w)
{
	__u32 i, taken, length;
	__u64 word, ends = 0;

	w->scan.out = w->trace.host_length;
	KEEP_LOOP
	for (i = 0; i < TARGET_ROOM / 8; i++) {
		settle();
		if (w->scan.at >= w->scan.end)
			break;
		taken = w->scan.end - w->scan.at;
		if (taken > 8)
			taken = 8;
		word = before(target_word(w, w->scan.at), taken);
		ends = octets_equal(word, '?') | octets_equal(word, '#');
		if (ends)
			taken = first_octet(ends);
		put_word(w->trace.text, within(w->scan.out, TRACE_TEXT_ROOM), word);
		w->scan.at += taken;
		w->scan.out += taken;
		if (ends)
			break;
	}
	length = w->scan.out - w->trace.host_length;
	if (!length && w->scan.rooted && w->stream.method != METHOD_CONNECT) {
		w->trace.text[within(w->scan.out, TRACE_TEXT_ROOM)] = '/';
		length = 1;
	}
	w->trace.path_length = length;
	w->trace.path_cut = !ends && is_target_cut(w);
}

/* The target has been split, if the head is known. */
SUBPROGRAM int trace_request(packet_t *packet, __u32 number)
{
	struct workspace *w = workspace(packet);
	__u32 i;

	if (!w)
		return 0;
	name_connection(w);
	begin_record(w, TRACE_REQUEST, number, w->stream.method);
	w->trace.record.began = w->trace.record.at = w->flow.began;
	for (i = 0; i < 4; i++) {
		w->trace.client[i] = w->key.client[i];
		w->trace.server[i] = w->key.server[i];
	}
	w->trace.client_port = w->key.client_port;
	w->trace.server_port = w->key.server_port;
	w->trace.owner = w->owner;
	w->trace.host_length = w->trace.path_length = 0;
	w->trace.host_cut = w->trace.path_cut = 0;
	w->trace.unknown = w->head.lost;
	if (!w->head.lost) {
		w->trace.host_length = copy_host(w);
		copy_path(w);
	}
	send_record(w,
		    offsetof(struct trace_request, text) +
			    within(w->trace.host_length + w->trace.path_length, TRACE_TEXT_ROOM),
		    TRACE_DROPPED);
	return 0;
}

/* To the request in w->exchange. */
SUBPROGRAM int trace_response(packet_t *packet)
{
	struct workspace *w = workspace(packet);

	if (!w)
		return 0;
	begin_record(w, TRACE_RESPONSE, w->exchange.number, w->exchange.method);
	w->trace.record.began = w->exchange.began;
	w->trace.record.at = w->flow.answer_began;
	w->trace.record.status = w->stream.status;
	send_answer_record(w);
	w->stream.flags |= STREAM_TRACED;
	return 0;
}

/* All of it has been accounted for. */
static __always_inline void trace_response_end(struct workspace *w)
{
	begin_record(w, TRACE_RESPONSE_END, w->flow.answered, w->stream.method);
	w->trace.record.at = now(w);
	w->trace.record.octets = w->flow.answer_octets;
	send_answer_record(w);
	w->stream.flags &= ~STREAM_TRACED;
}

/* The request in w->exchange has no response. */
SUBPROGRAM int trace_unanswered(packet_t *packet)
{
	struct workspace *w = workspace(packet);

	if (!w)
		return 0;
	begin_record(w, TRACE_UNANSWERED, w->exchange.number, w->exchange.method);
	w->trace.record.began = w->exchange.began;
	w->trace.record.at = now(w);
	send_answer_record(w);
	return 0;
}

#endif
