// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Under which host and path a request counts, wherever packets cut its head. */
#include "url_cases.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

static const struct url_case url_cases[] = {
	{"root", GET("/"), "a.example", "/"},
	{"path", GET("/a/bc/def.html"), "a.example", "/a/bc/def.html"},
	{"query", GET("/a?password=1"), "a.example", "/a"},
	{"query at once", GET("/?a/b/1"), "a.example", "/"},
	{"fragment", GET("/a#b/c"), "a.example", "/a"},
	{"slash at the end", GET("/a/"), "a.example", "/a/"},
	{"slashes", GET("//a///"), "a.example", "//a///"},
	{"percent", GET("/%41%2f?x"), "a.example", "/%41%2f"},
	{"octets of 8 bits", GET("/\xc3\xa4\xff"), "a.example", "/\xc3\xa4\xff"},
	{"number", GET("/users/12345/orders/7?x=1"), "a.example", "/users/{id}/orders/{id}"},
	{"number at the end", GET("/0"), "a.example", "/{id}"},
	{"long number", GET("/1234567890123456789012345678901234567890/a"), "a.example", "/{id}/a"},
	{"no number", GET("/v1/1a/a1/1.0/-1"), "a.example", "/v1/1a/a1/1.0/-1"},
	{"UUID", GET("/0aF9b8c7-1234-5678-9abc-0123456789ab/x"), "a.example", "/{id}/x"},
	{"no UUID", GET("/0aF9b8c7-1234-5678-9abc0-123456789ab/x"), "a.example",
	 "/0aF9b8c7-1234-5678-9abc0-123456789ab/x"},
	{"no UUID either", GET("/gaF9b8c7-1234-5678-9abc-0123456789ab"), "a.example",
	 "/gaF9b8c7-1234-5678-9abc-0123456789ab"},
	{"hexadecimal", GET("/0123456789abcdeF/deadbeef"), "a.example", "/{id}/deadbeef"},
	{"15 digits", GET("/a123456789abcde"), "a.example", "/a123456789abcde"},
	{"host in upper case, with a port",
	 "GET / HTTP/1.1\r\nHOST:  WWW.Example.COM:8080 \r\n\r\n", "www.example.com", "/"},
	{"host without a blank", "GET / HTTP/1.1\r\nhost:b\nA: c\n\n", "b", "/"},
	{"host of numbers", "GET / HTTP/1.1\r\nHost: 192.0.2.1:80\r\n\r\n", "192.0.2.1", "/"},
	{"IPv6", "GET / HTTP/1.1\r\nHost: [2001:DB8::1]:80\r\n\r\n", "[2001:db8::1]", "/"},
	{"IPv6 without a port", "GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n", "[::1]", "/"},
	{"host behind others", "GET / HTTP/1.1\r\nHosting: x\r\nContent-Type: y\r\nHost: z\r\n\r\n",
	 "z", "/"},
	{"the first of two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "x", "/"},
	{"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "", "/"},
	{"no host", "GET /a HTTP/1.0\r\n\r\n", "", "/a"},
	{"absolute form", "GET http://u:p@B.example:8080/x/1?y HTTP/1.1\r\nHost: a\r\n\r\n",
	 "b.example", "/x/{id}"},
	{"absolute form without a path", "GET http://b HTTP/1.1\r\nHost: a\r\n\r\n", "b", "/"},
	{"absolute form with a query only", "GET http://b?x HTTP/1.1\r\nHost: a\r\n\r\n", "b", "/"},
	{"authority form", "CONNECT C.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", "c.example", ""},
	{"asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "a", "*"},
	{"a user's name that may go on",
	 "GET http://" FIFTY FIFTY FIFTY FIFTY FIFTY "@b/x HTTP/1.1\r\nHost: a\r\n\r\n", "",
	 "/" CUT},
	{"a user's name behind a long scheme",
	 "GET " TEN TEN "://u:p@b/x HTTP/1.1\r\nHost: a\r\n\r\n", "a", ""},
	{"a long scheme that may have one",
	 "GET " TEN TEN "://" FIFTY FIFTY FIFTY FIFTY FIFTY "@b/x HTTP/1.1\r\nHost: a\r\n\r\n", "a",
	 CUT},
	{"a long path in absolute form",
	 "GET http://bbbbbbbbbbbbbbbbbbb"
	 "/" FIFTY FIFTY FIFTY FIFTY FIFTY " HTTP/1.1\r\nHost: a\r\n\r\n",
	 "bbbbbbbbbbbbbbbbbbb", "/" FIFTY FIFTY FIFTY FIFTY TEN TEN "0_2_4_6_8" CUT},
	{"another scheme", "GET urn:a:b HTTP/1.1\r\nHost: a\r\n\r\n", "a", ""},
	{"with a body", "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "a", "/b"},
	{"239 octets", GET("/" FIFTY FIFTY FIFTY FIFTY TEN TEN TEN "01_3_5_78"), "a.example",
	 "/" FIFTY FIFTY FIFTY FIFTY TEN TEN TEN "01_3_5_78" CUT},
	{"238 octets", GET("/" FIFTY FIFTY FIFTY FIFTY TEN TEN TEN "01_3_5_7"), "a.example",
	 "/" FIFTY FIFTY FIFTY FIFTY TEN TEN TEN "01_3_5_7"},
	{"long", GET("/" FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY), "a.example",
	 "/" FIFTY FIFTY FIFTY FIFTY TEN TEN TEN "0_2_4_6_8" CUT},
	{"long host", "GET / HTTP/1.1\r\nHost: " FIFTY FIFTY TEN TEN "x\r\n\r\n",
	 FIFTY FIFTY TEN TEN CUT, "/"},
	{"long number, and more", GET("/1234567890/" FIFTY FIFTY FIFTY FIFTY "/" FIFTY),
	 "a.example", "/{id}/" FIFTY FIFTY FIFTY FIFTY "/" TEN TEN TEN "0_2" CUT},
	{"25 segments", GET("/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/b"), "a.example",
	 "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/" CUT},
};

/* Many at once, and their responses; those for which there is no room are counted too. */
static void pipeline(void)
{
	struct connection c = begin_urls(0u - 100);
	struct url_counts *rest;
	char request[100];
	__u32 i;

	host.names_max = 5;
	host.time = 0;
	for (i = 0; i < 40; i++) {
		snprintf(request, sizeof(request), "GET /%c HTTP/1.1\r\nHost: a\r\n\r\n",
			 'a' + i % 8);
		client_says(&c, request);
	}
	host.time = 1000;
	for (i = 0; i < 40; i++)
		server_says(&c, OK);
	rest = host_series(&host_urls, SERIES_OTHER, METHOD_GET);
	check_number("pipeline", 0, "names", 5, host_names.entries);
	check_number("pipeline", 0, "requests", 40, requests_by_url());
	check_number("pipeline", 0, "of the rest", 15, rest->requests);
	check_number("pipeline", 0, "responses of the rest", 15, rest->responses);
	check_number("pipeline", 0, "time of the rest", 15000, rest->nanoseconds);
	check_number("pipeline", 0, "200 of the rest", 15,
		     *(__u64 *)host_series(&host_url_responses, SERIES_OTHER,
					   METHOD_GET | 200 << STATUS_SHIFT));
}

/* A head that never ends counts by what came of it. */
static void half_heads(void)
{
	static const char head[] = "GET /half HTTP/1.1\r\nHost: a\r\nA: b";
	struct connection c;
	int way;

	for (way = 0; way < 4; way++) {
		c = begin_urls(way);
		client_says(&c, head);
		check_number("half", way, "heads kept", 1, host_heads.entries);
		check_number("half", way, "by URL before", 0, requests_by_url());
		if (way == 0)
			server_ends(&c, FIN | ACK);
		else if (way == 1)
			client_ends(&c, FIN | ACK);
		else if (way == 2)
			client_ends(&c, RST);
		else
			server_ends(&c, RST | ACK);
		expect_url("half", way, "a", "/half");
		check_number("half", way, "heads kept then", 0, host_heads.entries);
		server_ends(&c, RST | ACK);
		check_number("half", way, "once", 1, requests_by_url());
	}
	c = begin_urls(0);
	client_says(&c, head);
	host_clear(&host_heads);
	client_says(&c, "\r\n\r\n");
	check_number("forgotten", 0, "names", 0, host_names.entries);
	check_number("forgotten", 0, "by URL", 1, requests_by_url());
}

/* One that is sent again in the midst of a head changes nothing. */
static void again(void)
{
	struct connection c = begin_urls(0);

	client_says(&c, "GET /a/b");
	client_says(&c, "/c HTTP/1.1\r\nHo");
	client_at(&c, 0, "GET /x/y", 8);
	client_says(&c, "st: z\r\n\r\n");
	expect_url("again", 0, "z", "/a/b/c");
}

/* Two paths of one hash: bits that each other's words cancel. */
static void collision(void)
{
	struct connection c = begin_urls(0);

	client_says(&c, GET("/2345678abcdefgh"));
	client_says(&c, GET("/234567\xb8"
			    "abc\xe4"
			    "efg\xe8"));
	check_number("collision", 0, "names", 1, host_names.entries);
	check_number(
		"collision", 0, "of the rest", 1,
		((struct url_counts *)host_series(&host_urls, SERIES_OTHER, METHOD_GET))->requests);
	check_number("collision", 0, "in all", 2, requests_by_url());
}

/* Two connections whose heads come in turn. */
static void interleaved(void)
{
	struct connection c = begin_urls(0), other = connect_to(0, 77);

	client_says(&c, "GET /a");
	client_says(&other, "GET /bb/cc HTTP/1.1\r\n");
	client_says(&c, "/d HTTP/1.1\r\nHost: a\r\n");
	client_says(&other, "Host: b\r\n\r\n");
	expect_url("interleaved", 0, "b", "/bb/cc");
	host_clear(&host_names);
	client_says(&c, "\r\n");
	expect_url("interleaved", 1, "a", "/a/d");
}

static struct url_name name_of(const char *request, int by_segments)
{
	struct connection c;

	/* Of a route that nothing matches. */
	host.routes.all = by_segments ? 1 : 0;
	c = begin_urls(2);
	/* What it leaves behind is no matter. */
	client_says(&c, GET("////////////////////////"));
	host_clear(&host_names);
	client_says(&c, request);
	host.routes.all = 0;
	return only_name();
}

/* Segments that are passed over have the name that judging each of them gives. */
static void either_way(void)
{
	static const char *const parts[] = {
		"/",
		"section/",
		"1",
		"17",
		"v1",
		"deadbeef",
		"abcdefab-abcd-",
		"abcdefab",
		"-",
		"/0123456",
		"7/",
		"Face",
		"%20",
		"a?b/1",
		"#",
		"x",
		FIFTY,
		"////////",
		"e",
		"/9",
		"/f/",
	};
	static char request[2048];
	struct url_name whole, segments;
	__u32 i, part, random = 1;

	for (i = 0; i < 20000; i++) {
		strcpy(request, i % 3 ? "GET /" : i % 2 ? "GET http://b" : "GET http://a.example/");
		do {
			random = random * 1664525 + 1013904223;
			part = (random >> 16) % (sizeof(parts) / sizeof(parts[0]));
			strcat(request, parts[part]);
		} while (random >> 28 && strlen(request) < 400);
		strcat(request, " HTTP/1.1\r\nHost: a\r\n\r\n");
		if (i % 100 == 0)
			strcpy(request, "GET http://b HTTP/1.1\r\n\r\n");
		whole = name_of(request, 0);
		segments = name_of(request, 1);
		check_number("either way", i, request, 0, memcmp(&whole, &segments, sizeof(whole)));
	}
}

static void test(void)
{
	__u32 i;

	for (i = 0; i < sizeof(url_cases) / sizeof(url_cases[0]); i++)
		everywhere_cut(&url_cases[i]);
	pipeline();
	half_heads();
	again();
	interleaved();
	collision();
	either_way();
	host.urls = 0;
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
