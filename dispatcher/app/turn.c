/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/turn.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/wire/message.h"
#include "dispatcher/app/dispatcher.h"

enum {
    FULL_RETRY_MS = 5000, /* after a full disk: how long nothing new is issued before it is tried again */
    TICKS_MAX = 2000,     /* of one turn; a day's close with 32,768 tickets takes 842 */
};

void turn_init(struct turn *turn, struct dispatcher *dispatcher)
{
    *turn = (struct turn){.dispatcher = dispatcher};
}

void turn_destroy(struct turn *turn)
{
    free(turn->replies);
    text_destroy(&turn->bodies);
    text_destroy(&turn->frame);
    *turn = (struct turn){0};
}

/* The disk's state is unknown, or worse: nobody may be told anything. */
static void turn_fail(struct turn *turn, const struct error *error)
{
    log_error("store", "%s; stopping, so that a fresh start reads what the disk really holds", error->text);
    turn->dispatcher->exit_code = 1;
    turn->dispatcher->stopping = true;
    turn->reply_count = 0;
    loop_stop(&turn->dispatcher->loop);
}

/* No space, or read-only: the transaction is undone and the hall read again, which is where it stood before.
 */
static void turn_recover(struct turn *turn, const struct error *error)
{
    struct dispatcher *d = turn->dispatcher;
    struct store_load_report report;
    struct error load_error = {0};
    bool had_reserve = store_release_reserve(d->store);
    log_error("store", "%s; %s", error->text,
              had_reserve ? "the reserve is released so that calling goes on; free some space"
                          : "no numbers are issued until there is space");
    store_rollback(d->store);
    turn->full = true;
    turn->full_until_ms = clock_mono_ms() + FULL_RETRY_MS;
    if (store_load(d->store, d->hall, NULL, NULL, &report, &load_error) != STATUS_OK) {
        turn_fail(turn, &load_error);
        return;
    }
    d->topics.all = true;
    planning_undone(&d->planning);
}

static bool turn_survive(struct turn *turn, const struct error *error)
{
    if (error->status == STATUS_FULL)
        turn_recover(turn, error);
    else
        turn_fail(turn, error);
    return false;
}

static bool adds_to_the_hall(enum command_kind kind)
{
    return kind == COMMAND_ISSUE || kind == COMMAND_CHECK_IN || kind == COMMAND_BOOK;
}

/* While space is short only what helps the people who are here already is taken. */
static bool space_allows(struct turn *turn, enum command_kind kind)
{
    if (!turn->full)
        return true;
    if (clock_mono_ms() >= turn->full_until_ms) {
        struct store_space space;
        struct error error = {0};
        if (store_space(turn->dispatcher->store, &space, &error) == STATUS_OK &&
            space.free_bytes >= DISPATCHER_LOW_BYTES) {
            turn->full = false;
            log_info("store", "there is space again free_bytes=%lld", (long long)space.free_bytes);
            return true;
        }
        turn->full_until_ms = clock_mono_ms() + FULL_RETRY_MS;
    }
    return !adds_to_the_hall(kind);
}

/* Each event in turn: planning sees the hall without it, then the store and the hall take it in. */
static enum status take_events(struct turn *turn, struct error *error)
{
    struct dispatcher *d = turn->dispatcher;
    enum status status = store_is_open(d->store) ? STATUS_OK : store_begin(d->store, error);
    for (uint32_t i = 0; i < turn->decision.count && status == STATUS_OK; i++) {
        status = planning_take(&d->planning, &turn->decision.events[i], error);
        if (status == STATUS_OK)
            status = store_take(d->store, d->hall, &turn->decision.events[i], 1, NULL, error);
    }
    return status;
}

bool turn_command(struct turn *turn, const struct command *command, bool *unstorable)
{
    struct dispatcher *d = turn->dispatcher;
    struct decision *decision = &turn->decision;
    struct error error = {0};
    *unstorable = turn->failed || d->stopping || !space_allows(turn, command->kind);
    if (*unstorable)
        return false;
    turn->commands++;
    if (!hall_decide(d->hall, command, clock_wall_ms(), decision)) {
        turn->refusals++;
        return false;
    }
    if (!decision->count)
        return true;
    if (take_events(turn, &error) != STATUS_OK) {
        *unstorable = true;
        turn->failed = true;
        return turn_survive(turn, &error);
    }
    for (uint32_t i = 0; i < decision->count; i++)
        topics_note(&d->topics, &decision->events[i]);
    return true;
}

