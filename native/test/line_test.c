// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What is a request line, and what only looks like one. */
#include "check.h"

#define TOKEN_16  "X-METHOD-OF-16-O"
#define TOKEN_112 TOKEN_16 TOKEN_16 TOKEN_16 TOKEN_16 TOKEN_16 TOKEN_16 TOKEN_16
#define END	  " HTTP/1.1\r\n"
#define EMPTY_8	  "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"

struct line {
	const char *what;
	const char *text;
	int result;
	int method;
};

static const struct line requests[] = {
	{"GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", RESULT_REQUEST, METHOD_GET},
	{"HEAD", "HEAD /" END, RESULT_REQUEST, METHOD_HEAD},
	{"POST", "POST /" END, RESULT_REQUEST, METHOD_POST},
	{"PUT", "PUT /" END, RESULT_REQUEST, METHOD_PUT},
	{"DELETE", "DELETE /" END, RESULT_REQUEST, METHOD_DELETE},
	{"CONNECT", "CONNECT a:443" END, RESULT_REQUEST, METHOD_CONNECT},
	{"OPTIONS", "OPTIONS *" END, RESULT_REQUEST, METHOD_OPTIONS},
	{"TRACE", "TRACE /" END, RESULT_REQUEST, METHOD_TRACE},
	{"PATCH", "PATCH /" END, RESULT_REQUEST, METHOD_PATCH},
	{"PROPFIND", "PROPFIND /" END, RESULT_REQUEST, METHOD_OTHER},
	{"QUERY", "QUERY /" END, RESULT_REQUEST, METHOD_OTHER},
	{"lower case", "get /" END, RESULT_REQUEST, METHOD_OTHER},
	{"capitalized", "Get /" END, RESULT_REQUEST, METHOD_OTHER},
	{"one octet", "X /" END, RESULT_REQUEST, METHOD_OTHER},
	{"a prefix of GET", "GE /" END, RESULT_REQUEST, METHOD_OTHER},
	{"GET and more", "GETS /" END, RESULT_REQUEST, METHOD_OTHER},
	{"OPTIONS and more", "OPTIONSX /" END, RESULT_REQUEST, METHOD_OTHER},
	{"CONNECT and less", "CONNEC a:443" END, RESULT_REQUEST, METHOD_OTHER},
	{"7 octets", "REPORTS /" END, RESULT_REQUEST, METHOD_OTHER},
	{"8 octets", "CHECKOUT /" END, RESULT_REQUEST, METHOD_OTHER},
	{"8 octets and GET", "PROPFINDGET /" END, RESULT_REQUEST, METHOD_OTHER},
	{"8 octets and CONNECT", "PROPFINDCONNECT a:1" END, RESULT_REQUEST, METHOD_OTHER},
	{"no method", " /" END, RESULT_NOT_HTTP, 0},
	{"no method, empty line before", "\r\n /" END, RESULT_NOT_HTTP, 0},
	{"9 octets", "PROPPATCH /" END, RESULT_REQUEST, METHOD_OTHER},
	{"16 octets", TOKEN_16 " /" END, RESULT_REQUEST, METHOD_OTHER},
	{"17 octets", "VERSION-CONTROL-X /" END, RESULT_REQUEST, METHOD_OTHER},
	{"127 octets", TOKEN_112 "XXXXXXXXXXXXXXX /" END, RESULT_REQUEST, METHOD_OTHER},
	{"128 octets", TOKEN_112 TOKEN_16 " /" END, RESULT_NOT_HTTP, 0},
	{"129 octets", TOKEN_112 TOKEN_16 "X /" END, RESULT_NOT_HTTP, 0},
	{"all of a token's signs", "!#$%&'*+-.^_`|~aZ09 /" END, RESULT_REQUEST, METHOD_OTHER},
	{"empty line before", "\r\nGET /" END, RESULT_REQUEST, METHOD_GET},
	{"empty line before another", "\r\nPROPFIND /" END, RESULT_REQUEST, METHOD_OTHER},
	{"two empty lines before", "\r\n\r\nGET /" END, RESULT_REQUEST, METHOD_GET},
	{"line feed before", "\nGET /" END, RESULT_REQUEST, METHOD_GET},
	{"carriage return before", "\rGET /" END, RESULT_REQUEST, METHOD_GET},
	{"line feed, carriage return before", "\n\rGET /" END, RESULT_REQUEST, METHOD_GET},
	{"17 empty lines before", EMPTY_8 EMPTY_8 "\r\nGET /" END, RESULT_REQUEST, METHOD_GET},
	{"empty line before a long method", "\r\n" TOKEN_112 " /" END, RESULT_REQUEST,
	 METHOD_OTHER},
};

