/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/forecaster_inside.h"

#define MINUTE_MS        60000.0
#define TICKET_SHIFT_MIN 1.0 /* so that forecasts of next to nothing do not decide alone */
#define HALL_SHIFT_MIN   1.0

enum { SHORT_MS = 5 * 60000, MIDDLE_MS = 20 * 60000 }; /* a short and a middle P50 are less than these */

static const double hall_quantiles[] = {0.1, 0.5, 0.9};

struct forecaster *forecaster_create(void)
{
    struct forecaster *forecaster = calloc(1, sizeof *forecaster);
    if (!forecaster)
        return NULL;
    for (unsigned i = 0; i < FORECASTER_HALL; i++)
        conformal_init(&forecaster->factors[i], i % 2 ? 0.9 : 0.5, TICKET_SHIFT_MIN);
    for (unsigned i = 0; i < 3; i++)
        conformal_init(&forecaster->factors[FORECASTER_HALL + i], hall_quantiles[i], HALL_SHIFT_MIN);
    return forecaster;
}

void forecaster_destroy(struct forecaster *forecaster)
{
    free(forecaster);
}

/* ---- one forecast ---- */

/* The factor of the P50; that of the P90 follows. */
static unsigned factors_of(enum forecast_kind kind, struct forecast made)
{
    unsigned length = made.low_ms < SHORT_MS ? 0 : made.low_ms < MIDDLE_MS ? 1 : 2;
    return ((unsigned)kind * FORECASTER_LENGTHS + length) * 2;
}

static int32_t corrected(const struct conformal *factor, int32_t ms)
{
    double shown_ms = conformal_apply(factor, ms / MINUTE_MS) * MINUTE_MS;
    return shown_ms < INT32_MAX ? (int32_t)shown_ms : INT32_MAX;
}

struct forecast forecaster_correct(const struct forecaster *forecaster, enum forecast_kind kind,
                                   struct forecast made)
{
    if (made.high_ms < 0)
        return made;
    const struct conformal *factors = &forecaster->factors[factors_of(kind, made)];
    struct forecast shown = {corrected(&factors[0], made.low_ms), corrected(&factors[1], made.high_ms),
                             corrected(&factors[0], made.mean_ms)};
    if (shown.high_ms < shown.low_ms)
        shown.high_ms = shown.low_ms;
    return shown;
}

void forecaster_learn(struct forecaster *forecaster, enum forecast_kind kind, struct forecast made,
                      int32_t wait_ms)
{
    if (made.high_ms < 0 || wait_ms < 0)
        return;
    struct conformal *factors = &forecaster->factors[factors_of(kind, made)];
    struct forecast shown = forecaster_correct(forecaster, kind, made);
    struct forecaster_day *today = &forecaster->today;
    today->tickets++;
    today->covered_low += wait_ms <= shown.low_ms;
    today->covered_high += wait_ms <= shown.high_ms;
    today->distance_min += fabs((double)wait_ms - shown.low_ms) / MINUTE_MS;
    conformal_learn(&factors[0], made.low_ms / MINUTE_MS, wait_ms / MINUTE_MS);
    conformal_learn(&factors[1], made.high_ms / MINUTE_MS, wait_ms / MINUTE_MS);
}

struct forecast forecaster_correct_hall(const struct forecaster *forecaster, struct forecast made)
{
    const struct conformal *factors = &forecaster->factors[FORECASTER_HALL];
    if (made.high_ms < 0)
        return made;
    struct forecast shown = {corrected(&factors[0], made.low_ms), corrected(&factors[2], made.high_ms),
                             corrected(&factors[1], made.mean_ms)};
    if (shown.mean_ms < shown.low_ms)
        shown.mean_ms = shown.low_ms;
    if (shown.high_ms < shown.mean_ms)
        shown.high_ms = shown.mean_ms;
    return shown;
}

void forecaster_learn_hall(struct forecaster *forecaster, struct forecast made, int32_t mean_wait_ms)
{
    struct conformal *factors = &forecaster->factors[FORECASTER_HALL];
    if (made.high_ms < 0 || mean_wait_ms < 0)
        return;
    struct forecast shown = forecaster_correct_hall(forecaster, made);
    struct forecaster_day *today = &forecaster->today;
    today->halls++;
    today->hall_covered += mean_wait_ms >= shown.low_ms && mean_wait_ms <= shown.high_ms;
    today->hall_distance_min += fabs((double)mean_wait_ms - shown.mean_ms) / MINUTE_MS;
    conformal_learn(&factors[0], made.low_ms / MINUTE_MS, mean_wait_ms / MINUTE_MS);
    conformal_learn(&factors[1], made.mean_ms / MINUTE_MS, mean_wait_ms / MINUTE_MS);
    conformal_learn(&factors[2], made.high_ms / MINUTE_MS, mean_wait_ms / MINUTE_MS);
}

/* ---- days ---- */

void forecaster_close_day(struct forecaster *forecaster, int32_t date)
{
    for (unsigned i = 0; i < FORECASTER_FACTORS; i++)
        conformal_close_day(&forecaster->factors[i]);
    if (forecaster->today.tickets || forecaster->today.halls) {
        if (forecaster->day_count < FORECASTER_DAYS)
            forecaster->day_count++;
        memmove(&forecaster->days[1], &forecaster->days[0],
                (forecaster->day_count - 1) * sizeof forecaster->days[0]);
        forecaster->days[0] = forecaster->today;
        forecaster->days[0].date = date;
    }
    forecaster->today = (struct forecaster_day){0};
}

static struct forecast_figures figures_of(const struct forecaster_day *day)
{
    struct forecast_figures figures = {.date = day->date, .tickets = day->tickets, .halls = day->halls};
    if (day->tickets) {
        figures.mae_min = day->distance_min / day->tickets;
        figures.covered_low = (double)day->covered_low / day->tickets;
        figures.covered_high = (double)day->covered_high / day->tickets;
    }
    if (day->halls) {
        figures.hall_mae_min = day->hall_distance_min / day->halls;
        figures.hall_covered = (double)day->hall_covered / day->halls;
    }
    return figures;
}

struct forecast_figures forecaster_today(const struct forecaster *forecaster)
{
    return figures_of(&forecaster->today);
}

bool forecaster_day(const struct forecaster *forecaster, unsigned ago, struct forecast_figures *out)
{
    if (ago >= forecaster->day_count)
        return false;
    *out = figures_of(&forecaster->days[ago]);
    return true;
}
