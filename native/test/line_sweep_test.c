// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Request lines of every length, cut everywhere, with every octet everywhere: words and windows
 * have no seams. */
#include "check.h"

#define VERSION " HTTP/1.1"

static struct builder b;

static void line(const char *before, const char *target, char filler, __u32 length)
{
	begin(&b);
	text(&b, before);
	text(&b, target);
	fill(&b, filler, length - strlen(target));
}

/* Targets of each length, behind methods that end at different places in a word and in a window. */
static void target_lengths(void)
{
	static const char *const methods[] = {
		"GET ",	    "POST ",
		"PATCH ",   "DELETE ",
		"OPTIONS ", "PROPFIND ",
		"X ",	    "XX ",
		"\r\nGET ", "A-METHOD-OF-SIXTY-THREE-OCTETS-THAT-IS-ALLOWED-BY-THE-GRAMMAR-X ",
	};
	static const int ids[] = {
		METHOD_GET, METHOD_POST, METHOD_PATCH, METHOD_DELETE, METHOD_OPTIONS, 0, 0, 0,
		METHOD_GET, 0,
	};
	__u32 m, length, before;
	int fits;

	for (m = 0; m < sizeof(ids) / sizeof(ids[0]); m++) {
		before = strlen(methods[m]) - (methods[m][0] == '\r' ? 2 : 0);
		for (length = 1; length <= 8100; length++) {
			fits = before + length + strlen(VERSION) <= 8000;
			/* all of them for one method, else around the ends of words, windows and
			 * the longest line */
			if (m && length > 300 && length < 7900)
				continue;
			line(methods[m], "/", length % 2 ? 'a' : ':', length);
			expect_line("target, cut", m * 10000 + length, b.at, b.length,
				    before + length <= 7991 ? RESULT_LINE_INCOMPLETE
							    : RESULT_LINE_TOO_LONG,
				    0);
			text(&b, VERSION);
			expect_line("target", m * 10000 + length, b.at, b.length,
				    fits ? RESULT_REQUEST : RESULT_LINE_TOO_LONG,
				    fits ? ids[m] : 0);
			text(&b, "\r\nHost: a\r\n");
			expect_line("target, more behind", m * 10000 + length, b.at, b.length,
				    fits ? RESULT_REQUEST : RESULT_LINE_TOO_LONG,
				    fits ? ids[m] : 0);
		}
	}
}

/* The only colon of an absolute target is wherever it is, or nowhere, or too late. */
static void colons(void)
{
	__u32 length, at;

	for (length = 1; length <= 420; length++) {
		line("GET ", "a", 'a', length);
		text(&b, VERSION "\r\nHost: a\r\n");
		expect_line("no colon", length, b.at, b.length, RESULT_NOT_HTTP, 0);
		for (at = 0; at < length; at += length < 40 ? 1 : 7) {
			b.at[4 + at] = ':';
			expect_line("colon", length * 1000 + at, b.at, b.length, RESULT_REQUEST,
				    METHOD_GET);
			b.at[4 + at] = 'a';
		}
	}
	line("CONNECT ", "a", 'a', 7900);
	b.at[b.length - 1] = ':';
	text(&b, VERSION);
	expect_line("colon, very late", 0, b.at, b.length, RESULT_REQUEST, METHOD_CONNECT);
}

static void methods(void)
{
	__u32 length;

	for (length = 1; length <= 300; length++) {
		begin(&b);
		fill(&b, 'M', length);
		expect_line("method, cut", length, b.at, b.length,
			    length < 128 ? RESULT_LINE_INCOMPLETE : RESULT_NOT_HTTP, 0);
		text(&b, " ");
		expect_line("method and space, cut", length, b.at, b.length,
			    length < 128 ? RESULT_LINE_INCOMPLETE : RESULT_NOT_HTTP, 0);
		text(&b, "*");
		expect_line("method and asterisk, cut", length, b.at, b.length,
			    length < 128 ? RESULT_LINE_INCOMPLETE : RESULT_NOT_HTTP, 0);
		text(&b, VERSION);
		expect_line("method", length, b.at, b.length,
			    length < 128 ? RESULT_REQUEST : RESULT_NOT_HTTP, 0);
	}
}

