/* SPDX-License-Identifier: MIT
 * Shared by the files that make halls and days: streams of randomness, rounding, postings. */
#ifndef DISPATCHER_SIM_DAYS_INSIDE_H
#define DISPATCHER_SIM_DAYS_INSIDE_H

#include <math.h>

#include "dispatcher/plan/rng.h"
#include "dispatcher/sim/days.h"

/* What is drawn has a stream of its own, so that one more window or item leaves everything else as it was. */
enum days_part {
    DAYS_VISIT_SHARES,
    DAYS_ITEMS,
    DAYS_WINDOW_KINDS,
    DAYS_AUTHORISED,
    DAYS_SPEEDS,
    DAYS_ABSENCES,
    DAYS_BREAKS,
    DAYS_FACTORS,
    DAYS_SURGES,
    DAYS_BOOKINGS,
    DAYS_WALK_INS,
};

enum { DAYS_OF_HALL = -1 };

/* The stream of a part, for domain or window n, of a hall (DAYS_OF_HALL) or of one of its days. */
static inline struct rng days_stream(uint64_t seed, unsigned hall, int day, enum days_part part, unsigned n)
{
    struct rng rng = rng_part(seed, hall);
    rng = rng_part(rng_next(&rng), (uint64_t)((int64_t)day + 1));
    rng = rng_part(rng_next(&rng), (uint64_t)part);
    return rng_part(rng_next(&rng), n);
}

/* To the digits that files carry, so that a day in memory is the same as one read back. */
static inline double days_round(double value, double per_unit)
{
    return floor(value * per_unit + 0.5) / per_unit;
}
static inline double days_round_min(double minutes)
{
    return days_round(minutes, 1e4);
}

/* Which domains each window is posted for, for both ways of posting: see DAYS.md, "Postings". */
void days_post(const struct hall_file *hall, struct day_file *day);

#endif
