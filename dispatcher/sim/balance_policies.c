/* SPDX-License-Identifier: MIT
 * The policies that the product is measured against, each as two choices over the engine: which line a free
 * window calls, and which idle window an arrival goes to. */
#include "dispatcher/sim/balance_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- which line ---- */

static const uint8_t strict_classes[] = {CLASS_GREEN, CLASS_BOOKED, CLASS_PRIORITY, CLASS_NORMAL};

static int32_t head_ref_ms(const struct engine_run *run, unsigned line)
{
    return run->tickets[run->lines[line].head].ref_ms;
}

/* Class by class, then the earliest; bookings ahead of their slot after all others. */
static int strict_among(const struct engine_run *run, uint64_t domains)
{
    int32_t early_from_ms = run->now_ms + run->model->early_ms, early_ref_ms = ENGINE_NEVER;
    int early = -1;
    for (unsigned i = 0; i < sizeof strict_classes; i++) {
        int32_t best_ref_ms = ENGINE_NEVER;
        int best = -1;
        for (uint64_t left = domains & run->filled[strict_classes[i]]; left; left &= left - 1) {
            unsigned line = engine_line_of((unsigned)__builtin_ctzll(left), strict_classes[i]);
            int32_t ref_ms = head_ref_ms(run, line);
            bool is_early = ref_ms > early_from_ms;
            if (is_early && ref_ms < early_ref_ms) {
                early_ref_ms = ref_ms;
                early = (int)line;
            } else if (!is_early && ref_ms < best_ref_ms) {
                best_ref_ms = ref_ms;
                best = (int)line;
            }
        }
        if (best >= 0)
            return best;
    }
    return early;
}

static int pick_strict(struct engine_run *run, unsigned w)
{
    return strict_among(run, run->serves[w]);
}

static int pick_first_come(struct engine_run *run, unsigned w)
{
    int64_t least = INT64_MAX;
    int best = -1;
    for (unsigned class = 0; class < TICKET_CLASSES; class ++) {
        for (uint64_t left = run->serves[w] & run->filled[class]; left; left &= left - 1) {
            unsigned line = engine_line_of((unsigned)__builtin_ctzll(left), class);
            int64_t at = head_ref_ms(run, line);
            if (at > run->now_ms + run->model->early_ms)
                at += DAY_MS;
            if (at < least) {
                least = at;
                best = (int)line;
            }
        }
    }
    return best;
}

static uint64_t filled_domains(const struct engine_run *run)
{
    uint64_t domains = 0;
    for (unsigned class = 0; class < TICKET_CLASSES; class ++)
        domains |= run->filled[class];
    return domains;
}

static unsigned waiting_in(const struct engine_run *run, unsigned d)
{
    unsigned count = 0;
    for (unsigned class = 0; class < TICKET_CLASSES; class ++)
        count += run->lines[engine_line_of(d, class)].count;
    return count;
}

/* The domain with most waiting, each counted as 1 / (what it takes here) when weighted; strict order in it.
 */
static int pick_longest(struct engine_run *run, unsigned w, bool weighted)
{
    double most = 0;
    int best = -1;
    for (uint64_t left = run->serves[w] & filled_domains(run); left; left &= left - 1) {
        unsigned d = (unsigned)__builtin_ctzll(left);
        double value = waiting_in(run, d);
        if (weighted)
            value /= engine_expected_ms(run, w, d, run->model->mean_ms[d]);
        if (value > most) {
            most = value;
            best = (int)d;
        }
    }
    return best < 0 ? -1 : strict_among(run, (uint64_t)1 << best);
}

static int pick_longest_queue(struct engine_run *run, unsigned w)
{
    return pick_longest(run, w, false);
}

static int pick_max_weight(struct engine_run *run, unsigned w)
{
    return pick_longest(run, w, true);
}

