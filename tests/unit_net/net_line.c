/* SPDX-License-Identifier: MIT
 * The line server: frames in and out, turns, endings, many connections. Limits are in net_line_limits.c. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/clock.h"
#include "tests/unit_net/line_kit.h"

static void test_frames_come_whole_however_they_are_cut(void **state)
{
    (void)state;
    struct echo *echo = echo_start(NULL);
    struct peer peer = echo_connect(echo);
    static const char frames[] = "one\ntwo\r\n\n\r\nthree with spaces\n";
    for (size_t i = 0; i < sizeof frames - 1; i++) {
        kit_send(&echo->loop, &peer, &frames[i], 1);
        kit_turn(&echo->loop);
    }
    kit_expect(&echo->loop, &peer, "echo three with spaces\n");
    kit_puts(&echo->loop, &peer, frames); /* in one piece */
    kit_puts(&echo->loop, &peer, "half");
    kit_turn(&echo->loop);
    kit_puts(&echo->loop, &peer, " and half\nlast\nunfinished");
    kit_expect(&echo->loop, &peer, "echo last\n");
    assert_string_equal(peer.got.data, "echo one\necho two\necho three with spaces\n"
                                       "echo one\necho two\necho three with spaces\n"
                                       "echo half and half\necho last\n");
    kit_close(&peer);
    echo_await_closed(echo, LINE_PEER_CLOSED, 1);
    const struct line_stats *stats = line_server_stats(&echo->server);
    assert_int_equal(stats->frames_in, 8);
    assert_int_equal(stats->bytes_in, 2 * (sizeof frames - 1) + strlen("half and half\nlast\nunfinished"));
    assert_int_equal(stats->lines_out, 8);
    assert_int_equal(stats->open_now, 0);
    echo_stop(echo);
}

static void test_any_bytes_pass(void **state)
{
    (void)state;
    struct echo *echo = echo_start(NULL);
    struct peer peer = echo_connect(echo);
    kit_send(&echo->loop, &peer, "a\0b\xff\xfe\r\rc\n", 9);
    kit_expect(&echo->loop, &peer, "\xff\xfe\r\rc\n");
    assert_int_equal(peer.got.length, 5 + 9);
    assert_memory_equal(peer.got.data, "echo a\0b\xff\xfe\r\rc\n", 14);
    kit_close(&peer);
    echo_stop(echo);
}

static bool all_polled(struct peer *peers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        kit_read(&peers[i]);
        if (peers[i].got.length == 0)
            return false;
    }
    return true;
}

static void test_all_ready_requests_are_one_turn(void **state)
{
    (void)state;
    enum { N = 120 };
    struct echo *echo = echo_start(NULL);
    struct peer peers[N];
    for (int i = 0; i < N; i++)
        peers[i] = echo_connect(echo);
    echo_await_open(echo, N);
    for (int i = 0; i < N; i++)
        kit_puts(&echo->loop, &peers[i], "hello\n"); /* loopback: received by the system when send returns */
    kit_turn(&echo->loop);
    assert_int_equal(echo->commits, 1);
    assert_int_equal(echo->frames_last_turn, N);
    assert_true(all_polled(peers, N)); /* answered in the same turn, too */

    /* A lone request: one turn, no waiting. */
    kit_puts(&echo->loop, &peers[7], "alone\n");
    struct error error;
    int64_t begin_ms = clock_mono_ms();
    assert_int_equal(loop_turn(&echo->loop, 5000, &error), STATUS_OK);
    assert_true(clock_mono_ms() - begin_ms < 1000);
    assert_int_equal(echo->commits, 2);
    assert_int_equal(echo->frames_last_turn, 1);
    kit_read(&peers[7]);
    assert_int_equal(kit_count(&peers[7], "echo alone\n"), 1);
    for (int i = 0; i < N; i++)
        kit_close(&peers[i]);
    echo_await_open(echo, 0);
    echo_stop(echo);
}

static void test_pipelined_frames_are_answered_in_order(void **state)
{
    (void)state;
    enum { N = 3000 };
    struct line_params params = {.frames_per_s = 1000000, .frames_burst = 1000000};
    struct echo *echo = echo_start(&params);
    struct peer peer = echo_connect(echo);
    struct text all = {0}, expected = {0};
    for (int i = 0; i < N; i++) {
        text_printf(&all, "request %d\n", i);
        text_printf(&expected, "echo request %d\n", i);
    }
    kit_send(&echo->loop, &peer, all.data, all.length);
    char last[64];
    snprintf(last, sizeof last, "echo request %d\n", N - 1);
    kit_expect(&echo->loop, &peer, last);
    assert_string_equal(peer.got.data, expected.data);
    assert_true(echo->frames_last_turn <= 64);
    text_destroy(&all);
    text_destroy(&expected);
    kit_close(&peer);
    echo_stop(echo);
}

