// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Requests whose connection ends before they are answered. */
#include "exchange_sums.h"

#define GET  "GET / HTTP/1.1\r\n\r\n"
#define POST "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345"
#define OK   "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"

struct ending {
	const char *what;
	const char *requests;
	const char *answers;
	int client;
	__u8 flags;
	__u32 get; /* unanswered */
	__u32 post;
};

static const struct ending endings[] = {
	{"closed", GET, "", 0, FIN | ACK, 1, 0},
	{"reset", POST, "", 0, RST, 0, 1},
	{"reset by the client", GET, "", 1, RST | ACK, 1, 0},
	{"the client may still be answered", GET, "", 1, FIN | ACK, 0, 0},
	{"answered", GET, OK, 0, FIN | ACK, 0, 0},
	{"answered, and reset", GET, OK, 1, RST, 0, 0},
	{"the last ones are not", GET GET POST GET, OK, 0, FIN | ACK, 2, 1},
	{"in the midst of a status line", GET GET, OK "HTTP/1.", 0, FIN | ACK, 1, 0},
	{"only an interim response", POST, "HTTP/1.1 100 a\r\n\r\n", 0, FIN | ACK, 0, 1},
	{"in the midst of a body", GET, "HTTP/1.1 200 a\r\nContent-Length: 9\r\n\r\nabc", 0, RST, 0,
	 0},
	{"in the midst of a request's head", "GET / HTTP/1.1\r\nHo", "", 0, FIN | ACK, 1, 0},
	{"in the midst of a request's line", GET "GET / HT", OK, 0, FIN | ACK, 0, 0},
	{"in the midst of a request's body", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", "",
	 0, RST | ACK, 0, 1},
	{"answered before the head's end", "GET / HTTP/1.1\r\nHo",
	 "HTTP/1.1 408 a\r\nConnection: close\r\n\r\n", 0, FIN | ACK, 0, 0},
};

static void ending(const struct ending *e)
{
	struct connection c = begin_sweep(0, 0u - 10);
	int again;

	server_syn(&c);
	client_says(&c, e->requests);
	if (*e->answers)
		server_says(&c, e->answers);
	for (again = 0; again < 2; again++) {
		if (e->client)
			client_ends(&c, e->flags);
		else
			server_ends(&c, e->flags);
		check_number(e->what, again, "GET", e->get, host.exchanges[METHOD_GET].unanswered);
		check_number(e->what, again, "POST", e->post,
			     host.exchanges[METHOD_POST].unanswered);
	}
}

/* One that is nowhere near is a stranger's. */
static void strange_reset(void)
{
	struct connection c = begin_sweep(0, 1000);

	client_says(&c, GET);
	c.sent += 1 << 30;
	client_ends(&c, RST);
	check_number("strange reset", 0, "unanswered", 0, all_exchanges().unanswered);
	c.sent -= 1 << 30;
	server_says(&c, OK);
	check_number("strange reset", 0, "responses", 1, host.responses[METHOD_GET][200]);
}

/* With its last data the server closes; the response is in it. */
static void closes_with_data(void)
{
	struct connection c = begin_sweep(0, 1000);

	client_says(&c, GET GET);
	transmit(segment(&c, 1, FIN | ACK, c.server_start, c.client_start + c.sent, OK,
			 sizeof(OK) - 1));
	check_number("closes with data", 0, "responses", 1, host.responses[METHOD_GET][200]);
	check_number("closes with data", 0, "unanswered", 1, all_exchanges().unanswered);
}

static void test(void)
{
	__u32 i;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		ending(&endings[i]);
	strange_reset();
	closes_with_data();
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
