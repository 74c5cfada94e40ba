/* SPDX-License-Identifier: MIT
 * The line server's limits: what a hostile or broken device meets, and that the others do not notice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/clock.h"
#include "tests/unit_net/line_kit.h"

static void test_frame_of_the_limit_passes_one_more_byte_does_not(void **state)
{
    (void)state;
    enum { MOST = 65536 };
    char *frame = malloc(MOST + 2);
    memset(frame, 'f', MOST + 2);
    for (int by_one = 0; by_one < 2; by_one++) {
        struct echo *echo = echo_start(NULL);
        struct peer good = echo_connect(echo), bad = echo_connect(echo);
        size_t step = by_one ? 1000 : MOST; /* in pieces, or as one */
        for (size_t at = 0; at < MOST; at += step) {
            kit_send(&echo->loop, &good, frame, at + step > MOST ? MOST - at : step);
            kit_turn(&echo->loop);
        }
        kit_puts(&echo->loop, &good, "\n");
        kit_expect(&echo->loop, &good, "f\n");
        assert_int_equal(good.got.length, 5 + MOST + 1);
        frame[MOST + 1] = '\n';
        kit_send(&echo->loop, &bad, frame, MOST + 2);
        kit_expect_end(&echo->loop, &bad);
        assert_string_equal(bad.got.data, "error frame-too-long\n");
        assert_int_equal(echo->closed_by[LINE_FRAME_TOO_LONG], 1);
        assert_int_equal(echo->frames, 1);
        kit_close(&good);
        kit_close(&bad);
        echo_stop(echo);
    }
    free(frame);
}

static void test_small_limit_holds_for_whole_and_endless_frames(void **state)
{
    (void)state;
    struct line_params params = {.frame_bytes_max = 100,
                                 .farewells = {[LINE_FRAME_TOO_LONG] = "{\"error\":\"too long\"}"}};
    char frame[102];
    memset(frame, 'j', sizeof frame);
    frame[101] = '\n';
    for (size_t length = 101; length <= 102; length++) { /* without the newline, and with it */
        struct echo *echo = echo_start(&params);
        struct peer peer = echo_connect(echo);
        kit_puts(&echo->loop, &peer, "fine\n");
        kit_send(&echo->loop, &peer, frame + 1, 101); /* 100 bytes are fine, too */
        kit_send(&echo->loop, &peer, frame, length);
        kit_expect_end(&echo->loop, &peer);
        assert_int_equal(kit_count(&peer, "echo "), 2);
        assert_int_equal(kit_count(&peer, "{\"error\":\"too long\"}\n"), 1);
        assert_int_equal(line_server_stats(&echo->server)->ended[LINE_FRAME_TOO_LONG], 1);
        kit_close(&peer);
        echo_stop(echo);
    }
}

static void test_slow_frame_is_ended_even_when_it_drips(void **state)
{
    (void)state;
    struct line_params params = {.frame_ms_max = 60};
    struct echo *echo = echo_start(&params);
    struct peer peer = echo_connect(echo), patient = echo_connect(echo);
    int64_t begin_ms = clock_mono_ms();
    while (!peer.has_ended && clock_mono_ms() - begin_ms < 5000) {
        kit_puts(&echo->loop, &peer, "d"); /* each byte is in time, the frame is not */
        kit_turn_for(&echo->loop, 10);
        kit_read(&peer);
    }
    assert_string_equal(peer.got.data, "error frame-too-slow\n");
    assert_true(clock_mono_ms() - begin_ms >= 60);
    assert_true(clock_mono_ms() - begin_ms < 1000);
    assert_int_equal(echo->closed_by[LINE_FRAME_TOO_SLOW], 1);
    kit_puts(&echo->loop, &patient, "silence between frames is fine\n");
    kit_expect(&echo->loop, &patient, "echo silence");
    kit_close(&peer);
    kit_close(&patient);
    echo_stop(echo);
}

static void test_idle_limit_can_change(void **state)
{
    (void)state;
    struct line_params params = {.idle_ms_max = 50};
    struct echo *echo = echo_start(&params);
    struct peer silent = echo_connect(echo), greeted = echo_connect(echo);
    echo_await_open(echo, 2);
    kit_puts(&echo->loop, &greeted, "hello\n");
    kit_expect(&echo->loop, &greeted, "echo hello\n");
    for (size_t i = 0; i < echo->server.slot_count; i++)
        if (echo->server.slots[i] != NULL)
            line_set_idle_ms(echo->server.slots[i], i == 0 ? 40 : 0);
    kit_expect_end(&echo->loop, &silent);
    assert_string_equal(silent.got.data, "error idle\n");
    kit_puts(&echo->loop, &greeted, "still here\n");
    kit_expect(&echo->loop, &greeted, "echo still here\n");
    kit_close(&silent);
    kit_close(&greeted);
    echo_stop(echo);
}