static void test_a_flood_does_not_delay_others(void **state)
{
    (void)state;
    struct line_params params = {.frames_per_s = 1000000, .frames_burst = 1000000, .frames_per_turn = 8};
    struct echo *echo = echo_start(&params);
    struct peer flood = echo_connect(echo), other = echo_connect(echo);
    echo_await_open(echo, 2);
    struct text all = {0};
    for (int i = 0; i < 2000; i++)
        text_puts(&all, "x\n");
    kit_send(&echo->loop, &flood, all.data, all.length);
    kit_puts(&echo->loop, &other, "me\n");
    kit_turn(&echo->loop);
    kit_read(&other);
    assert_int_equal(kit_count(&other, "echo me\n"), 1);
    assert_int_equal(echo->frames, 9); /* its eight and our one */
    struct error error;
    assert_int_equal(loop_turn(&echo->loop, 5000, &error),
                     STATUS_OK); /* the rest does not wait for an input */
    assert_int_equal(echo->frames, 17);
    text_destroy(&all);
    kit_close(&flood);
    kit_close(&other);
    echo_await_open(echo, 0);
    echo_stop(echo);
}

static void test_half_closed_peer_gets_its_answers(void **state)
{
    (void)state;
    struct echo *echo = echo_start(NULL);
    struct peer peer = echo_connect(echo);
    struct text all = {0};
    for (int i = 0; i < 300; i++) /* more than one turn's worth */
        text_printf(&all, "request %d\n", i);
    kit_send(&echo->loop, &peer, all.data, all.length);
    kit_puts(&echo->loop, &peer, "big 2000000\nlast\nunfinished");
    kit_shut(&peer);
    kit_expect_end(&echo->loop, &peer);
    assert_false(peer.was_reset);
    assert_int_equal(kit_count(&peer, "echo "), 301);
    assert_int_equal(kit_count(&peer, "echo last\n"), 1);
    assert_int_equal(kit_count(&peer, "unfinished"), 0);
    echo_await_closed(echo, LINE_PEER_CLOSED, 1);
    text_destroy(&all);
    kit_close(&peer);
    echo_stop(echo);
}

static void test_reset_peer_is_lost(void **state)
{
    (void)state;
    struct echo *echo = echo_start(NULL);
    struct peer peer = echo_connect(echo);
    echo_await_open(echo, 1);
    kit_reset(&peer);
    echo_await_closed(echo, LINE_PEER_LOST, 1);
    echo_stop(echo);
}

static void test_close_says_farewell_after_what_is_queued(void **state)
{
    (void)state;
    struct echo *echo = echo_start(NULL);
    struct peer peer = echo_connect(echo);
    /* Unread input at the time of closing must not turn into a reset that swallows the farewell. */
    struct text rest = {0};
    for (int i = 0; i < 200; i++)
        text_puts(&rest, "never answered, never answered, never answered\n");
    kit_puts(&echo->loop, &peer, "big 900000\nclose bye: over\n");
    kit_send(&echo->loop, &peer, rest.data, rest.length);
    kit_expect_end(&echo->loop, &peer);
    assert_false(peer.was_reset);
    static const char farewell[] = "\nbye: over\n";
    assert_true(peer.got.length >= 900000);
    assert_string_equal(peer.got.data + peer.got.length - strlen(farewell), farewell);
    assert_int_equal(echo->closed_by[LINE_APP_CLOSED], 1);
    text_destroy(&rest);
    kit_close(&peer);
    echo_stop(echo);
}

static bool is_idle(void *userdata)
{
    return line_server_is_idle(&((struct echo *)userdata)->server);
}

static void test_stop_tells_everyone(void **state)
{
    (void)state;
    struct line_params params = {
        .farewells = {[LINE_STOPPING] = "{\"bye\":\"restarting\"}", [LINE_APP_CLOSED] = ""}};
    struct echo *echo = echo_start(&params);
    struct peer peers[3];
    for (int i = 0; i < 3; i++)
        peers[i] = echo_connect(echo);
    echo_await_open(echo, 3);
    line_server_stop(&echo->server);
    for (int i = 0; i < 3; i++) {
        kit_expect_end(&echo->loop, &peers[i]);
        assert_string_equal(peers[i].got.data, "{\"bye\":\"restarting\"}\n");
        kit_close(&peers[i]);
    }
    assert_int_equal(echo->closed_by[LINE_STOPPING], 3);
    kit_turn_until(&echo->loop, is_idle, echo, "the server is idle");
    echo_stop(echo);
}

