// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Upgrade and CONNECT where the answers go another way: what the client acknowledges tells. */
#include "sweep.h"

#define GET	"GET / HTTP/1.1\r\n\r\n"
#define UPGRADE "GET /u HTTP/1.1\r\nUpgrade: a\r\n\r\n"
#define CONNECT "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"
#define SWITCH	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\n\r\n"

static void never_seen(void)
{
	struct connection c = begin_sweep(0, 5);

	client_says(&c, UPGRADE);
	check_result("no answer", 0, RESULT_UNDECIDED, client_says(&c, GET));
	check_result("no answer", 1, RESULT_UNDECIDED, client_says(&c, GET));
	check_result("no answer, a gap", 0, RESULT_UNDECIDED, client_at(&c, c.sent + 18, GET, 18));
	c.acknowledged = 100;
	check_result("acknowledged later", 0, RESULT_REQUEST, client_at(&c, c.sent - 36, GET, 18));
	expect_requests("acknowledged later", 0, 5);
	expect_nothing_kept("acknowledged later", 0);
	c = begin_sweep(0, 5);
	client_says(&c, UPGRADE);
	client_says(&c, GET);
	c.acknowledged = 100;
	check_result("sent again and acknowledged", 0, RESULT_REQUEST,
		     client_at(&c, c.sent - 18, GET, 18));
	c.acknowledged = 0;
	client_says(&c, CONNECT);
	client_says(&c, UPGRADE);
	c.acknowledged = 200;
	check_result("acknowledged, and undecided again", 0, RESULT_REQUEST, client_says(&c, GET));
	expect_requests("acknowledged, and undecided again", 0, 4);
	c = begin_sweep(0, 5);
	client_says(&c, UPGRADE);
	c.acknowledged = 100;
	check_result("acknowledged", 0, RESULT_REQUEST, client_says(&c, GET));
	expect_requests("acknowledged", 0, 2);
	c = begin_sweep(0, 5);
	client_says(&c, CONNECT);
	c.acknowledged = 100;
	check_result("acknowledged, a tunnel", 0, RESULT_RESYNC, client_says(&c, "\x16\x03\x01"));
	expect_requests("acknowledged, a tunnel", 0, 1);
}

/* Without data, and the last that the client says. */
static int client_closes(struct connection *c, __u8 flags)
{
	return receive(segment(c, 0, flags | ACK, c->client_start + c->sent,
			       c->server_start + c->acknowledged, "", 0));
}

/* Nothing comes behind what waits for an answer that goes another way. */
static void never_seen_to_the_end(void)
{
	static const __u8 ends[] = {FIN, RST};
	struct connection c;
	__u32 i;

	for (i = 0; i < 2; i++) {
		c = begin_sweep(i, 5);
		client_says(&c, UPGRADE GET GET);
		expect_requests("close, before", i, 1);
		check_result("close, no answer", i, RESULT_NO_PAYLOAD, client_closes(&c, ends[i]));
		expect_requests("close, no answer", i, 1);
		c.acknowledged = 100;
		check_result("close", i, RESULT_NO_PAYLOAD, client_closes(&c, ends[i]));
		expect_requests("close", i, 3);
		expect_nothing_kept("close", i);
		client_closes(&c, ends[i]);
		expect_requests("close, again", i, 3);
		c = begin_sweep(i, 5);
		client_says(&c, UPGRADE GET CONNECT UPGRADE GET);
		c.acknowledged = 100;
		client_closes(&c, ends[i]);
		expect_requests("close, several", i, 5);
		c = begin_sweep(i, 5);
		client_says(&c, UPGRADE GET);
		server_says(&c, SWITCH);
		client_closes(&c, ends[i]);
		expect_requests("close, a tunnel", i, 1);
	}
}

static void test(void)
{
	never_seen();
	never_seen_to_the_end();
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
