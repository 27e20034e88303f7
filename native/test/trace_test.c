// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What is told of requests while somebody asks. */
#include "trace_records.h"

#define EMPTY	"Content-Length: 0\r\n\r\n"
#define OK	"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
#define CHUNKED "HTTP/1.1 500 a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
#define HOST	"Host: a.example\r\n\r\n"
#define HUNDRED FIFTY FIFTY

struct told {
	const char *what;
	const char *requests;
	const char *answers;
	int closed; /* by the server, at the end */
	/* A line for each request: method, host, path, and status and octets of its response; "?"
	 * for what is not known, "!" for no response, "+" behind what is cut. */
	const char *lines;
};

static const struct told dialogues[] = {
	{"one", GET("/x"), OK, 0, "GET a.example /x 200 41\n"},
	{"pipelined", GET("/1") "POST /2 HTTP/1.1\r\nHost: b\r\n" EMPTY GET("/3"),
	 OK "HTTP/1.1 404 a\r\n" EMPTY CHUNKED, 0,
	 "GET a.example /1 200 41\nPOST b /2 404 37\nGET a.example /3 500 59\n"},
	{"no query", GET("/a/b?password=x/y"), OK, 0, "GET a.example /a/b 200 41\n"},
	{"no query of eight octets", GET("/2345678?x"), OK, 0, "GET a.example /2345678 200 41\n"},
	{"no fragment", GET("/a#b?c"), OK, 0, "GET a.example /a 200 41\n"},
	{"numbers stay", GET("/users/17"), OK, 0, "GET a.example /users/17 200 41\n"},
	{"names its host", GET("http://u:p@c.example/d?e"), OK, 0, "GET c.example /d 200 41\n"},
	{"names its host alone", GET("http://c.example?d"), OK, 0, "GET c.example / 200 41\n"},
	{"names its host, behind another", GET("/api/v12/x") GET("http://b"), OK OK, 0,
	 "GET a.example /api/v12/x 200 41\nGET b / 200 41\n"},
	{"a long path behind its host",
	 "GET http://b.exampless/1" HUNDRED HUNDRED
	 "1234567890123456789012345678901234567?x HTTP/1.1\r\n" HOST,
	 OK, 0,
	 "GET b.exampless /1" HUNDRED HUNDRED "123456789012345678901234567890123456+ 200 41\n"},
	{"a user's name that may go on",
	 "GET http://" HUNDRED HUNDRED FIFTY "@b/x HTTP/1.1\r\n" HOST, OK, 0, "GET  /+ 200 41\n"},
	{"asterisk", "OPTIONS * HTTP/1.1\r\n" HOST, OK, 0, "OPTIONS a.example * 200 41\n"},
	{"no host", "GET / HTTP/1.0\r\n\r\n", OK, 0, "GET  / 200 41\n"},
	{"tunnel", "CONNECT c:443 HTTP/1.1\r\n" HOST, "HTTP/1.1 200 a\r\n\r\n", 0,
	 "CONNECT c:443  200 18\n"},
	{"upgrade", "GET /w HTTP/1.1\r\nUpgrade: a\r\n" HOST, "HTTP/1.1 101 a\r\n\r\nxyz", 0,
	 "GET a.example /w 101 18\n"},
	{"no body", "HEAD / HTTP/1.1\r\n" HOST, "HTTP/1.1 200 a\r\nContent-Length: 99\r\n\r\n", 0,
	 "HEAD a.example / 200 38\n"},
	{"interim responses are part of it", GET("/"), "HTTP/1.1 100 a\r\n\r\n" OK, 0,
	 "GET a.example / 200 59\n"},
	{"up to the end of the connection", GET("/"), "HTTP/1.0 200 a\r\n\r\nabcdef", 1,
	 "GET a.example / 200 24\n"},
	{"not ended", GET("/"), "HTTP/1.0 200 a\r\n\r\nabcdef", 0, "GET a.example / 200 ?\n"},
	{"not answered", GET("/") GET("/x"), OK, 1,
	 "GET a.example / 200 41\nGET a.example /x ! ?\n"},
	{"awaited", GET("/"), "", 0, "GET a.example / ? ?\n"},
	{"a head that never ends", "GET /x HTTP/1.1\r\nHost: a.exam", "", 1, "GET a.exam /x ! ?\n"},
	{"a long path", GET("/" HUNDRED HUNDRED FIFTY "012345678"), OK, 0,
	 "GET a.example /" HUNDRED HUNDRED FIFTY "01234+ 200 41\n"},
	{"a path of all the room", GET("/" HUNDRED HUNDRED FIFTY "01234"), OK, 0,
	 "GET a.example /" HUNDRED HUNDRED FIFTY "01234 200 41\n"},
	{"a query beyond it", GET("/" HUNDRED HUNDRED FIFTY "?" HUNDRED), OK, 0,
	 "GET a.example /" HUNDRED HUNDRED FIFTY " 200 41\n"},
	{"a long host", "GET / HTTP/1.1\r\nHost: " HUNDRED FIFTY "\r\n\r\n", OK, 0,
	 "GET " HUNDRED TEN TEN "0_2_4_6_+ / 200 41\n"},
};

