// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Under which host and path a request counts, wherever packets cut its head. */
#define _GNU_SOURCE
#include "sweep.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: a.example\r\n\r\n"
#define OK	    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define CUT	    "\xe2\x80\xa6"
#define TEN	    "0_2_4_6_8_"
#define FIFTY	    TEN TEN TEN TEN TEN

struct url_case {
	const char *what;
	const char *request;
	const char *host;
	const char *path;
};

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
	{"another scheme", "GET urn:a:b HTTP/1.1\r\nHost: a\r\n\r\n", "a", "urn:a:b"},
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

static struct url_name only_name(void)
{
	struct url_name none = {};
	__u32 i;

	for (i = 0; i < 1024; i++)
		if (host_names.bucket[i])
			return *(struct url_name *)(host_names.bucket[i]->octets + sizeof(__u64));
	return none;
}

static __u64 requests_by_url(void)
{
	struct host_entry *entry;
	__u64 sum = 0;
	__u32 i;

	for (i = 0; i < 1024; i++)
		for (entry = host_urls.bucket[i]; entry; entry = entry->next)
			sum += ((struct url_counts *)(entry->octets + sizeof(struct series_key)))
				       ->requests;
	return sum;
}

static void check_text(const char *what, int detail, const char *of, const char *expected,
		       const __u8 *actual, __u32 length)
{
	__u32 i, room = of[0] == 'h' ? 136 : 264;

	if (length != strlen(expected) || memcmp(expected, actual, length)) {
		check.failures++;
		fprintf(stderr, "%s (%d): %s \"%.*s\", expected \"%s\"\n", what, detail, of,
			(int)length, actual, expected);
	}
	/* What is behind it would tell of others. */
	for (i = length; i < room; i++)
		check_number(what, detail, "octet behind", 0, actual[i]);
}

static void expect_url(const char *what, int detail, const char *host_text, const char *path)
{
	struct url_name name = only_name();

	check_number(what, detail, "names", 1, host_names.entries);
	check_text(what, detail, "host", host_text, name.host, name.host_length);
	check_text(what, detail, "path", path, name.path, name.path_length);
	check_number(what, detail, "requests by URL", requests_counted() - host_heads.entries,
		     requests_by_url());
}

static struct connection begin_urls(__u32 start)
{
	struct connection c;

	host.urls = 0;
	c = begin_sweep(start % 2, start);
	host.urls = 1;
	host.names_max = 1000;
	server_syn(&c);
	return c;
}

/* Cut everywhere, and behind another request that leaves its octets. */
static void everywhere_cut(const struct url_case *u)
{
	__u32 length = strlen(u->request), cut, piece, at;
	struct connection c;

	for (cut = 0; cut < length; cut++) {
		c = begin_urls(cut);
		if (cut)
			client_at(&c, 0, u->request, cut);
		client_at(&c, cut, u->request + cut, length - cut);
		expect_url(u->what, cut, u->host, u->path);
		check_number(u->what, cut, "heads kept", 0, host_heads.entries);
	}
	for (piece = 1; piece < 20; piece++) {
		c = begin_urls(piece);
		for (at = 0; at < length; at += piece)
			client_at(&c, at, u->request + at,
				  length - at < piece ? length - at : piece);
		expect_url(u->what, 1000 + piece, u->host, u->path);
	}
}

static void add_route_segment(const char *text, __u32 length, __u32 place, __u64 bit)
{
	struct route_key key = {.place = place, .length = length};
	__u64 mask = bit, word, *before;
	__u32 i;

	for (i = 0; i <= length; i += 8) {
		word = 0;
		memcpy(&word, text + i, length - i < 8 ? length - i : 8);
		key.hash = mix(key.hash, word);
	}
	before = host_value(&host_routes, &key);
	if (before)
		mask |= *before;
	host_put(&host_routes, &key, &mask);
}

/* As the loader does it. */
static void add_route(__u32 number, const char *path, int excluded)
{
	struct route_table *table = &host.routes;
	__u64 bit = 1ull << number;
	const char *at = path + 1, *end;
	__u32 place = 0;

	table->all |= bit;
	table->excluded |= excluded ? bit : 0;
	table->lengths[number] = strlen(path);
	memcpy(table->paths[number], path, strlen(path));
	for (;; place++) {
		end = strchrnul(at, '/');
		if (!strcmp(at, "*")) {
			table->tails[place] |= bit;
			return;
		}
		if (*at == '{')
			table->any[place] |= bit;
		else
			add_route_segment(at, end - at, place, bit);
		if (!*end)
			break;
		at = end + 1;
	}
	table->ends[place + 1] |= bit;
}

static void clear_routes(void)
{
	memset(&host.routes, 0, sizeof(host.routes));
	host_clear(&host_routes);
}

static void routing(void)
{
	static const struct url_case cases[] = {
		{"a parameter", GET("/users/jane"), "a.example", "/users/{name}"},
		{"a number is one too", GET("/users/1"), "a.example", "/users/{name}"},
		{"text comes before a parameter, if it is given first", GET("/users/me"),
		 "a.example", "/users/me"},
		{"two", GET("/users/jane/orders/x"), "a.example", "/users/{name}/orders/{order}"},
		{"longer", GET("/users/jane/x"), "a.example", "/users/jane/x"},
		{"an empty segment is no parameter", GET("/users/"), "a.example", "/users/"},
		{"text of eight octets", GET("/12345678/a"), "a.example", "/12345678/{x}"},
		{"whatever follows", GET("/static/1/2/3.js?x"), "a.example", "/static/*"},
		{"nothing follows", GET("/static/"), "a.example", "/static/*"},
		{"shorter", GET("/static"), "a.example", "/static"},
		{"long, whatever follows", GET("/static/" FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY),
		 "a.example", "/static/*"},
		{"the root", GET("/"), "a.example", "/"},
		{"none", GET("/other/1"), "a.example", "/other/{id}"},
	};
	struct connection c;
	__u32 i;

	clear_routes();
	add_route(0, "/users/me", 0);
	add_route(1, "/users/{name}", 0);
	add_route(2, "/users/{name}/orders/{order}", 0);
	add_route(3, "/12345678/{x}", 0);
	add_route(4, "/static/*", 0);
	add_route(63, "/healthz", 1);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		everywhere_cut(&cases[i]);
	c = begin_urls(1);
	client_says(&c, GET("/healthz") GET("/healthz?x"));
	check_number("excluded", 0, "names", 0, host_names.entries);
	check_number("excluded", 0, "of no URL", 2,
		     ((struct url_counts *)host_series(&host_urls, 0, METHOD_GET))->requests);
	clear_routes();
}

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

static void test(void)
{
	__u32 i;

	for (i = 0; i < sizeof(url_cases) / sizeof(url_cases[0]); i++)
		everywhere_cut(&url_cases[i]);
	routing();
	pipeline();
	half_heads();
	again();
	interleaved();
	collision();
	host.urls = 0;
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
