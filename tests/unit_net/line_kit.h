/* SPDX-License-Identifier: MIT
 * A line server with a small application on it that answers like the dispatcher does: frames are noted as
 * they arrive and answered in the turn's commit hook with "echo FRAME". Some frames are commands: "close
 * TEXT" closes with that text, "strike" counts a strike, "big N" answers with N bytes of 'x'. */
#ifndef TESTS_UNIT_NET_LINE_KIT_H
#define TESTS_UNIT_NET_LINE_KIT_H

#include "dispatcher/net/line.h"
#include "tests/unit_net/net_kit.h"

enum { ECHO_PENDING_MAX = 8192 };

struct echo {
    struct loop loop;
    struct line_server server;
    uint16_t port;
    struct ban_table bans;
    struct {
        uint64_t conn;
        char *frame; /* owned */
        size_t length;
    } pending[ECHO_PENDING_MAX]; /* of this turn */
    size_t pending_count;
    size_t frames_last_turn; /* of the last turn that had any */
    size_t commits;          /* turns that had frames */
    size_t opened, closed, frames, excess;
    size_t closed_by[LINE_REASON_COUNT];
    bool bans_third_strike;
};

struct echo *echo_start(const struct line_params *params); /* listens on 127.0.0.1 */
void echo_stop(struct echo *echo);
struct peer echo_connect(struct echo *echo);

/* Turns until that many connections have been closed for the reason. */
void echo_await_closed(struct echo *echo, enum line_reason reason, size_t count);
void echo_await_open(struct echo *echo, size_t count);

#endif
