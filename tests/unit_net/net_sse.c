/* SPDX-License-Identifier: MIT
 * Event streams: their text, resuming, heartbeats, and every way in which one ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/clock.h"
#include "tests/unit_net/http_kit.h"

#define STREAM(headers) "GET /stream HTTP/1.1\r\nHost: h\r\n" headers "\r\n"

struct awaited {
    struct site *site;
    size_t count;
};

static bool are_streaming(void *userdata)
{
    struct awaited *awaited = userdata;
    return awaited->site->stream_count == awaited->count;
}

static void await_streams(struct site *site, size_t count)
{
    kit_turn_until(&site->loop, are_streaming, &(struct awaited){site, count}, "streams are open");
}

static struct peer open_stream(struct site *site, const char *request)
{
    struct peer peer = site_connect(site);
    size_t count = site->stream_count;
    kit_puts(&site->loop, &peer, request);
    await_streams(site, count + 1);
    return peer;
}

static void test_events_as_text(void **state)
{
    (void)state;
    struct {
        const char *id, *event, *data, *text;
    } cases[] = {
        {"7", "ticket", "{}", "id: 7\nevent: ticket\ndata: {}\n\n"},
        {NULL, NULL, "", "data: \n\n"},
        {"1", NULL, "a\nb\r\nc\rd", "id: 1\ndata: a\ndata: b\ndata: c\ndata: d\n\n"},
        {NULL, "x", "\n", "event: x\ndata: \ndata: \n\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer *buffer = sse_buffer(cases[i].id, cases[i].event, span_of(cases[i].data));
        assert_non_null(buffer);
        assert_true(span_equals(buffer_span(buffer), cases[i].text));
        buffer_release(buffer);
    }
}

static void test_stream_carries_events(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    struct peer peer = open_stream(site, STREAM(""));
    assert_string_equal(site->last_id, "-");
    assert_true(sse_send(site->streams[0], "1", "call", span_of("A001")));
    assert_true(sse_send(site->streams[0], "2", NULL, span_of("two\nlines")));
    kit_expect(&site->loop, &peer, "data: two\ndata: lines\n\n");
    assert_int_equal(kit_count(&peer, "HTTP/1.1 200 OK\r\n"), 1);
    assert_int_equal(kit_count(&peer, "Content-Type: text/event-stream\r\n"), 1);
    assert_int_equal(kit_count(&peer, "Cache-Control: no-store\r\n"), 1);
    assert_int_equal(kit_count(&peer, "Transfer-Encoding: chunked\r\n"), 1);
    assert_int_equal(kit_count(&peer, "retry: 500\n\n"), 1);
    assert_int_equal(kit_count(&peer, "id: 1\nevent: call\ndata: A001\n\n"), 1);
    assert_int_equal(http_server_stats(&site->server)->streams_now, 1);
    kit_close(&peer);
    await_streams(site, 0);
    site_stop(site);
}

static void test_client_resumes_by_header_or_parameter(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    struct peer header = open_stream(site, STREAM("Last-Event-ID: 4711\r\n"));
    assert_string_equal(site->last_id, "4711");
    struct peer parameter = open_stream(site, "GET /stream?last-event-id=%34%32 HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_string_equal(site->last_id, "42");
    kit_close(&header);
    kit_close(&parameter);
    await_streams(site, 0);
    site_stop(site);
}

static void test_quiet_streams_beat(void **state)
{
    (void)state;
    struct http_params params = {.heartbeat_ms = 60,
                                 .request_ms_max = 40,
                                 .reply_ms_max = 40,
                                 .keep_alive_ms_max = 40,
                                 .answer_ms_max = 40,
                                 .stall_ms_max = 40};
    struct site *site = site_start(&params);
    struct peer peer = open_stream(site, STREAM(""));
    int64_t begin_ms = clock_mono_ms();
    while (kit_count(&peer, ":\n\n") < 5) { /* no deadline of plain requests ends a stream */
        kit_turn_for(&site->loop, 5);
        kit_read(&peer);
        assert_false(peer.has_ended);
        assert_true(clock_mono_ms() - begin_ms < 5000);
    }
    assert_true(clock_mono_ms() - begin_ms >= 240);
    kit_close(&peer);
    await_streams(site, 0);
    site_stop(site);
}

