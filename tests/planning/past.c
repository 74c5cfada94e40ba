/* SPDX-License-Identifier: MIT */
#include "tests/planning/past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/app/founding.h"
#include "dispatcher/plan/draw.h"
#include "tests/planning/set_clock.h"

enum { SECOND_MS = 1000, APPROACH_MS = 25000, NO_SHOW_MS = 61000, LOOK_AGAIN_MS = 20000, TURN_MS = 5000 };

double past_item_factor(struct item_id item)
{
    return .7 + .1 * (item.value * 7 % 8);
}

double past_clerk_speed(struct clerk_id clerk)
{
    return .75 + .05 * (clerk.value * 5 % 12);
}

/* ---- commands ---- */

static bool take(struct past *past, const struct command *command, struct error *error)
{
    if (!hall_decide(past->hall, command, past->now_ms, &past->decision))
        return true; /* refused: part of a hall's day */
    return store_take(past->store, past->hall, past->decision.events, past->decision.count, NULL, error) ==
           STATUS_OK;
}

static bool did_something(const struct past *past)
{
    return !past->decision.refusal.code && past->decision.count;
}

/* ---- visitors ---- */

static bool can_be_taken(const struct hall *hall, uint16_t i)
{
    const struct item_set *set = &hall->items[i].set;
    return hall->items[i].exists && !set->retired && !set->needs_identity && !set->special_only;
}

static struct item_id any_item(struct past *past)
{
    const struct hall *hall = past->hall;
    for (;;) {
        /* low numbers are asked for more often */
        double u = rng_unit(&past->rng);
        uint16_t i = (uint16_t)(1 + (unsigned)(u * u * hall->items_top));
        if (can_be_taken(hall, i))
            return (struct item_id){i};
    }
}

static bool visit(struct past *past, struct item_id item, uint16_t kind, struct error *error)
{
    struct command issue = {.kind = COMMAND_ISSUE, .by = {ACTOR_KIOSK, 1}};
    issue.issue.items = (struct item_list){.count = 1, .items = {item}};
    issue.issue.channel = CHANNEL_KIOSK;
    issue.issue.kind = kind;
    return take(past, &issue, error);
}

/* ---- what planning would do: tell everybody a range, propose, answer, score ---- */

static bool tell(struct past *past, struct error *error)
{
    const struct ticket *ticket = &past->hall->tickets[past->hall->ticket_count];
    if (!past->hall->ticket_count || ticket->state != TICKET_WAITING || ticket->has_forecast)
        return true;
    uint16_t low_s = (uint16_t)rng_range(&past->rng, 10, 900);
    struct command forecast = {.kind = COMMAND_FORECAST_TICKET,
                               .forecast_ticket = {ticket->number, low_s, (uint16_t)(low_s * 2),
                                                   (uint16_t)(low_s + 5), (uint16_t)(low_s + 300)}};
    return take(past, &forecast, error);
}

static bool plan(struct past *past, struct error *error)
{
    const struct window_id window = {(uint16_t)rng_range(&past->rng, 1, 3)};
    uint32_t number = past->hall->proposal_last;
    uint16_t wait_s = (uint16_t)rng_range(&past->rng, 100, 1500);
    struct command propose = {
        .kind = COMMAND_PROPOSE,
        .propose = {.window = window,
                    .trigger = TRIGGER_LONG_WAIT,
                    .after = (uint64_t)1 << rng_below(&past->rng, 9),
                    .gain = wait_s * 60,
                    .effects = {.count = 1, .list = {{{0}, wait_s, 90, 1600, wait_s, 80, 1500}}}}};
    struct command answer = {.kind = COMMAND_ANSWER_PROPOSAL,
                             .by = {ACTOR_MANAGER, 1},
                             .answer_proposal = {.proposal = number, .reason = {"试验"}}};
    struct command score = {.kind = COMMAND_SCORE_PROPOSAL,
                            .score_proposal = {number, wait_s, wait_s - 20, wait_s, 2 * wait_s}};
    answer.answer_proposal.answer = rng_chance(&past->rng, 500) ? ANSWER_ACCEPTED : ANSWER_REJECTED;
    return take(past, &propose, error) &&
           (number < 1 || (take(past, &answer, error) && take(past, &score, error)));
}

/* ---- clerks ---- */

static int64_t service_ms(struct past *past, const struct ticket *ticket)
{
    const struct hall *hall = past->hall;
    double mean = hall->items[ticket_item(ticket).value].set.expected_ms *
                  past_item_factor(ticket_item(ticket)) / past_clerk_speed(ticket->clerk);
    return (int64_t)draw_lognormal(&past->rng, mean, .5);
}

static bool act(struct past *past, uint16_t w, struct error *error)
{
    struct past_window *p = &past->windows[w];
    const struct window *window = &past->hall->windows[w];
    const struct window_id id = {w};
    if (!window->ticket.value) {
        if (!take(past, &(struct command){.kind = COMMAND_CALL, .call = {id}}, error))
            return false;
        p->next_ms = past->now_ms + (window->ticket.value ? APPROACH_MS : LOOK_AGAIN_MS);
        if (window->ticket.value && rng_chance(&past->rng, 30))
            p->next_ms = past->now_ms + NO_SHOW_MS;
        return true;
    }
    const struct ticket *ticket = &past->hall->tickets[window->ticket.value];
    if (ticket->state == TICKET_CALLED && past->now_ms >= ticket->called_ms + NO_SHOW_MS) {
        p->next_ms = past->now_ms + SECOND_MS;
        return take(past, &(struct command){.kind = COMMAND_NO_SHOW, .no_show = {id}}, error);
    }
    if (ticket->state == TICKET_CALLED) {
        p->next_ms = past->now_ms + service_ms(past, ticket);
        return take(past, &(struct command){.kind = COMMAND_START, .by = {ACTOR_CLERK, w}, .start = {id}},
                    error);
    }
    p->next_ms = past->now_ms + TURN_MS;
    return take(past, &(struct command){.kind = COMMAND_FINISH, .finish = {id}}, error);
}