static void test_ids_end_with_their_connection(void **state)
{
    (void)state;
    enum { N = 40 }; /* more than there are slots, so slots are used again */
    struct line_params params = {.connections_max = 1};
    struct echo *echo = echo_start(&params);
    uint64_t seen[N] = {0};
    for (size_t i = 0; i < N; i++) {
        struct peer peer = echo_connect(echo);
        echo_await_open(echo, 1);
        for (size_t slot = 0; slot < echo->server.slot_count; slot++)
            if (echo->server.slots[slot] != NULL && !line_is_closing(echo->server.slots[slot]))
                seen[i] = line_id(echo->server.slots[slot]);
        assert_int_not_equal(seen[i], 0);
        for (size_t before = 0; before < i; before++)
            assert_true(seen[before] != seen[i]);
        struct line_conn *conn = line_find(&echo->server, seen[i]);
        assert_non_null(conn);
        assert_string_equal(line_address(conn), "127.0.0.1");
        assert_int_equal(line_listener_port(conn), echo->port);
        assert_int_not_equal(line_peer_port(conn), 0);
        kit_close(&peer);
        echo_await_closed(echo, LINE_PEER_CLOSED, i + 1);
        assert_null(line_find(&echo->server, seen[i]));
    }
    assert_null(line_find(&echo->server, 0));
    assert_null(line_find(&echo->server, UINT64_MAX));
    echo_stop(echo);
}

static void test_several_listeners_both_families(void **state)
{
    (void)state;
    struct echo *echo = echo_start(NULL);
    struct error error = {0};
    uint16_t second = 0;
    assert_int_equal(line_server_listen(&echo->server, "::1", 0, &second, &error), STATUS_OK);
    struct peer four = echo_connect(echo), six = kit_connect("::1", second);
    kit_puts(&echo->loop, &four, "four\n");
    kit_puts(&echo->loop, &six, "six\n");
    kit_expect(&echo->loop, &four, "echo four\n");
    kit_expect(&echo->loop, &six, "echo six\n");
    assert_int_equal(line_server_listen(&echo->server, "127.0.0.1", echo->port, NULL, &error), STATUS_IO);
    kit_close(&four);
    kit_close(&six);
    echo_stop(echo);
}

static void test_500_connections(void **state)
{
    (void)state;
    enum { N = 500 };
    struct echo *echo = echo_start(NULL);
    static struct peer peers[N];
    for (int i = 0; i < N; i++) {
        peers[i] = echo_connect(echo);
        if (i % 100 == 99)
            echo_await_open(echo, (size_t)i + 1);
    }
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < N; i++) {
            char line[64];
            snprintf(line, sizeof line, "round %d peer %d\n", round, i);
            kit_puts(&echo->loop, &peers[i], line);
        }
        for (int i = 0; i < N; i++) {
            char line[64];
            snprintf(line, sizeof line, "echo round %d peer %d\n", round, i);
            kit_expect(&echo->loop, &peers[i], line);
        }
    }
    for (int i = 0; i < N; i++)
        kit_close(&peers[i]);
    echo_await_open(echo, 0);
    assert_int_equal(echo->opened, N);
    assert_int_equal(echo->closed, N);
    echo_stop(echo);
}

struct broadcast {
    struct buffer *buffer;
    size_t sent;
};

static void send_one(struct line_conn *conn, void *userdata)
{
    struct broadcast *broadcast = userdata;
    if (line_send_buffer(conn, broadcast->buffer))
        broadcast->sent++;
}

static void test_broadcast_to_200_shares_one_buffer(void **state)
{
    (void)state;
    enum { N = 200 };
    struct echo *echo = echo_start(NULL);
    static struct peer peers[N];
    for (int i = 0; i < N; i++)
        peers[i] = echo_connect(echo);
    echo_await_open(echo, N);
    char text[3000];
    memset(text, 'b', sizeof text);
    struct broadcast broadcast = {line_buffer(text, sizeof text), 0};
    assert_non_null(broadcast.buffer);
    line_server_each(&echo->server, send_one, &broadcast);
    assert_int_equal(broadcast.sent, N);
    assert_int_equal(broadcast.buffer->holder_count, N + 1);
    kit_turn(&echo->loop);
    assert_int_equal(broadcast.buffer->holder_count, 1); /* all taken by the system in one turn */
    buffer_release(broadcast.buffer);
    for (int i = 0; i < N; i++) {
        kit_expect(&echo->loop, &peers[i], "b\n");
        assert_int_equal(peers[i].got.length, sizeof text + 1);
        kit_close(&peers[i]);
    }
    echo_await_open(echo, 0);
    echo_stop(echo);
}

