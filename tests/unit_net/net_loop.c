/* SPDX-License-Identifier: MIT
 * The loop: turns and their hooks, timers, signals, posting from threads, foreign descriptors. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/clock.h"
#include "tests/unit_net/net_kit.h"

/* Writes down what happens, in order: "r" for an input, "C" and "F" for the hooks. */
struct journal {
    struct loop *loop;
    struct text text;
    int count;
    int reads;
};

static void note(struct journal *journal, const char *what)
{
    text_puts(&journal->text, what);
}

static void on_commit(void *userdata)
{
    note(userdata, "C");
}

static void on_flush(void *userdata)
{
    note(userdata, "F");
}

static void count_up(void *userdata)
{
    ((struct journal *)userdata)->count++;
}

struct pipe_end {
    struct journal *journal;
    struct loop_watch watch;
    int fds[2];
};

static void on_pipe(unsigned ready, void *userdata)
{
    struct pipe_end *end = userdata;
    assert_int_equal(ready, LOOP_READABLE);
    char byte;
    assert_int_equal(read(end->fds[0], &byte, 1), 1);
    note(end->journal, "r");
    end->journal->reads++;
}

static void open_pipes(struct loop *loop, struct journal *journal, struct pipe_end *ends, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ends[i].journal = journal;
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends[i].fds), 0);
        assert_int_equal(
            loop_watch_init(&ends[i].watch, loop, ends[i].fds[0], LOOP_READABLE, on_pipe, &ends[i]),
            STATUS_OK);
    }
}

static void close_pipes(struct pipe_end *ends, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        loop_watch_destroy(&ends[i].watch);
        close(ends[i].fds[0]);
        close(ends[i].fds[1]);
    }
}

static void test_hooks_run_once_after_all_ready_input(void **state)
{
    (void)state;
    enum { N = 150 };
    struct loop loop;
    kit_loop_init(&loop);
    struct journal journal = {.loop = &loop};
    struct pipe_end ends[N];
    open_pipes(&loop, &journal, ends, N);
    loop_hook_add(&loop, LOOP_FLUSH, on_flush, &journal); /* added first, runs last */
    loop_hook_add(&loop, LOOP_COMMIT, on_commit, &journal);
    for (int i = 0; i < N; i++)
        assert_int_equal(write(ends[i].fds[1], "x", 1), 1);
    uint64_t before = loop_turn_count(&loop);
    kit_turn(&loop);
    assert_int_equal(loop_turn_count(&loop), before + 1);
    assert_int_equal(journal.reads, N);
    assert_string_equal(journal.text.data + N, "CF");

    /* A lone input has its hook in its own turn, without waiting for anything. */
    text_clear(&journal.text);
    assert_int_equal(write(ends[3].fds[1], "x", 1), 1);
    struct error error;
    int64_t begin_ms = clock_mono_ms();
    assert_int_equal(loop_turn(&loop, 5000, &error), STATUS_OK);
    assert_true(clock_mono_ms() - begin_ms < 1000);
    assert_string_equal(journal.text.data, "rCF");

    loop_hook_remove(&loop, on_commit, &journal);
    text_clear(&journal.text);
    kit_turn(&loop);
    assert_string_equal(journal.text.data, "F");
    close_pipes(ends, N);
    text_destroy(&journal.text);
    loop_destroy(&loop);
}

/* An input that never stops must not keep the hook from running. */
static void on_endless(unsigned ready, void *userdata)
{
    (void)ready;
    note(userdata, "w");
}

static void test_endless_input_does_not_starve_the_hook(void **state)
{
    (void)state;
    struct loop loop;
    kit_loop_init(&loop);
    struct journal journal = {.loop = &loop};
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    struct loop_watch watch;
    assert_int_equal(loop_watch_init(&watch, &loop, fds[0], LOOP_WRITABLE, on_endless, &journal), STATUS_OK);
    loop_hook_add(&loop, LOOP_COMMIT, on_commit, &journal);
    for (int i = 0; i < 3; i++)
        kit_turn(&loop);
    assert_string_equal(journal.text.data, "wCwCwC");
    loop_watch_want(&watch, 0);
    kit_turn(&loop);
    assert_string_equal(journal.text.data, "wCwCwCC");
    loop_watch_destroy(&watch);
    close(fds[0]);
    close(fds[1]);
    text_destroy(&journal.text);
    loop_destroy(&loop);
}

static void test_again_turns_without_waiting(void **state)
{
    (void)state;
    struct loop loop;
    struct error error;
    kit_loop_init(&loop);
    loop_again(&loop);
    int64_t begin_ms = clock_mono_ms();
    assert_int_equal(loop_turn(&loop, 5000, &error), STATUS_OK);
    assert_true(clock_mono_ms() - begin_ms < 1000);
    begin_ms = clock_mono_ms();
    assert_int_equal(loop_turn(&loop, 30, &error), STATUS_OK); /* once is once */
    assert_true(clock_mono_ms() - begin_ms >= 20);
    loop_destroy(&loop);
}

struct ringing {
    struct loop *loop;
    struct loop_timer timer;
    int64_t begin_ms, rang_ms;
    int count;
};

