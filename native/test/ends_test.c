// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Where connections begin, end, begin again, and are something else. */
#include "sweep.h"

#define GET	"GET / HTTP/1.1\r\n\r\n"
#define UPGRADE "GET /u HTTP/1.1\r\nUpgrade: a\r\n\r\n"
#define OK	"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define SWITCH	"HTTP/1.1 101 Switching Protocols\r\n\r\n"
#define POST	"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n"

/* The same addresses and ports again, in whatever the connection before left. */
static void used_again(void)
{
	static const char *const before[] = {GET,
					     POST "GET / HT",
					     UPGRADE,
					     "GET /a",
					     "POST / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n",
					     "nonsense"};
	struct connection c, again;
	__u32 i, counted;

	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		c = begin_sweep(0, 7000);
		client_says(&c, before[i]);
		if (!strcmp(before[i], UPGRADE))
			server_says(&c, SWITCH);
		again = c;
		again.client_start = 90000 + i;
		again.sent = 0;
		again.server_start += 12345;
		again.answered = again.acknowledged = 0;
		counted = requests_counted();
		client_syn(&again);
		client_syn(&again);
		server_syn(&again);
		check_result("used again", i, RESULT_REQUEST, client_says(&again, GET));
		check_result("used again", i, RESULT_RETRANSMISSION, client_at(&again, 0, GET, 18));
		check_result("used again", i, RESULT_REQUEST, client_says(&again, UPGRADE));
		client_says(&again, GET);
		server_says(&again, OK OK);
		expect_requests("used again", i, counted + 3);
		expect_nothing_kept("used again", i);
	}
}

static void syns(void)
{
	struct connection c = begin_sweep(0, 7000);

	client_syn(&c);
	check_result("SYN twice", 0, RESULT_REQUEST, client_says(&c, "GET /a HTTP/1.1\r\nA: b"));
	check_result("SYN late", 0, RESULT_NO_PAYLOAD, client_syn(&c));
	check_result("SYN late", 1, RESULT_HEAD_CONTINUED, client_says(&c, "\r\n\r"));
	check_result("SYN late", 2, RESULT_HEAD_CONTINUED, client_says(&c, "\n"));
	check_result("SYN late", 3, RESULT_REQUEST, client_says(&c, GET));
	begin_case();
	c = connect_to(1, 100);
	check_result("SYN with data", 0, RESULT_REQUEST,
		     receive(segment(&c, 0, SYN, 99, 0, GET GET "GET /", 41)));
	c.sent = 41;
	check_result("behind it", 0, RESULT_REQUEST, client_says(&c, " HTTP/1.1"));
	check_result("its data again", 0, RESULT_RETRANSMISSION, client_at(&c, 0, GET, 18));
	expect_requests("SYN with data", 0, 3);
}

/* The capture begins in the midst of a connection. */
static void entered(void)
{
	struct connection c;

	begin_case();
	learn_port(0);
	c = connect_to(0, 100);
	check_result("a body", 0, RESULT_NOT_HTTP, client_says(&c, "{\"a\": 1}"));
	check_result("of the body", 0, RESULT_NOT_HTTP, client_says(&c, "{\"b\": 2}"));
	server_says(&c, OK);
	check_result("a head", 0, RESULT_REQUEST, client_says(&c, GET "GET /"));
	check_result("and on", 0, RESULT_REQUEST, client_says(&c, " HTTP/1.1"));
	expect_requests("entered", 0, 2);
	begin_case();
	c = connect_to(0, 100);
	check_result("a port not known", 0, RESULT_NOT_HTTP, client_says(&c, "{\"a\": 1}"));
	check_result("a head", 1, RESULT_REQUEST, client_says(&c, GET));
	check_result("a head, again", 1, RESULT_RETRANSMISSION, client_at(&c, 8, GET, 18));
}

/* The server has what was never seen here. */
static void missed(void)
{
	struct connection c = begin_sweep(0, 100);

	client_says(&c, GET);
	server_says(&c, OK);
	c.sent += 18;
	check_result("behind a gap", 0, RESULT_OUT_OF_ORDER, client_says(&c, GET));
	server_says(&c, OK OK);
	expect_nothing_kept("missed", 0);
	check_result("entered again", 0, RESULT_REQUEST, client_says(&c, GET UPGRADE));
	expect_requests("missed", 0, 3);
	server_says(&c, OK SWITCH);
	check_result("a tunnel", 0, RESULT_TUNNEL, client_says(&c, GET));
}

/* A stray segment far out of the window, where no answers are seen: the connection goes on from
 * where it is. */
