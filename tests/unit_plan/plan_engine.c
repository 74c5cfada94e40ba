/* SPDX-License-Identifier: MIT
 * The engine against a simulation that is as plain as can be: the same random days, first come first served
 * over what windows may do, with breaks, changeovers, no-shows and second legs; every call must be the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/plan/engine.h"
#include "dispatcher/plan/rng.h"

enum { WINDOWS = 70, TICKETS = 400, DOMAINS = 5, DAYS = 300 };

struct day {
    struct engine_model model;
    struct engine_window windows[WINDOWS];
    uint32_t factors[WINDOWS * DOMAINS];
    unsigned ticket_count;
    struct engine_ticket tickets[TICKETS];
    int32_t start_ms, until_ms;
};

/* ---- days ---- */

static uint64_t some_domains(struct rng *rng)
{
    return rng_below(rng, 1 << DOMAINS);
}

static void make_window(struct rng *rng, struct day *day, unsigned w)
{
    struct engine_window *window = &day->windows[w];
    window->may = some_domains(rng);
    window->primary = (uint8_t)rng_below(rng, DOMAINS);
    window->absent = rng_chance(rng, 100);
    window->last_domain = rng_chance(rng, 300) ? NO_DOMAIN : (uint8_t)rng_below(rng, DOMAINS);
    window->ready_ms = rng_chance(rng, 500) ? 0 : (int32_t)rng_below(rng, 20 * MINUTE_MS);
    window->idle_ms = -(int32_t)w - 1;
    window->pace_q16 = rng_chance(rng, 500) ? 0 : rng_range(rng, 50000, 80000);
    int32_t from_ms = 0;
    for (unsigned n = rng_below(rng, 4); n; n--) {
        from_ms += (int32_t)rng_range(rng, 1, 90 * MINUTE_MS);
        window->offs[window->off_count].from_ms = from_ms;
        from_ms += (int32_t)rng_range(rng, 1, 30 * MINUTE_MS);
        window->offs[window->off_count++].to_ms = from_ms;
    }
    for (unsigned d = 0; d < DOMAINS; d++)
        day->factors[w * day->model.domains + d] = rng_range(rng, 40000, 100000);
}

static int by_arrival(const void *a, const void *b)
{
    const struct engine_ticket *x = a, *y = b;
    return (x->arrive_ms > y->arrive_ms) - (x->arrive_ms < y->arrive_ms);
}

/* No two tickets have the same reference time, so that there are no ties to break. */
static void make_tickets(struct rng *rng, struct day *day)
{
    day->ticket_count = rng_below(rng, TICKETS);
    for (unsigned t = 0; t < day->ticket_count; t++) {
        struct engine_ticket *ticket = &day->tickets[t];
        ticket->arrive_ms = (int32_t)rng_below(rng, 300 * MINUTE_MS) - 20 * MINUTE_MS;
        ticket->ref_ms =
            (ticket->arrive_ms + (int32_t)rng_below(rng, 2) * 5 * MINUTE_MS) / TICKETS * TICKETS + (int32_t)t;
        ticket->length_ms = (int32_t)rng_range(rng, 1000, 30 * MINUTE_MS);
        ticket->length2_ms = (int32_t)rng_range(rng, 1000, 30 * MINUTE_MS);
        ticket->domain = (uint8_t)rng_below(rng, DOMAINS);
        ticket->domain2 = NO_DOMAIN;
        if (rng_chance(rng, 200))
            ticket->domain2 = (uint8_t)((ticket->domain + 1 + rng_below(rng, DOMAINS - 1)) % DOMAINS);
        ticket->class = (uint8_t)rng_below(rng, TICKET_CLASSES);
        ticket->no_show = rng_chance(rng, 50);
    }
    qsort(day->tickets, day->ticket_count, sizeof day->tickets[0], by_arrival);
}

static void make_day(struct day *day, uint64_t seed)
{
    struct rng rng = rng_part(seed, 0);
    memset(day, 0, sizeof *day);
    day->model = (struct engine_model){.domains = DOMAINS,
                                       .windows = rng_range(&rng, 1, rng_chance(&rng, 800) ? 8 : WINDOWS),
                                       .changeover_ms = 24000,
                                       .no_show_ms = 40000,
                                       .open_ms = rng_chance(&rng, 500) ? 0 : 10 * MINUTE_MS,
                                       .window = day->windows,
                                       .true_factor_q16 = day->factors,
                                       .rule_factor_q16 = day->factors};
    day->start_ms = rng_chance(&rng, 500) ? 0 : -15 * MINUTE_MS;
    day->until_ms = rng_chance(&rng, 700) ? ENGINE_NEVER : (int32_t)rng_below(&rng, 400 * MINUTE_MS);
    for (unsigned w = 0; w < day->model.windows; w++)
        make_window(&rng, day, w);
    make_tickets(&rng, day);
}

