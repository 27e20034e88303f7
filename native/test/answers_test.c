// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What the server answers behind Upgrade and CONNECT, and how that is found among its responses. */
#include "sweep.h"

#define GET	"GET / HTTP/1.1\r\n\r\n"
#define UPGRADE "GET /u HTTP/1.1\r\nUpgrade: a\r\n\r\n"
#define CONNECT "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"
#define EMPTY	"Content-Length: 0\r\n\r\n"
#define OK	"HTTP/1.1 200 OK\r\n" EMPTY
#define REFUSED "HTTP/1.1 403 Forbidden\r\n" EMPTY
#define SWITCH	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\n\r\n"
#define TUNNEL	"HTTP/1.1 200 Connection established\r\n\r\n"

struct dialogue {
	const char *what;
	const char *requests; /* the last of which asks to leave HTTP */
	__u32 before;	      /* as many requests */
	const char *answers;
	__u32 behind; /* what of the two requests behind counts */
};

static const struct dialogue dialogues[] = {
	{"upgrade accepted", UPGRADE, 1, SWITCH, 0},
	{"upgrade refused", UPGRADE, 1, REFUSED, 2},
	{"upgrade ignored", UPGRADE, 1, OK, 2},
	{"status of three digits, no reason", UPGRADE, 1, "HTTP/1.1 101\r\n\r\n", 0},
	{"bare line feeds", UPGRADE, 1, "HTTP/1.1 101 a\n\n", 0},
	{"HTTP/1.0", CONNECT, 1, "HTTP/1.0 200 OK\r\n\r\n", 0},
	{"connect accepted", CONNECT, 1, TUNNEL, 0},
	{"connect accepted, with a length", CONNECT, 1, OK, 0},
	{"connect accepted, 204", CONNECT, 1, "HTTP/1.1 204 a\r\n\r\n", 0},
	{"connect accepted, 299", CONNECT, 1, "HTTP/1.1 299 a\r\n\r\n", 0},
	{"connect refused", CONNECT, 1, REFUSED, 2},
	{"connect, 300", CONNECT, 1, "HTTP/1.1 300 a\r\n" EMPTY, 2},
	{"connect, 407 with a body", CONNECT, 1, "HTTP/1.1 407 a\r\nContent-Length: 3\r\n\r\nabc",
	 2},
	{"100 first", UPGRADE, 1, "HTTP/1.1 100 Continue\r\n\r\n" SWITCH, 0},
	{"100 first, refused", UPGRADE, 1, "HTTP/1.1 100 Continue\r\n\r\n" REFUSED, 2},
	{"102, 103 first", CONNECT, 1,
	 "HTTP/1.1 102 a\r\n\r\nHTTP/1.1 103 a\r\nA: b\r\n\r\n" TUNNEL, 0},
	{"behind another", GET UPGRADE, 2, OK SWITCH, 0},
	{"behind another, refused", GET UPGRADE, 2, OK OK, 2},
	{"behind a body full of 101", GET UPGRADE, 2,
	 "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n" SWITCH SWITCH, -1},
	{"behind chunks full of 101", GET UPGRADE, 2,
	 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nHTTP/1.1 101 "
	 "a\r\n\r\n0\r\n\r\n" REFUSED,
	 2},
	{"behind chunks, accepted", GET UPGRADE, 2,
	 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a\r\nabc\r\n0\r\nA: "
	 "b\r\n\r\n" SWITCH,
	 0},
	{"behind a HEAD with a length", "HEAD / HTTP/1.1\r\n\r\n" UPGRADE, 2,
	 "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" SWITCH, 0},
	{"behind a HEAD, refused", "HEAD / HTTP/1.1\r\n\r\n" UPGRADE, 2,
	 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" OK, 2},
	{"behind 204 with a length", GET UPGRADE, 2,
	 "HTTP/1.1 204 a\r\nContent-Length: 5\r\n\r\n" SWITCH, 0},
	{"behind 304 with a length", GET UPGRADE, 2,
	 "HTTP/1.1 304 a\r\nContent-Length: 500\r\n\r\n" REFUSED, 2},
	{"behind a response to close", GET UPGRADE, 2, "HTTP/1.1 200 OK\r\n\r\n" SWITCH, -1},
	{"behind a body of a request",
	 "POST / HTTP/1.1\r\nUpgrade: a\r\nContent-Length: 18\r\n\r\n" GET, 1, SWITCH, 0},
	{"behind chunks of a request",
	 "POST / HTTP/1.1\r\nUpgrade: a\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n" GET
	 "\r\n0\r\n\r\n",
	 1, REFUSED, 2},
	{"field in another case", "GET / HTTP/1.1\r\nUPGRADE:\r\n\r\n", 1, SWITCH, 0},
	{"connect in lower case is another method", "connect a:1 HTTP/1.1\r\n\r\n", 1, TUNNEL, 2},
};

static struct connection ask(const struct dialogue *d)
{
	struct connection c = begin_sweep(1, 0u - 20);

	server_syn(&c);
	client_says(&c, d->requests);
	return c;
}

static void expect_behind(const struct dialogue *d, int detail)
{
	int tunnel = d->behind == 0;

	expect_requests(d->what, detail, d->before + (d->behind == -1u ? 0 : d->behind));
	check_number(d->what, detail, "tunnels", tunnel, host.unseen[UNSEEN_TUNNEL]);
	if (d->behind != -1u)
		expect_nothing_kept(d->what, detail);
}

/* The answer is cut everywhere; what is behind the request comes before the answer, and is kept. */
static void kept(const struct dialogue *d)
{
	__u32 cut, length = strlen(d->answers);
	struct connection c;

	for (cut = 1; cut <= length; cut++) {
		c = ask(d);
		if (strncmp(d->requests, "connect", 7))
			check_result(d->what, cut, RESULT_UNDECIDED, client_says(&c, GET));
		else
			client_says(&c, GET);
		client_says(&c, GET);
		server_at(&c, 0, d->answers, cut);
		server_at(&c, cut, d->answers + cut, length - cut);
		expect_behind(d, cut);
	}
}

/* It comes after the answer. */
static void in_turn(const struct dialogue *d)
{
	__u32 at, length = strlen(d->answers), requests;
	struct connection c = ask(d);

	for (at = 0; at < length; at++) {
		server_at(&c, at, d->answers + at, 1);
		if (at % 3 == 0) /* sent again */
			server_at(&c, at, d->answers + at, 1);
	}
	c.acknowledged = c.answered;
	requests = requests_counted();
	if (d->behind != -1u)
		check_result(d->what, -1, d->behind ? RESULT_REQUEST : RESULT_TUNNEL,
			     client_says(&c, GET GET));
	check_number(d->what, -1, "before", d->before, requests);
	expect_behind(d, -1);
}

/* The request is cut, and the answer is there before its body ends. */
static void early(void)
{
	struct connection c = begin_sweep(0, 5);

	client_says(&c, "POST / HTTP/1.1\r\nUpgrade: a\r\nContent-Length: 18\r\n\r\nabc");
	server_says(&c, SWITCH);
	check_result("early, accepted", 0, RESULT_BODY, client_says(&c, "0123456789abcde"));
	check_result("early, accepted", 1, RESULT_TUNNEL, client_says(&c, GET));
	check_result("early, accepted, again", 2, RESULT_TUNNEL, client_says(&c, GET));
	expect_requests("early, accepted", 0, 1);
	c = begin_sweep(0, 5);
	client_says(&c, "POST / HTTP/1.1\r\nUpgrade: a\r\nContent-Length: 18\r\n\r\nabc");
	server_says(&c, REFUSED);
	check_result("early, refused", 0, RESULT_REQUEST, client_says(&c, "0123456789abcde" GET));
	expect_requests("early, refused", 0, 2);
}

/* More is kept than one packet, in any order, and refused: each of them counts. */
static void much_kept(void)
{
	struct connection c = begin_sweep(0, 0u - 3000);
	__u32 base, i;

	client_says(&c, UPGRADE);
	base = c.sent;
	for (i = 1; i < 400; i += 2)
		client_at(&c, base + i * 18, GET, 18);
	for (i = 400; i > 0; i -= 2)
		client_at(&c, base + (i - 2) * 18, GET, 18);
	expect_requests("much kept", 0, 1);
	server_says(&c, REFUSED);
	expect_requests("much kept", 1, 401);
	expect_nothing_kept("much kept", 0);
	check_result("goes on", 0, RESULT_REQUEST, client_says(&c, GET));
}

static void upgrades_in_a_row(void)
{
	struct connection c = begin_sweep(0, 5);
	__u32 i;

	client_says(&c, UPGRADE);
	client_says(&c, UPGRADE UPGRADE GET CONNECT UPGRADE);
	for (i = 1; i <= 6; i++) {
		server_says(&c, i == 6 ? SWITCH : REFUSED);
		expect_requests("in a row", i, i == 1 ? 2 : i == 2 ? 3 : i == 3 || i == 4 ? 5 : 6);
	}
	check_result("tunnel", 0, RESULT_TUNNEL, client_says(&c, GET));
	expect_nothing_kept("in a row", 0);
}

/* Which of the last 64 requests was a HEAD is known; the 65th has that one's place. */
static void many_behind_head(void)
{
	static const char body[] = "HTTP/1.1 200 OK\r\nContent-Length: 38\r\n\r\n" OK;
	struct connection c = begin_sweep(0, 5);
	int i;

	client_says(&c, "HEAD / HTTP/1.1\r\n\r\n");
	server_says(&c, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
	for (i = 0; i < 200; i++) {
		client_says(&c, GET);
		server_says(&c, body);
	}
	client_says(&c, UPGRADE GET);
	server_says(&c, body);
	expect_requests("behind 200 bodies", 0, 203);
	client_says(&c, UPGRADE GET);
	server_says(&c, OK);
	expect_requests("behind 200 bodies", 1, 204);
	server_says(&c, SWITCH);
	check_number("behind 200 bodies", 2, "tunnels", 1, host.unseen[UNSEEN_TUNNEL]);
	expect_requests("behind 200 bodies", 2, 204);
}

/* Something of the server's was not seen: the next packet that begins a response is in step again,
 * and answers the last request. */
static void gaps(void)
{
	static const char ten[] = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
	static const __u32 missing[] = {10, 10 + sizeof(OK) - 1, 5000};
	struct connection c;
	__u32 i, accepted;

	for (i = 0; i < 6; i++) {
		accepted = i % 2;
		c = begin_sweep(0, 5);
		client_says(&c, i < 2 ? GET UPGRADE GET : GET GET UPGRADE GET);
		server_says(&c, ten);
		c.answered += missing[i / 2];
		server_says(&c, accepted ? SWITCH : OK);
		expect_requests("gap", i, (i < 2 ? 3 : 4) - accepted);
		check_number("gap", i, "tunnels", accepted, host.unseen[UNSEEN_TUNNEL]);
		expect_nothing_kept("gap", i);
	}
	c = begin_sweep(0, 5);
	client_says(&c, GET UPGRADE GET);
	server_says(&c, ten);
	c.answered += 11; /* one octet beyond the body */
	server_says(&c, "TTP/1.1 101 a\r\n\r\n");
	expect_requests("gap into a line", 0, 2);
	server_says(&c, OK);
	expect_requests("gap into a line", 1, 3);
}

static void test(void)
{
	__u32 i;

	gaps();
	many_behind_head();
	for (i = 0; i < sizeof(dialogues) / sizeof(dialogues[0]); i++) {
		kept(&dialogues[i]);
		in_turn(&dialogues[i]);
	}
	early();
	much_kept();
	upgrades_in_a_row();
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
