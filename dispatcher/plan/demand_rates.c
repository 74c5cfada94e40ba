/* SPDX-License-Identifier: MIT
 * Rates out of what was seen: each level drawn to the one above as far as its own numbers are few.
 *
 *   hall's shape over the day -> domain's shape -> weekday's shape
 *   hall's weekdays -> domain's weekdays
 *
 * Counts are Poisson; that days differ as a whole is an own variance. */
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/demand_inside.h"

#define SHAPE_PRIOR        8.0  /* arrivals' worth of the hall's shape in a domain's bin */
#define CELL_PRIOR         25.0 /* arrivals' worth of the common shape in a weekday's bin */
#define HALL_WEEK_VARIANCE .04  /* of weekdays around their mean */
#define WEEK_VARIANCE      .01  /* of a domain's weekdays around the hall's */
#define DAY_VARIANCE       .02  /* of one day around its weekday */
enum { SMOOTHING = 2, SWEEPS = 3 };

struct deriving {
    const struct demand *demand;
    double hall_shape[DEMAND_BINS]; /* mean 1 over open time */
    double hall_week[WEEKDAYS];     /* mean 1 over days */
    double week[WEEKDAYS];          /* of the domain at work */
    double shape[DEMAND_BINS];      /* of the domain at work: arrivals in a bin of a mean weekday */
};

static double bin_sum(const struct demand *demand, unsigned bin)
{
    double sum = 0;
    for (unsigned d = 0; d < DOMAINS_MAX; d++)
        for (unsigned k = 0; k < WEEKDAYS; k++)
            sum += demand->seen[d][k][bin];
    return sum;
}

/* Arrivals of the whole hall in a bin against those of its mean, smoothed over the neighbours. Bins that were
 * never open are taken as the mean. */
static void derive_hall_shape(struct deriving *g)
{
    double seen[DEMAND_BINS], days[DEMAND_BINS] = {0}, seen_all = 0, days_all = 0;
    for (unsigned b = 0; b < DEMAND_BINS; b++) {
        seen[b] = bin_sum(g->demand, b);
        for (unsigned k = 0; k < WEEKDAYS; k++)
            days[b] += g->demand->days[k][b] * g->hall_week[k];
        seen_all += seen[b];
        days_all += days[b];
    }
    double mean = days_all > 0 ? seen_all / days_all : 0;
    for (int b = 0; b < DEMAND_BINS; b++) {
        double sum = .1 * mean, weight = .1;
        for (int n = b - SMOOTHING; n <= b + SMOOTHING; n++) {
            if (n < 0 || n >= DEMAND_BINS)
                continue;
            double near = SMOOTHING + 1 - abs(n - b);
            sum += near * seen[n];
            weight += near * days[n];
        }
        g->hall_shape[b] = mean > 0 ? sum / weight / mean : 0;
    }
}

/* seen against told on a weekday as a factor around `prior`, the latter having this variance. */
static double week_factor(double seen, double told, double days, double prior, double variance)
{
    if (told <= 0 || days <= 0)
        return prior;
    double own = DAY_VARIANCE / days + 1 / (told * prior + 1);
    return prior * (1 + (seen / (told * prior) - 1) * variance / (variance + own));
}

static void derive_hall_week(struct deriving *g)
{
    const struct demand *demand = g->demand;
    double mean = 0, days_all = 0, told_all = 0, seen_all = 0, seen[WEEKDAYS] = {0}, told[WEEKDAYS] = {0};
    for (unsigned k = 0; k < WEEKDAYS; k++) {
        for (unsigned b = 0; b < DEMAND_BINS; b++) {
            told[k] += demand->days[k][b] * g->hall_shape[b];
            for (unsigned d = 0; d < DOMAINS_MAX; d++)
                seen[k] += demand->seen[d][k][b];
        }
        told_all += told[k];
        seen_all += seen[k];
    }
    double level = told_all > 0 ? seen_all / told_all : 0;
    for (unsigned k = 0; k < WEEKDAYS; k++) {
        g->hall_week[k] = week_factor(seen[k], told[k] * level, demand->day_weight[k], 1, HALL_WEEK_VARIANCE);
        mean += g->hall_week[k] * demand->day_weight[k];
        days_all += demand->day_weight[k];
    }
    for (unsigned k = 0; k < WEEKDAYS && days_all > 0; k++)
        g->hall_week[k] /= mean / days_all;
}

/* The domain's arrivals in a bin, over all weekdays. */
static void derive_shape(struct deriving *g, unsigned d)
{
    const struct demand *demand = g->demand;
    double seen[DEMAND_BINS] = {0}, days[DEMAND_BINS] = {0}, seen_all = 0, told_all = 0;
    for (unsigned b = 0; b < DEMAND_BINS; b++) {
        for (unsigned k = 0; k < WEEKDAYS; k++) {
            seen[b] += demand->seen[d][k][b];
            days[b] += demand->days[k][b] * g->week[k];
        }
        seen_all += seen[b];
        told_all += days[b] * g->hall_shape[b];
    }
    double level = told_all > 0 ? seen_all / told_all : 0;
    for (unsigned b = 0; b < DEMAND_BINS; b++) {
        double prior = level * g->hall_shape[b];
        g->shape[b] = prior > 0 ? (seen[b] + SHAPE_PRIOR) / (days[b] + SHAPE_PRIOR / prior) : 0;
    }
}

static void derive_week(struct deriving *g, unsigned d)
{
    const struct demand *demand = g->demand;
    for (unsigned k = 0; k < WEEKDAYS; k++) {
        double seen = 0, told = 0;
        for (unsigned b = 0; b < DEMAND_BINS; b++) {
            seen += demand->seen[d][k][b];
            told += demand->days[k][b] * g->shape[b];
        }
        g->week[k] = week_factor(seen, told, demand->day_weight[k], g->hall_week[k], WEEK_VARIANCE);
    }
}

static void derive_domain(struct deriving *g, struct demand *out, unsigned d)
{
    memcpy(g->week, g->hall_week, sizeof g->week);
    for (unsigned sweep = 0; sweep < SWEEPS; sweep++) {
        derive_shape(g, d);
        derive_week(g, d);
    }
    for (unsigned k = 0; k < WEEKDAYS; k++)
        for (unsigned b = 0; b < DEMAND_BINS; b++) {
            double prior = g->week[k] * g->shape[b];
            out->rate[d][k][b] = prior > 0 ? (g->demand->seen[d][k][b] + CELL_PRIOR) /
                                                 (g->demand->days[k][b] + CELL_PRIOR / prior)
                                           : 0;
        }
}

void demand_derive(struct demand *demand)
{
    struct deriving g = {.demand = demand};
    for (unsigned k = 0; k < WEEKDAYS; k++)
        g.hall_week[k] = 1;
    for (unsigned sweep = 0; sweep < SWEEPS; sweep++) {
        derive_hall_shape(&g);
        derive_hall_week(&g);
    }
    for (unsigned d = 0; d < DOMAINS_MAX; d++)
        derive_domain(&g, demand, d);
}
