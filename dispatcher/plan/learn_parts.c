/* SPDX-License-Identifier: MIT
 * What an item, a pair and a clerk contribute to the log of a handling time, and how sure that is. */
#include <math.h>

#include "dispatcher/plan/learn_inside.h"

struct part part_item(const struct learn *learn, unsigned number)
{
    const struct learn_item *item = &learn->items[number];
    const struct learn_domain *domain = &learn->domains[item->domain];
    double prior_log = domain->level + learn->catalogue_trust * (item->catalogue_log - domain->catalogue_log);
    double prior = 1 / learn->item_variance;
    double share = prior / (prior + item->precision);
    return (struct part){
        .log = (item->sum + prior * prior_log) / (item->precision + prior),
        .variance = 1 / (item->precision + prior) + share * share * domain->level_variance,
    };
}

struct part part_pair(const struct learn *learn, unsigned item, unsigned window, uint32_t *samples)
{
    double weight = 0, sum = 0, mean = part_item(learn, item).log;
    *samples = 0;
    for (unsigned c = learn->items[item].first_cell; c; c = learn->cells[c].next_of_item) {
        const struct cell *cell = &learn->cells[c];
        if (cell->window != window)
            continue;
        weight += cell->weight;
        sum += cell->sum + cell->weight * (learn->clerks[cell->clerk].log_speed - mean);
        *samples += cell->samples;
    }
    double shrink = noise_variance(learn) / learn->pair_variance;
    return (struct part){
        .log = sum / (weight + shrink),
        .variance = learn->pair_variance * shrink / (weight + shrink),
    };
}

struct part part_clerk(const struct learn *learn, unsigned number)
{
    const struct learn_clerk *clerk = &learn->clerks[number];
    if (!clerk->exists)
        return (struct part){0, number ? learn->clerk_variance : 0};
    return (struct part){clerk->log_speed, clerk->variance};
}

/* ---- noise ---- */

static double spread_variance(struct spread spread, double prior, double weight)
{
    return (spread.squares + weight * prior) / (spread.weight + weight);
}

double noise_variance(const struct learn *learn)
{
    return spread_variance(learn->spread, NOISE_VARIANCE, RATIO_DOMAIN_PRIOR);
}

double noise_variance_of(const struct learn *learn, const struct learn_item *item)
{
    return spread_variance(item->spread, noise_variance(learn), RATIO_ITEM_PRIOR);
}

/* Ratios drawn to what a wider group says of them. */
static struct noise shrunk(struct ratios own, struct noise wider, double weight)
{
    double all = own.weight + weight;
    double mean = (own.sum + weight * wider.mean) / all;
    double square = (own.squares + weight * wider.mean * wider.mean * (1 + wider.cv * wider.cv)) / all;
    double cv_squared = square / (mean * mean) - 1;
    return (struct noise){mean, cv_squared > 0 ? sqrt(cv_squared) : 0, all};
}

struct noise noise_of_hall(const struct learn *learn)
{
    static const double variance = NOISE_VARIANCE;
    struct noise assumed = {exp(variance / 2), sqrt(exp(variance) - 1), 0};
    return shrunk(learn->ratios, assumed, RATIO_DOMAIN_PRIOR);
}

struct noise noise_of_domain(const struct learn *learn, unsigned domain)
{
    return shrunk(learn->domains[domain].ratios, noise_of_hall(learn), RATIO_DOMAIN_PRIOR);
}

struct noise noise_of_item(const struct learn *learn, unsigned item)
{
    const struct learn_item *i = &learn->items[item];
    return shrunk(i->ratios, noise_of_domain(learn, i->domain), RATIO_ITEM_PRIOR);
}

uint16_t learn_slow_permille(const struct hall *hall, const struct window *window, struct domain_id domain)
{
    uint16_t primary = window->set.primary.value;
    if (primary == domain.value)
        return 1000;
    if (window->set.mode == MODE_UNDIFFERENTIATED)
        return (uint16_t)hall->policy[POLICY_SLOW_UNDIFFERENTIATED_PERMILLE];
    return primary ? (uint16_t)hall->policy[POLICY_SLOW_OFF_PRIMARY_PERMILLE] : 1000;
}
