/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Does TCP data begin with an HTTP/1.x request line (RFC 9112 section 3), and of which method?
 * Pure, like packet_parse.h, which it builds on.
 *
 * Octets are judged eight at a time (octet_words.h). This is what keeps a line of 8,000 octets
 * within the verifier's means and a common one within a few nanoseconds.
 */
#ifndef HTTP_PARSE_H
#define HTTP_PARSE_H

#include "octet_words.h"
#include "other_protocols.h"
#include "packet_parse.h"

/* Octets looked at in one go; one word more is read, so that what follows the target is at hand. */
#define WINDOW_OCTETS 128
#define WINDOW_WORDS  (WINDOW_OCTETS / 8)
#define WINDOWS_MAX   ((REQUEST_LINE_MAX + WINDOW_OCTETS - 1) / WINDOW_OCTETS)

/* Where the space after the target is at the latest: 8 octets of version follow it. */
#define TARGET_END_MAX (REQUEST_LINE_MAX - 9)

struct window {
	__u64 word[WINDOW_WORDS + 1]; /* zero beyond the end of the data */
};

struct verdict {
	__u8 result;	  /* enum packet_result */
	__u8 method;	  /* enum http_method, if the result is RESULT_REQUEST */
	__u16 local_port; /* likewise */
};

static __always_inline int read_window(packet_t *packet, __u32 offset, __u32 length,
				       struct window *window)
{
	if (length >= sizeof(*window))
		return packet_copy(packet, offset, window, sizeof(*window), sizeof(*window));
	__builtin_memset(window, 0, sizeof(*window));
	return packet_copy(packet, offset, window, length, sizeof(*window));
}

static __always_inline __u8 known_method(__u64 token)
{
	if (token == OCTETS('G', 'E', 'T', 0, 0, 0, 0, 0))
		return METHOD_GET;
	if (token == OCTETS('P', 'O', 'S', 'T', 0, 0, 0, 0))
		return METHOD_POST;
	if (token == OCTETS('H', 'E', 'A', 'D', 0, 0, 0, 0))
		return METHOD_HEAD;
	if (token == OCTETS('P', 'U', 'T', 0, 0, 0, 0, 0))
		return METHOD_PUT;
	if (token == OCTETS('D', 'E', 'L', 'E', 'T', 'E', 0, 0))
		return METHOD_DELETE;
	if (token == OCTETS('C', 'O', 'N', 'N', 'E', 'C', 'T', 0))
		return METHOD_CONNECT;
	if (token == OCTETS('O', 'P', 'T', 'I', 'O', 'N', 'S', 0))
		return METHOD_OPTIONS;
	if (token == OCTETS('T', 'R', 'A', 'C', 'E', 0, 0, 0))
		return METHOD_TRACE;
	if (token == OCTETS('P', 'A', 'T', 'C', 'H', 0, 0, 0))
		return METHOD_PATCH;
	return METHOD_OTHER;
}

/*
 * Looks for the end of the method in word `i`. RESULT_REQUEST: a space ends it, *end octets into
 * the line; RESULT_COUNT: it goes on in the next word.
 */
static __always_inline int match_method_word(__u64 word, __u32 i, __u32 length, __u32 *end,
					     __u8 *method)
{
	__u64 outside = octets_outside_target(word);
	__u32 k;

	*method = METHOD_OTHER;
	if (!outside)
		return octets_outside_token(word) ? RESULT_NOT_HTTP : RESULT_COUNT;
	k = first_octet(outside);
	if (i == 0)
		*method = known_method(word & ((1ull << 8 * k) - 1));
	if (*method == METHOD_OTHER && (octets_outside_token(word) & octets_before(outside)))
		return RESULT_NOT_HTTP;
	*end = i * 8 + k;
	if (*end >= length)
		return RESULT_LINE_INCOMPLETE;
	if (*end == 0 || (word >> 8 * k & 0xff) != ' ')
		return RESULT_NOT_HTTP;
	return RESULT_REQUEST;
}

