/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Requests by their URL: a host in lower case and without its port, and a path. */
#ifndef URLS_H
#define URLS_H

#include "exchanges.h"
#include "url_scan.h"

static __always_inline __u64 lower_case(__u64 word)
{
	return word | octets_between(word, 'A', 'Z') >> 2;
}

/* What ends a host: a blank, or the colon before its port. */
static __always_inline __u64 ends_of_host(__u64 word)
{
	return (~octets_above(word, ' ') & BIT7) | octets_equal(word, ':');
}

/* Neither is in the word, nor a letter in upper case: it is taken as it is. */
static __always_inline int is_plain_host(__u64 word)
{
	return (word & EACH(0x20ull)) == EACH(0x20ull) &&
	       !(first_zero(word ^ EACH(' ')) | first_zero(word ^ EACH(':')));
}

/* The host into the name. */
static __always_inline void scan_host(struct workspace *w)
{
	__u32 i, taken, length, bracket;
	__u64 word, ends;

	length = w->head.host_length;
	bracket = w->head.host[0] == '[';
	w->name.host_length = length;
	KEEP_LOOP
	for (i = 0; i < HOST_MAX; i += 8) {
		if (i >= length)
			return;
		word = get_word(w->head.host, i);
		if (length - i >= 8 && !bracket && is_plain_host(word)) {
			put_word(w->name.host, i, word);
			continue;
		}
		/* An IPv6 address has colons, and ends with a bracket. */
		ends = bracket ? octets_equal(word, ']') : ends_of_host(word);
		taken = ends ? first_octet(ends) + bracket : 8;
		if (taken > length - i)
			taken = length - i;
		put_word(w->name.host, i, lower_case(before(word, taken)));
		if (ends || taken < 8) {
			w->name.host_length = i + taken;
			return;
		}
	}
	put_word(w->name.host, HOST_MAX, CUT_WORD);
	w->name.host_length = HOST_MAX + CUT_OCTETS;
}

/* The path of the first of the routes that match, in place of what was scanned. */
static __always_inline void put_route(struct workspace *w, __u32 route)
{
	const struct route_table *table = routes();
	__u32 i;

	route = forget(w, route) & (ROUTES_MAX - 1);
	KEEP_LOOP
	for (i = 0; i < PATH_ROOM + 8; i += 8)
		put_word(w->name.path, i, get_word(table->paths[route], i));
	w->name.path_length = table->lengths[route];
}

/* The owner of a name. */
static __always_inline void hash_name(struct workspace *w)
{
	__u64 hash;
	__u32 i;

	hash = mix(w->name.host_length, w->name.path_length);
	KEEP_LOOP
	for (i = 0; i < sizeof(w->name.host) && i < w->name.host_length; i += 8)
		hash = mix(hash, get_word(w->name.host, i));
	KEEP_LOOP
	for (i = 0; i < sizeof(w->name.path) && i < w->name.path_length; i += 8)
		hash = mix(hash, get_word(w->name.path, i));
	hash = mix(hash, 0);
	w->scan.owner = hash == SERIES_OTHER ? 1 : hash;
}

/* The words behind those octets. */
static __always_inline void clear_behind(__u8 *octets, __u32 length, const __u32 room)
{
	__u64 at = (length + 7) & ~7u;
	__u32 i;

	KEEP_LOOP
	for (i = 0; i < room / 8 && at <= room - 8; i++) {
		put_word(octets, at, 0);
		at += 8;
		settle(); /* lest it is made a call of memset */
	}
}

/* The name begins to be known. */
SUBPROGRAM int keep_name(packet_t *packet)
{
	struct workspace *w = workspace(packet);

	if (!w)
		return 0;
	clear_behind(w->name.host, w->name.host_length, sizeof(w->name.host));
	clear_behind(w->name.path, w->name.path_length, sizeof(w->name.path));
	make_name(w);
	return 0;
}

/* Two names may have one hash, if somebody makes them so: then the later one has no series, lest it
 * counts under the other. */