/* Requests come in two packets, and so do the answers. */
static void everywhere_told(const struct told *t, int urls)
{
	__u32 asked = strlen(t->requests), answered = strlen(t->answers), cut, first, then;
	struct connection c;

	for (cut = 0; cut < asked || cut < answered; cut++) {
		first = cut < asked ? cut : 0;
		then = cut < answered ? cut : 0;
		c = begin_trace(urls, cut);
		if (first)
			client_at(&c, 0, t->requests, first);
		client_at(&c, first, t->requests + first, asked - first);
		if (then)
			server_at(&c, 0, t->answers, then);
		if (answered)
			server_at(&c, then, t->answers + then, answered - then);
		if (t->closed)
			server_ends(&c, FIN | ACK);
		expect_lines(t->what, cut, t->lines);
		check_number(t->what, cut, "dropped", 0, host.records_dropped[TRACE_DROPPED]);
	}
}

/* Most of a body is passed over without a look at it. */
static void long_body(void)
{
	static char body[1000];
	struct connection c = begin_trace(0, 7);
	int i;

	client_says(&c, GET("/"));
	server_says(&c, "HTTP/1.1 200 a\r\nContent-Length: 4000\r\n\r\n");
	for (i = 0; i < 4; i++)
		server_at(&c, c.answered, body, sizeof(body));
	expect_lines("long body", 0, "GET a.example / 200 4040\n");
}

static void times_and_addresses(void)
{
	struct connection c = begin_trace(0, 1);
	const struct trace_request *request;

	c.ipv6 = 0;
	client_syn(&c);
	host.time = 1000;
	client_says(&c, "GET / HT");
	host.time = 2000;
	client_says(&c, "TP/1.1\r\n" HOST);
	host.time = 3000;
	server_says(&c, "HTTP");
	host.time = 4000;
	server_says(&c, "/1.1 200 a\r\nContent-Length: 1\r\n\r\n");
	host.time = 5000;
	server_says(&c, "x");
	host.time = 0;
	request = record_of(TRACE_REQUEST, 1);
	assert(request && record_of(TRACE_RESPONSE, 1) && record_of(TRACE_RESPONSE_END, 1));
	check_number("times", 0, "began", 1000, request->record.began);
	check_number("times", 0, "the same request", 1000,
		     record_of(TRACE_RESPONSE, 1)->record.began);
	check_number("times", 0, "answered", 3000, record_of(TRACE_RESPONSE, 1)->record.at);
	check_number("times", 0, "ended", 5000, record_of(TRACE_RESPONSE_END, 1)->record.at);
	check_number("addresses", 0, "client", 0x01010101, request->client[3]);
	check_number("addresses", 0, "server", 0x02020202, request->server[3]);
	check_number("addresses", 0, "none", 0, request->client[0] | request->server[0]);
	check_number("addresses", 0, "client's port", c.client_port, request->client_port);
	check_number("addresses", 0, "server's port", LOCAL_PORT, request->server_port);
}

