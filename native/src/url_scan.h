/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The path of a target as it is counted: up to its query, and with "{id}" for what is an
 * identifier. */
#ifndef URL_SCAN_H
#define URL_SCAN_H

#include "request_target.h"

/* Hexadecimal digits that no word is made of. */
#define HEX_ID_MIN  16

#define UUID_OCTETS 36

#define PATH_ROOM   256

/* No fewer than SEGMENTS_MAX + 1. */
#define PLACES	  32

#define ID_OCTETS 4
#define ID_WORD	  OCTETS('{', 'i', 'd', '}', 0, 0, 0, 0)
#define CUT_WORD  OCTETS(0xe2, 0x80, 0xa6, 0, 0, 0, 0, 0)

static __always_inline __u64 mix(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
	return hash ^ hash >> 32;
}

/* The first octet that ends a segment has its bit 7 set, and none before it. */
static __always_inline __u64 ends_of_segment(__u64 word)
{
	return first_zero((word | EACH(0x10ull)) ^ EACH('?')) | first_zero(word ^ EACH('#'));
}

_Static_assert(('/' | 0x10) == '?', "the two are found together");

/* The segment from scan.from up to scan.at: of what octets it is, and a hash. */
static __always_inline void read_segment(struct workspace *w, __u32 length)
{
	__u64 word, inside, digits;
	__u32 i, taken;

	w->scan.no_digits = w->scan.no_hex = w->scan.no_uuid = 0;
	w->scan.hash = 0;
	KEEP_LOOP
	for (i = 0; i < TARGET_ROOM; i += 8) {
		settle();
		taken = length - i < 8 ? length - i : 8;
		word = before(target_word(w, w->scan.from + i), taken);
		inside = before(BIT7, taken);
		digits = octets_between(word, '0', '9');
		w->scan.no_digits |= inside & ~digits;
		digits |= octets_between(word | EACH(0x20ull), 'a', 'f');
		w->scan.no_hex |= inside & ~digits;
		w->scan.no_uuid |= inside & ~(digits | octets_equal(word, '-'));
		w->scan.hash = mix(w->scan.hash, word);
		if (taken < 8)
			break;
	}
}

/* 8-4-4-4-12 */
static __always_inline int is_uuid(const struct workspace *w, __u32 length)
{
	__u32 from = w->scan.from;

	return !w->scan.no_uuid && length == UUID_OCTETS && target_octet(w, from + 8) == '-' &&
	       target_octet(w, from + 13) == '-' && target_octet(w, from + 18) == '-' &&
	       target_octet(w, from + 23) == '-';
}

static __always_inline int is_identifier(const struct workspace *w, __u32 length)
{
	return length && (!w->scan.no_digits || is_uuid(w, length) ||
			  (!w->scan.no_hex && length >= HEX_ID_MIN));
}

/* Which routes have the segment that was read. */
static __always_inline void match_segment(struct workspace *w, __u32 length)
{
	const struct route_table *table = routes();
	__u32 place = w->scan.place;
	const __u64 *with_text;
	__u64 fitting;

	w->scan.matched |= w->scan.alive & table->tails[within(place, PLACES)];
	fitting = length ? table->any[within(place, PLACES)] : 0;
	w->scan.key.hash = w->scan.hash;
	w->scan.key.place = place;
	w->scan.key.length = length;
	with_text = find_routes(&w->scan.key);
	if (with_text)
		fitting |= *with_text;
	w->scan.alive &= fitting;
}

/* The segment from scan.from up to scan.at, which has been copied. */
SUBPROGRAM int judge_segment(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	__u32 length;

	if (!w)
		return 0;
	length = w->scan.at - w->scan.from;
	read_segment(w, length);
	if (is_identifier(w, length)) {
		w->scan.out -= length;
		put_word(w->name.path, within(w->scan.out, PATH_ROOM), ID_WORD);
		w->scan.out += ID_OCTETS;
	}
	if (w->scan.alive)
		match_segment(w, length);
	return 0;
}

#define SEGMENT_LAST	 0
#define SEGMENT_FOLLOWED 1
#define SEGMENT_JUDGED	 2 /* is to be */

/* A segment ends at scan.at: whether another follows, and has room. */
static __always_inline int begin_segment(struct workspace *w)
{
	w->scan.place++;
	if (w->scan.out >= PATH_MAX || w->scan.at >= w->scan.end ||
	    target_octet(w, w->scan.at) != '/')
		return SEGMENT_LAST;
	put_word(w->name.path, within(w->scan.out, PATH_ROOM), '/');
	w->scan.out++;
	w->scan.at++;
	w->scan.from = w->scan.at;
	w->scan.cut = w->scan.place >= SEGMENTS_MAX;
	return w->scan.cut ? SEGMENT_LAST : SEGMENT_FOLLOWED;
}

