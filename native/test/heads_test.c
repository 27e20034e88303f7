// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Heads, wherever packets cut them, and the fields of them that tell where a message ends. */
#include "sweep.h"

#define LINE  "POST /a HTTP/1.1\r\n"
#define BODY  "GET / HTTP/1.1\r\n\r\n" /* 18 octets */
#define CODED "12\r\n" BODY "\r\n0\r\n\r\n"
#define NEXT  "PUT /b HTTP/1.0\r\n\r\n"

struct head {
	const char *what;
	const char *fields;
	const char *body;
	__u32 requests; /* with NEXT behind it */
};

static const struct head heads[] = {
	{"no field", "", "", 2},
	{"length", "Content-Length: 18\r\n", BODY, 2},
	{"length, no blank", "Content-Length:18\r\n", BODY, 2},
	{"length in blanks", "Content-Length: \t 18 \t\r\n", BODY, 2},
	{"length, bare line feed", "Content-Length: 18\n", BODY, 2},
	{"length in upper case", "CONTENT-LENGTH: 18\r\n", BODY, 2},
	{"length in lower case", "content-length: 18\r\n", BODY, 2},
	{"length in mixed case", "cOnTeNt-lEnGtH: 18\r\n", BODY, 2},
	{"length behind a field", "Host: a\r\nContent-Length: 18\r\n", BODY, 2},
	{"length before a field", "Content-Length: 18\r\nHost: a\r\n", BODY, 2},
	{"length twice", "Content-Length: 18\r\nContent-Length: 18\r\n", BODY, 2},
	{"length, zeros before", "Content-Length: 0000000000018\r\n", BODY, 2},
	{"15 digits of length", "Content-Length: 000000000000018\r\n", BODY, 2},
	{"16 digits of length", "Content-Length: 0000000000000018\r\n", BODY, 1},
	{"length 0", "Content-Length: 0\r\n", "", 2},
	{"two lengths", "Content-Length: 18\r\nContent-Length: 19\r\n", BODY, 1},
	{"two lengths, the greater first", "Content-Length: 19\r\nContent-Length: 18\r\n", BODY, 1},
	{"two lengths, the first 0", "Content-Length: 0\r\nContent-Length: 18\r\n", BODY, 1},
	{"list of lengths", "Content-Length: 18, 18\r\n", BODY, 1},
	{"length with a sign", "Content-Length: +18\r\n", BODY, 1},
	{"negative length", "Content-Length: -18\r\n", BODY, 1},
	{"hexadecimal length", "Content-Length: 0x12\r\n", BODY, 1},
	{"no length", "Content-Length:\r\n", BODY, 1},
	{"blank for a length", "Content-Length:  \r\n", BODY, 1},
	{"blank in the length", "Content-Length: 1 8\r\n", BODY, 1},
	{"15 digits", "Content-Length: 999999999999999\r\n", BODY, 1},
	{"16 digits", "Content-Length: 9999999999999999\r\n", BODY, 1},
	{"length, blank before the colon", "Content-Length : 18\r\n", "", 2},
	{"length and a letter", "Content-Lengths: 18\r\n", "", 2},
	{"length but for the first letter", "ontent-Length: 18\r\n", "", 2},
	{"length but for the last letter", "Content-Lengt: 18\r\n", "", 2},
	{"length with an underscore", "Content_Length: 18\r\n", "", 2},
	{"a sign that is lower case of none", "Content\rLength: 18\r\n", "", 2},
	{"length behind something", "X-Content-Length: 18\r\n", "", 2},
	{"length in another's value", "A: Content-Length: 18\r\n", "", 2},
	{"length in a folded line", "A: b\r\n Content-Length: 18\r\n", "", 2},
	{"coding", "Transfer-Encoding: chunked\r\n", CODED, 2},
	{"coding in upper case", "TRANSFER-ENCODING: CHUNKED\r\n", CODED, 2},
	{"coding, no blank", "Transfer-Encoding:chunked\r\n", CODED, 2},
	{"coding, blanks", "transfer-encoding: \t chunked \t\r\n", CODED, 2},
	{"coding, bare line feed", "transfer-encoding: chunked\n", CODED, 2},
	{"two codings", "Transfer-Encoding: gzip, chunked\r\n", CODED, 2},
	{"two codings, no blank", "Transfer-Encoding: gzip,chunked\r\n", CODED, 2},
	{"two lines of coding", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", CODED,
	 2},
	{"coding and length", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", CODED, 2},
	{"length and coding", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", CODED, 2},
	{"chunked is not last", "Transfer-Encoding: chunked, gzip\r\n", CODED, 1},
	{"chunked is not in the last line",
	 "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", CODED, 1},
	{"coding but chunked", "Transfer-Encoding: gzip\r\n", CODED, 1},
	{"almost chunked", "Transfer-Encoding: chunke\r\n", CODED, 1},
	{"more than chunked", "Transfer-Encoding: chunkedd\r\n", CODED, 1},
	{"blank in chunked", "Transfer-Encoding: chun ked\r\n", CODED, 1},
	{"something before chunked", "Transfer-Encoding: xchunked\r\n", CODED, 1},
	{"coding and a letter", "Transfer-Encodings: chunked\r\n", "", 2},
	{"bare line feeds", "A: b\nC: d\n", "", 2},
	{"carriage return at a line's beginning", "\rA: b\r\n", "", 2},
	{"carriage returns", "\r\rContent-Length: 18\r\n", "", 2},
	{"line that is no field", "nonsense\r\n", "", 2},
	{"line like a request's", "GET / HTTP/1.1\r\n", "", 2},
	{"octets that are none of text", "\x01\xff: \x80\r\n", "", 2},
};

static void fields(void)
{
	char stream[400];
	__u32 i;

	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		snprintf(stream, sizeof(stream), "%s%s\r\n%s%s", LINE, heads[i].fields,
			 heads[i].body, NEXT);
		stream_case(heads[i].what, stream, heads[i].requests);
		/* the empty line that ends the head may be a bare line feed too */
		snprintf(stream, sizeof(stream), "%s%s\n%s%s", LINE, heads[i].fields, heads[i].body,
			 NEXT);
		in_pieces(heads[i].what, stream, strlen(stream), 1);
	}
}

/* Each letter of each name in the other case; each octet of it another one. */
static void names(void)
{
	static const char *const lines[] = {"Content-Length: 18\r\n",
					    "Transfer-Encoding: chunked\r\n"};
	static const __u8 others[] = {0, ' ', '\r', '-', ':', '_', 0x80, 'x'};
	char stream[200];
	__u32 i, at, colon, o;

	for (i = 0; i < 2; i++) {
		colon = strchr(lines[i], ':') - lines[i];
		for (at = 0; at <= colon; at++) {
			snprintf(stream, sizeof(stream), "%s%s\r\n%s%s", LINE, lines[i],
				 i ? CODED : BODY, NEXT);
			__u8 *octet = (__u8 *)stream + strlen(LINE) + at;
			__u8 before = *octet;

			*octet = before ^ 0x20;
			in_pieces("other case", stream, strlen(stream), 7);
			for (o = 0; o < sizeof(others); o++) {
				*octet = others[o];
				if (!others[o])
					continue;
				in_pieces("other octet", stream, strlen(stream), 5 + o);
			}
			*octet = before;
		}
	}
}

static void long_heads(void)
{
	static char stream[70000];
	__u32 length, i, size;

	length = snprintf(stream, sizeof(stream), "%s", LINE);
	for (i = 0; length < 60000; i++)
		length += snprintf(stream + length, sizeof(stream) - length, "Field-%d: %0*d\r\n",
				   i, 1 + i * 37 % 700, 7);
	length += snprintf(stream + length, sizeof(stream) - length, "\r\n%s", NEXT);
	for (size = 1300; size <= length; size = size * 3 + 1)
		in_pieces("60 kB of fields", stream, length, size);
	in_pieces("60 kB of fields at once", stream, length, length);
}

/* A line of 8,000 octets counts, a longer one is followed. */
static void long_lines(void)
{
	static char stream[30000];
	static const int targets[] = {7985, 7986, 7987, 7988, 9000, 20000};
	struct connection c;
	__u32 i, length, size;

	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		length = snprintf(stream, sizeof(stream),
				  "%sGET /%0*d HTTP/1.1\r\nContent-Length: 18\r\n\r\n%s%s", NEXT,
				  targets[i] - 1, 0, BODY, NEXT);
		for (size = 997; size < 21000; size = size * 2 + 3)
			in_pieces("long line", stream, length, size);
		c = begin_sweep(0, 5);
		client_at(&c, 0, stream, strlen(NEXT));
		check_result("long line", targets[i],
			     targets[i] <= 7987 ? RESULT_REQUEST : RESULT_LINE_TOO_LONG,
			     client_at(&c, strlen(NEXT), stream + strlen(NEXT),
				       length - 2 * strlen(NEXT)));
	}
}

static void results(void)
{
	struct connection c = begin_sweep(0, 77);

	check_result("begins", 0, RESULT_LINE_INCOMPLETE, client_says(&c, "POST / HTT"));
	check_result("goes on", 0, RESULT_HEAD_CONTINUED, client_says(&c, "P/1."));
	check_result("digit", 0, RESULT_REQUEST, client_says(&c, "1"));
	check_result("line ends", 0, RESULT_HEAD_CONTINUED, client_says(&c, "\r\nContent-Len"));
	check_result("length", 0, RESULT_HEAD_CONTINUED, client_says(&c, "gth: 30\r\n\r"));
	check_result("head ends, body begins", 0, RESULT_HEAD_CONTINUED, client_says(&c, "\nab"));
	check_result("body", 0, RESULT_BODY, client_says(&c, "GET / HTTP/1.1\r\n\r\n"));
	check_result("body ends, line begins", 0, RESULT_BODY,
		     client_says(&c, "0123456789GET / HT"));
	check_result("digit of the second", 0, RESULT_REQUEST, client_says(&c, "TP/1.1"));
	expect_requests("results", 0, 2);
}

static void test(void)
{
	fields();
	names();
	long_heads();
	long_lines();
	results();
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
