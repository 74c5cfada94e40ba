/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/forecast_show.h"

enum {
    MINUTE_MS = 60000,
    STEP_MS = 5 * MINUTE_MS,
    STILL_MS = MINUTE_MS,  /* a new forecast this near changes nothing */
    INWARD_MS = MINUTE_MS, /* how far beyond a step an end has to be to move inward */
    LONGEST_MS = 24 * 60 * MINUTE_MS,
};

static const struct forecast_range unserved = {-1, -1};

static int32_t within_day(int32_t ms)
{
    return ms < 0 ? 0 : ms > LONGEST_MS ? LONGEST_MS : ms;
}

static int32_t step_down_min(int32_t ms)
{
    return ms / STEP_MS * 5;
}

/* At least one step. */
static int32_t step_up_min(int32_t ms)
{
    return ms > STEP_MS ? (ms + STEP_MS - 1) / STEP_MS * 5 : 5;
}

struct forecast_range forecast_round(int32_t low_ms, int32_t high_ms)
{
    if (high_ms < 0)
        return unserved;
    low_ms = within_day(low_ms);
    high_ms = within_day(high_ms);
    return (struct forecast_range){step_down_min(low_ms < high_ms ? low_ms : high_ms - (high_ms > 0)),
                                   step_up_min(high_ms)};
}

struct forecast_range forecast_round_after(struct forecast_range before, int32_t low_ms, int32_t high_ms)
{
    struct forecast_range now = forecast_round(low_ms, high_ms);
    if (high_ms < 0 || before.high_min < 0)
        return now;
    if (now.low_min > before.low_min) {
        int32_t sure_min = step_down_min(within_day(low_ms - INWARD_MS));
        now.low_min = sure_min > before.low_min ? sure_min : before.low_min;
    }
    if (now.high_min < before.high_min) {
        int32_t sure_min = step_up_min(within_day(high_ms) + INWARD_MS);
        now.high_min = sure_min < before.high_min ? sure_min : before.high_min;
    }
    return now;
}

/* A quarter of what is left, for each minute. */
static int64_t moved(int64_t from_ms, int64_t to_ms, int64_t passed_ms)
{
    int64_t left_ms = to_ms - from_ms;
    if (left_ms <= STILL_MS && left_ms >= -STILL_MS)
        return from_ms;
    for (; passed_ms >= MINUTE_MS && left_ms; passed_ms -= MINUTE_MS)
        left_ms -= left_ms / 4 ? left_ms / 4 : left_ms;
    left_ms -= left_ms / 4 * passed_ms / MINUTE_MS;
    return to_ms - left_ms;
}

static int32_t left_of(int64_t at_ms, int64_t now_ms)
{
    int64_t left_ms = at_ms - now_ms;
    return left_ms < 0 ? 0 : left_ms > LONGEST_MS ? LONGEST_MS : (int32_t)left_ms;
}

struct forecast_range forecast_show(struct forecast_shown *shown, int64_t now_ms, struct forecast forecast)
{
    if (forecast.high_ms < 0) {
        *shown = (struct forecast_shown){.range = unserved};
        return unserved;
    }
    int64_t low_at_ms = now_ms + within_day(forecast.low_ms);
    int64_t high_at_ms = now_ms + within_day(forecast.high_ms);
    if (!shown->is_set) {
        *shown = (struct forecast_shown){true, now_ms, low_at_ms, high_at_ms,
                                         forecast_round(forecast.low_ms, forecast.high_ms)};
        return shown->range;
    }
    int64_t passed_ms = now_ms > shown->at_ms ? now_ms - shown->at_ms : 0;
    shown->low_at_ms = moved(shown->low_at_ms, low_at_ms, passed_ms);
    shown->high_at_ms = moved(shown->high_at_ms, high_at_ms, passed_ms);
    if (shown->low_at_ms < now_ms) /* overdue: it may come at any moment */
        shown->low_at_ms = now_ms;
    if (shown->high_at_ms < shown->low_at_ms)
        shown->high_at_ms = shown->low_at_ms;
    shown->at_ms = now_ms;
    shown->range = forecast_round_after(shown->range, left_of(shown->low_at_ms, now_ms),
                                        left_of(shown->high_at_ms, now_ms));
    return shown->range;
}