/* The leak that evhttp has without our care: run under LeakSanitizer. */
static void test_abandoned_streams_end(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    for (int i = 0; i < 60; i++) {
        struct peer peer = open_stream(site, STREAM(""));
        uint64_t id = sse_id(site->streams[0]);
        if (i % 3 == 0)
            kit_close(&peer);
        else if (i % 3 == 1)
            kit_reset(&peer);
        else
            kit_shut(&peer); /* a reader that half-closes has gone, too */
        if (i % 2 == 0)
            sse_send(site->streams[0], NULL, NULL, span_of("into the void"));
        await_streams(site, 0);
        assert_null(sse_find(&site->server, id));
        if (i % 3 == 2)
            kit_close(&peer);
    }
    assert_int_equal(site->streams_closed, 60);
    site_await_open(site, 0);
    site_stop(site);
}

static void test_server_ends_a_stream(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    struct peer peer = open_stream(site, STREAM(""));
    struct sse_stream *stream = site->streams[0];
    sse_send(stream, "9", NULL, span_of("last words"));
    sse_close(stream);
    sse_close(stream);
    assert_false(sse_send(stream, "10", NULL, span_of("too late")));
    assert_int_equal(site->stream_count, 1); /* not from inside the call */
    await_streams(site, 0);
    kit_expect(&site->loop, &peer, "data: last words\n\n\r\n0\r\n\r\n");
    text_clear(&peer.got);
    const char *answer =
        site_ask(site, &peer, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n"); /* the connection lives on */
    assert_non_null(strstr(answer, "GET /echo"));
    kit_close(&peer);
    site_stop(site);
}

static void test_destroy_ends_open_streams(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    struct peer peers[3];
    for (int i = 0; i < 3; i++)
        peers[i] = open_stream(site, STREAM(""));
    sse_close(site->streams[1]);
    site_stop(site); /* which asserts that all were reported */
    for (int i = 0; i < 3; i++)
        kit_close(&peers[i]);
}

static void test_slow_reader_is_cut(void **state)
{
    (void)state;
    struct http_params params = {.stream_bytes_max = 100000};
    struct site *site = site_start(&params);
    struct peer slow = kit_connect_small(site->port, 4096);
    kit_puts(&site->loop, &slow, STREAM(""));
    await_streams(site, 1);
    struct sse_stream *stream = site->streams[0];
    struct peer reader = open_stream(site, STREAM(""));
    char data[5000];
    memset(data, 'd', sizeof data);
    struct buffer *buffer = sse_buffer("1", NULL, (struct span){data, sizeof data});
    size_t sent = 0;
    bool was_cut = false;
    for (int i = 0; i < 4000 && !was_cut; i++) {
        was_cut = !sse_send_buffer(stream, buffer);
        assert_true(sse_send_buffer(site->streams[1], buffer));
        sent++;
        kit_turn(&site->loop);
        kit_read(&reader);
    }
    assert_true(was_cut);
    await_streams(site, 1);
    assert_int_equal(http_server_stats(&site->server)->streams_cut, 1);
    while (kit_count(&reader, "id: 1\n") < sent) {
        kit_turn_for(&site->loop, 1);
        kit_read(&reader);
    }
    kit_turn(&site->loop); /* libevent frees a connection's buffers in the turn after its end */
    assert_int_equal(buffer->holder_count, 1);
    buffer_release(buffer);
    kit_close(&slow);
    kit_close(&reader);
    await_streams(site, 0);
    site_stop(site);
}

static void test_stalled_reader_is_cut(void **state)
{
    (void)state;
    struct http_params params = {.stall_ms_max = 60, .stream_bytes_max = 64000000};
    struct site *site = site_start(&params);
    struct peer slow = kit_connect_small(site->port, 4096);
    kit_puts(&site->loop, &slow, STREAM(""));
    await_streams(site, 1);
    char *data = calloc(1, 20000000);
    memset(data, 'd', 20000000);
    assert_true(sse_send(site->streams[0], NULL, NULL, (struct span){data, 20000000}));
    free(data);
    await_streams(site, 0);
    kit_close(&slow);
    site_stop(site);
}

static void test_broadcast_to_200_shares_one_buffer(void **state)
{
    (void)state;
    enum { N = 200 };
    struct site *site = site_start(NULL);
    static struct peer peers[N];
    for (int i = 0; i < N; i++)
        peers[i] = open_stream(site, STREAM(""));
    char data[2000];
    memset(data, 'e', sizeof data);
    struct buffer *buffer = sse_buffer("5", "call", (struct span){data, sizeof data});
    for (int i = 0; i < N; i++)
        assert_true(sse_send_buffer(site->streams[i], buffer));
    assert_int_equal(buffer->holder_count, N + 1);
    for (int i = 0; i < N; i++) {
        kit_expect(&site->loop, &peers[i], "e\n\n\r\n");
        kit_close(&peers[i]);
    }
    assert_int_equal(buffer->holder_count, 1);
    buffer_release(buffer);
    await_streams(site, 0);
    site_stop(site);
}

static void test_other_methods_and_versions(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    struct peer peer = site_connect(site);
    assert_non_null(
        strstr(site_ask(site, &peer, "POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"),
               "405 Method Not Allowed"));
    assert_int_equal(site->stream_count, 0);
    kit_close(&peer);
    struct peer old = open_stream(site, "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    sse_send(site->streams[0], "1", NULL, span_of("plain"));
    sse_close(site->streams[0]);
    kit_expect_end(&site->loop, &old); /* without chunks the end of the stream is the end of the connection */
    assert_int_equal(kit_count(&old, "\r\n\r\nretry: 500\n\nid: 1\ndata: plain\n\n"), 1);
    assert_int_equal(kit_count(&old, "keep-alive"), 0);
    await_streams(site, 0);
    kit_close(&old);
    site_stop(site);
}

static bool has_later(void *userdata)
{
    return ((struct site *)userdata)->later_count > 0;
}

static void test_stream_may_open_in_a_later_turn(void **state)
{
    (void)state;
    struct site *site = site_start(NULL);
    struct peer peer = site_connect(site);
    kit_puts(&site->loop, &peer, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
    kit_turn_until(&site->loop, has_later, site, "the request comes");
    struct sse_stream *stream = sse_open(http_request_find(&site->server, site->later[0]), 1000, NULL, NULL);
    assert_non_null(stream);
    assert_int_equal(sse_id(stream), site->later[0]);
    assert_int_equal(site_answer_later(site, "no longer a plain request"), 0);
    sse_send(stream, NULL, NULL, span_of("hello"));
    kit_expect(&site->loop, &peer, "data: hello\n\n");
    kit_close(&peer);
    site_await_open(site, 0);
    site_stop(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_as_text),
        cmocka_unit_test(test_stream_carries_events),
        cmocka_unit_test(test_client_resumes_by_header_or_parameter),
        cmocka_unit_test(test_quiet_streams_beat),
        cmocka_unit_test(test_abandoned_streams_end),
        cmocka_unit_test(test_server_ends_a_stream),
        cmocka_unit_test(test_destroy_ends_open_streams),
        cmocka_unit_test(test_slow_reader_is_cut),
        cmocka_unit_test(test_stalled_reader_is_cut),
        cmocka_unit_test(test_broadcast_to_200_shares_one_buffer),
        cmocka_unit_test(test_other_methods_and_versions),
        cmocka_unit_test(test_stream_may_open_in_a_later_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
