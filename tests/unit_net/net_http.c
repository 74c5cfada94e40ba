/* SPDX-License-Identifier: MIT
 * The HTTP server: requests and answers, deferred answers, files. Hostile clients are in net_http_limits.c.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/clock.h"
#include "dispatcher/net/http_parse.h"
#include "tests/unit_net/http_kit.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"

static void assert_has(const char *answer, const char *text)
{
    if (strstr(answer, text) == NULL)
        fail_msg("\"%s\" is not in:\n%s", text, answer);
}

static void assert_has_not(const char *answer, const char *text)
{
    if (strstr(answer, text) != NULL)
        fail_msg("\"%s\" is in:\n%s", text, answer);
}

static void test_request_is_read_as_sent(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    struct peer peer = site_connect(site);
    assert_has(site_ask(site, &peer,
                        "POST /a%20b/%E5%8F%B7?a=1%2B+2&b&a=3 HTTP/1.1\r\nHost: h\r\n"
                        "Cookie: x=1; session=\"tok=en\" ; y=2\r\nContent-Length: 5\r\n\r\nhello"),
               "\r\n\r\nPOST /a b/\xe5\x8f\xb7 a=1+ 2 b= cookie=tok=en from=127.0.0.1 body=5\n");
    assert_has(site_ask(site, &peer, GET("/")), "GET / a=- b=- cookie= from=127.0.0.1 body=0\n");
    assert_has(site_ask(site, &peer, "DELETE /x HTTP/1.1\r\nHost: h\r\n\r\n"), "DELETE /x");
    assert_has(site_ask(site, &peer, "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"), "PUT /x");
    assert_has(site_ask(site, &peer, "PATCH http://h:1/x?a=y HTTP/1.1\r\nHost: h\r\n\r\n"), "PATCH /x a=y");
    assert_int_equal(http_server_stats(&site->server)->accepted, 1); /* one connection for all of them */
    assert_int_equal(http_server_stats(&site->server)->requests, 5);
    kit_close(&peer);
    site_stop(site);
}

static void test_default_headers(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    const char *answer = site_get(site, "/echo", "");
    assert_has(answer, "HTTP/1.1 200 OK\r\n");
    assert_has(answer, "Content-Security-Policy: default-src 'self'");
    assert_has(answer, "frame-ancestors 'none'");
    assert_has(answer, "X-Content-Type-Options: nosniff\r\n");
    assert_has(answer, "X-Frame-Options: DENY\r\n");
    assert_has(answer, "Referrer-Policy: no-referrer\r\n");
    assert_has(answer, "Cache-Control: no-store\r\n");
    answer = site_get(site, "/headers", "");
    assert_has(answer, "HTTP/1.1 204 No Content\r\n");
    assert_has(answer, "cache-control: max-age=5\r\n"); /* the handler's replaces the default */
    assert_has_not(answer, "no-store");
    assert_has(answer, "X-Good: g\r\n");
    assert_has_not(answer, "Set-Cookie");
    assert_has_not(answer, "Content-Type:");
    site_stop(site);
}

