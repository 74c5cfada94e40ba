/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/propose_outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint16_t seconds(double s)
{
    return (uint16_t)(s <= 0 ? 0 : s >= UINT16_MAX ? UINT16_MAX : lround(s));
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between the values of sorted samples. */
static double quantile(const double *sorted, unsigned count, double share)
{
    double at = (count - 1) * share;
    unsigned low = (unsigned)at;
    if (low + 1 >= count)
        return sorted[count - 1];
    return sorted[low] + (at - low) * (sorted[low + 1] - sorted[low]);
}

/* Waits of one domain (index), or of the whole hall, in one future. */
static void waits_of(const struct tried *tried, unsigned domains, int domain, double *sum_s, double *people)
{
    *sum_s = *people = 0;
    for (unsigned d = 0; d < domains; d++) {
        if (domain >= 0 && (unsigned)domain != d)
            continue;
        *sum_s += tried->wait_s[d];
        *people += tried->count[d];
    }
}

struct spread {
    double mean, low, high; /* P10 and P90 of the futures' means */
    double people;
};

/* means: memory for one value a future. */
static struct spread spread_of(const struct compared *c, const struct tried *tried, int domain, double *means)
{
    struct spread spread = {0};
    double all_s = 0;
    unsigned count = 0;
    for (unsigned n = 0; n < c->futures; n++) {
        double sum_s, people;
        waits_of(&tried[n], c->domains, domain, &sum_s, &people);
        all_s += sum_s;
        spread.people += people;
        if (people > 0)
            means[count++] = sum_s / people;
    }
    if (!count)
        return spread;
    qsort(means, count, sizeof *means, by_size);
    spread.mean = all_s / spread.people;
    spread.low = quantile(means, count, 0.1);
    spread.high = quantile(means, count, 0.9);
    spread.people /= c->futures;
    return spread;
}

static void sum_waits(const struct compared *c, int domain, double *means, struct propose_outcome *out)
{
    struct spread now = spread_of(c, c->now, domain, means), after = spread_of(c, c->after, domain, means);
    unsigned id = (unsigned)(domain + 1);
    out->people[id] = now.people;
    out->now_s[id] = now.mean;
    out->after_s[id] = after.mean;
    out->effects[id] = (struct effect){.domain = {(uint16_t)id},
                                       .now_s = seconds(now.mean),
                                       .now_low_s = seconds(now.low),
                                       .now_high_s = seconds(now.high),
                                       .after_s = seconds(after.mean),
                                       .after_low_s = seconds(after.low),
                                       .after_high_s = seconds(after.high)};
}

static void sum_costs(const struct compared *c, struct propose_outcome *out)
{
    double hours = c->horizon_ms / 3600000.0, squares = 0, count = c->futures;
    for (unsigned n = 0; n < c->futures; n++) {
        double gain_s = c->now[n].cost_s - c->after[n].cost_s;
        out->cost_now_s += c->now[n].cost_s / count;
        out->cost_after_s += c->after[n].cost_s / count;
        out->changeovers_now += c->now[n].changeovers / count / hours;
        out->changeovers_after += c->after[n].changeovers / count / hours;
        squares += gain_s * gain_s;
    }
    out->gain_s = out->cost_now_s - out->cost_after_s;
    double variance = (squares - count * out->gain_s * out->gain_s) / (count > 1 ? count - 1 : 1);
    out->gain_error_s = sqrt((variance > 0 ? variance : 0) / count);
}

bool outcome_sum(const struct compared *compared, struct propose_outcome *out)
{
    double *means = malloc((compared->futures + 1u) * sizeof *means);
    memset(out, 0, sizeof *out);
    if (!means)
        return false;
    sum_costs(compared, out);
    for (int domain = -1; domain < (int)compared->domains; domain++)
        sum_waits(compared, domain, means, out);
    free(means);
    return true;
}

/* How much a domain belongs on the list. */
static double weight_of(const struct propose_outcome *outcome, uint64_t touched, unsigned id)
{
    double change_s = fabs(outcome->after_s[id] - outcome->now_s[id]) * outcome->people[id];
    if (outcome->people[id] <= 0)
        return -1;
    return change_s + (touched >> (id - 1) & 1 ? 1e9 : 0);
}

void outcome_effects(const struct propose_outcome *outcome, uint64_t touched, struct effect_list *out)
{
    uint64_t chosen = 0;
    memset(out, 0, sizeof *out);
    for (unsigned place = 0; place + 1 < EFFECTS_MAX; place++) {
        unsigned best = 0;
        double most = 0;
        for (unsigned id = 1; id <= DOMAINS_MAX; id++) {
            double weight = weight_of(outcome, touched, id);
            if (!(chosen >> (id - 1) & 1) && weight > most) {
                best = id;
                most = weight;
            }
        }
        if (best)
            chosen |= (uint64_t)1 << (best - 1);
    }
    for (unsigned id = 1; id <= DOMAINS_MAX; id++)
        if (chosen >> (id - 1) & 1)
            out->list[out->count++] = outcome->effects[id];
    out->list[out->count++] = outcome->effects[0];
}
