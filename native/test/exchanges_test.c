// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What becomes of requests: which response is whose, how long it took, how many octets they were.
 */
#include "exchange_sums.h"

#define GET	    "GET / HTTP/1.1\r\n\r\n"
#define HEAD	    "HEAD / HTTP/1.1\r\n\r\n"
#define POST	    "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345"
#define EMPTY	    "Content-Length: 0\r\n\r\n"
#define OK	    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"

#define MILLISECOND 1000000ull

struct pairing {
	__u8 method;
	__u16 status;
	__u32 count;
};

struct dialogue {
	const char *what;
	const char *requests;
	const char *answers;
	struct pairing pairings[4]; /* as many as have a count */
};

static const struct dialogue dialogues[] = {
	{"one", GET, OK, {{METHOD_GET, 200, 1}}},
	{"status that has no name", GET, "HTTP/1.1 799 a\r\n" EMPTY, {{METHOD_GET, 799, 1}}},
	{"status below 100", GET, "HTTP/1.1 099 a\r\n" EMPTY, {}},
	{"two",
	 GET POST,
	 OK "HTTP/1.1 404 a\r\n" EMPTY,
	 {{METHOD_GET, 200, 1}, {METHOD_POST, 404, 1}}},
	{"HEAD has no body",
	 HEAD GET,
	 "HTTP/1.1 200 a\r\nContent-Length: 99\r\n\r\n" OK,
	 {{METHOD_HEAD, 200, 1}, {METHOD_GET, 200, 1}}},
	{"interim responses are none",
	 POST GET,
	 "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 a\r\nLink: b\r\n\r\nHTTP/1.1 201 a\r\n" EMPTY
		 OK,
	 {{METHOD_POST, 201, 1}, {METHOD_GET, 200, 1}}},
	{"chunks, and 304",
	 GET GET,
	 "HTTP/1.1 500 a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHTTP/1.1 304 "
	 "a\r\nContent-Length: 5\r\n\r\n",
	 {{METHOD_GET, 500, 1}, {METHOD_GET, 304, 1}}},
	{"up to the end of the connection",
	 GET,
	 "HTTP/1.0 200 OK\r\n\r\nHTTP/1.1 404 a\r\n\r\n",
	 {{METHOD_GET, 200, 1}}},
	{"more responses than requests", GET, OK OK, {{METHOD_GET, 200, 1}}},
	{"accepted upgrade",
	 "GET / HTTP/1.1\r\nUpgrade: a\r\n\r\n",
	 "HTTP/1.1 101 a\r\nUpgrade: a\r\n\r\n",
	 {{METHOD_GET, 101, 1}}},
	{"refused upgrade, and one behind it",
	 "GET / HTTP/1.1\r\nUpgrade: a\r\n\r\n" POST,
	 "HTTP/1.1 403 a\r\n" EMPTY OK,
	 {{METHOD_GET, 403, 1}, {METHOD_POST, 200, 1}}},
	{"method without a name",
	 "BREW / HTTP/1.1\r\n\r\n",
	 "HTTP/1.1 418 a\r\n" EMPTY,
	 {{METHOD_OTHER, 418, 1}}},
};

static void expect_pairings(const struct dialogue *d, int detail)
{
	__u32 sum = 0, expected = 0, method, status, i;

	for (method = 0; method < METHOD_COUNT; method++)
		for (status = 0; status < 1000; status++)
			sum += host.responses[method][status];
	for (i = 0; i < 4; i++) {
		expected += d->pairings[i].count;
		if (d->pairings[i].count)
			check_number(d->what, detail, "of a status", d->pairings[i].count,
				     host.responses[d->pairings[i].method][d->pairings[i].status]);
	}
	check_number(d->what, detail, "responses", expected, sum);
	check_number(d->what, detail, "kept", 0, host_pending.entries);
}

static __u32 durations(const struct exchange_counts *counts)
{
	__u32 sum = 0, i;

	for (i = 0; i < DURATION_BUCKETS; i++)
		sum += counts->durations[i];
	return sum;
}

