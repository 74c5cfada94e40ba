/* SPDX-License-Identifier: MIT */
#include "tests/unit_net/line_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "common/base/clock.h"

static void on_opened(struct line_conn *conn, void *userdata)
{
    struct echo *echo = userdata;
    echo->opened++;
    line_set_userdata(conn, echo);
}

static void on_line(struct line_conn *conn, struct span line, void *userdata)
{
    struct echo *echo = userdata;
    assert_ptr_equal(line_userdata(conn), echo);
    assert_true(echo->pending_count < ECHO_PENDING_MAX);
    echo->frames++;
    char *copy = malloc(line.length + 1);
    assert_non_null(copy);
    memcpy(copy, line.data, line.length);
    copy[line.length] = '\0';
    echo->pending[echo->pending_count].conn = line_id(conn);
    echo->pending[echo->pending_count].frame = copy;
    echo->pending[echo->pending_count].length = line.length;
    echo->pending_count++;
}

static void strike(struct echo *echo, struct line_conn *conn)
{
    unsigned count = line_strike(conn);
    if (count == 3 && echo->bans_third_strike) {
        int64_t now_ms = clock_mono_ms();
        ban_add(&echo->bans, line_address(conn), now_ms + 60000, now_ms);
        line_close(conn, "three strikes");
    }
}

static void on_excess(struct line_conn *conn, struct span line, void *userdata)
{
    (void)line;
    struct echo *echo = userdata;
    echo->excess++;
    line_send(conn, "slow down", 9);
    strike(echo, conn);
}

static void on_closed(struct line_conn *conn, enum line_reason reason, void *userdata)
{
    struct echo *echo = userdata;
    assert_true(line_is_closing(conn));
    echo->closed++;
    echo->closed_by[reason]++;
}

static void answer(struct echo *echo, struct line_conn *conn, const char *frame, size_t length)
{
    static char big[4 * 1024 * 1024];
    size_t size = 0;
    if (strncmp(frame, "close ", 6) == 0) {
        line_close(conn, frame + 6);
    } else if (strcmp(frame, "strike") == 0) {
        strike(echo, conn);
    } else if (sscanf(frame, "big %zu", &size) == 1 && size <= sizeof big) {
        memset(big, 'x', size);
        line_send(conn, big, size);
    } else {
        struct text text = {0};
        text_puts(&text, "echo ");
        text_append(&text, frame, length);
        line_send(conn, text.data, text.length);
        text_destroy(&text);
    }
}

static void on_commit(void *userdata)
{
    struct echo *echo = userdata;
    if (echo->pending_count > 0) {
        echo->commits++;
        echo->frames_last_turn = echo->pending_count;
    }
    for (size_t i = 0; i < echo->pending_count; i++) {
        struct line_conn *conn = line_find(&echo->server, echo->pending[i].conn);
        if (conn != NULL)
            answer(echo, conn, echo->pending[i].frame, echo->pending[i].length);
        free(echo->pending[i].frame);
    }
    echo->pending_count = 0;
}

struct echo *echo_start(const struct line_params *params)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
    setrlimit(RLIMIT_NOFILE, &files);

    struct echo *echo = calloc(1, sizeof *echo);
    assert_non_null(echo);
    struct error error = {0};
    kit_loop_init(&echo->loop);
    struct line_params own = params != NULL ? *params : (struct line_params){0};
    own.bans = &echo->bans;
    struct line_callbacks callbacks = {on_opened, on_line, on_excess, on_closed};
    if (line_server_init(&echo->server, &echo->loop, &own, &callbacks, echo, &error) != STATUS_OK ||
        line_server_listen(&echo->server, NULL, 0, &echo->port, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    loop_hook_add(&echo->loop, LOOP_COMMIT, on_commit, echo);
    return echo;
}

void echo_stop(struct echo *echo)
{
    on_commit(echo); /* frees what is pending */
    line_server_destroy(&echo->server);
    loop_destroy(&echo->loop);
    free(echo);
}

struct peer echo_connect(struct echo *echo)
{
    return kit_connect("127.0.0.1", echo->port);
}

struct awaited {
    struct echo *echo;
    enum line_reason reason;
    size_t count;
};

static bool are_closed(void *userdata)
{
    struct awaited *awaited = userdata;
    return awaited->echo->closed_by[awaited->reason] >= awaited->count;
}

void echo_await_closed(struct echo *echo, enum line_reason reason, size_t count)
{
    kit_turn_until(&echo->loop, are_closed, &(struct awaited){echo, reason, count}, line_reason_name(reason));
}

static bool are_open(void *userdata)
{
    struct awaited *awaited = userdata;
    return line_server_stats(&awaited->echo->server)->open_now == awaited->count;
}

void echo_await_open(struct echo *echo, size_t count)
{
    kit_turn_until(&echo->loop, are_open, &(struct awaited){.echo = echo, .count = count},
                   "connections are open");
}
