/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The requests of all that a client sends on a connection, octet by octet, from the grammar. Like
 * the reference of lines it shares only ids with what it judges.
 */
#ifndef REFERENCE_STREAM_H
#define REFERENCE_STREAM_H

#include "reference_line.h"

/* Digits of a length, or of a chunk's, that are read. */
#define REFERENCE_DIGITS_MAX 15

enum reference_end {
	REFERENCE_READS, /* more may come */
	REFERENCE_LOST,
	REFERENCE_UNDECIDED,
	REFERENCE_TUNNEL,
};

struct reference_stream {
	struct reference_data data;
	__u32 answered; /* final answers that came */
	__u32 tunnel;	/* the number of the request whose answer opened a tunnel, or 0 */

	__u32 at;
	__u32 requests; /* heads that ended */
	__u32 methods[METHOD_COUNT];
	__u32 counted;
	__u32 too_long;
	int method;
	int upgrade, chunked, coded, spoilt, has_length;
	__u64 length;
};

static int reference_now(const struct reference_stream *s)
{
	return reference_at(s->data, s->at);
}

/* Behind the line's end, or at the data's. Answers whether the line ended. */
static int reference_skip_line(struct reference_stream *s)
{
	while (reference_now(s) != REFERENCE_END)
		if (s->data.octets[s->at++] == '\n')
			return 1;
	return 0;
}

static int reference_blank(int octet)
{
	return octet == ' ' || octet == '\t' || octet == '\r';
}

/* Content-Length = 1*DIGIT */
static void reference_length(struct reference_stream *s, const __u8 *value, __u32 size)
{
	__u64 length = 0;
	__u32 i;

	while (size && reference_blank(*value))
		value++, size--;
	while (size && reference_blank(value[size - 1]))
		size--;
	if (size == 0 || size > REFERENCE_DIGITS_MAX)
		s->spoilt = 1;
	for (i = 0; i < size; i++) {
		if (value[i] < '0' || value[i] > '9')
			s->spoilt = 1;
		length = length * 10 + value[i] - '0';
	}
	if (s->has_length && s->length != length)
		s->spoilt = 1;
	s->has_length = 1;
	s->length = length;
}

static int reference_lower(int octet)
{
	return octet >= 'A' && octet <= 'Z' ? octet - 'A' + 'a' : octet;
}

static int reference_same(const __u8 *octets, __u32 length, const char *name)
{
	__u32 i;

	if (length != strlen(name))
		return 0;
	for (i = 0; i < length; i++)
		if (reference_lower(octets[i]) != name[i])
			return 0;
	return 1;
}

/* The last of the codings is to be "chunked". */
static void reference_coding(struct reference_stream *s, const __u8 *value, __u32 size)
{
	__u32 from = size;

	while (from && value[from - 1] != ',')
		from--;
	while (from < size && reference_blank(value[from]))
		from++;
	while (size > from && reference_blank(value[size - 1]))
		size--;
	s->coded = 1;
	s->chunked = reference_same(value + from, size - from, "chunked");
}

/* A whole line of a head, without its line feed. */
static void reference_field(struct reference_stream *s, const __u8 *line, __u32 size)
{
	__u32 colon;

	for (colon = 0; colon < size && line[colon] != ':'; colon++)
		;
	if (colon == size)
		return;
	if (reference_same(line, colon, "content-length"))
		reference_length(s, line + colon + 1, size - colon - 1);
	else if (reference_same(line, colon, "transfer-encoding"))
		reference_coding(s, line + colon + 1, size - colon - 1);
	else if (reference_same(line, colon, "upgrade"))
		s->upgrade = 1;
}

/* Lines up to an empty one. Answers whether it is there. */
static int reference_lines(struct reference_stream *s, int head)
{
	__u32 from = s->at, size;

	while (reference_skip_line(s)) {
		size = s->at - from - 1;
		if (size == 0 || (size == 1 && s->data.octets[from] == '\r'))
			return 1;
		if (head)
			reference_field(s, s->data.octets + from, size);
		from = s->at;
	}
	return 0;
}

static int reference_digit(int octet)
{
	octet = reference_lower(octet);
	if (octet >= '0' && octet <= '9')
		return octet - '0';
	return octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

/* Answers whether they are all there. */
static int reference_pass(struct reference_stream *s, __u64 length)
{
	int whole = length <= s->data.length - s->at;

	s->at = whole ? s->at + length : s->data.length;
	return whole;
}

/* One chunk: 1 if it was the last, 0 if not, negative if there is no more, or it is none. */
static int reference_chunk(struct reference_stream *s, enum reference_end *end)
{
	__u64 size = 0;
	int digits = 0, octet;

	for (; reference_digit(reference_now(s)) >= 0; s->at++, digits++)
		size = size << 4 | reference_digit(reference_now(s));
	octet = reference_now(s);
	*end = octet == REFERENCE_END ? REFERENCE_READS : REFERENCE_LOST;
	if (digits == 0 || digits > REFERENCE_DIGITS_MAX ||
	    !(octet == ';' || octet == '\n' || reference_blank(octet)))
		return -1;
	*end = REFERENCE_READS;
	if (!reference_skip_line(s))
		return -1;
	if (size == 0)
		return 1;
	if (!reference_pass(s, size))
		return -1;
	s->at += reference_now(s) == '\r';
	if (reference_now(s) == REFERENCE_END)
		return -1;
	*end = REFERENCE_LOST;
	return s->data.octets[s->at++] == '\n' ? 0 : -1;
}

/* Answers whether there is more to read. */
static int reference_body(struct reference_stream *s, enum reference_end *end)
{
	int last;

	*end = REFERENCE_LOST;
	if (s->method != METHOD_CONNECT && (s->coded ? !s->chunked : s->spoilt))
		return 0;
	*end = REFERENCE_READS;
	if (s->method == METHOD_CONNECT) {
		s->upgrade = 1;
	} else if (s->chunked) {
		do
			last = reference_chunk(s, end);
		while (last == 0);
		if (last < 0 || !reference_lines(s, 0))
			return 0;
	} else if (!reference_pass(s, s->length)) {
		return 0;
	}
	if (!s->upgrade)
		return 1;
	if (s->tunnel == s->requests)
		*end = REFERENCE_TUNNEL;
	else if (s->answered < s->requests)
		*end = REFERENCE_UNDECIDED;
	return *end == REFERENCE_READS;
}

static int reference_message(struct reference_stream *s, enum reference_end *end)
{
	int line;

	while (reference_now(s) == '\r' || reference_now(s) == '\n')
		s->at++;
	*end = REFERENCE_READS;
	if (reference_now(s) == REFERENCE_END)
		return 0;
	line = reference_request_line(
		(struct reference_data){s->data.octets + s->at, s->data.length - s->at});
	s->method = line >> 8;
	if ((line & 0xff) == RESULT_LINE_TOO_LONG) {
		s->too_long++;
	} else if ((line & 0xff) == RESULT_REQUEST) {
		s->methods[s->method]++;
		s->counted++;
	} else {
		*end = (line & 0xff) == RESULT_LINE_INCOMPLETE ? REFERENCE_READS : REFERENCE_LOST;
		return 0;
	}
	s->upgrade = s->chunked = s->coded = s->spoilt = s->has_length = 0;
	s->length = 0;
	if (!reference_skip_line(s) || !reference_lines(s, 1))
		return 0;
	s->requests++;
	return reference_body(s, end);
}

/* `s` has the data, and what is known of the answers. */
static inline enum reference_end reference_read(struct reference_stream *s)
{
	enum reference_end end;

	while (reference_message(s, &end))
		;
	return end;
}

#endif