static void on_ring(void *userdata)
{
    struct ringing *ringing = userdata;
    ringing->rang_ms = clock_mono_ms();
    if (++ringing->count < 3)
        loop_timer_arm(&ringing->timer, 5);
    else
        loop_stop(ringing->loop);
}

static void test_timer_rings_once_and_never_early(void **state)
{
    (void)state;
    struct loop loop;
    struct error error;
    kit_loop_init(&loop);
    struct ringing ringing = {.loop = &loop, .count = 2};
    assert_int_equal(loop_timer_init(&ringing.timer, &loop, on_ring, &ringing), STATUS_OK);
    assert_false(loop_timer_is_armed(&ringing.timer));
    for (int delay_ms = 0; delay_ms < 12; delay_ms++) {
        ringing.count = 2;
        ringing.begin_ms = clock_mono_ms();
        loop_timer_arm(&ringing.timer, 10000);
        loop_timer_arm(&ringing.timer, delay_ms); /* replaces */
        assert_true(loop_timer_is_armed(&ringing.timer));
        assert_int_equal(loop_run(&loop, &error), STATUS_OK);
        assert_int_equal(ringing.count, 3);
        assert_true(ringing.rang_ms - ringing.begin_ms >= delay_ms);
        assert_true(ringing.rang_ms - ringing.begin_ms < 2000);
        assert_false(loop_timer_is_armed(&ringing.timer));
    }
    /* Armed at any moment between two ticks of the system's coarse clock, by which libevent counts. */
    for (int i = 0; i < 60; i++) {
        for (int64_t from_us = clock_mono_us(); clock_mono_us() - from_us < (int64_t)(i % 20) * 200;)
            ;
        ringing.count = 2;
        ringing.begin_ms = clock_mono_ms();
        loop_timer_arm(&ringing.timer, 6);
        assert_int_equal(loop_run(&loop, &error), STATUS_OK);
        assert_true(ringing.rang_ms - ringing.begin_ms >= 6);
    }
    ringing.count = 0; /* armed again from its own callback */
    loop_timer_arm(&ringing.timer, 1);
    assert_int_equal(loop_run(&loop, &error), STATUS_OK);
    assert_int_equal(ringing.count, 3);
    loop_timer_arm(&ringing.timer, 1);
    loop_timer_disarm(&ringing.timer);
    kit_turn_for(&loop, 20);
    assert_int_equal(ringing.count, 3);
    loop_timer_destroy(&ringing.timer);
    loop_timer_destroy(&(struct loop_timer){0});
    loop_destroy(&loop);
}

static void test_signal_is_caught(void **state)
{
    (void)state;
    struct loop loop;
    kit_loop_init(&loop);
    struct journal journal = {.loop = &loop};
    struct loop_signal caught;
    assert_int_equal(loop_signal_init(&caught, &loop, SIGUSR1, count_up, &journal), STATUS_OK);
    raise(SIGUSR1);
    kit_turn_for(&loop, 20);
    assert_int_equal(journal.count, 1);
    loop_signal_destroy(&caught);
    raise(SIGPIPE); /* ignored */
    loop_destroy(&loop);
}

enum { POSTERS = 4, POSTS = 500 };

static void *post_many(void *userdata)
{
    struct journal *journal = userdata;
    for (int i = 0; i < POSTS; i++)
        if (loop_post(journal->loop, count_up, journal) != STATUS_OK)
            return NULL;
    return journal;
}

static bool has_all_posts(void *userdata)
{
    return ((struct journal *)userdata)->count == POSTERS * POSTS;
}

static void test_threads_post_to_the_loop(void **state)
{
    (void)state;
    struct loop loop;
    kit_loop_init(&loop);
    struct journal journal = {.loop = &loop};
    pthread_t threads[POSTERS];
    for (int i = 0; i < POSTERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, post_many, &journal), 0);
    kit_turn_until(&loop, has_all_posts, &journal, "all posted callbacks run");
    for (int i = 0; i < POSTERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(journal.count, POSTERS * POSTS);
    assert_int_equal(loop_post(&loop, count_up, &journal), STATUS_OK); /* dropped by destroy, not leaked */
    loop_destroy(&loop);
}

static void *stop_soon(void *userdata)
{
    loop_stop(userdata);
    return NULL;
}

static void test_thread_stops_a_waiting_loop(void **state)
{
    (void)state;
    struct loop loop;
    struct error error;
    kit_loop_init(&loop);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, &loop), 0);
    assert_int_equal(loop_run(&loop, &error), STATUS_OK);
    pthread_join(thread, NULL);
    loop_destroy(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hooks_run_once_after_all_ready_input),
        cmocka_unit_test(test_endless_input_does_not_starve_the_hook),
        cmocka_unit_test(test_again_turns_without_waiting),
        cmocka_unit_test(test_timer_rings_once_and_never_early),
        cmocka_unit_test(test_signal_is_caught),
        cmocka_unit_test(test_threads_post_to_the_loop),
        cmocka_unit_test(test_thread_stops_a_waiting_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
