/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/engine.h"

#include <stdlib.h>
#include <string.h>

enum { REVIEW_MS = 300000 };

bool engine_init(struct engine_run *run, unsigned tickets)
{
    memset(run, 0, sizeof *run);
    run->capacity = tickets;
    run->next = malloc((tickets + 1u) * sizeof *run->next);
    run->leg = malloc(tickets + 1u);
    if (run->next && run->leg)
        return true;
    engine_destroy(run);
    return false;
}

void engine_destroy(struct engine_run *run)
{
    free(run->next);
    free(run->leg);
    run->next = NULL;
    run->leg = NULL;
}

/* ---- lines ---- */

static void line_insert(struct engine_run *run, uint16_t t)
{
    const struct engine_ticket *ticket = &run->tickets[t];
    struct engine_line *line = &run->lines[engine_line_of(ticket->domain, ticket->class)];
    run->waiting++;
    run->crowd[ticket->domain] += !ticket->is_ghost;
    if (!line->count++) {
        run->filled[ticket->class] |= (uint64_t)1 << ticket->domain;
        line->head = line->tail = t;
        run->next[t] = NO_TICKET;
        return;
    }
    if (run->tickets[line->tail].ref_ms <= ticket->ref_ms) {
        run->next[line->tail] = t;
        run->next[t] = NO_TICKET;
        line->tail = t;
        return;
    }
    uint16_t *link = &line->head;
    while (run->tickets[*link].ref_ms <= ticket->ref_ms)
        link = &run->next[*link];
    run->next[t] = *link;
    *link = t;
}

/* Takes the ticket that was chosen out of the middle of the line. */
static uint16_t line_take_chosen(struct engine_run *run, struct engine_line *line)
{
    uint16_t t = run->chosen, before = line->head;
    while (run->next[before] != t)
        before = run->next[before];
    run->next[before] = run->next[t];
    if (line->tail == t)
        line->tail = before;
    return t;
}

static uint16_t line_take(struct engine_run *run, unsigned which)
{
    struct engine_line *line = &run->lines[which];
    uint16_t t = line->head;
    if (run->chosen != NO_TICKET && run->chosen != t)
        t = line_take_chosen(run, line);
    else
        line->head = run->next[t];
    run->waiting--;
    run->crowd[which / TICKET_CLASSES] -= !run->tickets[t].is_ghost;
    if (!--line->count)
        run->filled[which % TICKET_CLASSES] &= ~((uint64_t)1 << which / TICKET_CLASSES);
    return t;
}

/* ---- windows ---- */

static inline uint32_t factor_at(const struct engine_model *model, const uint32_t *factors, unsigned w,
                                 unsigned d)
{
    return factors[w * model->domains + d];
}

static int32_t scaled(int32_t standard_ms, uint32_t factor_q16)
{
    return (int32_t)((int64_t)standard_ms * factor_q16 >> 16);
}

int32_t engine_expected_ms(const struct engine_run *run, unsigned w, unsigned d, int32_t standard_ms)
{
    const struct engine_model *model = run->model;
    uint8_t last = run->window[w].last_domain;
    return scaled(standard_ms, factor_at(model, model->rule_factor_q16, w, d)) +
           (last != d && last != NO_DOMAIN ? model->changeover_ms : 0);
}

static int32_t next_off_ms(const struct engine_run *run, unsigned w)
{
    const struct engine_window *window = &run->model->window[w];
    uint8_t next = run->window[w].off_next;
    return next < window->off_count ? window->offs[next].from_ms : ENGINE_NEVER;
}

static void set_idle(struct engine_run *run, unsigned w, bool idle)
{
    uint64_t bit = (uint64_t)1 << w % 64;
    if (idle)
        run->idle[w / 64] |= bit;
    else
        run->idle[w / 64] &= ~bit;
}

enum { NOBODY_KNOWN = WINDOWS_MAX };

/* When something happens next at a window; keeps who is next of all, as far as that is known. */
static void set_next(struct engine_run *run, unsigned w, int32_t at_ms)
{
    run->next_ms[w] = at_ms;
    if (run->soonest == w) {
        run->soonest = NOBODY_KNOWN;
    } else if (run->soonest != NOBODY_KNOWN) {
        int32_t soonest_ms = run->next_ms[run->soonest];
        if (at_ms < soonest_ms || (at_ms == soonest_ms && w < run->soonest))
            run->soonest = w;
    }
}

/* The time of one leg in domain d at window w, and what it does to the window. */
static int32_t leg_ms(struct engine_run *run, unsigned w, unsigned d, int32_t standard_ms)
{
    const struct engine_model *model = run->model;
    struct engine_window_run *window = &run->window[w];
    int32_t ms = scaled(standard_ms, factor_at(model, model->true_factor_q16, w, d));
    if (model->window[w].pace_q16)
        ms = scaled(ms, model->window[w].pace_q16);
    if (window->last_domain != d && window->last_domain != NO_DOMAIN) {
        ms += model->changeover_ms;
        window->changeovers++;
    }
    window->last_domain = (uint8_t)d;
    window->standard_ms += standard_ms;
    return ms;
}