/* A connection that ends while a loop over all of them sends must not disturb the loop; what its closed()
 * sends goes out without waiting for the next input. */
struct chat {
    struct loop loop;
    struct line_server server;
    uint16_t port;
};

static void say_gone(struct line_conn *conn, void *userdata)
{
    (void)userdata;
    line_send(conn, "one of us has gone", 18);
}

static void chat_closed(struct line_conn *conn, enum line_reason reason, void *userdata)
{
    (void)reason;
    struct chat *chat = userdata;
    assert_false(line_send(conn, "too late", 8));
    line_server_each(&chat->server, say_gone, chat);
}

static void chat_line(struct line_conn *conn, struct span line, void *userdata)
{
    (void)line;
    (void)userdata;
    line_close(conn, "");
    line_close(conn, "twice is once");
    assert_true(line_is_closing(conn));
}

static void test_closed_callback_may_send(void **state)
{
    (void)state;
    struct chat chat;
    struct error error = {0};
    kit_loop_init(&chat.loop);
    struct line_callbacks callbacks = {.line = chat_line, .closed = chat_closed};
    assert_int_equal(line_server_init(&chat.server, &chat.loop, NULL, &callbacks, &chat, &error), STATUS_OK);
    assert_int_equal(line_server_listen(&chat.server, NULL, 0, &chat.port, &error), STATUS_OK);
    struct peer a = kit_connect("127.0.0.1", chat.port), b = kit_connect("127.0.0.1", chat.port);
    kit_puts(&chat.loop, &a, "leave\n");
    kit_expect_end(&chat.loop, &a);
    assert_int_equal(a.got.length, 0);
    kit_expect(&chat.loop, &b, "one of us has gone\n");
    kit_close(&a);
    kit_close(&b);
    line_server_destroy(&chat.server);
    loop_destroy(&chat.loop);
}

/* What is queued after the turn's flush (by another server's hook, or outside of turns) must not wait for an
 * input. */
static void send_late(void *userdata)
{
    struct echo *echo = userdata;
    static bool is_done;
    if (!is_done)
        line_server_each(&echo->server, say_gone, NULL);
    is_done = true;
}

static void test_late_sends_do_not_wait(void **state)
{
    (void)state;
    struct echo *echo = echo_start(NULL);
    struct peer peer = echo_connect(echo);
    echo_await_open(echo, 1);
    loop_hook_add(&echo->loop, LOOP_FLUSH, send_late, echo);
    kit_turn(&echo->loop);
    struct error error;
    int64_t begin_ms = clock_mono_ms();
    assert_int_equal(loop_turn(&echo->loop, 5000, &error), STATUS_OK);
    assert_true(clock_mono_ms() - begin_ms < 200);
    kit_read(&peer);
    assert_int_equal(kit_count(&peer, "one of us has gone\n"), 1);
    line_server_each(&echo->server, say_gone, NULL);
    begin_ms = clock_mono_ms();
    assert_int_equal(loop_turn(&echo->loop, 5000, &error), STATUS_OK);
    assert_true(clock_mono_ms() - begin_ms < 200);
    kit_read(&peer);
    assert_int_equal(kit_count(&peer, "one of us has gone\n"), 2);
    kit_close(&peer);
    echo_stop(echo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_come_whole_however_they_are_cut),
        cmocka_unit_test(test_any_bytes_pass),
        cmocka_unit_test(test_all_ready_requests_are_one_turn),
        cmocka_unit_test(test_pipelined_frames_are_answered_in_order),
        cmocka_unit_test(test_a_flood_does_not_delay_others),
        cmocka_unit_test(test_half_closed_peer_gets_its_answers),
        cmocka_unit_test(test_reset_peer_is_lost),
        cmocka_unit_test(test_close_says_farewell_after_what_is_queued),
        cmocka_unit_test(test_stop_tells_everyone),
        cmocka_unit_test(test_ids_end_with_their_connection),
        cmocka_unit_test(test_several_listeners_both_families),
        cmocka_unit_test(test_500_connections),
        cmocka_unit_test(test_broadcast_to_200_shares_one_buffer),
        cmocka_unit_test(test_closed_callback_may_send),
        cmocka_unit_test(test_late_sends_do_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