/* ---- first come first served on the engine ---- */

static int pick_first(struct engine_run *run, unsigned w)
{
    int best = -1;
    int32_t least_ms = ENGINE_NEVER;
    for (unsigned d = 0; d < run->model->domains; d++)
        for (unsigned class = 0; class < TICKET_CLASSES; class ++) {
            const struct engine_line *line = &run->lines[engine_line_of(d, class)];
            if (!(run->serves[w] >> d & 1) || !line->count || run->tickets[line->head].ref_ms >= least_ms)
                continue;
            least_ms = run->tickets[line->head].ref_ms;
            best = (int)engine_line_of(d, class);
        }
    return best;
}

static bool prefers_longest_idle(const struct engine_run *run, unsigned a, unsigned b, unsigned d)
{
    (void)d;
    return run->window[a].idle_ms < run->window[b].idle_ms;
}

/* ---- the plain simulation ---- */

enum what { BUSY, IDLE, OFF };

struct plain {
    const struct day *day;
    struct engine_ticket tickets[TICKETS];
    struct engine_result results[TICKETS];
    bool waits[TICKETS], has_leg[TICKETS];
    struct {
        enum what what;
        int32_t next_ms, idle_ms;
        unsigned offs, ticket; /* TICKETS: none */
        uint8_t last;
    } windows[WINDOWS];
    int32_t now_ms;
};

static int32_t leg(struct plain *p, unsigned w, unsigned d, int32_t length_ms)
{
    int32_t ms = (int32_t)((int64_t)length_ms * p->day->factors[w * DOMAINS + d] >> 16);
    if (p->day->windows[w].pace_q16)
        ms = (int32_t)((int64_t)ms * p->day->windows[w].pace_q16 >> 16);
    if (p->windows[w].last != d && p->windows[w].last != NO_DOMAIN)
        ms += p->day->model.changeover_ms;
    p->windows[w].last = (uint8_t)d;
    return ms;
}

static void call(struct plain *p, unsigned w, unsigned t)
{
    struct engine_ticket *ticket = &p->tickets[t];
    struct engine_result *result = &p->results[t];
    int32_t ms = p->day->model.no_show_ms;
    if (p->now_ms > ticket->ref_ms)
        result->wait_ms += p->now_ms - ticket->ref_ms;
    if (result->first_call_ms == ENGINE_NEVER)
        result->first_call_ms = p->now_ms;
    result->window = (uint16_t)w;
    if (!ticket->no_show) {
        ms = leg(p, w, ticket->domain, p->has_leg[t] ? ticket->length2_ms : ticket->length_ms);
        if (!p->has_leg[t] && ticket->domain2 != NO_DOMAIN && p->day->windows[w].may >> ticket->domain2 & 1) {
            ms += leg(p, w, ticket->domain2, ticket->length2_ms);
            ticket->domain2 = NO_DOMAIN;
        }
    }
    p->waits[t] = false;
    p->windows[w].what = BUSY;
    p->windows[w].ticket = t;
    p->windows[w].next_ms = p->now_ms + ms;
}

static bool call_first(struct plain *p, unsigned w)
{
    unsigned best = TICKETS;
    for (unsigned t = 0; t < p->day->ticket_count; t++)
        if (p->waits[t] && p->day->windows[w].may >> p->tickets[t].domain & 1 &&
            (best == TICKETS || p->tickets[t].ref_ms < p->tickets[best].ref_ms))
            best = t;
    if (best == TICKETS)
        return false;
    call(p, w, best);
    return true;
}

static void join(struct plain *p, unsigned t)
{
    int best = -1;
    p->waits[t] = true;
    if (p->now_ms < p->day->model.open_ms)
        return;
    for (unsigned w = 0; w < p->day->model.windows; w++)
        if (!p->day->windows[w].absent && p->windows[w].what == IDLE &&
            p->day->windows[w].may >> p->tickets[t].domain & 1 &&
            (best < 0 || p->windows[w].idle_ms < p->windows[best].idle_ms))
            best = (int)w;
    if (best >= 0)
        call_first(p, (unsigned)best);
}

static int32_t off_from_ms(const struct plain *p, unsigned w)
{
    const struct engine_window *window = &p->day->windows[w];
    unsigned n = p->windows[w].offs;
    return n < window->off_count ? window->offs[n].from_ms : ENGINE_NEVER;
}