/* ---- days ---- */

static bool staff(struct past *past, struct error *error)
{
    memset(past->windows, 0, sizeof past->windows);
    for (uint16_t w = 1; w <= PAST_WINDOWS; w++) {
        struct command duty = {.kind = COMMAND_START_DUTY, .start_duty = {.window = {w}, .clerk = {w}}};
        if (!take(past, &duty, error))
            return false;
        past->windows[w].next_ms = past->now_ms + w * SECOND_MS;
    }
    return true;
}

static bool tick(struct past *past, struct error *error)
{
    do
        if (!take(past, &(struct command){.kind = COMMAND_TICK}, error))
            return false;
    while (did_something(past) && hall_next_deadline(past->hall, past->now_ms) <= past->now_ms);
    return true;
}

/* When something happens next. */
static int64_t next_ms(const struct past *past, int64_t visitor_ms)
{
    int64_t next = hall_next_deadline(past->hall, past->now_ms);
    for (unsigned w = 1; w <= PAST_WINDOWS; w++)
        if (past->hall->windows[w].clerk.value && past->windows[w].next_ms < next)
            next = past->windows[w].next_ms;
    next = visitor_ms < next ? visitor_ms : next;
    return next > past->now_ms ? next : past->now_ms + 1;
}

static bool step(struct past *past, int64_t *visitor_ms, double gap_ms, struct error *error)
{
    past->now_ms = next_ms(past, *visitor_ms);
    set_clock(past->now_ms);
    if (hall_next_deadline(past->hall, past->now_ms) <= past->now_ms && !tick(past, error))
        return false;
    for (; *visitor_ms <= past->now_ms; *visitor_ms += (int64_t)draw_exponential(&past->rng, gap_ms) + 1)
        if (!visit(past, any_item(past), 0, error) ||
            (past->plans && (!tell(past, error) || (rng_chance(&past->rng, 150) && !plan(past, error)))))
            return false;
    for (uint16_t w = 1; w <= PAST_WINDOWS; w++)
        if (past->hall->windows[w].clerk.value && past->windows[w].next_ms <= past->now_ms &&
            !act(past, w, error))
            return false;
    return true;
}

int32_t past_open_date(const struct past *past, int32_t date)
{
    while (!hall_sessions(past->hall, date).count)
        date++;
    return date;
}

bool past_day(struct past *past, int32_t date, unsigned until_min, struct error *error)
{
    struct session_list list = hall_sessions(past->hall, date);
    if (!list.count)
        return true;
    int64_t midnight_ms = hall_midnight_ms(past->hall, date);
    int64_t from_ms = midnight_ms + list.sessions[0].from_min * MINUTE_MS;
    int64_t to_ms = midnight_ms + list.sessions[list.count - 1].to_min * MINUTE_MS;
    double gap_ms = (double)(to_ms - from_ms) / PAST_VISITORS_A_DAY;
    past->now_ms = from_ms - 10 * MINUTE_MS;
    set_clock(past->now_ms);
    if (store_begin(past->store, error) != STATUS_OK || !tick(past, error) || !staff(past, error))
        return false;
    int64_t visitor_ms = past->now_ms;
    while (past->hall->day_state != DAY_CLOSED && past->now_ms < midnight_ms + until_min * MINUTE_MS)
        if (!step(past, &visitor_ms, gap_ms, error))
            return false;
    return store_commit(past->store, error) == STATUS_OK;
}

bool past_crowd(struct past *past, struct domain_id domain, unsigned count, uint16_t kind,
                struct error *error)
{
    if (store_begin(past->store, error) != STATUS_OK)
        return false;
    for (uint16_t i = 1; count; i = (uint16_t)(i % past->hall->items_top + 1)) {
        if (past->hall->items[i].set.domain.value != domain.value || !can_be_taken(past->hall, i))
            continue;
        if (!visit(past, (struct item_id){i}, kind, error))
            return false;
        count--;
    }
    return store_commit(past->store, error) == STATUS_OK;
}

bool past_do(struct past *past, const struct command *command, struct error *error)
{
    return hall_decide(past->hall, command, past->now_ms, &past->decision) &&
           store_begin(past->store, error) == STATUS_OK &&
           store_take(past->store, past->hall, past->decision.events, past->decision.count, NULL, error) ==
               STATUS_OK &&
           store_commit(past->store, error) == STATUS_OK;
}

/* ---- the hall ---- */

bool past_make(struct past *past, const char *data, const char *demo, int64_t made_ms, uint64_t seed,
               struct error *error)
{
    char path[4096];
    struct store_load_report report;
    *past = (struct past){.rng = rng_part(seed, 1), .now_ms = made_ms};
    set_clock(made_ms);
    snprintf(path, sizeof path, "%s/hall.db", data);
    past->hall = calloc(1, sizeof *past->hall);
    return past->hall &&
           founding_make(&(struct founding){.data = data, .folder = demo}, error) == STATUS_OK &&
           store_open_sqlite(&(struct store_params){.path = path, .reserve_bytes = -1}, &past->store,
                             error) == STATUS_OK &&
           store_load(past->store, past->hall, NULL, NULL, &report, error) == STATUS_OK;
}

void past_end(struct past *past)
{
    struct error ignored = {0};
    store_close(past->store, &ignored);
    free(past->hall);
    *past = (struct past){0};
    set_clock(0);
}
