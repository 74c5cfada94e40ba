/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/propose_score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/rule.h"
#include "dispatcher/plan/outlook.h"
#include "dispatcher/plan/propose_try.h"

enum { MEASURED_PERCENT = 80, SERVICE_LEAST_MS = 5000 };

struct scoring {
    const struct propose_scoring *given;
    struct scene scene;     /* its windows, as they are now */
    struct future happened; /* what the tryout will own */
    double wait_s[DOMAINS_MAX + 1];
    unsigned people[DOMAINS_MAX + 1]; /* by domain id; 0: all */
};

/* ---- what happened ---- */

static int32_t since_made(const struct scoring *s, int64_t at_ms)
{
    int64_t ms = at_ms - s->given->made_ms;
    return (int32_t)(ms < -DAY_MS ? -DAY_MS : ms > DAY_MS ? DAY_MS : ms);
}

static bool was_called(const struct ticket *ticket)
{
    return ticket->state != TICKET_WAITING && ticket->called_ms >= ticket->wait_from_ms && ticket->called_ms;
}

static bool nobody_came(const struct ticket *ticket)
{
    return was_called(ticket) && ticket->started_ms < ticket->called_ms &&
           (ticket->state == TICKET_MISSED || ticket->state == TICKET_LAPSED);
}

/* Standard length of all that was done, out of how long it took at its window; as expected, if that is not
 * known. */
static int32_t length_of(const struct scoring *s, const struct ticket *ticket)
{
    const struct engine_model *model = &s->scene.model;
    unsigned w = ticket->window.value - 1u, d = hall_ticket_domain(s->given->hall, ticket).value - 1u;
    int32_t expected_ms = (int32_t)hall_item_ms(s->given->hall, ticket_item(ticket));
    bool is_done = ticket->state == TICKET_FINISHED && ticket->started_ms >= ticket->called_ms;
    if (!is_done || w >= model->windows || ticket->ended_ms < ticket->started_ms)
        return expected_ms;
    uint32_t factor_q16 = model->true_factor_q16[w * model->domains + d];
    int64_t ms = ((ticket->ended_ms - ticket->started_ms) << 16) / (factor_q16 ? factor_q16 : 1);
    return (int32_t)(ms < SERVICE_LEAST_MS ? SERVICE_LEAST_MS : ms > DAY_MS ? DAY_MS : ms);
}

/* Whether the ticket stood in a line at some time since the proposal. */
static bool stood_in_line(const struct scoring *s, const struct ticket *ticket)
{
    bool is_asking = ticket->asked_window.value || ticket->asked_clerk.value;
    bool left = ticket->state == TICKET_CANCELLED || ticket->state == TICKET_HELD ||
                (ticket->state == TICKET_LAPSED && !was_called(ticket));
    return !is_asking && !left && !s->given->hall->items[ticket_item(ticket).value].set.special_only &&
           ticket->wait_from_ms <= s->given->until_ms &&
           (!was_called(ticket) || ticket->called_ms > s->given->made_ms);
}

/* Was in service when the proposal was made: keeps its window busy for that long. */
static void note_service(struct scoring *s, const struct ticket *ticket)
{
    unsigned w = ticket->window.value - 1u;
    bool goes_on = ticket->state == TICKET_CALLED || ticket->state == TICKET_SERVING;
    int64_t ended_ms = goes_on ? s->given->until_ms : ticket->ended_ms;
    if (!was_called(ticket) || w >= s->scene.model.windows || ticket->called_ms > s->given->made_ms ||
        ended_ms <= s->given->made_ms)
        return;
    s->happened.ready_ms[w] = since_made(s, ended_ms);
    s->scene.model.window[w].last_domain = (uint8_t)(hall_ticket_domain(s->given->hall, ticket).value - 1);
}

static void measure(struct scoring *s, const struct ticket *ticket)
{
    int64_t span_ms = s->given->until_ms - s->given->made_ms;
    int64_t called_ms = was_called(ticket) ? ticket->called_ms : s->given->until_ms;
    if (nobody_came(ticket) || ticket->wait_from_ms > s->given->made_ms + span_ms / 100 * MEASURED_PERCENT)
        return;
    double wait_s = called_ms > ticket->ref_ms ? (double)(called_ms - ticket->ref_ms) / 1000 : 0;
    unsigned id = hall_ticket_domain(s->given->hall, ticket).value;
    s->wait_s[id] += wait_s;
    s->wait_s[0] += wait_s;
    s->people[id]++;
    s->people[0]++;
}

static int by_arrival(const void *a, const void *b)
{
    const struct engine_ticket *x = a, *y = b;
    if (x->arrive_ms != y->arrive_ms)
        return x->arrive_ms < y->arrive_ms ? -1 : 1;
    return (x->ref_ms > y->ref_ms) - (x->ref_ms < y->ref_ms);
}

static void gather_tickets(struct scoring *s)
{
    const struct hall *hall = s->given->hall;
    for (uint32_t t = 1; t <= hall->ticket_count && s->happened.count < s->happened.capacity; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        note_service(s, ticket);
        if (!stood_in_line(s, ticket))
            continue;
        measure(s, ticket);
        uint8_t class = ticket->class == CLASS_REJOINED ? CLASS_NORMAL : ticket->class;
        s->happened.tickets[s->happened.count++] =
            (struct engine_ticket){.arrive_ms = since_made(s, ticket->wait_from_ms),
                                   .ref_ms = since_made(s, ticket->ref_ms),
                                   .domain = (uint8_t)(hall_ticket_domain(hall, ticket).value - 1),
                                   .domain2 = NO_DOMAIN,
                                   .class = class,
                                   .no_show = nobody_came(ticket),
                                   .expect_ms = (int32_t)hall_item_ms(hall, ticket_item(ticket)),
                                   .length_ms = length_of(s, ticket)};
    }
    qsort(s->happened.tickets, s->happened.count, sizeof *s->happened.tickets, by_arrival);
}