void turn_reply(struct turn *turn, struct reply_to to, int status, struct span body)
{
    if (to.kind == REPLY_NONE)
        return;
    if (turn->reply_count == turn->reply_room) {
        size_t room = turn->reply_room ? 2 * turn->reply_room : 64;
        struct turn_reply *grown = realloc(turn->replies, room * sizeof *grown);
        if (!grown) {
            log_error("turn", "out of memory: an answer is dropped, its sender will ask again");
            return;
        }
        turn->replies = grown;
        turn->reply_room = room;
    }
    turn->replies[turn->reply_count++] = (struct turn_reply){to, status, turn->bodies.length, body.length};
    text_append(&turn->bodies, body.data, body.length);
}

static void send_http(struct turn *turn, const struct turn_reply *reply, struct span body)
{
    struct http_request *request = http_request_find(&turn->dispatcher->console_server, reply->to.target);
    struct text whole = {0};
    if (!request)
        return;
    text_puts(&whole, "{");
    text_append(&whole, body.data, body.length);
    text_puts(&whole, "}");
    http_answer(request, &(struct http_response){.status = reply->status,
                                                 .type = "application/json",
                                                 .body = {whole.data, whole.length}});
    text_destroy(&whole);
}

static void send_line(struct turn *turn, const struct turn_reply *reply, struct span body)
{
    struct line_conn *conn = line_find(&turn->dispatcher->line_server, reply->to.target);
    if (!conn)
        return;
    text_clear(&turn->frame);
    if (wire_answer_write(&turn->frame, reply->to.request_id, body))
        line_send(conn, turn->frame.data, turn->frame.length - 1);
}

static void send_replies(struct turn *turn)
{
    struct text failure = {0};
    if (turn->failed) {
        struct wire_error error = wire_error_of(WIRE_ERROR_STORE_UNAVAILABLE);
        wire_error_body_write(&failure, &error);
    }
    for (size_t i = 0; i < turn->reply_count; i++) {
        struct turn_reply *reply = &turn->replies[i];
        struct span body = {turn->bodies.data + reply->from, reply->length};
        if (turn->failed) {
            body = (struct span){failure.data, failure.length};
            reply->status = router_http_status("store-unavailable");
        }
        if (reply->to.kind == REPLY_HTTP)
            send_http(turn, reply, body);
        else
            send_line(turn, reply, body);
    }
    text_destroy(&failure);
    turn->reply_count = 0;
    text_clear(&turn->bodies);
}

static void commit(struct turn *turn)
{
    struct dispatcher *d = turn->dispatcher;
    struct error error = {0};
    int64_t from_us = clock_mono_us();
    if (store_commit(d->store, &error) != STATUS_OK) {
        turn->failed = true;
        turn_survive(turn, &error);
        return;
    }
    turn->commits++;
    turn->commit_us_last = clock_mono_us() - from_us;
    if (turn->commit_us_last > turn->commit_us_max)
        turn->commit_us_max = turn->commit_us_last;
}

void turn_tick(struct turn *turn)
{
    struct dispatcher *d = turn->dispatcher;
    struct command tick = {.kind = COMMAND_TICK};
    bool calls_itself = d->hall->policy[POLICY_AUTO_CALL];
    bool unstorable;
    for (int i = 0; i < TICKS_MAX && !turn->failed && !d->stopping; i++) {
        int64_t now_ms = clock_wall_ms();
        bool due = hall_next_deadline(d->hall, now_ms) <= now_ms;
        if (!due && !calls_itself && i > 0)
            break;
        if (!turn_command(turn, &tick, &unstorable) || !turn->decision.count)
            break;
    }
}

static void arm_timer(struct dispatcher *d)
{
    int64_t now_ms = clock_wall_ms();
    int64_t wait_ms = hall_next_deadline(d->hall, now_ms) - now_ms;
    if (wait_ms > 60000)
        wait_ms = 60000; /* wall time may jump: look again */
    loop_timer_arm(&d->tick_timer, wait_ms > 0 ? wait_ms : 50);
}

void turn_end(struct turn *turn)
{
    struct dispatcher *d = turn->dispatcher;
    if (store_is_open(d->store) && d->hall->policy[POLICY_AUTO_CALL])
        turn_tick(turn);
    if (store_is_open(d->store))
        planning_before_commit(&d->planning);
    bool changed = store_is_open(d->store);
    if (changed)
        commit(turn);
    if (d->stopping && d->exit_code) {
        turn->reply_count = 0;
        return;
    }
    send_replies(turn);
    if (changed || turn->failed || d->topics.touched)
        topics_publish(&d->topics);
    if (changed || turn->failed)
        arm_timer(d);
    turn->failed = false;
}