/* The method at the start of the window; a token of WINDOW_OCTETS or more is none. */
static __always_inline int match_method(const struct window *window, __u32 length, __u32 *end,
					__u8 *method)
{
	int result;
	__u32 i;

	KEEP_LOOP
	for (i = 0; i < WINDOW_WORDS; i++) {
		result = match_method_word(window->word[i], i, length, end, method);
		if (result != RESULT_COUNT)
			return result;
	}
	return RESULT_NOT_HTTP;
}

static __always_inline int begins_with_empty_line(__u64 word)
{
	return (word & 0xffff) == ('\r' | '\n' << 8);
}

/*
 * Most data that is no request shows it in its first eight octets, and where they can be had
 * without a copy there is no need for one. RESULT_COUNT: they do not decide.
 */
static __always_inline int judge_first_word(packet_t *packet, __u32 offset, __u32 length)
{
	__u32 end;
	__u64 word;
	__u8 method;
	int result;

	if (length < sizeof(word) || packet_peek(packet, offset, &word))
		return RESULT_COUNT;
	if (is_tls_record(word, length))
		return RESULT_TLS;
	if (begins_with_empty_line(word))
		return RESULT_COUNT;
	result = match_method_word(word, 0, length, &end, &method);
	return result == RESULT_NOT_HTTP ? result : RESULT_COUNT;
}

/*
 * The eight octets that follow the target are " HTTP/1.", and the one after them, if it is there,
 * is a digit. `word` and `next` hold them from octet `k` on; `length` octets of data are left from
 * there.
 */
static __always_inline int match_version(__u64 word, __u64 next, __u32 k, __u32 length)
{
	const __u64 version = OCTETS(' ', 'H', 'T', 'T', 'P', '/', '1', '.');
	__u64 found = k ? word >> 8 * k | next << (64 - 8 * k) : word;
	__u8 digit = next >> 8 * k & 0xff;

	if (length < 8) {
		if ((found ^ version) & ((1ull << 8 * length) - 1))
			return RESULT_NOT_HTTP;
		return RESULT_LINE_INCOMPLETE;
	}
	if (found != version || (length > 8 && (digit < '0' || digit > '9')))
		return RESULT_NOT_HTTP;
	return RESULT_REQUEST;
}

/*
 * The end of the target is in octet `k` of word `i` of the window that begins `at` octets into the
 * line. `is_target`: what was before makes one of the forms of RFC 9112 section 3.2.
 */
static __always_inline int judge_target_end(const struct window *window, __u32 i, __u32 at, __u32 k,
					    __u32 length, int is_target)
{
	__u32 end = at + i * 8 + k;

	if (end > TARGET_END_MAX)
		return RESULT_LINE_TOO_LONG;
	if (end >= length)
		return RESULT_LINE_INCOMPLETE;
	if (!is_target)
		return RESULT_NOT_HTTP;
	return match_version(window->word[i], window->word[i + 1], k, length - end);
}

/*
 * Looks for the end of the target in words `i` and on. *colon: whether it holds a colon, as it must
 * in absolute and authority form, or is in origin form, where it need not. RESULT_COUNT: the end is
 * not here.
 */
static __always_inline int match_target(const struct window *window, __u32 i, __u32 at,
					__u32 length, __u64 *colon)
{
	__u64 outside;

	KEEP_LOOP
	for (; i < WINDOW_WORDS; i++) {
		outside = octets_outside_target(window->word[i]);
		/* One behind the target is in no version, and so refused there. */
		*colon |= octets_equal(window->word[i], ':');
		if (outside)
			return judge_target_end(window, i, at, first_octet(outside), length,
						*colon != 0);
	}
	return RESULT_COUNT;
}

