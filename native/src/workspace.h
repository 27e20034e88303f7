/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Where a packet is worked on. One per CPU: functions that the verifier judges by themselves take
 * no pointers on kernels before 5.12, so what they share lies here.
 */
#ifndef WORKSPACE_H
#define WORKSPACE_H

#include <stddef.h>

#include "flow.h"
#include "octet_words.h"
#include "packet_parse.h"

#define WINDOW_OCTETS BLOCK_OCTETS

/* Octets of the window that are looked at together, now and then. */
#define SPAN_OCTETS 32

/* Why reading paused. */
#define STOP_RECOGNISED 1 /* a request line, on a connection that has not had one */
#define STOP_UNDECIDED	2
#define STOP_LOST	3

/* Where a URL is worked on. */
struct url_scan {
	__u32 at;      /* in the target */
	__u32 end;     /* of what is kept of it */
	__u32 from;    /* in it: where the segment begins */
	__u32 place;   /* of that segment, from 0 on */
	__u32 out;     /* in the name's path */
	__u64 hash;    /* of a segment */
	__u64 alive;   /* routes that fit so far */
	__u64 matched; /* routes that fit, whatever follows */
	struct route_key key;
	__u64 owner;
	__u64 no_digits; /* octets of a segment that are none; each in the bits of its place in a
			    word */
	__u64 no_hex;
	__u64 no_uuid;
	__u8 cut;
	__u8 rooted; /* the path begins with a slash, if only by default */
};

/* What has ended a reading, and is to be counted before it goes on. */
#define READ_REQUEST  2 /* a request's head */
#define READ_RESPONSE 3 /* a final response's */

struct workspace {
	__u64 users; /* where a packet may interrupt another */
	struct payload payload;
	struct flow_key key;
	__u64 owner; /* the cgroup that the packet's socket belongs to; or the interface; or 0 */
	__u64 now;   /* nanoseconds of the monotonic clock; 0: not asked yet */
	struct pending_key pending;
	struct exchange exchange;
	struct flow flow;     /* a copy; `stream` is the newer one of that which is read */
	struct stream stream; /* the requests, or the answers, being read */
	__u32 position;	      /* in the window: the next octet */
	__u32 reached;	      /* in the window, by the step under way */
	__u32 forgotten;
	__u32 end;	 /* in the window: behind the last one */
	__u32 offset;	 /* in the packet: behind the window */
	__u32 remaining; /* octets of the packet's data behind the window */
	__u32 counted;	 /* requests */
	__u8 answers;	 /* whether it is the server's direction */
	__u8 stop;
	__u8 excluded;	   /* the port is */
	__u8 too_long;	   /* a request line was */
	__u8 from_block;   /* whether the window is of kept octets */
	__u8 begun;	   /* whether the flow was, so that both of its sides are new */
	__u8 ended;	   /* READ_…, or 0 */
	__u8 traced;	   /* whether somebody asks for requests */
	__u32 target_from; /* in all this: the target's first octet */
	struct request_head head;
	struct url_scan scan;
	struct url_name name;
	struct trace_request trace;
	__u8 window[WINDOW_OCTETS + SPAN_OCTETS]
		__attribute__((aligned(8))); /* eight zeros behind `end` */
	struct block block;
	__u8 block_room[BLOCK_OCTETS]; /* so that the verifier sees that copies to `block` stay
					  inside */
};

/* Storage: in the kernel maps, in the host's tests arrays. Whoever includes this defines it. What
 * finds may answer NULL. */
static __always_inline struct workspace *take_workspace(packet_t *packet);
static __always_inline void release_workspace(packet_t *packet);
static __always_inline struct workspace *workspace(packet_t *packet); /* the one taken */
static __always_inline __u64 packet_owner(packet_t *packet);
static __always_inline struct flow *find_flow(packet_t *packet, const struct flow_key *key);
static __always_inline struct flow *
find_other_flow(const struct flow_key *key); /* not the packet's */
static __always_inline int make_flow(packet_t *packet, const struct flow_key *key,
				     const struct flow *flow);
static __always_inline void drop_flow(packet_t *packet, const struct flow_key *key);
static __always_inline struct opening *find_opening(const struct flow_key *key);
static __always_inline int make_opening(const struct flow_key *key, const struct opening *opening);
static __always_inline const struct block *find_block(const struct block_key *key);
static __always_inline int make_block(const struct block_key *key, const struct block *block);
static __always_inline void drop_block(const struct block_key *key);
static __always_inline struct exchange *find_pending(const struct pending_key *key);
static __always_inline void make_pending(const struct pending_key *key,
					 const struct exchange *exchange);
