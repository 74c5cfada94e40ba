/* SPDX-License-Identifier: MIT
 * One day's arrivals per domain against what was expected, and today's correction: by what factor the rest of
 * the day will differ. Plain values, the same for the product and for simulations: whoever has expectations
 * from elsewhere fills them in. */
#ifndef DISPATCHER_PLAN_DEMAND_DAY_H
#define DISPATCHER_PLAN_DEMAND_DAY_H

#include <stdint.h>

#include "dispatcher/core/limits.h"

enum {
    DEMAND_BIN_MIN = 10,
    DEMAND_BINS = 144, /* a whole day */
    DEMAND_MINUTES = DEMAND_BINS * DEMAND_BIN_MIN,
    DEMAND_AHEAD_MIN = 60, /* the factor is the mean over so much of what comes */
};

/* Domain d is row d-1. Minute 0 is the beginning of bin 0: midnight in the product, any beginning elsewhere.
 * Count the same arrivals on both sides: all of them, or walk-ins only. Some 250 KB; zero it to begin. */
struct demand_day {
    unsigned bins;                                  /* in use, from 0 */
    double expected[DOMAINS_MAX][DEMAND_BINS];      /* arrivals in each bin */
    uint16_t observed[DOMAINS_MAX][DEMAND_MINUTES]; /* arrivals in each minute */
};

enum demand_filter {
    /* Gamma-Poisson: each domain's factor has a gamma distribution around a factor of the whole day; how
     * narrow is learned from the day by weighing several widths by how well they foretold it; and a domain
     * may be in a rush, which passes. On generated days of ten kinds of hall the error of the next hour's
     * arrivals was 13 % (Poisson deviance) and 8 % (absolute) less than by the ratio, and never more; the
     * ratio itself does worse than no correction in ordinary halls. */
    DEMAND_FILTER_MIXED,
    /* f_d = (observed 40 min + 8 f_day)/(expected 40 min + 8), f_day = (observed + 15)/(expected + 15). */
    DEMAND_FILTER_RATIO,
    DEMAND_FILTERS
};
#define DEMAND_FACTOR_LEAST 0.4
#define DEMAND_FACTOR_MOST  3.0

/* An arrival; outside of the day it counts in the nearest minute. */
void demand_day_see(struct demand_day *day, unsigned domain, int minute);

/* Expected between two minutes, minutes taken evenly from their bins; what lies outside of the bins is 0. */
double demand_day_expected(const struct demand_day *day, unsigned domain, double from_min, double to_min);

/* Observed from the beginning of one minute to that of another. */
unsigned demand_day_observed(const struct demand_day *day, unsigned domain, int from_min, int to_min);

/* What to multiply expectations from now on by, for each domain (row d-1), from the arrivals before the
 * beginning of minute now_min. Always within the limits above. Some 10 us a domain late in the day. */
void demand_day_factors(const struct demand_day *day, int now_min, enum demand_filter filter,
                        double out[DOMAINS_MAX]);

#endif