static void call(struct engine_run *run, unsigned w, uint16_t t)
{
    struct engine_result *result = &run->results[t];
    if (run->now_ms > run->tickets[t].ref_ms)
        result->wait_ms += run->now_ms - run->tickets[t].ref_ms;
    if (result->first_call_ms == ENGINE_NEVER) {
        result->first_call_ms = run->now_ms;
        run->to_call -= run->tickets[t].is_awaited;
    }
    result->window = (uint16_t)w;
}

static void serve(struct engine_run *run, unsigned w, uint16_t t)
{
    struct engine_ticket *ticket = &run->tickets[t];
    struct engine_window_run *window = &run->window[w];
    int32_t ms;
    if (ticket->no_show) {
        ms = run->model->no_show_ms;
    } else if (run->leg[t]) {
        ms = leg_ms(run, w, ticket->domain, ticket->length2_ms);
    } else {
        ms = leg_ms(run, w, ticket->domain, ticket->length_ms);
        if (ticket->domain2 != NO_DOMAIN && run->serves[w] >> ticket->domain2 & 1) {
            ms += leg_ms(run, w, ticket->domain2, ticket->length2_ms);
            ticket->domain2 = NO_DOMAIN;
        }
    }
    window->state = ENGINE_BUSY;
    window->ticket = t;
    window->busy_ms += ms;
    window->calls++;
    set_next(run, w, run->now_ms + ms);
    set_idle(run, w, false);
}

static bool choose(struct engine_run *run, unsigned w)
{
    for (;;) {
        run->chosen = NO_TICKET;
        int line = run->policy->pick(run, w);
        if (line < 0)
            return false;
        uint16_t t = line_take(run, (unsigned)line);
        call(run, w, t);
        if (!run->tickets[t].is_ghost) {
            serve(run, w, t);
            return true;
        }
        run->results[t].done_ms = run->now_ms;
    }
}

/* The idle window that should take a ticket of domain d, or -1. */
static int idle_for(const struct engine_run *run, unsigned d)
{
    int best = -1;
    unsigned words = (run->model->windows + 63) / 64;
    for (unsigned word = 0; word < words; word++) {
        for (uint64_t left = run->idle[word]; left; left &= left - 1) {
            unsigned w = word * 64 + (unsigned)__builtin_ctzll(left);
            if (!(run->serves[w] >> d & 1))
                continue;
            if (best < 0 || run->policy->prefers(run, w, (unsigned)best, d))
                best = (int)w;
        }
    }
    return best;
}

static void arrive(struct engine_run *run, uint16_t t)
{
    unsigned d = run->tickets[t].domain;
    line_insert(run, t);
    if (run->now_ms < run->model->open_ms)
        return;
    int w = idle_for(run, d);
    if (w >= 0)
        choose(run, (unsigned)w);
}

static void begin_off(struct engine_run *run, unsigned w)
{
    struct engine_window_run *window = &run->window[w];
    const struct engine_off *off = &run->model->window[w].offs[window->off_next++];
    int32_t ms = off->to_ms - off->from_ms;
    window->state = ENGINE_OFF;
    window->off_ms += ms;
    set_next(run, w, run->now_ms + ms);
    set_idle(run, w, false);
}

/* The window has nothing in hand: a break that is due, the next ticket, or idle. */
static void become_free(struct engine_run *run, unsigned w)
{
    if (next_off_ms(run, w) <= run->now_ms) {
        begin_off(run, w);
        return;
    }
    if (run->now_ms >= run->model->open_ms && choose(run, w))
        return;
    run->window[w].state = ENGINE_IDLE;
    run->window[w].idle_ms = run->now_ms;
    set_next(run, w, next_off_ms(run, w));
    set_idle(run, w, true);
}

void engine_free_now(struct engine_run *run, unsigned w)
{
    if (run->window[w].state == ENGINE_IDLE)
        choose(run, w);
}

/* Booked and walk-in visitors go on as priority; green stays green. */
static void next_leg(struct engine_run *run, uint16_t t)
{
    struct engine_ticket *ticket = &run->tickets[t];
    run->leg[t] = 1;
    ticket->domain = ticket->domain2;
    ticket->domain2 = NO_DOMAIN;
    ticket->expect_ms = ticket->expect2_ms;
    ticket->item_ms = 0;
    ticket->item_ms = 0;
    ticket->ref_ms = run->now_ms;
    if (ticket->class != CLASS_GREEN)
        ticket->class = CLASS_PRIORITY;
    arrive(run, t);
}

