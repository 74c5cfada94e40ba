/* SPDX-License-Identifier: MIT
 * The HTTP server under hostile clients: sizes, slowness, ambiguous framing, crowds, random bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "common/base/clock.h"
#include "tests/unit_net/http_kit.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"

/* Sends all of it over a new connection, and reads to the end. The status line is in the result. */
static const char *answer_to(struct site *site, const char *data, size_t length)
{
    static char line[64];
    struct peer peer = site_connect(site);
    kit_send(&site->loop, &peer, data, length);
    kit_expect_end(&site->loop, &peer);
    snprintf(line, sizeof line, "%.*s", 12, peer.got.data != NULL ? peer.got.data : "");
    kit_close(&peer);
    return line;
}

static void assert_answer(struct site *site, const char *request, const char *status_line)
{
    const char *got = answer_to(site, request, strlen(request));
    if (strcmp(got, status_line) != 0)
        fail_msg("got \"%s\" instead of \"%s\" to:\n%s", got, status_line, request);
}

static void test_ambiguous_framing_is_refused(void **state)
{
    (void)state;
    struct http_params params = {.request_ms_max = 200};
    struct site *site = site_start(&params);
#define POST "POST /body HTTP/1.1\r\nHost: h\r\n"
    assert_answer(site, POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                  "HTTP/1.1 400");
    assert_answer(site, POST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "HTTP/1.1 400");
    assert_answer(site, POST "Content-Length: +3\r\n\r\nabc", "HTTP/1.1 400");
    assert_answer(site, POST "Content-Length: 3x\r\n\r\nabc", "HTTP/1.1 400");
    assert_answer(site, POST "Content-Length: -1\r\n\r\n", "HTTP/1.1 400");
    assert_answer(site, POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 501");
    assert_answer(site, POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                  "HTTP/1.1 400");
    assert_answer(site,
                  "HEAD / HTTP/1.1\r\nHost: h\r\nContent-Length: 30\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
                  "HTTP/1.1 400");
#undef POST
    assert_int_equal(http_server_stats(&site->server)->requests, 0);
    site_stop(site);
}

static void test_malformed_requests_are_refused(void **state)
{
    (void)state;
    struct http_params params = {.request_ms_max = 200};
    struct site *site = site_start(&params);
    assert_answer(site, "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400"); /* no Host */
    assert_answer(site, "GET / HTTP/0.9\r\nHost: h\r\n\r\n", "HTTP/0.9 505");
    assert_answer(site, "BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 501");
    assert_answer(site, "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 501");
    assert_answer(site, "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 501");
    assert_answer(site, "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 400");
    assert_answer(site, "GET /a%0d%0ab HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 400");
    assert_answer(site, "GET noslash HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 400");
    assert_answer(site, "GET / HTTP/1.1\r\nHost h\r\n\r\n", "HTTP/1.1 400");
    assert_answer(site, "this is not a request, is it\r\n\r\n", "HTTP/1.1 400");
    assert_int_equal(http_server_stats(&site->server)->requests, 0);
    site_stop(site);
}

/* evhttp answers 417 by itself and still hands the request over when the body comes: the deferred answer must
 * find nothing. */
static void test_unknown_expectation(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    struct peer peer = site_connect(site);
    kit_puts(&site->loop, &peer,
             "POST /later HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\nContent-Length: 4\r\n\r\n");
    kit_puts(&site->loop, &peer, "body");
    kit_expect(&site->loop, &peer, "HTTP/1.1 417");
    kit_expect_end(&site->loop, &peer);
    site_answer_later(site, "too late");
    kit_close(&peer);
    struct peer split = site_connect(site);
    kit_puts(&site->loop, &split,
             "POST /later HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\nContent-Length: 4\r\n\r\n");
    kit_turn(&site->loop);
    kit_puts(&site->loop, &split, "body");
    kit_expect_end(&site->loop, &split);
    site_answer_later(site, "too late");
    kit_close(&split);
    site_await_open(site, 0);
    site_stop(site);
}

static void test_body_of_the_limit_passes_a_larger_one_is_413(void **state)
{
    (void)state;
    const size_t most = 300000;
    struct http_params params = {.body_bytes_max = most};
    struct site *site = site_start(&params);
    char *request = malloc(most * 8);
    memset(request, 'b', most * 8);
    size_t head = (size_t)sprintf(
        request, "POST /body HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", most);
    request[head] = 'b';
    assert_string_equal(answer_to(site, request, head + most), "HTTP/1.1 200");
    head =
        (size_t)sprintf(request, "POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n", most * 7);
    request[head] = 'b';
    assert_string_equal(answer_to(site, request, head + most * 7), "HTTP/1.1 413");
    struct text chunks = {0};
    text_puts(&chunks, "POST /body HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 301; i++) {
        text_puts(&chunks, "3e8\r\n");
        text_append(&chunks, request + head, 1000);
        text_puts(&chunks, "\r\n");
    }
    assert_string_equal(answer_to(site, chunks.data, chunks.length), "HTTP/1.1 413");
    text_destroy(&chunks);
    free(request);
    assert_int_equal(http_server_stats(&site->server)->requests, 1);
    site_stop(site);
}

static void test_long_headers_are_refused(void **state)
{
    (void)state;
    struct http_params params = {.header_bytes_max = 4000};
    struct site *site = site_start(&params);
    struct text request = {0};
    text_puts(&request, "GET /echo HTTP/1.1\r\nHost: h\r\n");
    for (int i = 0; i < 600; i++)
        text_printf(&request, "X-%d: yes\r\n", i);
    assert_string_equal(answer_to(site, request.data, request.length), "HTTP/1.1 400");
    text_clear(&request);
    for (int i = 0; i < 410; i++)
        text_puts(&request, "GET /56789"); /* no line end at all */
    assert_string_equal(answer_to(site, request.data, request.length), "HTTP/1.1 400");
    text_destroy(&request);
    site_stop(site);
}

/* evhttp would collect an endless chunk header for ever, and so would a stream what its reader says. */
static void test_endless_input_is_bounded(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "POST /body HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", GET("/stream")};
    for (size_t i = 0; i < 2; i++) {
        struct http_params params = {.body_bytes_max = 1000};
        struct site *site = site_start(&params);
        struct peer peer = site_connect(site);
        kit_puts(&site->loop, &peer, requests[i]);
        char zeros[10000];
        memset(zeros, '0', sizeof zeros);
        int64_t begin_ms = clock_mono_ms();
        while (!peer.has_ended && clock_mono_ms() - begin_ms < 5000) {
            send(peer.fd, zeros, sizeof zeros, MSG_DONTWAIT | MSG_NOSIGNAL);
            kit_turn(&site->loop);
            kit_read(&peer);
        }
        assert_true(peer.has_ended);
        site_await_open(site, 0);
        kit_close(&peer);
        site_stop(site);
    }
}

