/* SPDX-License-Identifier: MIT
 * What people see of a ticket's forecast: a range of minutes in steps of five that does not jump about from
 * minute to minute.
 *
 * Smoothing: what is smoothed is the instant of the call, so that a remaining wait counts down by itself. An
 * instant stays when a new forecast is within a minute of it; else it moves a quarter of the distance a
 * minute (a window that closes shows after a minute and is taken up by three quarters after five).
 *
 * Rounding: outward, [P50 down to five minutes, P90 up to five minutes]; [0, 5] reads "less than 5 minutes".
 * An end moves outward at once, and inward only when the exact value is a minute beyond the step, so that
 * nobody sees it flicker. */
#ifndef DISPATCHER_PLAN_FORECAST_SHOW_H
#define DISPATCHER_PLAN_FORECAST_SHOW_H

#include "dispatcher/plan/forecast.h"

/* Multiples of 5 minutes; both -1: nobody serves it. */
struct forecast_range {
    int32_t low_min, high_min;
};

/* What a ticket's owner was shown last; begins as {0}. */
struct forecast_shown {
    bool is_set;
    int64_t at_ms;                 /* when */
    int64_t low_at_ms, high_at_ms; /* smoothed instants of the call, as P50 and P90 */
    struct forecast_range range;
};

/* The range for one forecast alone. */
struct forecast_range forecast_round(int32_t low_ms, int32_t high_ms);

/* The range for a forecast after `before` was shown. */
struct forecast_range forecast_round_after(struct forecast_range before, int32_t low_ms, int32_t high_ms);

/* A new forecast, made at now_ms (never going back): what to show for it. */
struct forecast_range forecast_show(struct forecast_shown *shown, int64_t now_ms, struct forecast forecast);

#endif
