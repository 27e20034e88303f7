/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Octets that came before those that stand before them are kept, in blocks at fixed places among
 * the sequence numbers, and read when their turn comes.
 */
#ifndef HELD_OCTETS_H
#define HELD_OCTETS_H

#include "request_head.h"

#define BLOCK_WORDS (BLOCK_OCTETS / 8)
#define PRESENCE    (BLOCK_OCTETS / 64)

/* Blocks that octets kept at one time may lie in, at the most. */
#define HELD_BLOCKS   (HELD_MAX / BLOCK_OCTETS + 2)
#define BLOCK_NUMBERS (~0u / BLOCK_OCTETS)

static __always_inline struct block_key held_key(const struct workspace *w, __u32 sequence)
{
	return (struct block_key){.held = w->flow.held, .number = sequence / BLOCK_OCTETS};
}

/* The window holds octets from `position` to `end`, which is not below 1. */
static __always_inline void end_window(struct workspace *w, __u32 position, __u32 end)
{
	__u8 *behind = w->window + (((end - 1) & (WINDOW_OCTETS - 1)) + 1);

	put_word(behind, 0, 0);
	w->position = w->reached = position;
	w->end = end;
}

static __always_inline void copy_words_of_block(__u64 *to, const __u64 *from, __u32 words)
{
	__u32 i;

	KEEP_LOOP
	for (i = 0; i < words; i++)
		to[i] = from[i];
}

/* Where the octets end that are present from `from` on without a gap. */
static __always_inline __u32 present_end(const struct block *block, __u32 from)
{
	__u64 missing = ~0ull << (from & 63);
	__u32 word = from / 64, i;

	KEEP_LOOP
	for (i = 0; i < PRESENCE; i++) {
		missing &= ~block->present[word & (PRESENCE - 1)];
		if (missing)
			return word * 64 + lowest_bit(missing);
		if (++word >= PRESENCE)
			break;
		missing = ~0ull;
	}
	return BLOCK_OCTETS;
}

static __always_inline void mark_present(struct block *block, __u32 from, __u32 to)
{
	__u32 i, behind;
	__u64 bits;

	KEEP_LOOP
	for (i = 0; i < PRESENCE && from < to; i++) {
		bits = ~0ull << (from & 63);
		behind = (from | 63) + 1;
		if (to < behind)
			bits &= (1ull << (to & 63)) - 1;
		block->present[from / 64 & (PRESENCE - 1)] |= bits;
		from = blur(behind, bits);
	}
}

/*
 * Keeps octets of the packet from `offset` on, `length` of them or as many as go into one block.
 * Answers how many, or 0 if it cannot.
 */
SUBPROGRAM int hold_block(packet_t *packet, __u32 sequence, __u32 offset, __u32 length)
{
	struct workspace *w = workspace(packet);
	__u32 from = sequence & (BLOCK_OCTETS - 1);
	const struct block *before;
	struct block_key key;

	if (!w)
		return 0;
	key = held_key(w, sequence);
	before = find_block(&key);
	if (before)
		copy_words_of_block((__u64 *)&w->block, (const __u64 *)before,
				    PRESENCE + BLOCK_WORDS);
	else
		__builtin_memset(w->block.present, 0, sizeof(w->block.present));
	if (length > BLOCK_OCTETS - from)
		length = BLOCK_OCTETS - from;
	if (packet_copy(packet, offset, w->block.octets + from, length, BLOCK_OCTETS))
		return 0;
	mark_present(&w->block, from, from + length);
	return make_block(&key, &w->block) ? 0 : length;
}

/* Keeps `length` octets, the first of which has that sequence number. Negative if it cannot. */
SUBPROGRAM int hold(packet_t *packet, __u32 sequence, __u32 offset, __u32 length)
{
	struct workspace *w = workspace(packet);
	__u32 end = sequence + length, i;
	int count;

	if (!w || end - w->stream.next > HELD_MAX)
		return -1;
	if (!(w->flow.flags & FLOW_HOLDS)) {
		w->flow.flags |= FLOW_HOLDS;
		w->flow.held = random_number();
		w->flow.held_start = sequence;
		w->flow.held_end = end;
	}
	if ((__s32)(sequence - w->flow.held_start) < 0)
		w->flow.held_start = sequence;
	if ((__s32)(end - w->flow.held_end) > 0)
		w->flow.held_end = end;
	KEEP_LOOP
	for (i = 0; i <= HELD_MAX / BLOCK_OCTETS + 1; i++) {
		if (!length)
			return 0;
		count = hold_block(packet, sequence, offset, length);
		if (count <= 0 || (__u32)count > length)
			return -1;
		sequence += count;
		offset += count;
		length -= count;
	}
	return -1;
}

/* Nothing is kept any more, lest it take the room of what still waits. */
SUBPROGRAM int release_held(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	struct block_key key;
	__u32 first, i;

	if (!w || !(w->flow.flags & FLOW_HOLDS))
		return 0;
	w->flow.flags &= ~FLOW_HOLDS;
	first = w->flow.held_start / BLOCK_OCTETS;
	key = held_key(w, w->flow.held_end - 1);
	/* From the last one back: the first may be long gone. */
	KEEP_LOOP
	for (i = 0; i < HELD_BLOCKS; i++) {
		drop_block(&key);
		if (key.number == first)
			break;
		key.number = (key.number - 1) & BLOCK_NUMBERS;
	}
	return 0;
}

#define HELD_NO_MORE (-2)

/* The octets whose turn it is into the window, if they are kept; HELD_NO_MORE: nothing needs to be
 * any longer. */
SUBPROGRAM int load_held(packet_t *packet, __u32 next)
{
	struct workspace *w = workspace(packet);
	__u32 from = next & (BLOCK_OCTETS - 1);
	const struct block *block;
	struct block_key key;
	__u32 end;

	if (!w || w->answers || !(w->flow.flags & FLOW_HOLDS))
		return -1;
	if ((__s32)(w->flow.held_end - next) <= 0)
		return HELD_NO_MORE;
	key = held_key(w, next);
	block = find_block(&key);
	if (!block)
		return -1;
	free_window(packet, w);
	copy_words_of_block((__u64 *)w->window, (const __u64 *)block->octets, BLOCK_WORDS);
	end = forget(w, present_end(block, from));
	if (end <= from)
		return -1;
	end_window(w, from, end);
	w->from_block = 1;
	return 0;
}

/* The block in the window has been read to its end. */
static __always_inline void drop_held(struct workspace *w)
{
	struct block_key key = held_key(w, w->stream.next - 1);

	drop_block(&key);
	w->from_block = 0;
}

#endif
