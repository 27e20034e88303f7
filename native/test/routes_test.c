// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Paths that are counted under a route, or under none. */
#define _GNU_SOURCE
#include "url_cases.h"

static void add_route_segment(const char *text, __u32 length, __u32 place, __u64 bit)
{
	struct route_key key = {.place = place, .length = length};
	__u64 mask = bit, word, *before;
	__u32 i;

	for (i = 0; i <= length; i += 8) {
		word = 0;
		memcpy(&word, text + i, length - i < 8 ? length - i : 8);
		key.hash = host_hash_on(key.hash, word);
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

static void test(void)
{
	routing();
	host.urls = 0;
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
