/* SPDX-License-Identifier: MIT
 * What a minute of a window is worth, by window and time of the day, out of simulated days: if a window is
 * missing for a minute, everybody waits longer who comes before the line that it could serve is empty again.
 * So the price is the time until then, over the window's mean handling time: visitor-minutes of waiting a
 * minute of absence. One pass over some days prices all windows and times at once, with much less noise than
 * trying each change (a perturbation analysis; Ho & Cao 1991). Prices only propose; simulations judge. */
#ifndef DISPATCHER_PLAN_TOMORROW_PRICE_H
#define DISPATCHER_PLAN_TOMORROW_PRICE_H

#include "dispatcher/plan/tomorrow_play.h"

enum { PRICE_STEPS = DAY_MS / DAY_STEP_MS };

struct day_prices {
    unsigned windows, days;
    double (*of)[PRICE_STEPS];      /* owned; [window][step of five minutes since midnight] */
    uint64_t waiting[PRICE_STEPS];  /* of the day that is played: domains with a line; bit d */
    unsigned first_step, last_step; /* of it: that were seen */
    double handling_min[WINDOWS_MAX];
};

/* For the windows of an outlook; false without memory. */
bool day_prices_init(struct day_prices *prices, const struct day_outlook *outlook);
void day_prices_destroy(struct day_prices *prices);

/* Forgets the days seen so far. */
void day_prices_clear(struct day_prices *prices);

/* Plays the future and adds what it shows. False without memory. */
bool day_prices_add(struct day_prices *prices, struct day_play *play, const struct day_future *future);

/* Mean price over the days seen. */
static inline double day_price(const struct day_prices *prices, unsigned window, unsigned step)
{
    return prices->days ? prices->of[window][step] / prices->days : 0;
}

#endif