/* Requests come in two packets, and so do the answers; all that was read is accounted for. */
static void in_two_packets(const struct dialogue *d)
{
	__u32 asked = strlen(d->requests), answered = strlen(d->answers), cut;
	int extra = d->pairings[0].count == 0 || strstr(d->what, "more responses") != NULL;
	struct exchange_counts all;
	struct connection c;

	for (cut = 0; cut < asked || cut < answered; cut++) {
		__u32 first = cut < asked ? cut : 0, then = cut < answered ? cut : 0;

		c = begin_sweep(cut % 2, 0u - cut);
		server_syn(&c);
		if (first)
			client_at(&c, 0, d->requests, first);
		client_at(&c, first, d->requests + first, asked - first);
		if (then)
			server_at(&c, 0, d->answers, then);
		server_at(&c, then, d->answers + then, answered - then);
		expect_pairings(d, cut);
		all = all_exchanges();
		check_number(d->what, cut, "octets of requests", asked, all.request_octets);
		if (!extra)
			check_number(d->what, cut, "octets of responses", answered,
				     all.response_octets);
		server_ends(&c, FIN | ACK);
		all = all_exchanges();
		if (!extra)
			check_number(d->what, cut, "unanswered", 0, all.unanswered);
	}
}

/* A response that begins before its request does takes no time. */
static void early(void)
{
	struct connection c = begin_sweep(0, 5);

	host.time = 500;
	client_says(&c, GET);
	host.time = 1500;
	server_says(&c, OK "HTTP/1.1 200 OK\r\n");
	host.time = 2000;
	client_says(&c, GET);
	host.time = 3000;
	server_says(&c, EMPTY);
	host.time = 0;
	check_number("early", 0, "responses", 2, host.responses[METHOD_GET][200]);
	check_number("early", 0, "nanoseconds", 1000, all_exchanges().nanoseconds);
	check_number("early", 0, "at once", 2, all_exchanges().durations[0]);
}

/* A response to nothing, as a server that expects HTTP gives it to a client of TLS. */
static void unasked(void)
{
	struct connection c = begin_sweep(0, 9);

	server_syn(&c);
	client_says(&c, "\x16\x03\x01 no HTTP");
	server_says(&c, "HTTP/1.1 400 a\r\nContent-Length: 9\r\n\r\n123");
	server_says(&c, "456");
	server_says(&c, "789");
	check_number("unasked", 0, "octets", 0, all_exchanges().response_octets);
	c = begin_sweep(0, 9);
	client_says(&c, GET);
	server_says(&c, OK OK);
	check_number("unasked, behind one", 0, "octets", strlen(OK),
		     all_exchanges().response_octets);
}

/* From the first octet of the one to the first octet of the other, whatever follows them. */
static void duration(__u64 expected, __u32 bucket)
{
	static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct connection c = begin_sweep(0, 5);
	struct exchange_counts *counts = &host.exchanges[METHOD_POST];

	host.time = 7 * MILLISECOND;
	client_says(&c, "\r\nP");
	host.time += expected / 4;
	client_says(&c, &POST[1]);
	host.time += expected / 4;
	server_says(&c, interim);
	host.time = 7 * MILLISECOND + expected;
	server_says(&c, "H");
	host.time += MILLISECOND;
	server_says(&c, &OK[1]);
	check_number("duration", bucket, "in its bucket", 1, counts->durations[bucket]);
	check_number("duration", bucket, "in all", 1, durations(counts));
	check_number("duration", bucket, "microseconds", expected / 1000,
		     counts->nanoseconds / 1000);
	check_number("duration", bucket, "octets", sizeof(interim) - 1 + sizeof(OK) - 1,
		     counts->response_octets);
}

static void all_durations(void)
{
	static const __u32 bounds[] = {5,   10,	 25,   50,   75,   100,	 250,
				       500, 750, 1000, 2500, 5000, 7500, 10000};
	__u32 i;

	for (i = 0; i < DURATION_BUCKETS - 1; i++) {
		duration(bounds[i] * MILLISECOND, i);
		duration(bounds[i] * MILLISECOND + 1, i + 1);
	}
	duration(0, 0);
	duration(3600000 * MILLISECOND, DURATION_BUCKETS - 1);
}

