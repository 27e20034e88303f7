/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Eight octets of text at a time: a predicate answers for each octet of a little-endian word in
 * that octet's bit 7.
 */
#ifndef OCTET_WORDS_H
#define OCTET_WORDS_H

#include <linux/types.h>

#define EACH(octet) ((octet)*0x0101010101010101ull)
#define BIT7	    EACH(0x80ull)

#define OCTETS(a, b, c, d, e, f, g, h)                                                           \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 | \
	 (__u64)(f) << 40 | (__u64)(g) << 48 | (__u64)(h) << 56)

/* Octets of `x` above `bound` (below 0x7f), those from 0x80 on not among them unless set there. */
static __always_inline __u64 octets_above(__u64 x, __u64 bound)
{
	return ((x & EACH(0x7full)) + EACH(0x7f - bound)) | x;
}

static __always_inline __u64 octets_equal(__u64 x, __u64 octet)
{
	__u64 difference = x ^ EACH(octet);

	return ~(((difference & EACH(0x7full)) + EACH(0x7full)) | difference) & BIT7;
}

/* From `first` to `last`, both below 0x80. */
static __always_inline __u64 octets_between(__u64 x, __u64 first, __u64 last)
{
	return octets_above(x, first - 1) & ~octets_above(x, last) & BIT7;
}

/* The first octet that is zero has its bit 7 set, and none before it; what is behind it may be
 * wrong. */
static __always_inline __u64 first_zero(__u64 x)
{
	return (x - EACH(1ull)) & ~x & BIT7;
}

/* Likewise the first octet below `bound`, which is no more than 0x80. */
static __always_inline __u64 first_below(__u64 x, __u64 bound)
{
	return (x - EACH(bound)) & ~x & BIT7;
}

/* No request-target holds them: controls, space, delete. Octets from 0x80 on are sent, and served,
 * by many. */
static __always_inline __u64 octets_outside_target(__u64 x)
{
	return (~octets_above(x, 0x20) & BIT7) | octets_equal(x, 0x7f);
}

/* The first of them has its bit 7 set, and none before it. */
static __always_inline __u64 first_outside_target(__u64 x)
{
	return first_below(x, 0x21) | first_zero(x ^ EACH(0x7full));
}

/* Visible octets that no token holds (RFC 9110 section 5.6.2). */
static __always_inline __u64 octets_outside_token(__u64 x)
{
	return (x & BIT7) | octets_equal(x, '"') | octets_between(x, '(', ')') |
	       octets_equal(x, ',') | octets_equal(x, '/') | octets_between(x, ':', '@') |
	       octets_between(x, '[', ']') | octets_equal(x, '{') | octets_equal(x, '}');
}

/* Index of the first octet whose bit 7 is set; `mask` is not zero and has no other bits. */
static __always_inline __u32 first_octet(__u64 mask)
{
	return (__u32)(((((mask - 1) & ~mask) & EACH(1ull)) * EACH(1ull)) >> 56) - 1;
}

/* The octets before that one of the eight. */
static __always_inline __u64 octets_before_index(__u32 index)
{
	return (1ull << 8 * index) - 1;
}

/* The first octets of a word, up to all eight. */
static __always_inline __u64 before(__u64 word, __u32 octets)
{
	return octets < 8 ? word & octets_before_index(octets) : word;
}

/* Index of the lowest bit set; `mask` is not zero. */
static __always_inline __u32 lowest_bit(__u64 mask)
{
	__u32 index = 0, width;

#pragma unroll
	for (width = 32; width; width /= 2)
		if (!(mask & ((1ull << width) - 1))) {
			mask >>= width;
			index += width;
		}
	return index;
}

#endif