/* B1: anybody anywhere, the largest cost / E^8 with the item's own expectation. */
static int pick_shortest(struct engine_run *run, unsigned w)
{
    const struct rule_knobs knobs = reference_knobs(false);
    int32_t early_from_ms = run->now_ms + run->model->early_ms;
    double most = -INFINITY;
    int best = -1;
    for (unsigned line = 0; line < run->model->domains * TICKET_CLASSES; line++) {
        unsigned d = line / TICKET_CLASSES;
        uint16_t t = run->lines[line].head;
        if (!(run->serves[w] >> d & 1))
            continue;
        for (unsigned left = run->lines[line].count; left; left--, t = run->next[t]) {
            const struct engine_ticket *ticket = &run->tickets[t];
            int32_t handling_ms = engine_expected_ms(run, w, d, ticket->expect_ms);
            double value = knobs.of[ticket->class].weight_q16 +
                           rule_wait_q16(&knobs, ticket->class, run->now_ms - ticket->ref_ms) -
                           8.0 * (fixed_log2_q16((uint64_t)handling_ms) - RULE_MINUTE_Q16);
            if (ticket->ref_ms > early_from_ms)
                value = -1e12 - ticket->ref_ms;
            if (value > most) {
                most = value;
                best = (int)line;
                run->chosen = t;
            }
        }
    }
    return best;
}

/* ---- which idle window ---- */

static bool longest_idle(const struct engine_run *run, unsigned a, unsigned b, unsigned d)
{
    (void)d;
    return run->window[a].idle_ms < run->window[b].idle_ms;
}

static bool least_flexible(const struct engine_run *run, unsigned a, unsigned b, unsigned d)
{
    bool a_primary = run->model->window[a].primary == d, b_primary = run->model->window[b].primary == d;
    if (a_primary != b_primary)
        return a_primary;
    int a_domains = __builtin_popcountll(run->serves[a]), b_domains = __builtin_popcountll(run->serves[b]);
    return a_domains != b_domains ? a_domains < b_domains : longest_idle(run, a, b, d);
}

static bool fastest(const struct engine_run *run, unsigned a, unsigned b, unsigned d)
{
    unsigned domains = run->model->domains;
    return run->model->rule_factor_q16[a * domains + d] < run->model->rule_factor_q16[b * domains + d];
}

/* ---- emergency cover of the static policies ---- */

static bool is_on_duty(const struct engine_run *run, unsigned w)
{
    return run->window[w].state == ENGINE_IDLE || run->window[w].state == ENGINE_BUSY;
}

static bool is_covered(const struct engine_run *run, unsigned d)
{
    for (unsigned w = 0; w < run->model->windows; w++)
        if (run->serves[w] >> d & 1 && is_on_duty(run, w))
            return true;
    return false;
}

static unsigned waiting_for(const struct engine_run *run, unsigned w)
{
    unsigned count = 0;
    for (uint64_t left = run->serves[w] & filled_domains(run); left; left &= left - 1)
        count += waiting_in(run, (unsigned)__builtin_ctzll(left));
    return count;
}

/* A waiting domain without a window is added for the rest of the day to the authorised window whose domains
 * have the fewest waiting. */
static void cover(struct engine_run *run)
{
    const uint64_t *authorised = run->policy->knobs;
    for (uint64_t left = filled_domains(run); left; left &= left - 1) {
        unsigned d = (unsigned)__builtin_ctzll(left), least = 0;
        int best = -1;
        if (is_covered(run, d))
            continue;
        for (unsigned w = 0; w < run->model->windows; w++) {
            if (!(authorised[w] >> d & 1) || !is_on_duty(run, w))
                continue;
            unsigned count = waiting_for(run, w);
            if (best < 0 || count < least) {
                best = (int)w;
                least = count;
            }
        }
        if (best < 0)
            continue;
        run->serves[best] |= (uint64_t)1 << d;
        run->posted_changes++;
        engine_free_now(run, (unsigned)best);
    }
}

/* ---- the table ---- */

static const struct engine_policy static_rule = {pick_strict, longest_idle, cover, NULL};
static const struct engine_policy first_come_rule = {pick_first_come, least_flexible, NULL, NULL};
static const struct engine_policy strict_rule = {pick_strict, least_flexible, NULL, NULL};
static const struct engine_policy longest_rule = {pick_longest_queue, least_flexible, NULL, NULL};
static const struct engine_policy max_weight_rule = {pick_max_weight, least_flexible, NULL, NULL};
static const struct engine_policy pool_first_come_rule = {pick_first_come, longest_idle, NULL, NULL};
static const struct engine_policy pool_shortest_rule = {pick_shortest, fastest, NULL, NULL};