static void test_head_and_options(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    struct peer peer = site_connect(site);
    const char *answer = site_ask(site, &peer, "HEAD /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_has(answer, "200 OK");
    assert_has(answer, "Content-Length: 49\r\n");
    assert_has(site_ask(site, &peer, GET("/big?n=3")),
               "\r\n\r\nbbb"); /* nothing of a HEAD body is in between */
    answer = site_ask(site, &peer, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_has(answer, "204");
    assert_has(answer, "Allow: GET, HEAD, POST");
    answer = site_ask(site, &peer, "OPTIONS /files/ HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_has(answer, "204");
    assert_has(answer, "Allow: GET, HEAD, OPTIONS\r\n");
    answer = site_ask(site, &peer, "POST /files/x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    assert_has(answer, "405");
    assert_has(answer, "Allow: GET, HEAD, OPTIONS\r\n");
    assert_has(answer, "{\"error\":\"method-not-allowed\"}");
    kit_close(&peer);
    site_stop(site);
}

static void test_bodies_by_length_and_in_chunks(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    struct peer peer = site_connect(site);
    assert_has(site_ask(site, &peer,
                        "POST /body HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "5\r\nhello\r\n7\r\n, chunk\r\n0\r\nTrailer: t\r\n\r\n"),
               "\r\n\r\nhello, chunk");
    struct text request = {0}; /* cut into single bytes */
    text_puts(
        &request,
        "POST /body HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nc\r\nbyte by byte\r\n0\r\n\r\n");
    for (size_t i = 0; i < request.length; i++) {
        kit_send(&site->loop, &peer, request.data + i, 1);
        kit_turn(&site->loop);
    }
    kit_expect(&site->loop, &peer, "\r\n\r\nbyte by byte");
    text_destroy(&request);
    kit_close(&peer);
    site_stop(site);
}

static void test_expect_continue(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    struct peer peer = site_connect(site);
    kit_puts(&site->loop, &peer,
             "POST /body HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    kit_expect(&site->loop, &peer, "HTTP/1.1 100 Continue\r\n\r\n");
    kit_puts(&site->loop, &peer, "body");
    kit_expect(&site->loop, &peer, "\r\n\r\nbody");
    kit_close(&peer);
    site_stop(site);
}

static void test_pipelined_requests_in_order(void **state)
{
    (void)state;
    enum { N = 200 };
    struct site *site = site_start(NULL);
    struct peer peer = site_connect(site);
    struct text all = {0};
    for (int i = 0; i < N; i++)
        text_printf(&all, "GET /echo?a=%d HTTP/1.1\r\nHost: h\r\n\r\n", i);
    kit_send(&site->loop, &peer, all.data, all.length);
    char last[32];
    snprintf(last, sizeof last, " a=%d b=-", N - 1);
    kit_expect(&site->loop, &peer, last);
    const char *at = peer.got.data;
    for (int i = 0; i < N; i++) {
        snprintf(last, sizeof last, " a=%d b=-", i);
        at = strstr(at, last);
        assert_non_null(at);
    }
    text_destroy(&all);
    kit_close(&peer);
    site_stop(site);
}

static void test_ready_requests_are_one_turn(void **state)
{
    (void)state;
    enum { N = 30 };
    struct site *site = site_start(NULL);
    struct peer peers[N];
    for (int i = 0; i < N; i++) {
        peers[i] = site_connect(site);
        site_ask(site, &peers[i], GET("/echo"));
    }
    for (int i = 0; i < N; i++)
        kit_puts(&site->loop, &peers[i], GET("/echo"));
    kit_turn(&site->loop);
    assert_int_equal(site->frames_last_turn, N);
    struct error error;
    kit_turn(&site->loop);
    kit_puts(&site->loop, &peers[0], GET("/echo"));
    int64_t begin_ms = clock_mono_ms();
    assert_int_equal(loop_turn(&site->loop, 5000, &error), STATUS_OK);
    assert_int_equal(site->frames_last_turn, 1);
    assert_true(clock_mono_ms() - begin_ms < 1000);
    for (int i = 0; i < N; i++)
        kit_close(&peers[i]);
    site_stop(site);
}

static bool has_later(void *userdata)
{
    return ((struct site *)userdata)->later_count > 0;
}

static void test_answer_in_a_later_turn(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    struct peer peer = site_connect(site);
    kit_puts(&site->loop, &peer, GET("/later"));
    kit_turn_until(&site->loop, has_later, site, "the request comes");
    uint64_t id = site->later[0];
    assert_int_equal(site_answer_later(site, "later\n"), 1);
    kit_expect(&site->loop, &peer, "\r\n\r\nlater\n");
    assert_null(http_request_find(&site->server, id));
    assert_null(http_request_find(&site->server, 0));
    assert_null(http_request_find(&site->server, UINT64_MAX));
    kit_close(&peer);
    site_stop(site);
}

/* The client leaves while its answer is being made: by closing, by resetting, and with the server destroyed
 * first. */
static void test_answer_after_the_client_left(void **state)
{
    (void)state;
    for (int way = 0; way < 4; way++) {
        struct site *site = site_start(NULL);
        struct peer peer = site_connect(site);
        kit_puts(&site->loop, &peer, GET("/later"));
        kit_turn_until(&site->loop, has_later, site, "the request comes");
        if (way == 0)
            kit_close(&peer);
        else if (way == 1)
            kit_reset(&peer);
        for (int i = 0; i < 5; i++)
            kit_turn(&site->loop);
        if (way < 3) {
            site_answer_later(site, "is anybody there?\n");
            if (way < 2)
                site_await_open(site, 0);
        }
        assert_has(site_get(site, "/echo", ""), "GET /echo");
        if (way >= 2)
            kit_close(&peer);
        site_stop(site);
    }
}

static void test_half_closed_client_gets_its_answer(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    static const char *const paths[] = {"/echo", "/big?n=3000000", "/later"};
    for (size_t i = 0; i < 3; i++) {
        struct peer peer = site_connect(site);
        char request[64];
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", paths[i]);
        kit_puts(&site->loop, &peer, request);
        kit_shut(&peer);
        if (i == 2) {
            kit_turn_until(&site->loop, has_later, site, "the request comes");
            site_answer_later(site, "later");
        }
        kit_expect_end(&site->loop, &peer);
        assert_true(kit_count(&peer, "200 OK") == 1);
        if (i == 1)
            assert_true(peer.got.length > 3000000);
        kit_close(&peer);
    }
    site_stop(site);
}

static void test_unanswered_request_gets_503(void **state)
{
    (void)state;
    struct http_params params = {.answer_ms_max = 40};
    struct site *site = site_start(&params);
    const char *answer = site_get(site, "/never", "");
    assert_has(answer, "HTTP/1.1 503 ");
    assert_has(answer, "{\"error\":\"no-answer-in-time\"}");
    site_stop(site);
}

static void test_http_1_0_and_connection_close(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    static const char *const requests[] = {"GET /echo HTTP/1.0\r\n\r\n",
                                           "GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"};
    for (size_t i = 0; i < 2; i++) {
        struct peer peer = site_connect(site);
        kit_puts(&site->loop, &peer, requests[i]);
        kit_expect_end(&site->loop, &peer);
        assert_int_equal(kit_count(&peer, "GET /echo"), 1);
        kit_close(&peer);
    }
    site_stop(site);
}

static void test_trusted_proxy_names_the_client(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    assert_has(site_get(site, "/echo", "X-Forwarded-For: 10.1.2.3\r\n"), "from=127.0.0.1");
    site_stop(site);
    struct http_params params = {.trusted_proxy = "127.0.0.1"};
    site = site_start(&params);
    assert_has(site_get(site, "/echo", "X-Forwarded-For: 6.6.6.6, 10.1.2.3\r\n"), "from=10.1.2.3");
    assert_has(site_get(site, "/echo", "X-Forwarded-For: 2001:db8::7\r\n"), "from=2001:db8::7");
    assert_has(site_get(site, "/echo", "X-Forwarded-For: evil\r\n"), "from=127.0.0.1");
    assert_has(site_get(site, "/echo", "X-Forwarded-For: ,\r\n"), "from=127.0.0.1");
    site_stop(site);
}

/* Files. */

static void test_files_have_types_and_tags(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    site_write_file(site, "index.html", "<p>hall</p>");
    site_write_file(site, "app.mjs", "export {};");
    site_write_file(site, "empty.css", "");
    const char *answer = site_get(site, "/files/", "");
    assert_has(answer, "200 OK");
    assert_has(answer, "Content-Type: text/html; charset=utf-8\r\n");
    assert_has(answer, "Cache-Control: no-cache\r\n");
    assert_has(answer, "X-Content-Type-Options: nosniff\r\n");
    assert_has(answer, "\r\n\r\n<p>hall</p>");
    assert_has(site_get(site, "/files/app.mjs", ""), "Content-Type: text/javascript; charset=utf-8\r\n");
    assert_has(site_get(site, "/files/empty.css", ""), "Content-Length: 0\r\n");
    answer = site_get(site, "/files", "");
    assert_has(answer, "308 Permanent Redirect");
    assert_has(answer, "Location: /files/\r\n");

    char tag[128], header[256];
    const char *found = strstr(site_get(site, "/files/index.html", ""), "ETag: ");
    assert_non_null(found);
    assert_int_equal(sscanf(found, "ETag: %127s", tag), 1);
    snprintf(header, sizeof header, "If-None-Match: \"other\", W/%s\r\n", tag);
    answer = site_get(site, "/files/index.html", header);
    assert_has(answer, "304 Not Modified");
    assert_has_not(answer, "hall");
    site_write_file(site, "index.html", "<p>changed</p>");
    answer = site_get(site, "/files/index.html", header);
    assert_has(answer, "200 OK");
    assert_has(answer, "<p>changed</p>");
    /* As long as before and changed within the same second. */
    char path[128];
    snprintf(path, sizeof path, "%s/index.html", site->directory);
    struct timespec at[2] = {{1700000000, 1}, {1700000000, 1}};
    assert_int_equal(utimensat(AT_FDCWD, path, at, 0), 0);
    assert_has(site_get(site, "/files/", ""), "<p>changed</p>");
    site_write_file(site, "index.html", "<p>CHANGED</p>");
    at[1].tv_nsec = 2;
    assert_int_equal(utimensat(AT_FDCWD, path, at, 0), 0);
    assert_has(site_get(site, "/files/", ""), "<p>CHANGED</p>");
    struct peer peer = site_connect(site);
    answer = site_ask(site, &peer, "HEAD /files/index.html HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_has(answer, "Content-Length: 14\r\n");
    assert_has_not(answer, "changed");
    kit_close(&peer);
    site_stop(site);
}

static void test_many_files_and_a_long_one(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    char name[64], path[80];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 140; i++) { /* more than are kept in memory */
            snprintf(name, sizeof name, "f%d.txt", i);
            snprintf(path, sizeof path, "/files/f%d.txt", i);
            if (round == 0)
                site_write_file(site, name, name);
            char body[80];
            snprintf(body, sizeof body, "\r\n\r\n%s", name);
            assert_has(site_get(site, path, ""), body);
        }
    char *big = malloc(5000001);
    memset(big, 'L', 5000000);
    big[5000000] = '\0';
    site_write_file(site, "long.bin", big);
    const char *answer = site_get(site, "/files/long.bin", "");
    assert_has(answer, "Content-Type: application/octet-stream\r\n");
    const char *body = strstr(answer, "\r\n\r\n");
    assert_int_equal(strlen(body + 4), 5000000);
    free(big);
    site_stop(site);
}

static void test_no_path_leads_out(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    char path[256];
    site_write_file(site, "ok.txt", "ok");
    site_write_file(site, ".hidden", "secret");
    snprintf(path, sizeof path, "%s/sub", site->directory);
    assert_int_equal(mkdir(path, 0700), 0);
    site_write_file(site, "sub/in.txt", "in");
    snprintf(path, sizeof path, "%s/link.txt", site->directory);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    snprintf(path, sizeof path, "%s/etc", site->directory);
    assert_int_equal(symlink("/etc", path), 0);
    snprintf(path, sizeof path, "%s/fifo", site->directory);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_has(site_get(site, "/files/sub/in.txt", ""), "200 OK");
    static const char *const bad[] = {"/files/../../etc/passwd",
                                      "/files/%2e%2e/%2e%2e/etc/passwd",
                                      "/files/..%2f..%2fetc%2fpasswd",
                                      "/files/sub/../ok.txt",
                                      "/files/./ok.txt",
                                      "/files//ok.txt",
                                      "/files//etc/passwd",
                                      "/files/.hidden",
                                      "/files/link.txt",
                                      "/files/etc/passwd",
                                      "/files/sub",
                                      "/files/sub/",
                                      "/files/fifo",
                                      "/files/ok.txt/",
                                      "/files/..",
                                      "/files/nothing",
                                      "/files/ok.txt/../../../../etc/passwd",
                                      "/files/\\..\\..\\etc\\passwd",
                                      "/files/%252e%252e/etc/passwd"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *answer = site_get(site, bad[i], "");
        assert_has(answer, "404 Not Found");
        assert_has_not(answer, "root:");
        assert_has_not(answer, "secret");
    }
    char longest[700] = "/files/";
    memset(longest + 7, 'n', 600);
    assert_has(site_get(site, longest, ""), "404 Not Found");
    assert_has(site_get(site, "/files/%00", ""), "400 Bad Request");
    assert_has(site_get(site, "/files/ok.txt%00.html", ""), "400 Bad Request");
    site_stop(site);
}

/* The pure readers. */

static void test_decoding(void **state)
{
    (void)state;
    char out[64];
    assert_true(http_decode(span_of("a+b%20%e5%8F%B7"), true, out));
    assert_string_equal(out, "a b \xe5\x8f\xb7");
    assert_true(http_decode(span_of("a+b"), false, out));
    assert_string_equal(out, "a+b");
    static const char *const bad[] = {"%", "%1", "%zz", "a%0", "%00", "%0a", "%7f", "a\x01z", "%-1", "%4g"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(http_decode(span_of(bad[i]), false, out));
    struct span rest = span_of("&&=x&a=1&b&c==&"), name, value;
    struct text all = {0};
    while (http_next_parameter(&rest, &name, &value))
        text_printf(&all, "%.*s=%.*s;", (int)name.length, name.data, (int)value.length, value.data);
    assert_string_equal(all.data, "a=1;b=;c==;");
    text_destroy(&all);
}

static void test_cookies_and_tags(void **state)
{
    (void)state;
    assert_true(span_equals(http_find_cookie("a=1; b=2;c=\"3\"", "b"), "2"));
    assert_true(span_equals(http_find_cookie("a=1; b=2;c=\"3\"", "c"), "3"));
    assert_true(span_equals(http_find_cookie("a", "a"), ""));
    assert_null(http_find_cookie("aa=1; ba=2", "a").data);
    assert_null(http_find_cookie("", "a").data);
    assert_null(http_find_cookie(NULL, "a").data);
    assert_null(http_find_cookie(";;; =;", "a").data);
    assert_true(http_names_tag("\"x\", W/\"y\"", "\"y\""));
    assert_true(http_names_tag("*", "\"y\""));
    assert_false(http_names_tag("\"yy\",y,", "\"y\""));
    assert_false(http_names_tag(NULL, "\"y\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_is_read_as_sent),
        cmocka_unit_test(test_default_headers),
        cmocka_unit_test(test_head_and_options),
        cmocka_unit_test(test_bodies_by_length_and_in_chunks),
        cmocka_unit_test(test_expect_continue),
        cmocka_unit_test(test_pipelined_requests_in_order),
        cmocka_unit_test(test_ready_requests_are_one_turn),
        cmocka_unit_test(test_answer_in_a_later_turn),
        cmocka_unit_test(test_answer_after_the_client_left),
        cmocka_unit_test(test_half_closed_client_gets_its_answer),
        cmocka_unit_test(test_unanswered_request_gets_503),
        cmocka_unit_test(test_http_1_0_and_connection_close),
        cmocka_unit_test(test_trusted_proxy_names_the_client),
        cmocka_unit_test(test_files_have_types_and_tags),
        cmocka_unit_test(test_many_files_and_a_long_one),
        cmocka_unit_test(test_no_path_leads_out),
        cmocka_unit_test(test_decoding),
        cmocka_unit_test(test_cookies_and_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