static const struct line targets[] = {
	{"origin form", "GET /a/b?c=d&e=f:g" END, RESULT_REQUEST, METHOD_GET},
	{"two slashes", "GET //a" END, RESULT_REQUEST, METHOD_GET},
	{"absolute form", "GET http://a.example/b" END, RESULT_REQUEST, METHOD_GET},
	{"absolute form, one letter", "GET a:b" END, RESULT_REQUEST, METHOD_GET},
	{"absolute form, colon far off", "GET abcdefghijklmnopqrstuvwxyz:b" END, RESULT_REQUEST,
	 METHOD_GET},
	{"absolute form, colon first", "GET :b" END, RESULT_REQUEST, METHOD_GET},
	{"absolute form, colon alone", "GET :" END, RESULT_REQUEST, METHOD_GET},
	{"absolute form, colon last", "GET abcdefghijklmnopqrstuvwxyz:" END, RESULT_REQUEST,
	 METHOD_GET},
	{"authority form", "CONNECT www.example.com:80" END, RESULT_REQUEST, METHOD_CONNECT},
	{"authority form, IPv6", "CONNECT [::1]:80" END, RESULT_REQUEST, METHOD_CONNECT},
	{"asterisk form", "OPTIONS *" END, RESULT_REQUEST, METHOD_OPTIONS},
	{"asterisk form, long method", "PROPFIND *" END, RESULT_REQUEST, METHOD_OTHER},
	{"asterisk and more", "OPTIONS *a" END, RESULT_NOT_HTTP, 0},
	{"asterisk and a path", "OPTIONS */a:b" END, RESULT_NOT_HTTP, 0},
	{"no form of target", "GET foo" END, RESULT_NOT_HTTP, 0},
	{"no form, long", "GET foofoofoofoofoofoofoo" END, RESULT_NOT_HTTP, 0},
	{"no form, colon behind", "GET foo HTTP/1.1:a" END, RESULT_NOT_HTTP, 0},
	{"no form, colon in the next header", "GET fooo HTTP/1.1\r\nHost: a\r\n", RESULT_NOT_HTTP,
	 0},
	{"CONNECT without a port", "CONNECT www.example.com" END, RESULT_NOT_HTTP, 0},
	{"question mark first", "GET ?a" END, RESULT_NOT_HTTP, 0},
	{"two spaces before the target", "GET  /" END, RESULT_NOT_HTTP, 0},
	{"two spaces behind the target", "GET /  HTTP/1.1\r\n", RESULT_NOT_HTTP, 0},
	{"space in the target", "GET /a b" END, RESULT_NOT_HTTP, 0},
	{"tab behind the method", "GET\t/" END, RESULT_NOT_HTTP, 0},
	{"tab behind the target", "GET /\tHTTP/1.1\r\n", RESULT_NOT_HTTP, 0},
	{"tab in the target", "GET /a\tb" END, RESULT_NOT_HTTP, 0},
	{"delete in the target", "GET /a\x7f" END, RESULT_NOT_HTTP, 0},
	{"delete for a target", "GET \x7f" END, RESULT_NOT_HTTP, 0},
	{"UTF-8 in the target", "GET /\xc3\xa4" END, RESULT_REQUEST, METHOD_GET},
	{"0xff in the target", "GET /\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" END, RESULT_REQUEST,
	 METHOD_GET},
	{"0xba, a colon but for bit 7", "GET fo\xba" END, RESULT_NOT_HTTP, 0},
	{"no target", "GET HTTP/1.1\r\n", RESULT_NOT_HTTP, 0},
	{"no target, two spaces", "GET  HTTP/1.1\r\n", RESULT_NOT_HTTP, 0},
	{"HTTP/0.9", "GET /\r\n", RESULT_NOT_HTTP, 0},
	{"quote in the target", "GET /\"<>\\^`{|}" END, RESULT_REQUEST, METHOD_GET},
};

