/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What data is by its first line, written from the grammar, octet by octet, without a thought for
 * speed or the verifier. It shares only the ids with what it judges.
 */
#ifndef REFERENCE_LINE_H
#define REFERENCE_LINE_H

#include <string.h>

#include "http_counter.h"

#define REFERENCE_METHOD_MAX 127  /* octets of a method: all that is looked at */
#define REFERENCE_END	     (-1) /* where the data ends */

struct reference_data {
	const __u8 *octets;
	__u32 length;
};

static int reference_at(struct reference_data data, __u32 i)
{
	return i < data.length ? data.octets[i] : REFERENCE_END;
}

static int reference_begins(struct reference_data data, const char *with)
{
	return data.length >= strlen(with) && memcmp(data.octets, with, strlen(with)) == 0;
}

/* RFC 9110 section 5.6.2: tchar. */
static int reference_is_token(int octet)
{
	if (octet >= '0' && octet <= '9')
		return 1;
	if ((octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z'))
		return 1;
	return octet > 0 && octet < 0x80 && strchr("!#$%&'*+-.^_`|~", octet) != NULL;
}

static int reference_is_target(int octet)
{
	return octet > ' ' && octet != 0x7f;
}

static int reference_method(struct reference_data data, __u32 length)
{
	static const char *const names[METHOD_COUNT] = {
		[METHOD_GET] = "GET",	      [METHOD_HEAD] = "HEAD",
		[METHOD_POST] = "POST",	      [METHOD_PUT] = "PUT",
		[METHOD_DELETE] = "DELETE",   [METHOD_CONNECT] = "CONNECT",
		[METHOD_OPTIONS] = "OPTIONS", [METHOD_TRACE] = "TRACE",
		[METHOD_PATCH] = "PATCH",
	};
	int method;

	for (method = 1; method < METHOD_COUNT; method++)
		if (strlen(names[method]) == length && reference_begins(data, names[method]))
			return method;
	return METHOD_OTHER;
}

static int reference_is_tls(struct reference_data data)
{
	int length = reference_at(data, 3) * 256 + reference_at(data, 4);

	if (data.length < 5)
		return 0;
	return data.octets[0] >= 20 && data.octets[0] <= 24 && data.octets[1] == 3 &&
	       data.octets[2] <= 4 && length >= 1 && length <= 16384 + 2048;
}

/* A space, and a version of HTTP/1 with its digit. */
static int reference_version(struct reference_data data, __u32 i)
{
	const char *expected;

	for (expected = " HTTP/1."; *expected; expected++, i++) {
		if (reference_at(data, i) == REFERENCE_END)
			return RESULT_LINE_INCOMPLETE;
		if (reference_at(data, i) != *expected)
			return RESULT_NOT_HTTP;
	}
	if (reference_at(data, i) == REFERENCE_END)
		return RESULT_LINE_INCOMPLETE;
	return reference_at(data, i) >= '0' && reference_at(data, i) <= '9' ? RESULT_REQUEST
									    : RESULT_NOT_HTTP;
}

/* From the first octet of the target on, which is the `start`-th of the line. RFC 9112 section 3.2.
 */
static int reference_target(struct reference_data data, __u32 start)
{
	int first = reference_at(data, start);
	int colon = 0;
	__u32 i;

	if (first == '*' && reference_at(data, start + 1) == REFERENCE_END)
		return RESULT_LINE_INCOMPLETE;
	if (first == '*' && reference_at(data, start + 1) != ' ')
		return RESULT_NOT_HTTP;
	for (i = start; reference_is_target(reference_at(data, i)); i++)
		if (reference_at(data, i) == ':')
			colon = 1;
	if (i + strlen(" HTTP/1.1") > REQUEST_LINE_MAX)
		return RESULT_LINE_TOO_LONG;
	if (reference_at(data, i) == REFERENCE_END)
		return RESULT_LINE_INCOMPLETE;
	if (i == start)
		return RESULT_NOT_HTTP;
	if (first != '/' && first != '*' && !colon)
		return RESULT_NOT_HTTP;
	return reference_version(data, i);
}

/* The result, and in bits 8 to 15 the method of what is a request, or would be if it were shorter.
 */
static int reference_request_line(struct reference_data data)
{
	int result;
	__u32 i;

	for (i = 0; reference_is_token(reference_at(data, i)); i++)
		if (i == REFERENCE_METHOD_MAX)
			return RESULT_NOT_HTTP;
	if (reference_at(data, i) == REFERENCE_END)
		return RESULT_LINE_INCOMPLETE;
	if (i == 0 || reference_at(data, i) != ' ')
		return RESULT_NOT_HTTP;
	result = reference_target(data, i + 1);
	if (result != RESULT_REQUEST && result != RESULT_LINE_TOO_LONG)
		return result;
	return result | reference_method(data, i) << 8;
}

/* Of the data of a connection's first packet: the result, and in bits 8 to 15 the method of a
 * request. */
static inline int reference_line(const __u8 *octets, __u32 length)
{
	struct reference_data data = {.octets = octets, .length = length};
	int result;

	if (reference_is_tls(data))
		return RESULT_TLS;
	if (reference_begins(data, "PRI * HTTP/2.0\r\n"))
		return RESULT_HTTP2;
	if (reference_begins(data, "HTTP/1."))
		return RESULT_RESPONSE;
	while (reference_at(data, 0) == '\r' || reference_at(data, 0) == '\n') {
		data.octets++;
		data.length--;
	}
	result = reference_request_line(data);
	return (result & 0xff) == RESULT_LINE_TOO_LONG ? RESULT_LINE_TOO_LONG : result;
}

#endif