static void test_slow_reader_is_cut_by_size(void **state)
{
    (void)state;
    struct line_params params = {
        .output_bytes_max = 200000, .output_ms_max = 60000, .send_buffer_bytes = 8192};
    struct echo *echo = echo_start(&params);
    struct peer slow = kit_connect_small(echo->port, 4096), other = echo_connect(echo);
    kit_puts(&echo->loop, &slow, "big 150000\nbig 150000\nbig 150000\n"); /* and never reads */
    echo_await_closed(echo, LINE_READER_TOO_SLOW, 1);
    kit_puts(&echo->loop, &other, "others do not notice\n");
    kit_expect(&echo->loop, &other, "echo others");
    kit_close(&slow);
    kit_close(&other);
    echo_stop(echo);
}

static void test_slow_reader_is_cut_by_time(void **state)
{
    (void)state;
    struct line_params params = {.output_ms_max = 80, .send_buffer_bytes = 8192};
    struct echo *echo = echo_start(&params);
    struct peer slow = kit_connect_small(echo->port, 4096), reader = kit_connect_small(echo->port, 4096);
    kit_puts(&echo->loop, &slow, "big 500000\n");
    kit_puts(&echo->loop, &reader, "big 500000\n");
    kit_expect(&echo->loop, &reader, "x\n"); /* one that reads, however little at a time, gets it all */
    echo_await_closed(echo, LINE_READER_TOO_SLOW, 1);
    assert_int_equal(echo->closed, 1);
    kit_close(&slow);
    kit_close(&reader);
    echo_stop(echo);
}

static void test_long_answers_to_a_healthy_reader_pass(void **state)
{
    (void)state;
    struct line_params params = {.output_bytes_max = 100000};
    struct echo *echo = echo_start(&params);
    struct peer peer = echo_connect(echo);
    for (int i = 0; i < 20; i++)
        kit_puts(&echo->loop, &peer, "big 90000\n");
    kit_puts(&echo->loop, &peer, "end\n");
    kit_expect(&echo->loop, &peer, "echo end\n");
    assert_int_equal(peer.got.length, 20 * 90001 + 9);
    kit_close(&peer);
    echo_stop(echo);
}

/* A client that sends without reading stops being read, so it holds little of our memory; it is cut by time.
 */
static void test_requests_wait_while_answers_do(void **state)
{
    (void)state;
    struct line_params params = {
        .frames_per_turn = 4, .output_bytes_max = 400000, .output_ms_max = 200, .send_buffer_bytes = 8192};
    struct echo *echo = echo_start(&params);
    struct peer peer = kit_connect_small(echo->port, 4096);
    struct text all = {0};
    for (int i = 0; i < 300; i++)
        text_puts(&all, "big 10000\n");
    kit_send(&echo->loop, &peer, all.data, all.length);
    echo_await_closed(echo, LINE_READER_TOO_SLOW, 1);
    assert_true(echo->frames >= 20);
    assert_true(echo->frames <= 35); /* 200 kB, four frames, and what the system took */
    text_destroy(&all);
    kit_close(&peer);
    echo_stop(echo);
}

/* Progress counts, not the whole time, also after a half-close. */
static void test_half_closed_slow_reader_gets_all(void **state)
{
    (void)state;
    struct line_params params = {.output_ms_max = 150, .send_buffer_bytes = 8192};
    struct echo *echo = echo_start(&params);
    struct peer peer = kit_connect_small(echo->port, 8192);
    kit_puts(&echo->loop, &peer, "big 300000\n");
    kit_shut(&peer);
    int64_t begin_ms = clock_mono_ms();
    while (!peer.has_ended && clock_mono_ms() - begin_ms < 9000) {
        char bytes[4096]; /* about 75 looks of 5 ms */
        ssize_t got = recv(peer.fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got > 0)
            text_append(&peer.got, bytes, (size_t)got);
        peer.has_ended = got == 0;
        kit_turn_for(&echo->loop, 5);
    }
    assert_int_equal(peer.got.length, 300001);
    assert_true(clock_mono_ms() - begin_ms > 200);
    assert_int_equal(echo->closed_by[LINE_PEER_CLOSED], 1);
    kit_close(&peer);
    echo_stop(echo);
}