static __always_inline void drop_pending(const struct pending_key *key);
static __always_inline int counts_urls(void);
static __always_inline int is_traced(void);
/* Of w->trace, to whoever asks; what is lost counts under that element of trace_map. */
static __always_inline void send_record(const struct workspace *w, __u64 size, __u32 dropped);
static __always_inline const struct request_head *find_head(const __u64 *connection);
static __always_inline void make_head(const __u64 *connection, const struct request_head *head);
static __always_inline void drop_head(const __u64 *connection);
static __always_inline const struct route_table *routes(void);
static __always_inline const __u64 *find_routes(const struct route_key *key);
/* What scan.owner stands for. */
static __always_inline const struct url_name *find_name(const struct workspace *w);
/* From now on for the name in the workspace, if there is room. */
static __always_inline void make_name(const struct workspace *w);
static __always_inline struct url_counts *url_counts(const struct workspace *w, __u64 url,
						     __u32 method);
static __always_inline void count_url_response(const struct workspace *w, __u64 url, __u32 method,
					       __u32 status);
static __always_inline __u8 port_state(__u16 port);
static __always_inline void learn(__u16 port, __u8 state);
static __always_inline int is_excluded(__u16 port);
static __always_inline void count_method(packet_t *packet, __u32 method);
static __always_inline void count_unseen(const struct workspace *w, __u32 protocol);
static __always_inline struct exchange_counts *exchange_counts(const struct workspace *w,
							       __u32 method);
static __always_inline void count_response(const struct workspace *w, __u32 method, __u32 status);
static __always_inline void add(__u64 *counter, __u64 count);
static __always_inline __u64 monotonic_time(void);
static __always_inline __u32 random_number(void);

/* Unaligned, eight octets from `position` on. */
static __always_inline __u64 word_at(const struct workspace *w, __u32 position)
{
	const __u8 *at = w->window + (position & (WINDOW_OCTETS - 1));
#ifdef __bpf__
	return *(const __u64 *)at;
#else
	__u64 word;

	__builtin_memcpy(&word, at, sizeof(word));
	return word;
#endif
}

/* A place in an array of `room` octets, a power of two. In assembly, so that the compiler does not
 * take out what only the verifier needs. */
static __always_inline __u64 within(__u64 at, const __u32 room)
{
#ifdef __bpf__
	asm volatile("%0 &= %1" : "+r"(at) : "i"(room - 1));
	return at;
#else
	return at & (room - 1);
#endif
}

/* In another of its arrays, which has eight octets more than `at` may be. */
static __always_inline __u64 get_word(const __u8 *octets, __u64 at)
{
#ifdef __bpf__
	return *(const __u64 *)(octets + at);
#else
	__u64 word;

	__builtin_memcpy(&word, octets + at, sizeof(word));
	return word;
#endif
}

static __always_inline void put_word(__u8 *octets, __u64 at, __u64 word)
{
#ifdef __bpf__
	*(__u64 *)(octets + at) = word;
#else
	__builtin_memcpy(octets + at, &word, sizeof(word));
#endif
}

static __always_inline __u8 octet_at(const struct workspace *w, __u32 position)
{
	return w->window[position & (WINDOW_OCTETS - 1)];
}

#define HEAD_TARGET (offsetof(struct workspace, head) + offsetof(struct request_head, target))

/* Where a target may be lies before that. */
#define TARGETS_END 4096

_Static_assert(offsetof(struct workspace, window) + WINDOW_OCTETS + TARGET_ROOM <= TARGETS_END &&
		       TARGETS_END + 16 <= sizeof(struct workspace),
	       "wherever a target begins, two words of it can be read");

/* Of the target: eight octets from `at` on. */
static __always_inline __u64 target_word(const struct workspace *w, __u32 at)
{
	return get_word((const __u8 *)w, within(w->target_from + at, TARGETS_END));
}

static __always_inline __u8 target_octet(const struct workspace *w, __u32 at)
{
	return ((const __u8 *)w)[within(w->target_from + at, TARGETS_END)];
}

/* What is in memory is read again behind this, and the verifier knows nothing of it. */
static __always_inline void settle(void)
{
	asm volatile("" ::: "memory");
}

/* The same number, of which the verifier knows nothing any more: what follows is looked at once,
 * and not for each way that led to it. */
static __always_inline __u32 forget(struct workspace *w, __u32 number)
{
	volatile __u32 *at = &w->forgotten;

	*at = number;
	return *at;
}

/* Likewise, without a way through memory: `any` is any number that the verifier does not know. */
static __always_inline __u32 blur(__u64 number, __u64 any)
{
#ifdef __bpf__
	asm volatile("%0 ^= %1\n%0 ^= %1" : "+&r"(number) : "r"(any));
#else
	(void)any;
#endif
	return number;
}

static __always_inline int may_read_on(const struct workspace *w)
{
	return !w->stop && (w->position < w->end || w->remaining || (w->flow.flags & FLOW_HOLDS));
}

/* What follows cannot be told. */
static __always_inline __u32 lose(struct workspace *w, __u32 position)
{
	w->stream.phase = PHASE_LOST;
	w->stop = STOP_LOST;
	return position;
}

#endif
