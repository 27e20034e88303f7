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

/* From scan.at up to a slash, the path's end, or what was kept of it; copied behind scan.out. */
static __always_inline void read_segment(struct workspace *w)
{
	__u64 word, inside, ends, digits;
	__u32 i, taken;

	w->scan.length = 0;
	w->scan.hash = 0;
	w->scan.no_digits = w->scan.no_hex = w->scan.no_uuid = 0;
	KEEP_LOOP
	for (i = 0; i < TARGET_ROOM / 8; i++) {
		settle();
		word = get_word(w->head.target, within(w->scan.at, TARGET_ROOM));
		ends = octets_equal(word, '/') | octets_equal(word, '?') | octets_equal(word, '#');
		taken = ends ? first_octet(ends) : 8;
		if (taken > w->scan.end - w->scan.at)
			taken = w->scan.end - w->scan.at;
		word = before(word, taken);
		inside = before(BIT7, taken);
		digits = octets_between(word, '0', '9');
		w->scan.no_digits |= inside & ~digits;
		digits |= octets_between(word | EACH(0x20ull), 'a', 'f');
		w->scan.no_hex |= inside & ~digits;
		w->scan.no_uuid |= inside & ~(digits | octets_equal(word, '-'));
		w->scan.hash = mix(w->scan.hash, word);
		put_word(w->name.path, within(w->scan.out, PATH_ROOM), word);
		w->scan.at += taken;
		w->scan.out += taken;
		w->scan.length += taken;
		if (taken < 8 || w->scan.out >= PATH_MAX)
			break;
	}
}

/* 8-4-4-4-12 */
static __always_inline int is_uuid(const struct workspace *w, __u32 from)
{
	return !w->scan.no_uuid && w->scan.length == UUID_OCTETS &&
	       target_octet(w, from + 8) == '-' && target_octet(w, from + 13) == '-' &&
	       target_octet(w, from + 18) == '-' && target_octet(w, from + 23) == '-';
}

static __always_inline int is_identifier(const struct workspace *w, __u32 from)
{
	return w->scan.length && (!w->scan.no_digits || is_uuid(w, from) ||
				  (!w->scan.no_hex && w->scan.length >= HEX_ID_MIN));
}

/* In place of the segment that was copied there. */
static __always_inline void put_identifier(struct workspace *w, __u32 out)
{
	__u32 behind = out + ID_OCTETS, i;

	put_word(w->name.path, within(out, PATH_ROOM), ID_WORD);
	KEEP_LOOP
	for (i = 0; i < PATH_ROOM; i += 8) {
		if (behind + i >= w->scan.out)
			break;
		put_word(w->name.path, within(behind + i, PATH_ROOM), 0);
	}
	w->scan.out = behind;
}

/* The segment that was read, and its place. */
SUBPROGRAM int match_segment(packet_t *packet, __u32 place)
{
	struct workspace *w = workspace(packet);
	const struct route_table *table = routes();
	const __u64 *with_text;
	__u64 fitting;

	if (!w || place >= SEGMENTS_MAX)
		return 0;
	w->scan.matched |= w->scan.alive & table->tails[within(place, PLACES)];
	fitting = w->scan.length ? table->any[within(place, PLACES)] : 0;
	w->scan.key.hash = w->scan.hash;
	w->scan.key.place = place;
	w->scan.key.length = w->scan.length;
	with_text = find_routes(&w->scan.key);
	if (with_text)
		fitting |= *with_text;
	w->scan.alive &= fitting;
	return 0;
}

/* The next segment: 1 if another follows. */
SUBPROGRAM int scan_segment(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	__u32 from, out;

	if (!w)
		return 0;
	from = w->scan.at;
	out = w->scan.out;
	read_segment(w);
	if (is_identifier(w, from))
		put_identifier(w, out);
	if (w->scan.out >= PATH_MAX) {
		w->scan.cut = 1;
		return 0;
	}
	if (w->scan.at >= w->scan.end) {
		w->scan.cut = is_target_cut(w);
		return 0;
	}
	if (target_octet(w, w->scan.at) != '/')
		return 0;
	put_word(w->name.path, within(w->scan.out, PATH_ROOM), '/');
	w->scan.out++;
	w->scan.at++;
	return 1;
}

/* The path from scan.at on at once, if nothing in it can be an identifier or a route. If not, it
 * answers -1: what it has left in the name is the beginning of what the segments are read into. */
SUBPROGRAM int copy_plain_path(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	__u64 word, ends, digits, slashes, behind_slash = 0;
	__u32 i, taken, from, segments = 0;

	if (!w || routes()->all)
		return -1;
	from = w->scan.at;
	if (w->scan.rooted && (from >= w->scan.end || target_octet(w, from) != '/'))
		return -1;
	KEEP_LOOP
	for (i = 0; i < PATH_MAX; i += 8) {
		settle();
		word = get_word(w->head.target, within(w->scan.at, TARGET_ROOM));
		ends = octets_equal(word, '?') | octets_equal(word, '#');
		taken = ends ? first_octet(ends) : 8;
		if (taken > w->scan.end - w->scan.at)
			taken = w->scan.end - w->scan.at;
		word = before(word, taken);
		digits = octets_between(word, '0', '9');
		slashes = octets_equal(word, '/');
		behind_slash |= slashes << 8;
		if (digits & behind_slash)
			break;
		behind_slash = slashes >> 56;
		/* Any sixteen octets in a row have a whole word among them. */
		digits |= octets_between(word | EACH(0x20ull), 'a', 'f') | octets_equal(word, '-');
		if (digits == BIT7)
			break;
		segments += count_octets(slashes);
		if (segments >= SEGMENTS_MAX)
			break;
		put_word(w->name.path, i, word);
		w->scan.at += taken;
		if (taken < 8 && is_target_cut(w))
			break;
		if (taken < 8) {
			w->name.path_length = w->scan.at - from;
			return 0;
		}
	}
	if (i >= PATH_MAX) {
		put_word(w->name.path, PATH_MAX, CUT_WORD);
		w->name.path_length = PATH_MAX + CUT_OCTETS;
		return 0;
	}
	w->scan.at = from;
	return -1;
}

/* From scan.at on, into the name. */
SUBPROGRAM int scan_path(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	__u32 place, follows = 1;

	if (!w)
		return 0;
	w->scan.out = 0;
	w->scan.cut = 0;
	w->scan.alive = routes()->all;
	w->scan.matched = 0;
	if (w->scan.rooted) {
		put_word(w->name.path, 0, '/');
		w->scan.out = 1;
		if (w->scan.at < w->scan.end && target_octet(w, w->scan.at) == '/')
			w->scan.at++;
	}
	KEEP_LOOP
	for (place = 0; place < SEGMENTS_MAX && follows; place++) {
		follows = scan_segment(packet);
		if (routes()->all)
			match_segment(packet, place);
	}
	if (follows)
		w->scan.cut = 1;
	if (!w->scan.cut && place <= SEGMENTS_MAX)
		w->scan.matched |= w->scan.alive & routes()->ends[within(place, PLACES)];
	if (w->scan.cut) {
		if (w->scan.out > PATH_MAX)
			w->scan.out = PATH_MAX;
		put_word(w->name.path, within(w->scan.out, PATH_ROOM), CUT_WORD);
		w->scan.out += CUT_OCTETS;
	}
	w->name.path_length = w->scan.out;
	return 0;
}

#endif
