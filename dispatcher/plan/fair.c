/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/fair.h"

#include <stdlib.h>

static int32_t expected_ms(const struct engine_model *model, unsigned w, unsigned d, int64_t standard_ms)
{
    return (int32_t)(standard_ms * model->rule_factor_q16[w * model->domains + d] >> 16);
}

/* The window's speed alone: its factor in its primary domain. */
static int32_t base_ms(const struct engine_model *model, unsigned w, unsigned d)
{
    uint8_t primary = model->window[w].primary;
    return expected_ms(model, w, primary == NO_DOMAIN ? d : primary, model->mean_ms[d]);
}

bool fair_init(struct fair *fair, const struct rule_knobs *knobs, const struct engine_model *model)
{
    fair->knobs = *knobs;
    fair->efficiency_q16 = malloc(2 * sizeof *fair->efficiency_q16 * model->windows * model->domains);
    if (!fair->efficiency_q16)
        return false;
    for (unsigned w = 0; w < model->windows; w++) {
        for (unsigned d = 0; d < model->domains; d++) {
            int32_t base = base_ms(model, w, d), handling = expected_ms(model, w, d, model->mean_ms[d]);
            int32_t *at = &fair->efficiency_q16[2 * (w * model->domains + d)];
            at[0] = rule_efficiency_q16(knobs, base, handling);
            at[1] = rule_efficiency_q16(knobs, base, handling + model->changeover_ms);
        }
    }
    for (unsigned n = 0; n < sizeof fair->crowd_q16 / sizeof fair->crowd_q16[0]; n++)
        fair->crowd_q16[n] = rule_crowd_q16(knobs, n);
    return true;
}

void fair_destroy(struct fair *fair)
{
    free(fair->efficiency_q16);
    fair->efficiency_q16 = NULL;
}

static int32_t crowd_q16(const struct engine_run *run, const struct fair *fair, unsigned d)
{
    uint32_t waiting = run->crowd[d];
    return waiting < 256 ? fair->crowd_q16[waiting] : rule_crowd_q16(&fair->knobs, waiting);
}

/* A ghost is in no crowd, but a ticket in its place would be. */
static int32_t ghost_q16(const struct engine_run *run, const struct fair *fair, unsigned d)
{
    return rule_crowd_q16(&fair->knobs, run->crowd[d] + 1) - crowd_q16(run, fair, d);
}

/* The terms that all tickets of a domain share at a window. */
static int32_t domain_q16(const struct engine_run *run, const struct fair *fair, unsigned w, unsigned d)
{
    uint8_t last = run->window[w].last_domain;
    bool changes = last != d && last != NO_DOMAIN;
    int32_t sum = fair->efficiency_q16[2 * (w * run->model->domains + d) + changes] + crowd_q16(run, fair, d);
    if (run->posted[w] && !(run->posted[w] >> d & 1))
        sum += fair->knobs.unposted_q16;
    return sum;
}

static int32_t ticket_q16(const struct engine_run *run, const struct fair *fair, unsigned w, unsigned d,
                          const struct engine_ticket *t)
{
    const struct rule_knobs *knobs = &fair->knobs;
    const struct engine_model *model = run->model;
    uint8_t last = run->window[w].last_domain;
    int64_t standard_ms = rule_standard_ms(knobs, t->item_ms ? t->item_ms : t->expect_ms, model->mean_ms[d]);
    int32_t handling_ms = expected_ms(model, w, d, standard_ms);
    if (last != d && last != NO_DOMAIN)
        handling_ms += model->changeover_ms;
    return knobs->of[t->class].weight_q16 + rule_wait_q16(knobs, t->class, run->now_ms - t->ref_ms) +
           rule_speed_q16(knobs, handling_ms);
}

int32_t fair_index_q16(const struct engine_run *run, const struct fair *fair, unsigned w, unsigned line)
{
    unsigned d = line / TICKET_CLASSES;
    return domain_q16(run, fair, w, d) + ticket_q16(run, fair, w, d, &run->tickets[run->lines[line].head]);
}

int fair_pick(struct engine_run *run, unsigned w)
{
    const struct fair *fair = run->policy->knobs;
    int32_t early_from_ms = run->now_ms + (int32_t)fair->knobs.early_ms, early_ref_ms = ENGINE_NEVER;
    int32_t best_q16 = INT32_MIN;
    int best = -1, early = -1;
    for (unsigned class = 0; class < TICKET_CLASSES; class ++) {
        for (uint64_t left = run->filled[class] & run->serves[w]; left; left &= left - 1) {
            unsigned d = (unsigned)__builtin_ctzll(left), line = engine_line_of(d, class);
            const struct engine_ticket *t = &run->tickets[run->lines[line].head];
            if (t->ref_ms > early_from_ms) {
                if (t->ref_ms < early_ref_ms) {
                    early_ref_ms = t->ref_ms;
                    early = (int)line;
                }
                continue;
            }
            int32_t index_q16 = domain_q16(run, fair, w, d) + ticket_q16(run, fair, w, d, t);
            if (t->is_ghost)
                index_q16 += ghost_q16(run, fair, d);
            if (index_q16 > best_q16) {
                best_q16 = index_q16;
                best = (int)line;
            }
        }
    }
    return best >= 0 ? best : early;
}

/* Its primary domain first, then the window that did least today. */
static bool fair_prefers(const struct engine_run *run, unsigned a, unsigned b, unsigned d)
{
    bool a_primary = run->model->window[a].primary == d, b_primary = run->model->window[b].primary == d;
    if (a_primary != b_primary)
        return a_primary;
    return run->window[a].busy_ms < run->window[b].busy_ms;
}

struct engine_policy fair_policy(const struct fair *fair)
{
    return (struct engine_policy){.pick = fair_pick, .prefers = fair_prefers, .knobs = fair};
}
