/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a request's target is made of (RFC 9112 section 3.2). */
#ifndef REQUEST_TARGET_H
#define REQUEST_TARGET_H

#include "request_head.h"

/* Up to where reading is, and more of it was not kept. */
static __always_inline int is_target_cut(const struct workspace *w)
{
	return w->scan.at >= w->scan.end && w->head.target_length > TARGET_ROOM;
}

static __always_inline int ends_authority(__u8 octet)
{
	return octet == '/' || octet == '?' || octet == '#';
}

/* The authority of the target from `from` on is the host; behind it scan.at. */
static __always_inline void take_authority(struct workspace *w, __u32 from)
{
	__u32 i, at, length;
	__u8 octet;

	w->scan.at = from;
	w->scan.rooted = 1;
	w->head.host_length = 0;
	KEEP_LOOP
	for (i = 0; i < TARGET_ROOM; i++) {
		settle();
		at = w->scan.at;
		length = w->head.host_length;
		octet = target_octet(w, at);
		if (at >= w->scan.end || ends_authority(octet))
			break;
		if (length < HOST_ROOM)
			w->head.host[within(length, HOST_ROOM)] = octet;
		/* What is before it may be a password. */
		w->head.host_length = octet == '@' ? 0 : length + 1;
		w->scan.at = at + 1;
	}
	/* It may all be a password. */
	if (is_target_cut(w))
		w->head.host_length = 0;
}

/* Octets of a scheme that is looked for. */
#define SCHEME_MAX 16

/* Behind "://", or 0. */
static __always_inline __u32 authority_at(const struct workspace *w)
{
	__u32 i;

	KEEP_LOOP
	for (i = 1; i < SCHEME_MAX; i++)
		if (target_octet(w, i) == ':')
			break;
	return i + 3 <= w->scan.end && target_octet(w, i) == ':' && target_octet(w, i + 1) == '/' &&
			       target_octet(w, i + 2) == '/'
		       ? i + 3
		       : 0;
}

/* Of the four forms of a target (RFC 9112 section 3.2), two name a host themselves. */
SUBPROGRAM int split_other_target(packet_t *packet, __u32 method)
{
	struct workspace *w = workspace(packet);
	__u32 authority;

	if (!w)
		return 0;
	authority = method == METHOD_CONNECT ? 0 : authority_at(w);
	if (authority || method == METHOD_CONNECT)
		take_authority(w, authority);
	else
		/* None of those: it has no path, and may have a password. */
		w->scan.at = w->scan.end;
	return 0;
}

static __always_inline void split_target(packet_t *packet, struct workspace *w, __u32 method)
{
	__u8 first = target_octet(w, 0);

	w->scan.at = 0;
	w->scan.end = w->head.target_length < TARGET_ROOM ? w->head.target_length : TARGET_ROOM;
	w->scan.rooted = first == '/';
	if (first != '/' && first != '*')
		split_other_target(packet, method);
}

#endif
