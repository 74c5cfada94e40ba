/* SPDX-License-Identifier: MIT
 * Shared by the files of the forecaster: the state. */
#ifndef DISPATCHER_PLAN_FORECASTER_INSIDE_H
#define DISPATCHER_PLAN_FORECASTER_INSIDE_H

#include "dispatcher/plan/forecaster.h"
#include "dispatcher/plan/predict_conformal.h"

/* Short, middle and long waits, by the P50 as it was made. */
enum { FORECASTER_LENGTHS = 3 };

/* All factors in one list: by kind and length the P50's and the P90's, then the hall's three. */
enum {
    FORECASTER_HALL = FORECAST_KINDS * FORECASTER_LENGTHS * 2,
    FORECASTER_FACTORS = FORECASTER_HALL + 3,
};

/* Sums of a day; minutes. */
struct forecaster_day {
    int32_t date;
    uint32_t tickets, covered_low, covered_high;
    uint32_t halls, hall_covered;
    double distance_min, hall_distance_min;
};

struct forecaster {
    struct conformal factors[FORECASTER_FACTORS];
    struct forecaster_day today;
    unsigned day_count; /* the latest first */
    struct forecaster_day days[FORECASTER_DAYS];
};

#endif
