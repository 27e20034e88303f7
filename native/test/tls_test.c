// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* TLS records, and what begins almost like one. */
#include "check.h"

static void record(const char *what, int detail, const __u8 header[5], int result)
{
	__u8 data[64] = {0};
	__u32 length;

	memcpy(data, header, 5);
	for (length = 5; length <= sizeof(data); length += length < 10 ? 1 : 18)
		expect_line(what, detail, data, length, result, 0);
}

static void types_and_versions(void)
{
	int type, major, minor, known;

	for (type = 0; type < 256; type++) {
		for (major = 0; major < 256; major += major < 5 ? 1 : 25) {
			for (minor = 0; minor < 256; minor += minor < 7 ? 1 : 31) {
				known = type >= 20 && type <= 24 && major == 3 && minor <= 4;
				/* letters followed by zeros are no line either */
				record("type, version", type << 16 | major << 8 | minor,
				       (__u8[]){type, major, minor, 0, 40},
				       known ? RESULT_TLS : RESULT_NOT_HTTP);
			}
		}
	}
}

static void lengths(void)
{
	__u32 length;

	for (length = 0; length < 65536;
	     length += length < 600 || (length > 18000 && length < 19000) ? 1 : 97)
		record("length", length, (__u8[]){22, 3, 1, length >> 8, length & 0xff},
		       length >= 1 && length <= 18432 ? RESULT_TLS : RESULT_NOT_HTTP);
}

static void cut(void)
{
	static const __u8 hello[] = {22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3};
	static const __u8 data[] = {23, 3, 3, 1, 0, 200, 1, 0};
	static const __u8 ssl2[] = {0x80, 0x2e, 1, 3, 1, 0, 0x15, 0, 0, 0, 0x10};
	static const __u8 after_empty_line[] = {'\r', '\n', 22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3};
	__u32 length;

	for (length = 1; length <= sizeof(hello); length++)
		expect_line("hello, cut", length, hello, length,
			    length < 5 ? RESULT_NOT_HTTP : RESULT_TLS, 0);
	for (length = 1; length <= sizeof(data); length++)
		expect_line("data, cut", length, data, length,
			    length < 5 ? RESULT_NOT_HTTP : RESULT_TLS, 0);
	for (length = 1; length <= sizeof(ssl2); length++)
		expect_line("SSL 2", length, ssl2, length, RESULT_NOT_HTTP, 0);
	for (length = 1; length <= sizeof(after_empty_line); length++)
		expect_line("hello behind an empty line", length, after_empty_line, length,
			    length <= 2 ? RESULT_LINE_INCOMPLETE : RESULT_NOT_HTTP, 0);
}

int main(int argc, char **argv)
{
	check_begin(argc, argv);
	types_and_versions();
	lengths();
	cut();
	return check_end();
}