static void stray(void)
{
	struct connection c = begin_sweep(0, 100);
	__u32 i, at;

	for (i = 0; i < 5; i++) {
		check_result("real", i, RESULT_REQUEST, client_says(&c, GET));
		at = c.sent;
		c.acknowledged += 100;
		check_result("far ahead", i, RESULT_OUT_OF_ORDER,
			     client_at(&c, at + (1 << 30) - i, GET, 18));
		check_result("far behind", i, RESULT_RETRANSMISSION,
			     client_at(&c, at - (1 << 25), GET, 18));
		check_result("sent again", i, RESULT_RETRANSMISSION,
			     client_at(&c, at - 18, GET, 18));
		c.sent = at;
	}
	expect_requests("stray", 0, 5);
	expect_nothing_kept("stray", 0);
	c.sent += 1 << 26;
	check_result("went another way", 0, RESULT_OUT_OF_ORDER, client_says(&c, GET));
	check_result("went another way", 1, RESULT_RESYNC, client_says(&c, GET));
	c.acknowledged += 100;
	check_result("went another way", 2, RESULT_REQUEST, client_says(&c, GET));
	expect_requests("went another way", 0, 6);
}

/* Something else comes first: the line of a proxy. */
static void foreign(void)
{
	static const char proxy[] = "PROXY TCP4 192.0.2.1 192.0.2.2 40000 80\r\n";
	struct connection c;
	__u32 cut;

	for (cut = 0; cut < 2; cut++) {
		c = begin_sweep(0, 100);
		check_result("proxy", cut, RESULT_NOT_HTTP, client_says(&c, proxy));
		check_result("behind it", cut, cut ? RESULT_LINE_INCOMPLETE : RESULT_REQUEST,
			     client_says(&c, cut ? "GET" : GET));
		if (cut)
			check_result("behind it", 2, RESULT_REQUEST, client_says(&c, &GET[3]));
		check_result("and on", cut, RESULT_REQUEST, client_says(&c, GET));
		expect_requests("proxy", cut, 2);
	}
	c = begin_sweep(0, 100);
	check_result("other", 0, RESULT_NOT_HTTP, client_says(&c, "SSH-2.0-a\r\n"));
	check_result("other", 1, RESULT_NOT_HTTP, client_says(&c, "\x01\x02\x03"));
	check_result("other", 2, RESULT_NOT_HTTP, client_says(&c, "GET foo\r\n"));
	expect_requests("other", 0, 0);
}

static void excluded(void)
{
	struct connection c = begin_sweep(0, 100);

	host.excluded_port = LOCAL_PORT;
	check_result("excluded", 0, RESULT_EXCLUDED, client_says(&c, GET));
	check_result("excluded", 1, RESULT_LINE_INCOMPLETE, client_says(&c, "GET "));
	check_result("excluded", 2, RESULT_EXCLUDED, client_says(&c, "/ HTTP/1.1\r\n"));
	check_result("excluded", 3, RESULT_HEAD_CONTINUED, client_says(&c, "A: b\r\n\r\n"));
	check_result("excluded", 4, RESULT_EXCLUDED, client_says(&c, GET));
	expect_requests("excluded", 0, 0);
}

/* What the server of a connection sends is never a request, however much it looks like some. */
static void from_server(void)
{
	struct connection c;

	begin_case();
	learn_port(0);
	c = connect_to(0, 100);
	c.client_port = 443;
	c.server_port = LOCAL_PORT;
	receive(segment(&c, 0, SYN | ACK, 99, 0, "", 0));
	check_result("server", 0, RESULT_RESPONSE, client_says(&c, GET GET));
	check_result("server", 1, RESULT_RESPONSE, client_says(&c, OK));
	check_result("server", 2, RESULT_RESPONSE, client_says(&c, "GET /"));
	expect_requests("server", 0, 0);
	/* both directions are received, as on a loopback, and only the client's SYN was missed */
	c = begin_sweep(0, 100);
	client_says(&c, GET);
	check_result("on a loopback", 0, RESULT_RESPONSE,
		     receive(segment(&c, 1, ACK, c.server_start, 0, OK, strlen(OK))));
	host_learn(c.client_port, PORT_HTTP);
	check_result("on a loopback", 1, RESULT_RESPONSE,
		     receive(segment(&c, 1, ACK, c.server_start, 0, GET, 18)));
	expect_requests("on a loopback", 0, 1);
}

static void test(void)
{
	used_again();
	syns();
	entered();
	missed();
	stray();
	foreign();
	excluded();
	from_server();
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