/* Somebody begins to ask, or no longer does, in the midst of a head. */
static void in_the_midst(void)
{
	const char *request = GET("/x");
	__u32 length = strlen(request), cut, second;
	struct connection c;

	for (cut = 1; cut < length; cut++) {
		c = begin_trace(0, cut);
		host.traced = 0;
		client_at(&c, 0, request, cut);
		host.traced = 1;
		client_at(&c, cut, request + cut, length - cut);
		server_says(&c, OK);
		/* Whether the request line had ended: then it is none that is told of. */
		expect_lines("begun in the midst", cut,
			     cut < strlen("GET /x HTTP/1.1") ? "GET ? ? 200 41\n" : "");
		client_says(&c, GET("/y"));
		host.traced = 0;
		server_says(&c, OK);
		check_number("ended", cut, "responses", 2, host.responses[METHOD_GET][200]);
		check_number("ended", cut, "told", 1,
			     record_of(TRACE_REQUEST, 2) && !record_of(TRACE_RESPONSE, 2));
	}
	for (cut = strlen("GET /x HTTP/1.1"); cut < length - 1; cut++) {
		second = cut + 1;
		c = begin_trace(0, cut);
		client_at(&c, 0, request, cut);
		host.traced = 0;
		client_at(&c, cut, request + cut, 1);
		check_number("not asked meanwhile", cut, "heads kept", 0, host_heads.entries);
		host.traced = 1;
		client_at(&c, second, request + second, length - second);
		expect_lines("not asked meanwhile", cut, "GET ? ? ? ?\n");
	}
}

/* Nobody is told of what is not counted, nor if nobody asks; counts are as they are without. */
static void silent(void)
{
	struct connection c = begin_trace(0, 1);

	host.excluded_port = LOCAL_PORT;
	client_says(&c, GET("/"));
	server_says(&c, OK);
	host.excluded_port = -1;
	check_number("excluded", 0, "records", 0, host.records_count);
	c = begin_trace(1, 1);
	host.traced = 0;
	client_says(&c, GET("/"));
	server_says(&c, OK);
	check_number("not asked", 0, "records", 0, host.records_count);
	check_number("not asked", 0, "names", 1, host_names.entries);
	c = begin_trace(0, 1);
	client_says(&c, GET("/"));
	server_says(&c, OK);
	check_number("not counted by URL", 0, "names", 0, host_names.entries);
	check_number("not counted by URL", 0, "requests", 1, host.requests[METHOD_GET]);
}

/* Its head will not end any more. */
static void client_leaves(void)
{
	struct connection c = begin_trace(0, 1);

	client_says(&c, "GET /x HTTP/1.1\r\nHost: a.exam");
	client_ends(&c, FIN | ACK);
	expect_lines("the client leaves", 0, "GET a.exam /x ? ?\n");
	server_ends(&c, FIN | ACK);
	expect_lines("and the server", 0, "GET a.exam /x ! ?\n");
}

static void no_room(void)
{
	struct connection c = begin_trace(0, 1);

	host.records_max = 2;
	client_says(&c, GET("/") GET("/") GET("/") GET("/"));
	check_number("no room", 0, "requests dropped", 2, host.records_dropped[TRACE_DROPPED]);
	server_says(&c, OK OK);
	check_number("no room", 0, "answers dropped", 4,
		     host.records_dropped[TRACE_DROPPED_ANSWERS]);
	server_ends(&c, RST);
	check_number("no room", 0, "ends dropped", 6, host.records_dropped[TRACE_DROPPED_ANSWERS]);
	check_number("no room", 0, "unanswered", 2, host.exchanges[METHOD_GET].unanswered);
}

static void test(void)
{
	__u32 i;

	for (i = 0; i < sizeof(dialogues) / sizeof(dialogues[0]); i++) {
		everywhere_told(&dialogues[i], 0);
		everywhere_told(&dialogues[i], 1);
	}
	long_body();
	times_and_addresses();
	in_the_midst();
	silent();
	client_leaves();
	no_room();
	host.urls = host.traced = 0;
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