const struct balance_policy balance_policies[] = {
    {"product", "the product: its hall, its call rule, its proposals, all accepted", BALANCE_HALL, true, true,
     POSTING_AUTHORISED, NULL},
    {"product-rule", "the product's hall and call rule without proposals", BALANCE_HALL, false, true,
     POSTING_AUTHORISED, NULL},
    {"static-dedicated", "windows fixed to one domain, strict order", BALANCE_ENGINE, false, true,
     POSTING_DEDICATED, &static_rule},
    {"static-mixed", "windows fixed to the domains posted, strict order", BALANCE_ENGINE, false, true,
     POSTING_MIXED, &static_rule},
    {"first-come", "first come first served over all authorised windows", BALANCE_ENGINE, false, true,
     POSTING_AUTHORISED, &first_come_rule},
    {"strict", "strict order of classes over all authorised windows", BALANCE_ENGINE, false, true,
     POSTING_AUTHORISED, &strict_rule},
    {"longest-queue", "the longest queue among the authorised", BALANCE_ENGINE, false, true,
     POSTING_AUTHORISED, &longest_rule},
    {"max-weight", "queue length over expected handling", BALANCE_ENGINE, false, true, POSTING_AUTHORISED,
     &max_weight_rule},
    {"fair", "generalised c-mu with efficiency, the rule that the product began with", BALANCE_ENGINE, false,
     true, POSTING_AUTHORISED, NULL},
    {"b1", "bound: all windows do all items without friction, shortest first", BALANCE_ENGINE, false, false,
     POSTING_EVERYTHING, &pool_shortest_rule},
    {"b2", "bound: all windows do all items without friction, first come first served", BALANCE_ENGINE, false,
     false, POSTING_EVERYTHING, &pool_first_come_rule},
    {"b3", "bound: real authorisations without friction, the fair rule", BALANCE_ENGINE, false, false,
     POSTING_AUTHORISED, NULL},
    {NULL, NULL, BALANCE_ENGINE, false, false, POSTING_AUTHORISED, NULL},
};

const struct balance_policy *balance_policy_find(const char *name)
{
    for (const struct balance_policy *policy = balance_policies; policy->name; policy++)
        if (strcmp(policy->name, name) == 0)
            return policy;
    return NULL;
}

static struct rule_class_knobs class_knobs(unsigned weight, unsigned head_start_min)
{
    return (struct rule_class_knobs){.weight_q16 = fixed_log2_q16(weight),
                                     .head_start_ms = (int64_t)head_start_min * MINUTE_MS,
                                     .late_from_ms = INT32_MAX};
}

struct rule_knobs reference_knobs(bool bound)
{
    struct rule_knobs knobs = {.wait_permille = 1250,
                               .speed_permille = 1000,
                               .efficiency_permille = bound ? 0 : 4000,
                               .early_ms = 5 * MINUTE_MS};
    knobs.of[CLASS_NORMAL] = knobs.of[CLASS_REJOINED] = class_knobs(1, 10);
    knobs.of[CLASS_PRIORITY] = class_knobs(bound ? 4 : 6, 10);
    knobs.of[CLASS_BOOKED] = bound ? class_knobs(8, 20) : class_knobs(16, 30);
    knobs.of[CLASS_GREEN] = class_knobs(10, 30);
    return knobs;
}

enum status balance_play(const struct balance_params *params, struct played *out, struct error *error)
{
    memset(out, 0, sizeof *out);
    out->ticket_count = params->day->ticket_count;
    out->window_count = params->hall->window_count;
    out->tickets = calloc(out->ticket_count + 1u, sizeof *out->tickets);
    if (!out->tickets)
        return error_set(error, STATUS_MEMORY, "no memory to play the day");
    enum status status = params->policy->kind == BALANCE_HALL ? balance_play_hall(params, out, error)
                                                              : balance_play_engine(params, out, error);
    if (status != STATUS_OK)
        played_destroy(out);
    return status;
}

void played_destroy(struct played *played)
{
    free(played->tickets);
    played->tickets = NULL;
}
