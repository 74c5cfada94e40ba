/* SPDX-License-Identifier: MIT
 * Shared by the files of demand: the state. */
#ifndef DISPATCHER_PLAN_DEMAND_INSIDE_H
#define DISPATCHER_PLAN_DEMAND_INSIDE_H

#include "dispatcher/plan/demand.h"

enum { WEEKDAYS = 7 };

struct demand {
    /* what was seen, fading; days: how many days' worth of each bin numbers could be taken */
    double seen[DOMAINS_MAX][WEEKDAYS][DEMAND_BINS];
    double days[WEEKDAYS][DEMAND_BINS];
    double day_weight[WEEKDAYS]; /* days, fading */
    uint32_t day_count[WEEKDAYS];
    double reopening_log_sum, reopening_weight; /* of first days after a closure against ordinary ones */
    double bookings_came, bookings_missed;      /* fading */

    /* derived: arrivals in each bin of an ordinary day */
    double rate[DOMAINS_MAX][WEEKDAYS][DEMAND_BINS];

    /* the business day that was opened last */
    bool has_today, is_reopening;
    int32_t date;
    int64_t midnight_ms;
    uint16_t open_min, close_min; /* between which numbers could be taken */
    uint32_t issued;
    uint32_t checked_in[DOMAINS_MAX];
    struct demand_day today;
};

/* Works the rates out of what was seen. */
void demand_derive(struct demand *demand);

/* Factor of the first days after a closure. */
double demand_reopening(const struct demand *demand);

#endif
