/* SPDX-License-Identifier: MIT
 * A wait's forecast that learns from its own record. Somebody else makes a first forecast of each wait, its
 * median and its P90 (a simulation, a formula); this learns from outcomes what such forecasts miss in which
 * situation, described by a vector of features, and then keeps both quantiles honest day by day:
 *
 *     median = conformal(base.median + scale * f50(features)),   scale = base.median + scale_offset
 *     p90    = conformal(base.p90    + scale * f90(features)),   and never below the median
 *
 * f50, f90: boosted trees (predict_boost.h), grown anew at the end of a day when the rows have become
 * noticeably more (WAIT_REFIT_*); 0 until there are WAIT_REFIT_MIN. conformal: a factor by quantile, changed
 * at the end of each day (predict_conformal.h).
 *
 * The order of use keeps it honest: wait_forecast() when the visitor comes, with features that were known
 * then; wait_learn() when the wait has ended; wait_close_day() at night. A forecast therefore depends on
 * nothing that ended later. In a hall `base` is the engine's simulated P50 and P90 and the features may hold
 * anything known at issue: the spread of the futures, tickets ahead, windows on duty, minutes since opening,
 * the latest errors. */
#ifndef DISPATCHER_PLAN_PREDICT_WAIT_H
#define DISPATCHER_PLAN_PREDICT_WAIT_H

#include "dispatcher/plan/predict_boost.h"
#include "dispatcher/plan/predict_conformal.h"

enum {
    WAIT_FEATURES_MAX = BOOST_FEATURES_MAX,
    WAIT_REFIT_MIN = 300, /* new rows since the last fit, at least */
    WAIT_REFIT_PART = 8,  /* and 1/8 of all rows */
};

struct wait_params {
    unsigned width;      /* features, 1 .. WAIT_FEATURES_MAX */
    unsigned rows_max;   /* outcomes remembered; the oldest give way */
    double scale_offset; /* > 0, in the unit of the waits: 20 s in a call centre, 3 min in a hall */
    uint64_t seed;
};

struct wait_quantiles {
    double median, p90;
};

struct predict_wait {
    struct wait_params params;
    bool frozen; /* set to keep the trees as they are; the daily factors go on */
    struct boost median, p90;
    struct conformal median_factor, p90_factor;
    float *features, *outcome, *base_median, *base_p90, *scale; /* owned; rows_max rows, a ring */
    size_t count, next, unfitted;
};

/* False: out of memory. */
bool wait_init(struct predict_wait *predict, const struct wait_params *params);
void wait_destroy(struct predict_wait *predict); /* a zeroed struct is allowed */

/* A second one that goes its own way from here. False: out of memory, and *to is zeroed. */
bool wait_copy(struct predict_wait *to, const struct predict_wait *from);

/* The forecast for somebody who comes now. */
struct wait_quantiles wait_forecast(const struct predict_wait *predict, const float *features,
                                    struct wait_quantiles base);

/* That wait has ended; features and base as they were given to wait_forecast. */
void wait_learn(struct predict_wait *predict, const float *features, struct wait_quantiles base,
                double outcome);

/* Takes up what the day brought; grows the trees anew when it is worth it. False: out of memory; the forecast
 * is then the base with its factors. */
bool wait_close_day(struct predict_wait *predict);

/* Grows the trees on all remembered rows now, frozen or not. */
bool wait_fit(struct predict_wait *predict);

#endif