static void end_service(struct engine_run *run, unsigned w)
{
    uint16_t t = run->window[w].ticket;
    if (t != NO_TICKET) {
        run->window[w].served++;
        if (run->tickets[t].domain2 != NO_DOMAIN && !run->tickets[t].no_show)
            next_leg(run, t);
        else
            run->results[t].done_ms = run->now_ms;
    }
    become_free(run, w);
}

static void window_event(struct engine_run *run, unsigned w)
{
    struct engine_window_run *window = &run->window[w];
    if (window->state == ENGINE_BUSY) {
        end_service(run, w);
    } else if (window->state == ENGINE_IDLE) {
        begin_off(run, w);
    } else {
        window->last_off_ms = run->now_ms;
        become_free(run, w);
    }
}

/* ---- a run ---- */

static void set_windows(struct engine_run *run, int32_t start_ms)
{
    const struct engine_model *model = run->model;
    memset(run->idle, 0, sizeof run->idle);
    run->next_ms[0] = ENGINE_NEVER; /* there may be no windows */
    run->soonest = NOBODY_KNOWN;
    for (unsigned w = 0; w < model->windows; w++) {
        const struct engine_window *from = &model->window[w];
        struct engine_window_run *window = &run->window[w];
        *window = (struct engine_window_run){.state = ENGINE_BUSY,
                                             .last_domain = from->last_domain,
                                             .ticket = NO_TICKET,
                                             .idle_ms = from->idle_ms,
                                             .busy_ms = from->busy_ms};
        run->serves[w] = from->may;
        run->posted[w] = from->posted;
        run->next_ms[w] = from->ready_ms > start_ms ? from->ready_ms : start_ms;
        if (from->ready_ms <= start_ms && model->open_ms > start_ms)
            run->next_ms[w] = model->open_ms;
        if (from->absent) {
            window->state = ENGINE_ABSENT;
            run->next_ms[w] = ENGINE_NEVER;
        }
    }
}

static void set_tickets(struct engine_run *run, int32_t start_ms)
{
    memset(run->leg, 0, run->ticket_count);
    memset(run->lines, 0, run->model->domains * TICKET_CLASSES * sizeof run->lines[0]);
    memset(run->filled, 0, sizeof run->filled);
    for (unsigned d = 0; d < run->model->domains; d++)
        run->crowd[d] = run->model->aside[d];
    run->waiting = 0;
    run->awaited = 0;
    run->arrived = 0;
    for (unsigned t = 0; t < run->ticket_count; t++) {
        run->results[t] = (struct engine_result){ENGINE_NEVER, 0, ENGINE_NEVER, 0};
        run->awaited += run->tickets[t].is_awaited;
    }
    run->to_call = run->awaited;
    while (run->arrived < run->ticket_count && run->tickets[run->arrived].arrive_ms <= start_ms)
        line_insert(run, (uint16_t)run->arrived++);
}

/* The least first and who has it then: two loops that compilers make wide. */
static unsigned next_window(struct engine_run *run)
{
    if (run->soonest != NOBODY_KNOWN)
        return run->soonest;
    int32_t least = run->next_ms[0];
    for (unsigned w = 1; w < run->model->windows; w++)
        least = run->next_ms[w] < least ? run->next_ms[w] : least;
    unsigned first = 0;
    while (run->next_ms[first] != least)
        first++;
    return run->soonest = first;
}

void engine_play(struct engine_run *run, const struct engine_model *model, const struct engine_policy *policy,
                 struct engine_ticket *tickets, struct engine_result *results, unsigned count,
                 int32_t start_ms, int32_t until_ms)
{
    run->model = model;
    run->policy = policy;
    run->tickets = tickets;
    run->results = results;
    run->ticket_count = count;
    run->now_ms = start_ms;
    run->posted_changes = 0;
    run->review_ms = policy->review ? model->open_ms : ENGINE_NEVER;
    set_windows(run, start_ms);
    set_tickets(run, start_ms);
    for (;;) {
        unsigned w = next_window(run);
        int32_t arrive_ms = run->arrived < count ? tickets[run->arrived].arrive_ms : ENGINE_NEVER;
        int32_t at_ms = run->next_ms[w] < arrive_ms ? run->next_ms[w] : arrive_ms;
        if (run->review_ms <= at_ms && run->review_ms <= until_ms && at_ms != ENGINE_NEVER) {
            run->now_ms = run->review_ms;
            run->review_ms += REVIEW_MS;
            policy->review(run);
            continue;
        }
        if (at_ms == ENGINE_NEVER || at_ms > until_ms || (run->awaited && !run->to_call))
            break;
        run->now_ms = at_ms;
        if (run->next_ms[w] <= arrive_ms)
            window_event(run, w);
        else
            arrive(run, (uint16_t)run->arrived++);
    }
    if (run->now_ms < until_ms && until_ms != ENGINE_NEVER)
        run->now_ms = until_ms;
}