static __always_inline int is_name(packet_t *packet, struct workspace *w)
{
	const struct url_name *name;
	__u32 i;

	name = find_name(w);
	if (!name) {
		keep_name(packet);
		name = find_name(w);
	}
	if (!name || name->host_length != w->name.host_length ||
	    name->path_length != w->name.path_length)
		return 0;
	KEEP_LOOP
	for (i = 0; i < sizeof(w->name.host) && i < w->name.host_length; i += 8)
		if (get_word(name->host, i) != get_word(w->name.host, i))
			return 0;
	KEEP_LOOP
	for (i = 0; i < sizeof(w->name.path) && i < w->name.path_length; i += 8)
		if (get_word(name->path, i) != get_word(w->name.path, i))
			return 0;
	return 1;
}

/* Whose the request is, into scan.owner: SERIES_OTHER if there is no room for one more. */
static __always_inline void find_url(packet_t *packet, struct workspace *w, __u32 method)
{
	w->scan.owner = SERIES_OTHER;
	if (w->head.lost)
		return;
	split_target(packet, w, method);
	scan_host(w);
	w->scan.matched = 0;
	w->name.path_length = 0;
	if (method != METHOD_CONNECT)
		scan_path(packet, w);
	if (w->scan.matched & routes()->excluded)
		return;
	if (w->scan.matched)
		put_route(w, lowest_bit(w->scan.matched));
	hash_name(w);
	if (!is_name(packet, w))
		w->scan.owner = SERIES_OTHER;
}

/* The response is to be counted under it, too. */
static __always_inline void tell_exchange(struct workspace *w, __u32 number)
{
	struct exchange *exchange = &w->flow.awaited;

	if (exchange->number != number) {
		if (!w->flow.connection)
			return;
		name_pending(w, number);
		exchange = find_pending(&w->pending);
		if (!exchange)
			return;
	}
	exchange->url = w->scan.owner;
}

static __always_inline void count_by_url(packet_t *packet, struct workspace *w, __u32 number)
{
	__u32 method = w->stream.method;
	struct url_counts *counts;

	find_url(packet, w, method);
	counts = url_counts(w, w->scan.owner, method);
	if (counts)
		add(&counts->requests, 1);
	tell_exchange(w, number);
}

/* A request's URL is known now: its head has ended, or nobody can tell how it goes on. Answers as
 * read_on does. */
SUBPROGRAM int count_url(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	__u32 number;

	if (!w)
		return 0;
	if (w->flow.flags & FLOW_URL_DUE) {
		w->flow.flags &= ~FLOW_URL_DUE;
		number = w->flow.requested + !w->ended;
		if (counts_urls())
			count_by_url(packet, w, number);
		if (w->traced) {
			split_target(packet, w, w->stream.method);
			trace_request(packet, number);
		}
	}
	w->ended = 0;
	return may_read_on(w);
}

/* Within the head of a request. */
static __always_inline int in_head(const struct workspace *w)
{
	return w->stream.phase >= PHASE_METHOD && w->stream.phase < PHASE_BODY;
}

/* Reading pauses. */
static __always_inline void leave_head(packet_t *packet, struct workspace *w)
{
	if (in_head(w) && keeps_heads(w)) {
		keep_head(packet, w);
		return;
	}
	if (w->stream.phase == PHASE_LOST)
		count_url(packet);
	forget_head(w);
}

/* Counts the octets that have been read, up to where reading is, and keeps what is needed of what
 * has not ended. */
static __always_inline void leave_request(packet_t *packet, struct workspace *w)
{
	if (may_account(w))
		account_up_to(w, reading_at(w));
	if (keeps_heads(w) || (w->flow.flags & (FLOW_KEEPS_HEAD | FLOW_URL_DUE)))
		leave_head(packet, w);
}

/* Likewise, of either direction. */
SUBPROGRAM int leave_message(packet_t *packet)
{
	struct workspace *w = workspace(packet);

	if (!w)
		return 0;
	if (!w->answers) {
		leave_request(packet, w);
		return 0;
	}
	if (may_account(w))
		account_up_to(w, reading_at(w));
	note_response_end(w);
	return 0;
}

#endif