/* A number, or long. */
static __always_inline int may_be_identifier(const struct workspace *w, __u32 length)
{
	__u8 first = target_octet(w, w->scan.from);

	return (first >= '0' && first <= '9') || length >= HEX_ID_MIN;
}

/* Copying pauses at `at`. */
static __always_inline int leave_segment(struct workspace *w, __u32 at, __u32 shift, int why)
{
	w->scan.at = at;
	w->scan.out = at + shift;
	return why;
}

/* Of two words of the target from `from` on, how many octets are before the end of a segment. */
static __always_inline __u32 octets_of_segment(__u64 word, __u64 next)
{
	__u64 ends = ends_of_segment(word), ends_of_next = ends_of_segment(next);

	if (ends)
		return first_octet(ends);
	return ends_of_next ? 8 + first_octet(ends_of_next) : 16;
}

/* Pairs of words of a path, and further ones where segments end. */
#define PATH_STEPS (PATH_ROOM / 16 + SEGMENTS_MAX)

/* Copies up to the end of a segment that is to be judged, as all are that routes may have, or of
 * the last one. What it leaves behind that is none of the path. */
SUBPROGRAM int copy_segments(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	__u32 i, at, taken, left, shift;
	const __u8 *from;
	__u64 word, next;
	__u8 *to;

	if (!w)
		return SEGMENT_LAST;
	at = w->scan.at;
	shift = w->scan.out - at;
	KEEP_LOOP
	for (i = 0; i < PATH_STEPS; i++) {
		from = (const __u8 *)w + within(w->target_from + at, TARGETS_END);
		to = w->name.path + within(at + shift, PATH_ROOM);
		word = get_word(from, 0);
		next = get_word(from, 8);
		put_word(to, 0, word);
		put_word(to, 8, next);
		taken = octets_of_segment(word, next);
		left = w->scan.end - at;
		if (taken > left)
			taken = left;
		at = blur(at + taken, shift);
		if (taken == 16 && at + shift < PATH_MAX)
			continue;
		if (w->scan.alive || may_be_identifier(w, at - w->scan.from))
			return leave_segment(w, at, shift, SEGMENT_JUDGED);
		w->scan.place++;
		if (at + shift >= PATH_MAX || taken == left || target_octet(w, at) != '/')
			return leave_segment(w, at, shift, SEGMENT_LAST);
		at++;
		w->scan.from = at;
		if (w->scan.place >= SEGMENTS_MAX) {
			w->scan.cut = 1;
			return leave_segment(w, at, shift, SEGMENT_LAST);
		}
	}
	return SEGMENT_LAST;
}

/* Its octets are followed by eight zeros. */
static __always_inline void end_path(struct workspace *w)
{
	if (w->scan.cut) {
		if (w->scan.out > PATH_MAX)
			w->scan.out = PATH_MAX;
		put_word(w->name.path, within(w->scan.out, PATH_ROOM), CUT_WORD);
		w->scan.out += CUT_OCTETS;
	} else {
		w->scan.matched |= w->scan.alive & routes()->ends[within(w->scan.place, PLACES)];
	}
	put_word(w->name.path, within(w->scan.out, PATH_ROOM), 0);
	w->name.path_length = w->scan.out;
}

/* From scan.at on, into the name. */
static __always_inline void scan_path(packet_t *packet, struct workspace *w)
{
	__u32 i;

	w->scan.out = 0;
	w->scan.cut = 0;
	w->scan.place = 0;
	w->scan.alive = routes()->all;
	w->scan.matched = 0;
	if (w->scan.rooted) {
		put_word(w->name.path, 0, '/');
		w->scan.out = 1;
		if (w->scan.at < w->scan.end && target_octet(w, w->scan.at) == '/')
			w->scan.at++;
	}
	w->scan.from = w->scan.at;
	KEEP_LOOP
	for (i = 0; i < SEGMENTS_MAX; i++) {
		if (copy_segments(packet) != SEGMENT_JUDGED)
			break;
		judge_segment(packet);
		if (begin_segment(w) == SEGMENT_LAST)
			break;
	}
	if (w->scan.out >= PATH_MAX || is_target_cut(w))
		w->scan.cut = 1;
	end_path(w);
}

#endif
