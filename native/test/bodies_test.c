// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Bodies that look like requests, chunks cut everywhere, and framing that no server takes. */
#include "sweep.h"

#define GET	"GET / HTTP/1.1\r\n\r\n" /* 18 octets */
#define CHUNKED "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"

struct body {
	const char *what;
	const char *stream;
	__u32 requests;
};

static const struct body bodies[] = {
	{"requests in a body", "POST / HTTP/1.1\r\nContent-Length: 36\r\n\r\n" GET GET GET, 2},
	{"a body of a GET", "GET / HTTP/1.1\r\nContent-Length: 18\r\n\r\n" GET GET, 2},
	{"a body of an octet", "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nG" GET, 2},
	{"one octet less", "POST / HTTP/1.1\r\nContent-Length: 17\r\n\r\n" GET GET, 2},
	{"a letter more", "POST / HTTP/1.1\r\nContent-Length: 19\r\n\r\n" GET GET, 2},
	{"empty lines behind a body",
	 "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab\r\n\n\r\n" GET, 2},
	{"no request behind a body", "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab GET" GET, 1},
	{"one chunk", CHUNKED "12\r\n" GET "\r\n0\r\n\r\n" GET, 2},
	{"chunks", CHUNKED "12\r\n" GET "\r\n1\r\nG\r\n24\r\n" GET GET "\r\n0\r\n\r\n" GET, 2},
	{"no chunk", CHUNKED "0\r\n\r\n" GET, 2},
	{"zeros", CHUNKED "00012\r\n" GET "\r\n0000\r\n\r\n" GET, 2},
	{"hexadecimal", CHUNKED "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n" GET, 2},
	{"bare line feeds", CHUNKED "12\n" GET "\n0\n\n" GET, 2},
	{"an extension", CHUNKED "12;a=b\r\n" GET "\r\n0;c\r\n\r\n" GET, 2},
	{"a quoted extension",
	 CHUNKED "12;a=\""
		 "5\"\r\n" GET "\r\n0\r\n\r\n" GET,
	 2},
	{"blanks behind a size", CHUNKED "12 \t\r\n" GET "\r\n0 ;a\r\n\r\n" GET, 2},
	{"a trailer", CHUNKED "0\r\nA: b\r\nContent-Length: 18\r\n\r\n" GET, 2},
	{"a trailer like a request", CHUNKED "0\r\nGET / HTTP/1.1\r\n\r\n" GET, 2},
	{"a trailer, bare line feeds", CHUNKED "0\nA: b\n\n" GET, 2},
	{"carriage return in a trailer", CHUNKED "0\r\n\rA: b\r\n\r\n" GET, 2},
	{"15 digits", CHUNKED "000000000000012\r\n" GET "\r\n0\r\n\r\n" GET, 2},
	{"16 digits", CHUNKED "0000000000000012\r\n" GET "\r\n0\r\n\r\n" GET, 1},
	{"a size with a letter", CHUNKED "12g\r\n" GET "\r\n0\r\n\r\n" GET, 1},
	{"no size", CHUNKED "\r\n" GET, 1},
	{"a negative size", CHUNKED "-1\r\n" GET, 1},
	{"an extension without a size", CHUNKED ";a\r\n" GET, 1},
	{"no line end behind a chunk", CHUNKED "12\r\n" GET "0\r\n\r\n" GET, 1},
	{"a carriage return behind a chunk", CHUNKED "12\r\n" GET "\r0\r\n\r\n" GET, 1},
	{"two of them", CHUNKED "12\r\n" GET "\r\r\n0\r\n\r\n" GET, 1},
	{"a chunk without end", CHUNKED "fffffffffffff\r\n" GET GET, 1},
	{"chunks behind a body",
	 "POST / HTTP/1.1\r\nContent-Length: 18\r\n\r\n" GET CHUNKED "12\r\n" GET
	 "\r\n0\r\n\r\n" GET,
	 3},
	{"coding of the one, length of the next",
	 CHUNKED "0\r\n\r\n"
		 "POST / HTTP/1.1\r\nContent-Length: 18\r\n\r\n" GET GET,
	 3},
	{"length of the one, none of the next",
	 "POST / HTTP/1.1\r\nContent-Length: 18\r\n\r\n" GET GET GET, 3},
};

/* What is spoilt is not counted until the server answers and a packet heads a request. */
static void spoilt(void)
{
	struct connection c = begin_sweep(0, 9);

	client_says(&c, "POST / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n");
	check_result("behind a spoilt head", 0, RESULT_RESYNC, client_says(&c, GET));
	check_result("again", 0, RESULT_RESYNC, client_says(&c, GET));
	server_says(&c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
	check_result("no head, answered", 0, RESULT_RESYNC, client_says(&c, "{abc}"));
	expect_requests("spoilt", 0, 1);
	check_result("a head, answered", 0, RESULT_REQUEST, client_says(&c, GET GET));
	expect_requests("spoilt", 1, 3);
	check_result("followed again", 0, RESULT_LINE_INCOMPLETE, client_says(&c, "GE"));
	check_result("followed again", 1, RESULT_REQUEST, client_says(&c, "T / HTTP/1.1"));
	expect_nothing_kept("spoilt", 0);
}

/* A gap in a body is passed over, since nothing in it matters. */
static void gaps(void)
{
	static const char head[] = "POST / HTTP/1.1\r\nContent-Length: 5000000000\r\n\r\n";
	struct connection c = begin_sweep(1, 0xffff0000);
	char body[1000];
	__u64 left = 5000000000 - sizeof(body);
	__u32 at = strlen(head);

	memset(body, 'G', sizeof(body));
	client_at(&c, 0, head, at);
	check_result("body", 0, RESULT_BODY, client_at(&c, at, body, sizeof(body)));
	at += sizeof(body);
	for (; left > 2000000000; left -= 1000000000, at += 1000000000)
		check_result("behind a gap", 0, RESULT_BODY,
			     client_at(&c, at + 1000000000 - sizeof(body), body, sizeof(body)));
	check_result("before it", 0, RESULT_RETRANSMISSION,
		     client_at(&c, at - 5000, body, sizeof(body)));
	check_result("to the end", 0, RESULT_BODY,
		     client_at(&c, at + left - sizeof(body), body, sizeof(body)));
	check_result("behind it", 0, RESULT_REQUEST, client_at(&c, at + left, GET, 18));
	expect_requests("gaps", 0, 2);
	expect_nothing_kept("gaps", 0);
}

static void test(void)
{
	__u32 i;

	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		stream_case(bodies[i].what, bodies[i].stream, bodies[i].requests);
	spoilt();
	gaps();
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
