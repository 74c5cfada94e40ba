/* SPDX-License-Identifier: MIT
 * Keeps forecasts honest and says how good they were. What the futures give is corrected by factors that are
 * learned from outcomes day by day (dispatcher/plan/predict_conformal.h): one for the P50 and one for the P90
 * of short, middle and long waits, of simulated and of quick forecasts apart, and three for the hall's
 * forecast (P10, middle, P90).
 *
 * Order of use: forecaster_correct gives what to show; whoever shows it keeps the forecast as it was made and
 * gives it to forecaster_learn with what came of it; forecaster_close_day at night. Factors change at night
 * only, so a forecast depends on nothing that ended later, and figures are about forecasts as they were
 * shown. Which outcomes: the time from issue to first call of tickets that had to wait (not called at once);
 * nothing of tickets that were cancelled or lapsed. */
#ifndef DISPATCHER_PLAN_FORECASTER_H
#define DISPATCHER_PLAN_FORECASTER_H

#include <stddef.h>

#include "dispatcher/plan/forecast.h"

enum { FORECASTER_DAYS = 120 }; /* whose figures are kept */

enum forecast_kind { FORECAST_SIMULATED, FORECAST_QUICK, FORECAST_KINDS };

/* How good the forecasts of a day were. */
struct forecast_figures {
    int32_t date;                     /* day number, as given to forecaster_close_day */
    uint32_t tickets;                 /* with an outcome; all else 0 if 0 */
    double mae_min;                   /* mean distance between P50 and outcome */
    double covered_low, covered_high; /* shares of outcomes not above P50 and P90: 0.5 and 0.9 are right */
    uint32_t halls;
    double hall_mae_min; /* of the middle */
    double hall_covered; /* within P10-P90: 0.8 is right */
};

struct forecaster;

/* Knows nothing: corrects nothing. NULL without memory. */
struct forecaster *forecaster_create(void);
void forecaster_destroy(struct forecaster *forecaster);

/* What to show for a forecast of a ticket; one below 0 stays as it is. */
struct forecast forecaster_correct(const struct forecaster *forecaster, enum forecast_kind kind,
                                   struct forecast made);

/* The ticket was called wait_ms after the forecast was made. Nothing happens for one below 0. */
void forecaster_learn(struct forecaster *forecaster, enum forecast_kind kind, struct forecast made,
                      int32_t wait_ms);

/* The same for forecasts->hall; mean_ms is its middle. Outcome: mean wait of those who came. */
struct forecast forecaster_correct_hall(const struct forecaster *forecaster, struct forecast made);
void forecaster_learn_hall(struct forecaster *forecaster, struct forecast made, int32_t mean_wait_ms);

/* The day is over: factors take up what it brought, its figures are kept when there are any. */
void forecaster_close_day(struct forecaster *forecaster, int32_t date);

/* Figures of the open day so far (date 0), and of closed ones, 0 the latest; false when there is none. */
struct forecast_figures forecaster_today(const struct forecaster *forecaster);
bool forecaster_day(const struct forecaster *forecaster, unsigned ago, struct forecast_figures *out);

/* All of it as text, to go on later (the caller frees it); NULL without memory. */
char *forecaster_save(const struct forecaster *forecaster, size_t *length);

/* Takes up what was saved. False, and nothing changes, for anything but a whole text of this version. */
bool forecaster_load(struct forecaster *forecaster, const char *from, size_t length);

#endif