/* However many are on their way, each has its own response, and its own time. */
static void deep(__u32 depth)
{
	struct connection c = begin_sweep(0, 0u - 500);
	struct exchange_counts all;
	__u32 i;

	for (i = 0; i < depth; i++) {
		host.time = i * MILLISECOND;
		client_says(&c, i % 3 ? GET : POST);
	}
	for (i = 0; i < depth; i++) {
		host.time = i * MILLISECOND + (i % 2 ? 30 : 300) * MILLISECOND;
		server_says(&c, i % 3 ? OK : "HTTP/1.1 404 a\r\n" EMPTY);
	}
	all = all_exchanges();
	check_number("deep", depth, "of GET", depth - (depth + 2) / 3,
		     host.responses[METHOD_GET][200]);
	check_number("deep", depth, "of POST", (depth + 2) / 3, host.responses[METHOD_POST][404]);
	check_number("deep", depth, "short", depth / 2, all.durations[3]);
	check_number("deep", depth, "long", (depth + 1) / 2, all.durations[7]);
	check_number("deep", depth, "kept", 0, host_pending.entries);
	server_ends(&c, FIN | ACK);
	check_number("deep", depth, "unanswered", 0, all_exchanges().unanswered);
}

/* Behind a gap in the answers, what is answered already is not answered once more. */
static void gap(void)
{
	struct connection c = begin_sweep(0, 1000);

	client_says(&c, GET);
	server_says(&c, OK);
	c.answered += 5000;
	server_says(&c, OK);
	check_number("gap", 0, "responses", 1, host.responses[METHOD_GET][200]);
	client_says(&c, POST);
	server_says(&c, OK);
	check_number("gap", 1, "responses", 1, host.responses[METHOD_POST][200]);
}

/* What is sent again, and what nobody is told of, is of no message. */
static void octets(void)
{
	struct connection c = begin_sweep(0, 1000);
	struct exchange_counts *counts = &host.exchanges[METHOD_POST];
	char body[500];
	__u32 head, i;

	memset(body, 'a', sizeof(body));
	client_says(&c, "POST / HTTP/1.1\r\nContent-Length: 5000\r\n\r\n");
	head = c.sent;
	for (i = 0; i < 10; i++)
		client_at(&c, head + i * 500, body, 500);
	client_at(&c, head + 500, body, 500);
	check_number("octets", 0, "of the request", head + 5000, counts->request_octets);
	server_says(&c, "HTTP/1.1 200 a\r\nContent-Length: 5000\r\n\r\n");
	head = c.answered;
	for (i = 0; i < 10; i++)
		server_at(&c, head + i * 500, body, 500);
	server_at(&c, head + 4500, body, 500);
	check_number("octets", 0, "of the response", head + 5000, counts->response_octets);
	client_says(&c, GET "FOO\x01 what is no request");
	check_number("octets", 1, "of the next", sizeof(GET) - 1,
		     host.exchanges[METHOD_GET].request_octets);
}

/* Requests that are not counted have no responses that are. */
static void excluded(void)
{
	struct connection c = begin_sweep(0, 1000);
	struct exchange_counts all;

	host.excluded_port = c.server_port;
	client_says(&c, GET POST "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n");
	client_says(&c, "abc");
	server_says(&c, OK "HTTP/1.1 200 a\r\nContent-Length: 9\r\n\r\n");
	server_says(&c, "abc");
	server_ends(&c, RST);
	all = all_exchanges();
	check_number("excluded", 0, "responses", 0, host.responses[METHOD_GET][200]);
	check_number("excluded", 0, "durations", 0, durations(&all));
	check_number("excluded", 0, "unanswered", 0, all.unanswered);
	check_number("excluded", 0, "octets", 0, all.request_octets + all.response_octets);
}

static void test(void)
{
	__u32 i;

	for (i = 0; i < sizeof(dialogues) / sizeof(dialogues[0]); i++)
		in_two_packets(&dialogues[i]);
	for (i = 1; i <= 256; i *= 2)
		deep(i);
	all_durations();
	gap();
	octets();
	excluded();
	unasked();
	early();
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
