/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Cases of the table tests. A test given --write-corpus DIR writes those of its packets and lines
 * that are small there, as inputs of judge_fuzz.
 */
#ifndef CHECK_H
#define CHECK_H

#include "host_judge.h"
#include "judge_input.h"
#include "packet_builder.h"
#include "reference_line.h"

#define CORPUS_OCTETS_MAX 200
#define CORPUS_SERIES_MAX 60 /* cases of one series, where tests have thousands */

static const char *const check_results[RESULT_COUNT] = {
	"request",	   "no_payload",     "not_http",     "tls",
	"http2",	   "not_tcp",	     "fragment",     "truncated",
	"line_too_long",   "excluded",	     "encapsulated", "malformed",
	"line_incomplete", "head_continued", "body",	     "retransmission",
	"out_of_order",	   "response",	     "tunnel",	     "undecided",
	"resync",
};

static struct {
	const char *program;
	const char *corpus;
	const char *series; /* what the last case was */
	int written;	    /* of it */
	int cases;
	int failures;
} check;

static inline void check_begin(int argc, char **argv)
{
	check.program = argv[0];
	if (argc == 3 && strcmp(argv[1], "--write-corpus") == 0)
		check.corpus = argv[2];
}

static inline int check_end(void)
{
	printf("%s: %d cases, %d failed\n", check.program, check.cases, check.failures);
	return check.failures != 0;
}

static inline const char *check_name(int result)
{
	return result >= 0 && result < RESULT_COUNT ? check_results[result] : "no result";
}

static inline void check_write(const char *what, enum judge_input kind, const __u8 *octets,
			       __u32 length)
{
	char path[4096];
	__u8 first = kind;
	FILE *file;

	if (check.series != what)
		check.written = 0;
	check.series = what;
	if (!check.corpus || length > CORPUS_OCTETS_MAX || check.written++ >= CORPUS_SERIES_MAX)
		return;
	snprintf(path, sizeof(path), "%s/%s-%d", check.corpus, strrchr(check.program, '/') + 1,
		 check.cases);
	file = fopen(path, "w");
	assert(file);
	fwrite(&first, 1, 1, file);
	fwrite(octets, 1, length, file);
	fclose(file);
}

static inline void check_number(const char *what, int detail, const char *of, int expected,
				int actual)
{
	if (expected == actual)
		return;
	check.failures++;
	fprintf(stderr, "%s (%d): %s %d, expected %d\n", what, detail, of, actual, expected);
}

static inline void check_result(const char *what, int detail, int expected, int actual)
{
	if (expected == actual)
		return;
	check.failures++;
	fprintf(stderr, "%s (%d): %s, expected %s\n", what, detail, check_name(actual),
		check_name(expected));
}

/* `detail` tells one case of a series from the others. */
static inline void packet_case(const char *what, int detail, const struct builder *b,
			       int no_link_header, int result, int method)
{
	struct verdict verdict = judge_octets(b->at, b->length, no_link_header);

	check.cases++;
	check_write(what, no_link_header ? INPUT_NO_LINK_HEADER : INPUT_ETHERNET, b->at, b->length);
	check_result(what, detail, result, verdict.result);
	check_number(what, detail, "method", method, verdict.method);
	if (result == RESULT_REQUEST)
		check_number(what, detail, "port", LOCAL_PORT, verdict.local_port);
}

/* With an Ethernet header; METHOD_GET if it is a request. */
static inline void expect(const char *what, int detail, const struct builder *b, int result)
{
	packet_case(what, detail, b, 0, result, result == RESULT_REQUEST ? METHOD_GET : 0);
}

/* Without an Ethernet header; METHOD_GET if it is a request. */
static inline void expect_bare(const char *what, int detail, const struct builder *b, int result)
{
	packet_case(what, detail, b, 1, result, result == RESULT_REQUEST ? METHOD_GET : 0);
}

/* The data of a segment, here and in the reference that the fuzzer trusts. */
static inline void expect_line(const char *what, int detail, const void *line, __u32 length,
			       int result, int method)
{
	int matched = match_octets(line, length);

	check.cases++;
	check_write(what, INPUT_LINE, line, length);
	check_result(what, detail, result, matched & 0xff);
	check_number(what, detail, "method", method, matched >> 8);
	check_number(what, detail, "reference", result | method << 8, reference_line(line, length));
}

#endif