static void drip(struct site *site, struct peer *peer, const char *text)
{
    int64_t begin_ms = clock_mono_ms();
    for (size_t i = 0; !peer->has_ended && clock_mono_ms() - begin_ms < 5000; i++) {
        send(peer->fd, text[i] != '\0' ? &text[i] : "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
        kit_turn_for(&site->loop, 4);
        kit_read(peer);
    }
    assert_true(peer->has_ended);
    assert_true(clock_mono_ms() - begin_ms >= 80);
}

static void test_dripping_requests_are_closed(void **state)
{
    (void)state;
    struct http_params params = {.request_ms_max = 80, .keep_alive_ms_max = 10000};
    struct site *site = site_start(&params);
    struct peer header = site_connect(site), body = site_connect(site), second = site_connect(site),
                silent = site_connect(site);
    drip(site, &header, "GET /echo HTTP/1.1\r\nX-Long: ");
    kit_puts(&site->loop, &body, "POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
    kit_expect_end(&site->loop, &silent); /* said nothing at all */
    if (!body.has_ended)
        kit_expect_end(&site->loop, &body);
    kit_close(&second);
    second = site_connect(site);
    site_ask(site, &second, GET("/echo"));
    drip(site, &second, "GET /echo HTTP/1.1\r\nX-Long: "); /* a good first request buys no patience */
    assert_true(http_server_stats(&site->server)->timed_out >= 3);
    kit_close(&header);
    kit_close(&body);
    kit_close(&second);
    kit_close(&silent);
    site_stop(site);
}

static void test_quiet_connections_are_closed(void **state)
{
    (void)state;
    struct http_params params = {.keep_alive_ms_max = 50};
    struct site *site = site_start(&params);
    struct peer peer = site_connect(site);
    site_ask(site, &peer, GET("/echo"));
    int64_t begin_ms = clock_mono_ms();
    kit_expect_end(&site->loop, &peer);
    assert_true(clock_mono_ms() - begin_ms < 2000);
    assert_int_equal(http_server_stats(&site->server)->timed_out, 0);
    kit_close(&peer);
    site_stop(site);
}

static void test_slow_takers_of_an_answer_are_closed(void **state)
{
    (void)state;
    struct http_params stalled = {.stall_ms_max = 80}, trickling = {.reply_ms_max = 80};
    const struct http_params *params[] = {&stalled, &trickling};
    for (int i = 0; i < 2; i++) {
        struct site *site = site_start(params[i]);
        struct peer peer = kit_connect_small(site->port, 4096);
        kit_puts(&site->loop, &peer, GET("/big?n=30000000"));
        site_await_open(site, 1);
        int64_t begin_ms = clock_mono_ms();
        while (http_server_stats(&site->server)->open_now > 0 && clock_mono_ms() - begin_ms < 5000) {
            char byte;
            if (i == 1)
                recv(peer.fd, &byte, 1, MSG_DONTWAIT); /* some progress, but too little */
            kit_turn_for(&site->loop, 5);
        }
        assert_int_equal(http_server_stats(&site->server)->open_now, 0);
        kit_close(&peer);
        site_stop(site);
    }
}

static void test_connection_caps(void **state)
{
    (void)state;
    struct http_params by_count = {.connections_max = 3}, by_address = {.connections_per_address_max = 3};
    const struct http_params *params[] = {&by_count, &by_address};
    for (int i = 0; i < 2; i++) {
        struct site *site = site_start(params[i]);
        struct peer peers[3];
        for (int k = 0; k < 3; k++)
            peers[k] = site_connect(site);
        site_await_open(site, 3);
        struct peer extra = site_connect(site);
        kit_puts(&site->loop, &extra, GET("/echo"));
        kit_expect_end(&site->loop, &extra);
        assert_int_equal(kit_count(&extra, "HTTP/1.1 503 "), 1);
        assert_int_equal(kit_count(&extra, "{\"error\":\"too-many-connections\"}"), 1);
        kit_close(&extra);
        assert_int_equal(http_server_stats(&site->server)->refused, 1);
        assert_non_null(strstr(site_ask(site, &peers[0], GET("/echo")), "200 OK"));
        kit_close(&peers[0]);
        site_await_open(site, 2);
        assert_non_null(strstr(site_get(site, "/echo", ""), "200 OK"));
        kit_close(&peers[1]);
        kit_close(&peers[2]);
        site_stop(site);
    }
}

static void test_crowd_beyond_the_cap_is_dropped(void **state)
{
    (void)state;
    enum { CROWD = 200 };
    struct http_params params = {.connections_max = 2};
    struct site *site = site_start(&params);
    struct peer first = site_connect(site), crowd[CROWD];
    site_ask(site, &first, GET("/echo"));
    for (int i = 0; i < CROWD; i++)
        crowd[i] = site_connect(site); /* silent */
    for (int i = 0; i < 20; i++)
        kit_turn_for(&site->loop, 1);
    assert_true(http_server_stats(&site->server)->open_now <= 2 + 64);
    assert_non_null(strstr(site_ask(site, &first, GET("/echo")), "200 OK"));
    for (int i = 0; i < CROWD; i++)
        kit_close(&crowd[i]);
    kit_close(&first);
    site_await_open(site, 0);
    site_stop(site);
}

static void test_500_connections(void **state)
{
    (void)state;
    enum { N = 500 };
    struct site *site = site_start(NULL);
    static struct peer peers[N];
    for (int i = 0; i < N; i++) {
        peers[i] = site_connect(site);
        if (i % 100 == 99)
            site_await_open(site, (size_t)i + 1);
    }
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < N; i++)
            kit_puts(&site->loop, &peers[i], GET("/echo?a=z"));
        for (int i = 0; i < N; i++) {
            kit_expect(&site->loop, &peers[i], "GET /echo a=z");
            text_clear(&peers[i].got);
        }
    }
    for (int i = 0; i < N; i++)
        kit_close(&peers[i]);
    site_await_open(site, 0);
    site_stop(site);
}

