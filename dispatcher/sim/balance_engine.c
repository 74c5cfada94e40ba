/* SPDX-License-Identifier: MIT
 * Reference policies and bounds on the engine. */
#include "dispatcher/sim/balance_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/fair.h"

static int32_t ms_of(double minutes)
{
    return (int32_t)lround(minutes * MINUTE_MS);
}

static uint64_t posting_of(const struct balance_params *p, unsigned w)
{
    switch (p->policy->posting) {
    case POSTING_DEDICATED:
        return p->day->windows[w].posted_dedicated;
    case POSTING_MIXED:
        return p->day->windows[w].posted_mixed;
    case POSTING_EVERYTHING:
        return ~(uint64_t)0 >> (64 - p->hall->domain_count);
    case POSTING_AUTHORISED:
        break;
    }
    return p->hall->windows[w].authorised;
}

static void fill_window(const struct balance_params *p, struct engine_model *model, unsigned w)
{
    const struct hall_file_window *from = &p->hall->windows[w];
    const struct day_file_window *day = &p->day->windows[w];
    struct engine_window *window = &model->window[w];
    window->may = posting_of(p, w);
    window->primary = (uint8_t)from->primary;
    window->absent = day->absent;
    window->last_domain = NO_DOMAIN;
    window->off_count = (uint8_t)day->off_count;
    for (unsigned o = 0; o < day->off_count; o++)
        window->offs[o] = (struct engine_off){ms_of(day->offs[o].from_min), ms_of(day->offs[o].to_min)};
    for (unsigned d = 0; d < model->domains; d++) {
        double slow = 1;
        if (p->policy->friction && d != from->primary)
            slow = from->all_domains ? p->hall->all_domain_slowdown : p->hall->off_primary_slowdown;
        model->true_factor_q16[w * model->domains + d] = (uint32_t)lround(65536 * slow / from->speed);
        model->rule_factor_q16[w * model->domains + d] =
            (uint32_t)lround(65536 * slow / from->speed_estimate);
    }
}

static bool model_init(const struct balance_params *p, struct engine_model *model)
{
    const struct hall_file *hall = p->hall;
    *model = (struct engine_model){.domains = hall->domain_count,
                                   .windows = hall->window_count,
                                   .changeover_ms = p->policy->friction ? ms_of(hall->changeover_min) : 0,
                                   .no_show_ms = ms_of(hall->no_show_handling_min),
                                   .early_ms = 5 * MINUTE_MS,
                                   .open_ms = ms_of(hall->open_min)};
    size_t cells = (size_t)hall->window_count * hall->domain_count;
    model->window = calloc(hall->window_count, sizeof *model->window);
    model->true_factor_q16 = calloc(cells, sizeof(uint32_t));
    model->rule_factor_q16 = calloc(cells, sizeof(uint32_t));
    if (!model->window || !model->true_factor_q16 || !model->rule_factor_q16)
        return false;
    for (unsigned d = 0; d < hall->domain_count; d++)
        model->mean_ms[d] = ms_of(hall->domains[d].mean_min);
    for (unsigned w = 0; w < hall->window_count; w++)
        fill_window(p, model, w);
    return true;
}

static void model_destroy(struct engine_model *model)
{
    free(model->window);
    free(model->true_factor_q16);
    free(model->rule_factor_q16);
}

static const uint8_t class_of[DAY_CLASSES] = {CLASS_NORMAL, CLASS_PRIORITY, CLASS_BOOKED, CLASS_GREEN};

