/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What was told of requests, as lines. */
#ifndef TRACE_RECORDS_H
#define TRACE_RECORDS_H

#include "url_cases.h"

static const char *const method_names[METHOD_COUNT] = {
	"other", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};

static inline struct connection begin_trace(int urls, __u32 start)
{
	struct connection c;

	host.urls = host.traced = 0;
	c = begin_sweep(start % 2, start);
	host.urls = urls;
	host.traced = 1;
	host.records_max = RECORDS_ROOM;
	host.names_max = 1000;
	server_syn(&c);
	return c;
}

static inline const struct trace_request *record_of(__u8 kind, __u32 number)
{
	const struct trace_request *found = NULL;
	__u32 i;

	for (i = 0; i < host.records_count; i++) {
		if (host.records[i].record.kind != kind || host.records[i].record.number != number)
			continue;
		check_number("records", kind, "of a kind and request", 0, found != NULL);
		found = &host.records[i];
		check_number("records", kind, "connection", host.records[0].record.connection,
			     found->record.connection);
	}
	return found;
}

static inline char *say_request(char *to, const struct trace_request *r)
{
	int host_length = r->host_length;

	if (r->unknown)
		return to + sprintf(to, "%s ? ?", method_names[r->record.method]);
	if (host_length && r->text[host_length - 1] == '\r')
		host_length--;
	return to + sprintf(to, "%s %.*s%s %.*s%s", method_names[r->record.method], host_length,
			    r->text, r->host_cut ? "+" : "", r->path_length,
			    r->text + r->host_length, r->path_cut ? "+" : "");
}

static inline char *say_answer(char *to, __u32 number)
{
	const struct trace_request *response = record_of(TRACE_RESPONSE, number);
	const struct trace_request *end = record_of(TRACE_RESPONSE_END, number);
	const struct trace_request *none = record_of(TRACE_UNANSWERED, number);

	check_number("records", number, "either", 1, !none || !response);
	if (response)
		to += sprintf(to, " %d", response->record.status);
	else
		to += sprintf(to, none ? " !" : " ?");
	return to + (end ? sprintf(to, " %llu\n", end->record.octets) : sprintf(to, " ?\n"));
}

static inline void expect_lines(const char *what, int detail, const char *expected)
{
	static char lines[8192];
	const struct trace_request *request;
	char *to = lines;
	__u32 number;

	*to = 0;
	for (number = 1; number < 20; number++) {
		request = record_of(TRACE_REQUEST, number);
		if (request)
			to = say_answer(say_request(to, request), number);
	}
	if (strcmp(lines, expected)) {
		check.failures++;
		fprintf(stderr, "%s (%d): told\n%s  expected\n%s", what, detail, lines, expected);
	}
}

#endif
