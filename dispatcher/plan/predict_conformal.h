/* SPDX-License-Identifier: MIT
 * A daily correction that makes a quantile forecast cover what it says. Whoever forecasts the `quantile` of a
 * wait shows, instead of the forecast q,
 *
 *     shown = max(0, factor * (q + offset) - offset)
 *
 * and reports every outcome y. At the end of a day the factor becomes the weighted quantile of the scores
 *
 *     s = (y + offset) / (q + offset)
 *
 * of the last days, a day's scores weighing CONFORMAL_FADE times those of the day after, and is drawn towards
 * 1 while there are few: factor = s* ^ (w / (w + CONFORMAL_PRIOR)), w the sum of the weights; it stays within
 * 1/CONFORMAL_FACTOR_MAX .. CONFORMAL_FACTOR_MAX. So the factor of a day knows only days before it.
 * (Conformal prediction by scores: Vovk et al. 2005, Romano et al. 2019; the fading follows Barber et al.
 * 2023.) */
#ifndef DISPATCHER_PLAN_PREDICT_CONFORMAL_H
#define DISPATCHER_PLAN_PREDICT_CONFORMAL_H

#include <stdbool.h>
#include <stdint.h>

enum { CONFORMAL_SCORES_MAX = 4096 };

#define CONFORMAL_FADE       0.85
#define CONFORMAL_PRIOR      30.0
#define CONFORMAL_FACTOR_MAX 10.0

struct conformal {
    double quantile, offset, factor;
    uint32_t day;         /* how many have been closed */
    uint32_t count, next; /* of the scores; the oldest give way */
    float scores[CONFORMAL_SCORES_MAX];
    uint32_t days[CONFORMAL_SCORES_MAX]; /* the day of each score */
    uint32_t today, today_covered;       /* outcomes of the open day; those not above what was shown */
};

/* Begins with factor 1. 0 < quantile < 1; offset >= 0 in the unit of the forecasts, so that very short ones
 * do not decide alone. */
void conformal_init(struct conformal *conformal, double quantile, double offset);

/* What to show for the forecast. */
double conformal_apply(const struct conformal *conformal, double forecast);

/* The outcome of a forecast, as it was before conformal_apply. Does not change the factor yet. */
void conformal_learn(struct conformal *conformal, double forecast, double outcome);

/* The day is over: takes up what it brought. A day without outcomes changes nothing but the weights. */
void conformal_close_day(struct conformal *conformal);

#endif