static const struct line versions[] = {
	{"1.0", "GET / HTTP/1.0\r\n", RESULT_REQUEST, METHOD_GET},
	{"1.1", "GET / HTTP/1.1\r\n", RESULT_REQUEST, METHOD_GET},
	{"1.2", "GET / HTTP/1.2\r\n", RESULT_REQUEST, METHOD_GET},
	{"1.9", "GET / HTTP/1.9\r\n", RESULT_REQUEST, METHOD_GET},
	{"line feed only", "GET / HTTP/1.1\n", RESULT_REQUEST, METHOD_GET},
	{"ends behind the dot", "GET / HTTP/1.", RESULT_LINE_INCOMPLETE, 0},
	{"ends behind the digit", "GET / HTTP/1.1", RESULT_REQUEST, METHOD_GET},
	{"1.x", "GET / HTTP/1.x\r\n", RESULT_NOT_HTTP, 0},
	{"1. and a slash", "GET / HTTP/1./\r\n", RESULT_NOT_HTTP, 0},
	{"1. and a colon", "GET / HTTP/1.:\r\n", RESULT_NOT_HTTP, 0},
	{"1", "GET / HTTP/1\r\n", RESULT_NOT_HTTP, 0},
	{"1,1", "GET / HTTP/1,1\r\n", RESULT_NOT_HTTP, 0},
	{"11.1", "GET / HTTP/11.1\r\n", RESULT_NOT_HTTP, 0},
	{"0.9", "GET / HTTP/0.9\r\n", RESULT_NOT_HTTP, 0},
	{"2.0", "GET / HTTP/2.0\r\n", RESULT_NOT_HTTP, 0},
	{"3", "GET / HTTP/3\r\n", RESULT_NOT_HTTP, 0},
	{"lower case", "GET / http/1.1\r\n", RESULT_NOT_HTTP, 0},
	{"HTTPS", "GET / HTTPS/1.1\r\n", RESULT_NOT_HTTP, 0},
	{"RTSP", "DESCRIBE rtsp://a/b RTSP/1.0\r\n", RESULT_NOT_HTTP, 0},
	{"RTSP OPTIONS", "OPTIONS * RTSP/1.0\r\n", RESULT_NOT_HTTP, 0},
	{"SIP", "INVITE sip:a@b SIP/2.0\r\n", RESULT_NOT_HTTP, 0},
	{"ICAP", "REQMOD icap://a/b ICAP/1.0\r\n", RESULT_NOT_HTTP, 0},
	{"SSDP over TCP", "M-SEARCH * HTTP/1.1\r\n", RESULT_REQUEST, METHOD_OTHER},
};