/* Looks for the end of the target that begins behind the first space of the window's first word. */
static __always_inline int match_first_target(const struct window *window, __u32 at, __u32 length,
					      __u64 *colon)
{
	__u64 word = window->word[0];
	__u64 space = octets_outside_target(word);
	__u64 outside = space & (space - 1);
	__u32 k = first_octet(space);
	__u8 first = k < 7 ? word >> 8 * (k + 1) : window->word[1];
	__u8 second = k < 6 ? word >> 8 * (k + 2) : window->word[1] >> 8 * (k - 6);

	if (first <= ' ')
		return at + k + 1 >= length ? RESULT_LINE_INCOMPLETE : RESULT_NOT_HTTP;
	/* asterisk-form: nothing else begins so */
	if (first == '*' && second != ' ')
		return at + k + 2 >= length ? RESULT_LINE_INCOMPLETE : RESULT_NOT_HTTP;
	/* No token holds a colon, so those of the method need no masking. */
	*colon = octets_equal(word, ':');
	if (first == '/' || first == '*')
		*colon = 1;
	if (outside)
		return judge_target_end(window, 0, at, first_octet(outside), length, *colon != 0);
	return match_target(window, 1, at, length, colon);
}

/* Finds the end of a target that goes on beyond the window that begins `at` octets into the line.
 */
SUBPROGRAM int match_long_target(packet_t *packet, __u32 offset, __u32 at, __u32 length,
				 __u64 colon)
{
	struct window window;
	int result;
	__u32 i;

	KEEP_LOOP
	for (i = 1; i <= WINDOWS_MAX; i++) {
		at += WINDOW_OCTETS;
		if (at > TARGET_END_MAX)
			break;
		if (at >= length)
			return RESULT_LINE_INCOMPLETE;
		if (read_window(packet, offset + at, length - at, &window))
			return RESULT_TRUNCATED;
		result = match_target(&window, 0, at, length, &colon);
		if (result != RESULT_COUNT)
			return result;
	}
	return RESULT_LINE_TOO_LONG;
}

/*
 * Whether `length` octets of data from `offset` on begin with a request line: enum packet_result,
 * and for a request its enum http_method in bits 8 to 15.
 */
SUBPROGRAM int match_line(packet_t *packet, __u32 offset, __u32 length)
{
	struct window window;
	__u32 end = 0, at;
	__u64 colon;
	__u8 method;
	int result;

	result = judge_first_word(packet, offset, length);
	if (result != RESULT_COUNT)
		return result;
	if (read_window(packet, offset, length, &window))
		return RESULT_TRUNCATED;
	if (is_tls_record(window.word[0], length))
		return RESULT_TLS;
	if (is_http2_preface(window.word[0], window.word[1]))
		return RESULT_HTTP2;
	/* One empty line before a request is to be ignored (RFC 9112 section 2.2). */
	if (begins_with_empty_line(window.word[0]) && length > 2) {
		offset += 2;
		length -= 2;
		if (read_window(packet, offset, length, &window))
			return RESULT_TRUNCATED;
	}
	result = match_method(&window, length, &end, &method);
	if (result != RESULT_REQUEST)
		return result;
	/* The space behind an uncommon, long method is brought into the first word. */
	at = end & ~7u;
	if (at && read_window(packet, offset + at, length - at, &window))
		return RESULT_TRUNCATED;
	result = match_first_target(&window, at, length, &colon);
	if (result == RESULT_COUNT)
		result = match_long_target(packet, offset, at, length, colon);
	return result == RESULT_REQUEST ? result | method << 8 : result;
}

/* The verdict on a packet. */
static __always_inline struct verdict judge(packet_t *packet, int no_link_header)
{
	struct verdict verdict = {};
	struct payload payload = {};
	int line;

	verdict.result = find_payload(packet, no_link_header, &payload);
	if (verdict.result != RESULT_REQUEST)
		return verdict;
	line = match_line(packet, payload.offset, payload.length);
	verdict.result = line & 0xff;
	verdict.method = line >> 8 & 0xff;
	verdict.local_port = payload.local_port;
	return verdict;
}

#endif