/* Random bytes, and good requests with bytes changed. */
static void hostile_act(struct site *site, struct peer *peer, uint64_t *random)
{
    static const char *const seeds[] = {
        "GET /echo?a=1&b=2 HTTP/1.1\r\nHost: h\r\nCookie: session=x; a=b\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789",
        "POST /body HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
        "GET /files/../index.html HTTP/1.1\r\nHost: h\r\nIf-None-Match: \"a\"\r\n\r\n",
        "GET /stream HTTP/1.1\r\nHost: h\r\nLast-Event-ID: 17\r\n\r\n",
        "GET /later HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    };
    char bytes[1500];
    uint64_t act = kit_random(random) % 100;
    size_t length = 1 + kit_random(random) % 400;
    if (act < 80) {
        const char *seed = seeds[kit_random(random) % (sizeof seeds / sizeof seeds[0])];
        length = strlen(seed);
        memcpy(bytes, seed, length);
        for (uint64_t changes = kit_random(random) % 4; changes > 0; changes--)
            bytes[kit_random(random) % length] = (char)(kit_random(random) >> 32);
        if (kit_random(random) % 4 == 0)
            length = 1 + kit_random(random) % length;
    } else {
        for (size_t i = 0; i < length; i++)
            bytes[i] = (char)(kit_random(random) >> 32);
    }
    kit_read(peer);
    if (act == 99)
        kit_reset(peer);
    else if (act == 98)
        kit_close(peer);
    else if (act == 97)
        kit_shut(peer);
    else if (send(peer->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 || peer->has_ended)
        kit_close(peer);
    if (peer->fd < 0)
        *peer = site_connect(site);
}

static void test_hostile_bytes_change_nothing(void **state)
{
    (void)state;
    enum { HOSTILE = 12, ACTS = 6000 };
    uint64_t random = kit_seed();
    struct http_params params = {.request_ms_max = 50, .answer_ms_max = 60};
    struct site *site = site_start(&params);
    site_write_file(site, "index.html", "hello");
    struct peer bad[HOSTILE];
    for (int i = 0; i < HOSTILE; i++)
        bad[i] = site_connect(site);
    for (int i = 0; i < ACTS; i++) {
        hostile_act(site, &bad[i % HOSTILE], &random);
        kit_turn(&site->loop);
        if (i % 50 == 0 || site->later_count > SITE_LATER_MAX / 2)
            site_answer_later(site, "later");
        if (i % 100 == 0)
            assert_non_null(strstr(site_get(site, "/echo", ""), "GET /echo a=- b=-"));
    }
    for (int i = 0; i < HOSTILE; i++)
        kit_close(&bad[i]);
    site_await_open(site, 0);
    assert_int_equal(site->stream_count, 0);
    site_stop(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ambiguous_framing_is_refused),
        cmocka_unit_test(test_malformed_requests_are_refused),
        cmocka_unit_test(test_unknown_expectation),
        cmocka_unit_test(test_body_of_the_limit_passes_a_larger_one_is_413),
        cmocka_unit_test(test_long_headers_are_refused),
        cmocka_unit_test(test_endless_input_is_bounded),
        cmocka_unit_test(test_dripping_requests_are_closed),
        cmocka_unit_test(test_quiet_connections_are_closed),
        cmocka_unit_test(test_slow_takers_of_an_answer_are_closed),
        cmocka_unit_test(test_connection_caps),
        cmocka_unit_test(test_crowd_beyond_the_cap_is_dropped),
        cmocka_unit_test(test_500_connections),
        cmocka_unit_test(test_hostile_bytes_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
