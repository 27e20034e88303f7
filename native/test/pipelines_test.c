// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Many requests in one packet, and across packets. */
#include "sweep.h"

#define CHUNKS "10\r\nGET / HTTP/1.1\r\n\r\n0\r\n\r\n"

static char stream[70000];

static __u32 fill_with(const char *const *messages, __u32 count, __u32 room, __u32 *requests)
{
	__u32 length = 0, size;

	for (*requests = 0;; ++*requests) {
		size = strlen(messages[*requests % count]);
		if (length + size > room)
			return length;
		memcpy(stream + length, messages[*requests % count], size);
		length += size;
	}
}

static void of_one_kind(void)
{
	static const char *const shortest[] = {"A / HTTP/1.1\n\n"};
	static const char *const plain[] = {"GET /index.html HTTP/1.1\r\nHost: a.example\r\n\r\n"};
	struct connection c;
	__u32 requests, length;

	length = fill_with(shortest, 1, 65400, &requests);
	c = begin_sweep(0, 1);
	check_result("the most in one packet", 0, RESULT_REQUEST, client_at(&c, 0, stream, length));
	expect_requests("the most in one packet", length, requests);
	length = fill_with(plain, 1, 65400, &requests);
	c = begin_sweep(1, 1);
	client_at(&c, 0, stream, length);
	expect_requests("hundreds in one packet", length, requests);
	expect_nothing_kept("hundreds in one packet", 0);
}

static const char *const mixed[] = {
	"GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
	"POST /b HTTP/1.1\r\nContent-Length: 16\r\n\r\nGET / HTTP/1.1\r\n",
	"HEAD /c HTTP/1.1\r\n\r\n",
	("PUT /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" CHUNKS),
	"\r\n\r\nOPTIONS * HTTP/1.1\r\n\r\n",
	"PROPFIND /e HTTP/1.0\nA: b\n\n",
	"DELETE /f HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
	"TRACE /g HTTP/1.1\r\n\r\n",
	"PATCH /h HTTP/1.1\r\nA:\r\n b\r\nContent-Length: 3\r\n\r\n\r\n\r",
};

static void of_many_kinds(void)
{
	const __u32 count = sizeof(mixed) / sizeof(mixed[0]);
	__u32 requests, length, size;

	length = fill_with(mixed, count, 64000, &requests);
	for (size = 100; size < 2 * length; size = size * 5 / 2 + 1) {
		in_pieces("many kinds", stream, length, size < length ? size : length);
		expect_requests("many kinds", size, requests);
	}
	length = fill_with(mixed, count, 1200, &requests);
	everywhere("many kinds", stream, length);
	expect_requests("many kinds", 0, requests);
}

/* Wherever in windows of the reader and blocks of what is kept a request may lie. */
static void shifted(void)
{
	struct connection c;
	__u32 shift, length, requests;

	for (shift = 0; shift < 1100; shift += 1 + shift % 3) {
		c = begin_sweep(0, shift * 13);
		length = sprintf(stream, "GET /%0*d HTTP/1.1\r\n\r\n", shift + 1, 0);
		length += sprintf(stream + length,
				  "POST /abcdefghijklmnopqrstuvwxyz HTTP/1.1\r\n"
				  "A: b\r\nContent-Length: 1030\r\n\r\n%01030d",
				  0);
		length += sprintf(stream + length, "CHECKOUT http://a/ HTTP/1.1\r\n\r\n");
		requests = 3;
		client_at(&c, 0, stream, length);
		expect_requests("shifted", shift, requests);
		check_number("shifted", shift, "POST", 1, host.requests[METHOD_POST]);
		/* the same from what is kept */
		c = begin_sweep(0, shift);
		client_at(&c, 1, stream + 1, length - 1);
		expect_requests("kept", shift, 0);
		client_at(&c, 0, stream, 1);
		expect_requests("kept", shift, requests);
		expect_nothing_kept("kept", shift);
	}
}

static void test(void)
{
	of_one_kind();
	of_many_kinds();
	shifted();
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