static void go_off(struct plain *p, unsigned w)
{
    const struct engine_off *off = &p->day->windows[w].offs[p->windows[w].offs++];
    p->windows[w].what = OFF;
    p->windows[w].next_ms = p->now_ms + off->to_ms - off->from_ms;
}

static void finish(struct plain *p, unsigned t)
{
    struct engine_ticket *ticket = &p->tickets[t];
    if (ticket->domain2 == NO_DOMAIN || ticket->no_show) {
        p->results[t].done_ms = p->now_ms;
        return;
    }
    p->has_leg[t] = true;
    ticket->domain = ticket->domain2;
    ticket->domain2 = NO_DOMAIN;
    ticket->ref_ms = p->now_ms;
    join(p, t);
}

static void pass(struct plain *p, unsigned w)
{
    unsigned t = p->windows[w].ticket;
    bool was_idle = p->windows[w].what == IDLE;
    p->windows[w].ticket = TICKETS;
    if (t != TICKETS)
        finish(p, t);
    if (was_idle || off_from_ms(p, w) <= p->now_ms) {
        go_off(p, w);
    } else if (p->now_ms < p->day->model.open_ms || !call_first(p, w)) {
        p->windows[w].what = IDLE;
        p->windows[w].idle_ms = p->now_ms;
        p->windows[w].next_ms = off_from_ms(p, w);
    }
}

static void play_plainly(struct plain *p, const struct day *day)
{
    memset(p, 0, sizeof *p);
    p->day = day;
    memcpy(p->tickets, day->tickets, sizeof p->tickets);
    for (unsigned t = 0; t < day->ticket_count; t++)
        p->results[t] = (struct engine_result){ENGINE_NEVER, 0, ENGINE_NEVER, 0};
    for (unsigned w = 0; w < day->model.windows; w++) {
        int32_t ready_ms = day->windows[w].ready_ms;
        if (ready_ms <= day->start_ms)
            ready_ms = day->model.open_ms > day->start_ms ? day->model.open_ms : day->start_ms;
        p->windows[w].next_ms = day->windows[w].absent ? ENGINE_NEVER : ready_ms;
        p->windows[w].ticket = TICKETS;
        p->windows[w].last = day->windows[w].last_domain;
    }
    unsigned come = 0;
    for (; come < day->ticket_count && day->tickets[come].arrive_ms <= day->start_ms; come++)
        p->waits[come] = true;
    for (;;) {
        unsigned next = 0;
        for (unsigned w = 1; w < day->model.windows; w++)
            if (p->windows[w].next_ms < p->windows[next].next_ms)
                next = w;
        int32_t arrive_ms = come < day->ticket_count ? day->tickets[come].arrive_ms : ENGINE_NEVER;
        p->now_ms = p->windows[next].next_ms <= arrive_ms ? p->windows[next].next_ms : arrive_ms;
        if (p->now_ms == ENGINE_NEVER || p->now_ms > day->until_ms)
            return;
        if (p->windows[next].next_ms <= arrive_ms)
            pass(p, next);
        else
            join(p, come++);
    }
}

static void every_call_is_the_same(void **state)
{
    (void)state;
    static struct day day;
    static struct plain plain;
    static struct engine_run run;
    static struct engine_ticket tickets[TICKETS];
    static struct engine_result results[TICKETS];
    const struct engine_policy policy = {.pick = pick_first, .prefers = prefers_longest_idle};
    unsigned calls = 0;
    assert_true(engine_init(&run, TICKETS));
    for (uint64_t seed = 1; seed <= DAYS; seed++) {
        make_day(&day, seed);
        memcpy(tickets, day.tickets, sizeof tickets);
        engine_play(&run, &day.model, &policy, tickets, results, day.ticket_count, day.start_ms,
                    day.until_ms);
        play_plainly(&plain, &day);
        for (unsigned t = 0; t < day.ticket_count; t++) {
            const struct engine_result *a = &results[t], *b = &plain.results[t];
            if (a->first_call_ms != b->first_call_ms || a->wait_ms != b->wait_ms ||
                a->done_ms != b->done_ms || a->window != b->window)
                fail_msg("seed %u ticket %u: called %d at %u, waited %d, done %d; plainly %d at %u, %d, %d",
                         (unsigned)seed, t, a->first_call_ms, a->window, a->wait_ms, a->done_ms,
                         b->first_call_ms, b->window, b->wait_ms, b->done_ms);
            calls += a->first_call_ms != ENGINE_NEVER;
        }
    }
    engine_destroy(&run);
    printf("%u tickets called\n", calls);
    assert_true(calls > 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
