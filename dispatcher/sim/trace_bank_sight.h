/* SPDX-License-Identifier: MIT
 * What is seen of a call centre the moment a customer begins to wait, as the figures that forecasters use. */
#ifndef DISPATCHER_SIM_TRACE_BANK_SIGHT_H
#define DISPATCHER_SIM_TRACE_BANK_SIGHT_H

#include "dispatcher/plan/predict_boost.h"
#include "dispatcher/plan/predict_delay.h"
#include "dispatcher/plan/predict_futures.h"
#include "dispatcher/sim/trace_bank.h"

enum { RECENT_MAX = 512 };

/* When something happened lately; the newest RECENT_MAX. */
struct recent {
    double at_s[RECENT_MAX];
    unsigned next, count;
};

void recent_add(struct recent *recent, double at_s);
unsigned recent_count(const struct recent *recent, double from_s); /* later than from_s */

/* The latest of everything, kept up to date by the walk. */
struct bank_latest {
    struct recent arrivals, calls, hang_ups, ends; /* all arrivals; calls from the line */
    double last_entered_s;                         /* wait of the last who entered service, 0 if at once */
    double last_waited_s;                          /* of the last who had waited */
    double last_ranked_s[POOL_RANKS];
    double error_s;                   /* of the simulated median: wait - forecast, fading by 0.85 a call */
    double length_sum, length_weight; /* of all services so far */
};

struct bank_sight {
    struct delay_sight delay; /* ahead: those of the same or a higher priority */
    struct futures_waits futures;
    float features[BOOST_FEATURES_MAX];
};

/* How many features there are; their names for reports. */
unsigned bank_feature_count(void);

/* Fills *sight for the customer who comes now and is not in the pool yet. */
void bank_see(const struct pool *pool, const struct bank_latest *latest, const struct bank_call *call,
              const struct futures_params *futures, struct bank_sight *sight);

#endif