/* A booking more than 15 min late stands in line as a walk-in. */
static struct engine_ticket ticket_of(const struct hall_file *hall, const struct day_ticket *from)
{
    const struct hall_file_item *item = &hall->items[from->item];
    struct engine_ticket t = {.arrive_ms = ms_of(from->arrival_min),
                              .ref_ms = ms_of(from->arrival_min),
                              .length_ms = ms_of(from->standard_min),
                              .expect_ms = ms_of(item->mean_min),
                              .domain = (uint8_t)item->domain,
                              .domain2 = NO_DOMAIN,
                              .class = class_of[from->class],
                              .no_show = from->no_show};
    if (from->class == DAY_BOOKED && from->arrival_min > from->slot_min + 15)
        t.class = CLASS_NORMAL;
    else if (from->class == DAY_BOOKED)
        t.ref_ms = ms_of(fmax(from->arrival_min, from->slot_min));
    if (from->item2 >= 0 && hall->items[from->item2].domain == item->domain) {
        t.length_ms += ms_of(from->standard2_min);
        t.expect_ms += ms_of(hall->items[from->item2].mean_min);
    } else if (from->item2 >= 0) {
        t.domain2 = (uint8_t)hall->items[from->item2].domain;
        t.length2_ms = ms_of(from->standard2_min);
        t.expect2_ms = ms_of(hall->items[from->item2].mean_min);
    }
    return t;
}

static void take_results(const struct balance_params *p, const struct engine_run *run, struct played *out)
{
    for (unsigned t = 0; t < out->ticket_count; t++) {
        const struct engine_result *result = &run->results[t];
        bool called = result->first_call_ms != ENGINE_NEVER, done = result->done_ms != ENGINE_NEVER;
        out->tickets[t] = (struct played_ticket){
            .served = done && !p->day->tickets[t].no_show,
            .wait_min = (double)result->wait_ms / MINUTE_MS,
            .called_min = called ? (double)result->first_call_ms / MINUTE_MS : INFINITY,
        };
        if (done)
            out->end_min = fmax(out->end_min, (double)result->done_ms / MINUTE_MS);
    }
    for (unsigned w = 0; w < out->window_count; w++)
        out->windows[w] = (struct played_window){
            .busy_min = (double)run->window[w].busy_ms / MINUTE_MS,
            .standard_min = (double)run->window[w].standard_ms / MINUTE_MS,
            .served = run->window[w].served,
            .changeovers = run->window[w].changeovers,
        };
    out->posted_changes = run->posted_changes;
}

/* The windows' authorisations, for cover when nobody posted for a domain is on duty. */
static struct engine_policy policy_with(const struct balance_params *p, const struct fair *fair,
                                        uint64_t authorised[WINDOWS_MAX])
{
    if (!p->policy->rule)
        return fair_policy(fair);
    struct engine_policy policy = *p->policy->rule;
    for (unsigned w = 0; w < p->hall->window_count; w++)
        authorised[w] = p->hall->windows[w].authorised;
    if (!policy.knobs)
        policy.knobs = authorised;
    return policy;
}

enum status balance_play_engine(const struct balance_params *p, struct played *out, struct error *error)
{
    unsigned count = p->day->ticket_count;
    uint64_t authorised[WINDOWS_MAX];
    struct engine_model model;
    struct engine_run run = {0};
    struct fair fair = {0};
    struct rule_knobs knobs =
        reference_knobs(p->policy->posting == POSTING_AUTHORISED && !p->policy->friction);
    struct engine_ticket *tickets = calloc(count + 1u, sizeof *tickets);
    struct engine_result *results = calloc(count + 1u, sizeof *results);
    bool enough = model_init(p, &model) && tickets && results && engine_init(&run, count) &&
                  fair_init(&fair, &knobs, &model);
    if (enough) {
        for (unsigned t = 0; t < count; t++)
            tickets[t] = ticket_of(p->hall, &p->day->tickets[t]);
        struct engine_policy policy = policy_with(p, &fair, authorised);
        engine_play(&run, &model, &policy, tickets, results, count, ms_of(p->hall->tickets_from_min) - 1,
                    ENGINE_NEVER - 1);
        take_results(p, &run, out);
    }
    fair_destroy(&fair);
    engine_destroy(&run);
    model_destroy(&model);
    free(results);
    free(tickets);
    return enough ? STATUS_OK : error_set(error, STATUS_MEMORY, "no memory to play the day");
}