static void test_rate_excess_strikes_and_ban(void **state)
{
    (void)state;
    struct line_params params = {.frames_per_s = 1, .frames_burst = 5};
    struct echo *echo = echo_start(&params);
    echo->bans_third_strike = true;
    struct peer peer = echo_connect(echo);
    kit_puts(&echo->loop, &peer, "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    kit_expect_end(&echo->loop, &peer);
    assert_int_equal(echo->frames, 5);
    assert_int_equal(echo->excess, 3); /* the third closes, the ninth frame is not read */
    assert_int_equal(kit_count(&peer, "slow down\n"), 3);
    assert_int_equal(kit_count(&peer, "three strikes\n"), 1);
    assert_int_equal(line_server_stats(&echo->server)->frames_excess, 3);
    kit_close(&peer);

    struct peer again = echo_connect(echo);
    kit_puts(&echo->loop, &again, "let me in\n");
    kit_expect_end(&echo->loop, &again);
    assert_string_equal(again.got.data, "error banned\n");
    assert_false(again.was_reset);
    kit_close(&again);
    ban_remove(&echo->bans, "127.0.0.1");
    struct peer pardoned = echo_connect(echo);
    kit_puts(&echo->loop, &pardoned, "thank you\n");
    kit_expect(&echo->loop, &pardoned, "echo thank you\n");
    kit_close(&pardoned);
    echo_stop(echo);
}

static void test_excess_does_not_fill_the_turns(void **state)
{
    (void)state;
    struct line_params params = {.frames_per_s = 1, .frames_burst = 5};
    struct echo *echo = echo_start(&params);
    struct peer peer = echo_connect(echo);
    echo_await_open(echo, 1);
    struct text all = {0};
    for (int i = 0; i < 60; i++)
        text_puts(&all, "x\n");
    kit_send(&echo->loop, &peer, all.data, all.length);
    kit_turn(&echo->loop);
    assert_int_equal(echo->frames, 5);
    assert_int_equal(echo->excess, 4);
    kit_turn(&echo->loop);
    assert_int_equal(echo->excess, 8);
    text_destroy(&all);
    kit_close(&peer);
    echo_stop(echo);
}

static void test_rate_of_a_trusted_peer(void **state)
{
    (void)state;
    struct line_params params = {.frames_per_s = 1, .frames_burst = 2};
    struct echo *echo = echo_start(&params);
    struct peer peer = echo_connect(echo);
    echo_await_open(echo, 1);
    line_set_rate(echo->server.slots[0], 1000000, 1000000);
    for (int i = 0; i < 100; i++)
        kit_puts(&echo->loop, &peer, "fast\n");
    kit_puts(&echo->loop, &peer, "end\n");
    kit_expect(&echo->loop, &peer, "echo end\n");
    assert_int_equal(echo->excess, 0);
    kit_close(&peer);
    echo_stop(echo);
}

static void test_connection_cap_refuses_with_a_name(void **state)
{
    (void)state;
    struct line_params params = {.connections_max = 3};
    struct echo *echo = echo_start(&params);
    struct peer peers[3];
    for (int i = 0; i < 3; i++)
        peers[i] = echo_connect(echo);
    echo_await_open(echo, 3);
    for (int i = 0; i < 100; i++) { /* more than may say farewell at once */
        struct peer extra = echo_connect(echo);
        kit_puts(&echo->loop, &extra, "hello\n");
        kit_expect_end(&echo->loop, &extra);
        assert_string_equal(extra.got.data, "error too-many-connections\n");
        kit_close(&extra);
    }
    assert_int_equal(echo->opened, 3);
    assert_int_equal(line_server_stats(&echo->server)->refused, 100);
    assert_int_equal(line_server_stats(&echo->server)->ended[LINE_REFUSED_FULL], 100);
    kit_close(&peers[0]);
    echo_await_open(echo, 2);
    struct peer next = echo_connect(echo);
    kit_puts(&echo->loop, &next, "place free\n");
    kit_expect(&echo->loop, &next, "echo place free\n");
    kit_close(&next);
    kit_close(&peers[1]);
    kit_close(&peers[2]);
    echo_await_open(echo, 0);
    echo_stop(echo);
}

static void test_refused_that_hang_on_do_not_pile_up(void **state)
{
    (void)state;
    enum { N = 200 };
    struct line_params params = {.connections_max = 1};
    struct echo *echo = echo_start(&params);
    struct peer first = echo_connect(echo), extra[N];
    echo_await_open(echo, 1);
    for (int i = 0; i < N; i++)
        extra[i] = echo_connect(echo); /* and never close */
    for (int i = 0; i < N; i++)
        kit_expect_end(&echo->loop, &extra[i]);
    assert_true(echo->server.conn_count <= 1 + 32);
    kit_puts(&echo->loop, &first, "unharmed\n");
    kit_expect(&echo->loop, &first, "echo unharmed\n");
    for (int i = 0; i < N; i++)
        kit_close(&extra[i]);
    kit_close(&first);
    echo_stop(echo);
}

static void test_accept_rate_and_address_cap(void **state)
{
    (void)state;
    struct line_params by_rate = {.accepts_per_s = 1, .accepts_burst = 2};
    struct line_params by_address = {.connections_per_address_max = 2};
    const struct line_params *params[] = {&by_rate, &by_address};
    static const char *const words[] = {"error too-many-new-connections\n", "error too-many-from-address\n"};
    for (int i = 0; i < 2; i++) {
        struct echo *echo = echo_start(params[i]);
        struct peer peers[3];
        for (int k = 0; k < 3; k++)
            peers[k] = echo_connect(echo);
        kit_expect_end(&echo->loop, &peers[2]);
        assert_string_equal(peers[2].got.data, words[i]);
        kit_puts(&echo->loop, &peers[1], "in\n");
        kit_expect(&echo->loop, &peers[1], "echo in\n");
        for (int k = 0; k < 3; k++)
            kit_close(&peers[k]);
        echo_stop(echo);
    }
}

static void hostile_act(struct echo *echo, struct peer *peer, uint64_t *random)
{
    char bytes[3000];
    uint64_t act = kit_random(random) % 100;
    size_t length = 1 + kit_random(random) % sizeof bytes;
    for (size_t i = 0; i < length; i++) {
        uint64_t any = kit_random(random) >> 32;
        if (act < 50)
            bytes[i] = (char)any;
        else
            bytes[i] = act < 80 ? "{}\"\n\r\\a:"[any % 8] : 'z';
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
        *peer = echo_connect(echo);
}

static void test_hostile_bytes_change_nothing(void **state)
{
    (void)state;
    enum { HOSTILE = 12, ACTS = 6000 };
    uint64_t random = kit_seed();
    struct line_params params = {
        .frame_bytes_max = 4000, .frame_ms_max = 50, .accepts_per_s = 100000, .accepts_burst = 100000};
    struct echo *echo = echo_start(&params);
    struct peer good = echo_connect(echo), bad[HOSTILE];
    for (int i = 0; i < HOSTILE; i++)
        bad[i] = echo_connect(echo);
    for (int i = 0; i < ACTS; i++) {
        hostile_act(echo, &bad[i % HOSTILE], &random);
        kit_turn(&echo->loop);
        if (i % 100 != 0)
            continue;
        char ask[32], expected[40];
        snprintf(ask, sizeof ask, "still fine %d\n", i);
        snprintf(expected, sizeof expected, "echo still fine %d\n", i);
        kit_puts(&echo->loop, &good, ask);
        kit_expect(&echo->loop, &good, expected);
    }
    for (int i = 0; i < HOSTILE; i++)
        kit_close(&bad[i]);
    echo_await_open(echo, 1);
    assert_int_equal(echo->opened, echo->closed + 1);
    kit_close(&good);
    echo_await_open(echo, 0);
    echo_stop(echo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_of_the_limit_passes_one_more_byte_does_not),
        cmocka_unit_test(test_small_limit_holds_for_whole_and_endless_frames),
        cmocka_unit_test(test_slow_frame_is_ended_even_when_it_drips),
        cmocka_unit_test(test_idle_limit_can_change),
        cmocka_unit_test(test_slow_reader_is_cut_by_size),
        cmocka_unit_test(test_slow_reader_is_cut_by_time),
        cmocka_unit_test(test_long_answers_to_a_healthy_reader_pass),
        cmocka_unit_test(test_requests_wait_while_answers_do),
        cmocka_unit_test(test_half_closed_slow_reader_gets_all),
        cmocka_unit_test(test_rate_excess_strikes_and_ban),
        cmocka_unit_test(test_excess_does_not_fill_the_turns),
        cmocka_unit_test(test_rate_of_a_trusted_peer),
        cmocka_unit_test(test_connection_cap_refuses_with_a_name),
        cmocka_unit_test(test_refused_that_hang_on_do_not_pile_up),
        cmocka_unit_test(test_accept_rate_and_address_cap),
        cmocka_unit_test(test_hostile_bytes_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