static const struct line others[] = {
	{"response", "HTTP/1.1 200 OK\r\n", RESULT_RESPONSE, 0},
	{"response of a long status", "HTTP/1.0 404 Not Found\r\nServer: a\r\n", RESULT_RESPONSE,
	 0},
	{"response, cut behind the dot", "HTTP/1.", RESULT_RESPONSE, 0},
	{"response, cut before the dot", "HTTP/1", RESULT_NOT_HTTP, 0},
	{"response of HTTP/2", "HTTP/2.0 200 OK\r\n", RESULT_NOT_HTTP, 0},
	{"response behind an empty line", "\r\nHTTP/1.1 200 OK\r\n", RESULT_NOT_HTTP, 0},
	{"JSON body", "{\"a\": 1}", RESULT_NOT_HTTP, 0},
	{"form body", "a=b&c=d", RESULT_NOT_HTTP, 0},
	{"HTML body", "<html>GET / HTTP/1.1</html>", RESULT_NOT_HTTP, 0},
	{"header of a continued head", "Host: a\r\nGET / HTTP/1.1\r\n", RESULT_NOT_HTTP, 0},
	{"end of a head", "\r\n\r\n", RESULT_LINE_INCOMPLETE, 0},
	{"text", "The quick brown fox jumps over the lazy dog\r\n", RESULT_NOT_HTTP, 0},
	{"Redis inline", "GET foo\r\n", RESULT_NOT_HTTP, 0},
	{"Redis inline, key like a path", "GET /foo\r\n", RESULT_NOT_HTTP, 0},
	{"Redis inline, key with a colon", "GET user:1\r\n", RESULT_NOT_HTTP, 0},
	{"Redis", "*2\r\n$3\r\nGET\r\n$3\r\nfoo\r\n", RESULT_NOT_HTTP, 0},
	{"memcached", "get foo\r\n", RESULT_NOT_HTTP, 0},
	{"memcached, two keys", "get /a /b\r\n", RESULT_NOT_HTTP, 0},
	{"POP3", "DELE 3\r\n", RESULT_NOT_HTTP, 0},
	{"POP3 TOP", "TOP 1 10\r\n", RESULT_NOT_HTTP, 0},
	{"NNTP", "POST\r\n", RESULT_NOT_HTTP, 0},
	{"NNTP HEAD", "HEAD <a@b>\r\n", RESULT_NOT_HTTP, 0},
	{"SMTP", "MAIL FROM:<a@b>\r\n", RESULT_NOT_HTTP, 0},
	{"SMTP EHLO", "EHLO a.example\r\n", RESULT_NOT_HTTP, 0},
	{"FTP", "OPTS UTF8 ON\r\n", RESULT_NOT_HTTP, 0},
	{"SSH", "SSH-2.0-OpenSSH_9.2\r\n", RESULT_NOT_HTTP, 0},
	{"empty line alone", "\r\n", RESULT_LINE_INCOMPLETE, 0},
	{"space before", " GET /" END, RESULT_NOT_HTTP, 0},
	{"empty line, space before", "\r\n GET /" END, RESULT_NOT_HTTP, 0},
	{"carriage return", "\r", RESULT_LINE_INCOMPLETE, 0},
	{"line feed", "\n", RESULT_LINE_INCOMPLETE, 0},
	{"17 empty lines", EMPTY_8 EMPTY_8 "\r\n", RESULT_LINE_INCOMPLETE, 0},
	{"17 empty lines, space behind", EMPTY_8 EMPTY_8 "\r\n GET /" END, RESULT_NOT_HTTP, 0},
	{"empty line and a letter", "\r\nG", RESULT_LINE_INCOMPLETE, 0},
	{"letters", "GET", RESULT_LINE_INCOMPLETE, 0},
	{"8 letters", "PROPFIND", RESULT_LINE_INCOMPLETE, 0},
	{"127 letters", TOKEN_112 "XXXXXXXXXXXXXXX", RESULT_LINE_INCOMPLETE, 0},
	{"128 letters", TOKEN_112 TOKEN_16, RESULT_NOT_HTTP, 0},
	{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", RESULT_HTTP2, 0},
	{"HTTP/2, first line", "PRI * HTTP/2.0\r\n", RESULT_HTTP2, 0},
	{"HTTP/2, and a request behind", "PRI * HTTP/2.0\r\nGET / HTTP/1.1\r\n", RESULT_HTTP2, 0},
	{"HTTP/2, no line feed", "PRI * HTTP/2.0\r", RESULT_NOT_HTTP, 0},
	{"HTTP/2, cut in the version", "PRI * HTTP/2", RESULT_NOT_HTTP, 0},
	{"HTTP/2, cut before it", "PRI * HTTP/", RESULT_LINE_INCOMPLETE, 0},
	{"HTTP/2, cut in the middle", "PRI * HT", RESULT_LINE_INCOMPLETE, 0},
	{"HTTP/2, cut in the first word", "PRI * H", RESULT_LINE_INCOMPLETE, 0},
	{"HTTP/2.1", "PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n", RESULT_NOT_HTTP, 0},
	{"HTTP/2 behind an empty line", "\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", RESULT_NOT_HTTP, 0},
	{"PRI of HTTP/1.1", "PRI * HTTP/1.1\r\n\r\nSM\r\n\r\n", RESULT_REQUEST, METHOD_OTHER},
};

static void table(const struct line *lines, __u32 count)
{
	__u32 i;

	for (i = 0; i < count; i++)
		expect_line(lines[i].what, 0, lines[i].text, strlen(lines[i].text), lines[i].result,
			    lines[i].method);
}

#define TABLE(lines) table(lines, sizeof(lines) / sizeof(lines[0]))

static void zeros(void)
{
	expect_line("zero in the target", 0, "GET /a\0b HTTP/1.1", 18, RESULT_NOT_HTTP, 0);
	expect_line("zero for a target", 0, "GET \0 HTTP/1.1", 14, RESULT_NOT_HTTP, 0);
	expect_line("zero behind the target", 0, "GET /\0HTTP/1.1", 14, RESULT_NOT_HTTP, 0);
	expect_line("zero behind the method", 0, "GET\0/ HTTP/1.1", 14, RESULT_NOT_HTTP, 0);
	expect_line("zero at the method's end", 0, "\r\nGET\0 / HTTP/1.1", 17, RESULT_NOT_HTTP, 0);
	expect_line("zeros at the method's end", 0, "\r\nPUT\0\0 / HTTP/1.1", 18, RESULT_NOT_HTTP,
		    0);
	expect_line("zero in the method", 0, "G\0T / HTTP/1.1", 14, RESULT_NOT_HTTP, 0);
	expect_line("zero before", 0, "\0GET / HTTP/1.1", 15, RESULT_NOT_HTTP, 0);
	expect_line("zero in the version", 0, "GET / HTTP\0001.1", 14, RESULT_NOT_HTTP, 0);
	expect_line("zero for a minor version", 0, "GET / HTTP/1.\0", 14, RESULT_NOT_HTTP, 0);
	expect_line("zero alone", 0, "\0", 1, RESULT_NOT_HTTP, 0);
	expect_line("zeros", 0, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, RESULT_NOT_HTTP, 0);
	expect_line("asterisk and a zero", 0, "OPTIONS *\0 HTTP/1.1", 19, RESULT_NOT_HTTP, 0);
}

int main(int argc, char **argv)
{
	check_begin(argc, argv);
	TABLE(requests);
	TABLE(targets);
	TABLE(versions);
	TABLE(others);
	zeros();
	return check_end();
}