/* Windows stand as they stood then, as far as the hall still knows. */
static void set_windows(struct scoring *s)
{
    const struct hall *hall = s->given->hall;
    for (unsigned w = 0; w < hall->windows_top && w < s->scene.model.windows; w++) {
        const struct window *from = &hall->windows[w + 1];
        struct engine_window *window = &s->scene.model.window[w];
        window->off_count = 0;
        window->idle_ms = window->busy_ms = 0;
        window->last_domain = NO_DOMAIN;
        s->happened.ready_ms[w] = from->duty_ms > s->given->made_ms ? since_made(s, from->duty_ms) : 0;
        for (unsigned i = 0; i < from->break_count; i++)
            if (from->breaks[i].to_ms > s->given->made_ms && from->breaks[i].from_ms < s->given->until_ms)
                window->offs[window->off_count++] = (struct engine_off){
                    since_made(s, from->breaks[i].from_ms), since_made(s, from->breaks[i].to_ms)};
    }
    s->scene.model.open_ms = 0;
}

static bool gather(struct scoring *s)
{
    static const double ordinary[DOMAINS_MAX];
    const struct hall *hall = s->given->hall;
    struct outlook *outlook = calloc(1, sizeof *outlook);
    bool is_made = outlook && outlook_scene_with(outlook, hall, s->given->until_ms, ordinary, &s->scene);
    free(outlook);
    if (!is_made)
        return false;
    unsigned windows = s->scene.model.windows;
    s->happened.capacity = hall->ticket_count < NO_TICKET - 1u ? hall->ticket_count : NO_TICKET - 1u;
    s->happened.tickets = malloc((s->happened.capacity + 1u) * sizeof *s->happened.tickets);
    s->happened.ready_ms = calloc(windows + 1u, sizeof *s->happened.ready_ms);
    s->happened.pace_q16 = calloc(windows + 1u, sizeof *s->happened.pace_q16);
    if (!s->happened.tickets || !s->happened.ready_ms || !s->happened.pace_q16)
        return false;
    set_windows(s);
    gather_tickets(s);
    return true;
}

/* ---- what it comes to ---- */

/* Weighted seconds saved by the change, by playing both. */
static bool find_gain(struct scoring *s, double *gain_s)
{
    const struct propose_scoring *given = s->given;
    struct rule_knobs knobs = rule_knobs(given->hall);
    struct tryout_params params = {&knobs, wait_costs_of(given->hall), 0, 1,
                                   (int32_t)(given->until_ms - given->made_ms)};
    unsigned w = given->made->window.value - 1u;
    uint64_t posted[WINDOWS_MAX];
    struct tryout tryout;
    struct tried with, without;
    if (w >= s->scene.model.windows)
        return false;
    bool all = tryout_init(&tryout, &s->scene, &params);
    if (all) {
        tryout.drawn[0] = s->happened;
        tryout.ready = 1;
        s->happened = (struct future){0};
        for (unsigned i = 0; i < s->scene.model.windows; i++)
            posted[i] = s->scene.model.window[i].posted;
        posted[w] = given->made->after;
        all = tryout_play(&tryout, 0, posted, &with);
        posted[w] = given->made->before;
        all = all && tryout_play(&tryout, 0, posted, &without);
    }
    tryout_destroy(&tryout);
    if (all)
        *gain_s = without.cost_s - with.cost_s;
    return all;
}

/* Predicted and realised means over the same people. */
static void compare_waits(const struct scoring *s, struct proposal_scored *out)
{
    const struct effect_list *effects = &s->given->made->effects;
    double predicted_s = 0, realised_s = 0, people = 0;
    for (unsigned pass = 0; pass < 2 && people <= 0; pass++) { /* domains, else the hall */
        for (unsigned i = 0; i < effects->count; i++) {
            const struct effect *effect = &effects->list[i];
            unsigned id = effect->domain.value;
            if ((pass == 0) != (id != 0))
                continue;
            predicted_s += s->people[id] * (double)(s->given->was_done ? effect->after_s : effect->now_s);
            realised_s += s->wait_s[id];
            people += s->people[id];
        }
    }
    if (people <= 0) {
        people = s->people[0];
        realised_s = s->wait_s[0];
    }
    out->predicted_wait_s = (int32_t)lround(predicted_s / people);
    out->realised_wait_s = (int32_t)lround(realised_s / people);
}

bool propose_score(const struct propose_scoring *scoring, struct proposal_scored *out)
{
    struct scoring *s = calloc(1, sizeof *s);
    double gain_s = 0;
    bool is_known = false;
    if (!s)
        return false;
    s->given = scoring;
    if (gather(s) && s->people[0] && find_gain(s, &gain_s)) {
        *out = (struct proposal_scored){.proposal = scoring->made->proposal,
                                        .predicted_gain = (int32_t)lround(scoring->made->gain / 60.0),
                                        .realised_gain = (int32_t)lround(gain_s / 60)};
        compare_waits(s, out);
        is_known = true;
    }
    future_destroy(&s->happened);
    scene_destroy(&s->scene);
    free(s);
    return is_known;
}
