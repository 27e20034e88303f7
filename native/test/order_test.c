// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Segments that come in another order, twice, or with other boundaries. */
#include "sweep.h"

#define GET	 "GET / HTTP/1.1\r\n\r\n"
#define SEGMENTS 8

static const char stream[] =
	"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
	"POST /b HTTP/1.1\r\nContent-Length: 18\r\n\r\n" GET
	"PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n12;a\r\n" GET "\r\n0\r\nA: b\r\n\r\n"
	"HEAD /d HTTP/1.1\r\n\r\n"
	"DELETE /e HTTP/1.1\r\nA: b\r\n\r\n";

#define LENGTH (sizeof(stream) - 1)

static __u32 bound(__u32 i)
{
	return LENGTH * i / SEGMENTS;
}

static int send_segment(struct connection *c, __u32 i)
{
	return client_at(c, bound(i), stream + bound(i), bound(i + 1) - bound(i));
}

static void finish(const char *what, int detail)
{
	expect_as_reference(what, detail, stream, LENGTH);
	expect_requests(what, detail, 5);
	expect_nothing_kept(what, detail);
}

static void permutations(void)
{
	__u32 order[SEGMENTS], number, rest, i, j, k, picked;
	struct connection c;

	for (number = 0; number < 40320; number += 7) { /* of 8! */
		c = begin_sweep(number % 2, 0u - number * 31 % 400);
		for (i = 0; i < SEGMENTS; i++)
			order[i] = i;
		for (rest = number, i = SEGMENTS; i; i--, rest /= i + 1) {
			picked = rest % i;
			k = order[picked];
			for (j = picked; j + 1 < i; j++)
				order[j] = order[j + 1];
			send_segment(&c, k);
		}
		finish("permutation", number);
	}
}

/* Each octet comes last of all, and each pair of neighbours the wrong way round. */
static void gaps(void)
{
	struct connection c;
	__u32 gap, length;

	for (gap = 0; gap < LENGTH; gap++) {
		for (length = 1; length <= 40 && gap + length <= LENGTH; length += 13) {
			c = begin_sweep(gap % 2, 0u - gap);
			if (gap)
				client_at(&c, 0, stream, gap);
			expect_as_reference("before a gap", gap, stream, gap);
			if (gap + length < LENGTH)
				client_at(&c, gap + length, stream + gap + length,
					  LENGTH - gap - length);
			client_at(&c, gap, stream + gap, length);
			finish("gap", gap * 100 + length);
		}
	}
}

static void reversed_octets(void)
{
	struct connection c = begin_sweep(0, 0u - 100);
	__u32 at;

	for (at = LENGTH; at-- > 0;)
		check_result("reversed", at, at ? RESULT_OUT_OF_ORDER : RESULT_REQUEST,
			     client_at(&c, at, stream + at, 1));
	finish("reversed", 0);
}

static void duplicates(void)
{
	struct connection c = begin_sweep(0, 1000);
	__u32 at, count;

	for (at = 0; at < SEGMENTS; at++) {
		send_segment(&c, at);
		check_result("again", at, RESULT_RETRANSMISSION, send_segment(&c, at));
		check_result("all again", at, RESULT_RETRANSMISSION,
			     client_at(&c, 0, stream, bound(at + 1)));
	}
	finish("duplicates", 0);
	for (count = 1; count < LENGTH; count++) {
		c = begin_sweep(0, 0u - count);
		for (at = 0; at < LENGTH; at += count)
			client_at(&c, at / 2, stream + at / 2,
				  (at + count < LENGTH ? at + count : LENGTH) - at / 2);
		finish("overlaps", count);
		c = begin_sweep(1, count);
		for (at = LENGTH; at > count; at -= count)
			client_at(&c, at - count, stream + at - count,
				  (at + 20 < LENGTH ? at + 20 : LENGTH) - (at - count));
		client_at(&c, 0, stream, at);
		finish("overlaps from behind", count);
	}
}

/* So many octets ahead are kept, and not one more. */
static void limit(__u32 more)
{
	static char much[HELD_MAX + 200];
	static const char head[] = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
	static const char tail[] = "\r\n0\r\n\r\n" GET;
	const __u32 all = HELD_MAX + more, size = 32768;
	const __u32 before = 7, body = all - before - strlen(tail);
	struct connection c = begin_sweep(0, 0u - HELD_MAX / 3);
	__u32 at, length;

	check_number("limit", more, "octets before", before, sprintf(much, "%x\r\n", body));
	memset(much + before, 'G', body);
	memcpy(much + before + body, tail, strlen(tail));
	client_says(&c, head);
	for (at = 1; at < all; at += length) {
		length = all - at < size ? all - at : size;
		check_result("far ahead", at,
			     at + length > HELD_MAX ? RESULT_RESYNC : RESULT_OUT_OF_ORDER,
			     client_at(&c, strlen(head) + at, much + at, length));
	}
	check_result("what was before", more, more ? RESULT_RETRANSMISSION : RESULT_REQUEST,
		     client_at(&c, strlen(head), much, 1));
	expect_requests("limit", more, more ? 1 : 2);
	expect_nothing_kept("limit", more);
}

/* The second packet comes before the first. */
static void swapped_beginning(void)
{
	struct connection c = begin_sweep(0, 500);

	check_result("second first, SYN seen", 0, RESULT_OUT_OF_ORDER,
		     client_at(&c, 10, stream + 10, 60));
	check_result("first", 0, RESULT_REQUEST, client_at(&c, 0, stream, 10));
	client_at(&c, 70, stream + 70, LENGTH - 70);
	finish("swapped", 0);
	begin_case();
	learn_port(0);
	c = connect_to(0, 500);
	check_result("second first, no SYN", 0, RESULT_NOT_HTTP,
		     client_at(&c, 10, stream + 10, 10));
	client_at(&c, 0, stream, 10);
	/* The server's answer tells that it has them all. */
	c.sent = 20;
	server_says(&c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	check_result("next head", 0, RESULT_REQUEST, client_at(&c, 100, GET, 18));
	expect_requests("swapped, no SYN", 0, 1);
}

static void test(void)
{
	permutations();
	gaps();
	reversed_octets();
	duplicates();
	limit(0);
	limit(1);
	swapped_beginning();
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