/* A request as soon as the digit behind the dot is there, could be one before. */
static void cuts(void)
{
	static const char *const lines[] = {
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /abcdefghijklmnop HTTP/1.1\r\n",
		"CONNECT a:1 HTTP/1.1\r\n",	     "OPTIONS * HTTP/1.1\r\n",
		"GET http://a/ HTTP/1.1\r\n",	     "\r\nGET /a HTTP/1.0\r\n",
		"PROPFIND /abcdefghi HTTP/1.1\r\n",  "PROPFIND * HTTP/1.1\r\n",
	};
	__u32 i, cut, digit;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		digit = strstr(lines[i], " HTTP/1.") - lines[i] + strlen(VERSION);
		for (cut = 1; cut <= strlen(lines[i]); cut++) {
			int expected = cut < digit ? RESULT_LINE_INCOMPLETE : RESULT_REQUEST;

			expect_line(lines[i], cut, lines[i], cut, expected,
				    cut < digit ? 0
						: reference_line((const __u8 *)lines[i],
								 strlen(lines[i])) >>
							  8);
		}
	}
	line("GET ", "/", 'a', 7987);
	text(&b, VERSION "\r\n");
	for (cut = 1; cut <= b.length; cut += cut < 300 || cut > 7800 ? 1 : 13)
		expect_line("longest line, cut", cut, b.at, cut,
			    cut < 8000 ? RESULT_LINE_INCOMPLETE : RESULT_REQUEST,
			    cut < 8000 ? 0 : METHOD_GET);
}

static int is_in(int octet, const char *set)
{
	return octet && octet < 0x80 && strchr(set, octet) != NULL;
}

/* Each octet in each place of the method and the target, which both span words. */
static void octets(void)
{
	static const char token[] =
		"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char whole[] = "PROPFINDPROPFIND /abcdefghijklmnopqrstuvwxyz HTTP/1.1\r\n";
	const __u32 slash = 17, end = slash + 27, minor = end + 8;
	__u8 octets[sizeof(whole)];
	int octet, fits;
	__u32 i;

	for (octet = 0; octet < 256; octet++) {
		for (i = 0; i < sizeof(whole) - 3; i++) {
			memcpy(octets, whole, sizeof(whole));
			octets[i] = octet;
			if (i == 0)
				fits = is_in(octet, token) || is_in(octet, "\r\n");
			else if (i < slash - 1)
				fits = is_in(octet, token);
			else if (i == slash)
				fits = is_in(octet, "/:");
			else if (i > slash && i < end)
				fits = octet > ' ' && octet != 0x7f;
			else if (i == minor)
				fits = is_in(octet, "0123456789");
			else
				fits = octet == whole[i];
			expect_line("octet", octet * 100 + i, octets, sizeof(whole) - 1,
				    fits ? RESULT_REQUEST : RESULT_NOT_HTTP, METHOD_OTHER);
		}
	}
}

/* Each known method but for one bit, which makes it another, or none. */
static void bits(void)
{
	static const char *const names[] = {
		"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
	};
	__u32 m, bit;
	int reference;

	for (m = 0; m < sizeof(names) / sizeof(names[0]); m++) {
		for (bit = 0; bit < strlen(names[m]) * 8; bit++) {
			line(names[m], " /", 'a', 3);
			text(&b, VERSION);
			b.at[bit / 8] ^= 1 << bit % 8;
			reference = reference_line(b.at, b.length);
			expect_line("flipped bit", m * 100 + bit, b.at, b.length,
				    reference_is_token(b.at[bit / 8]) ? RESULT_REQUEST
								      : RESULT_NOT_HTTP,
				    0);
			check_number("no known method", m, "method", 0, reference >> 8);
		}
	}
}

int main(int argc, char **argv)
{
	check_begin(argc, argv);
	target_lengths();
	colons();
	methods();
	cuts();
	octets();
	bits();
	return check_end();
}
