/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Requests, and under which host and path they count, wherever packets cut their heads. */
#ifndef URL_CASES_H
#define URL_CASES_H

#include "sweep.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: a.example\r\n\r\n"
#define CUT	    "\xe2\x80\xa6"
#define TEN	    "0_2_4_6_8_"
#define FIFTY	    TEN TEN TEN TEN TEN

struct url_case {
	const char *what;
	const char *request;
	const char *host;
	const char *path;
};

static inline struct url_name only_name(void)
{
	struct url_name none = {};
	__u32 i;

	for (i = 0; i < 1024; i++)
		if (host_names.bucket[i])
			return *(struct url_name *)(host_names.bucket[i]->octets + sizeof(__u64));
	return none;
}

static inline __u64 requests_by_url(void)
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

static inline void check_text(const char *what, int detail, const char *of, const char *expected,
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

static inline void expect_url(const char *what, int detail, const char *host_text, const char *path)
{
	struct url_name name = only_name();

	check_number(what, detail, "names", 1, host_names.entries);
	check_text(what, detail, "host", host_text, name.host, name.host_length);
	check_text(what, detail, "path", path, name.path, name.path_length);
	check_number(what, detail, "requests by URL", requests_counted() - host_heads.entries,
		     requests_by_url());
}

static inline struct connection begin_urls(__u32 start)
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
static inline void everywhere_cut(const struct url_case *u)
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

#endif
