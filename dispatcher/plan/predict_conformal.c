/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/predict_conformal.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

void conformal_init(struct conformal *conformal, double quantile, double offset)
{
    assert(quantile > 0 && quantile < 1 && offset >= 0);
    *conformal = (struct conformal){.quantile = quantile, .offset = offset, .factor = 1};
}

double conformal_apply(const struct conformal *conformal, double forecast)
{
    double shown = conformal->factor * (forecast + conformal->offset) - conformal->offset;
    return shown > 0 ? shown : 0;
}

void conformal_learn(struct conformal *conformal, double forecast, double outcome)
{
    double least = 1e-3; /* a forecast of nothing, without offset, cannot be scaled */
    double below = forecast + conformal->offset;
    conformal->today++;
    conformal->today_covered += outcome <= conformal_apply(conformal, forecast);
    conformal->scores[conformal->next] =
        (float)((outcome + conformal->offset) / (below > least ? below : least));
    conformal->days[conformal->next] = conformal->day;
    conformal->next = (conformal->next + 1) % CONFORMAL_SCORES_MAX;
    if (conformal->count < CONFORMAL_SCORES_MAX)
        conformal->count++;
}

struct aged {
    float score;
    double weight;
};

static int aged_order(const void *a, const void *b)
{
    float x = ((const struct aged *)a)->score, y = ((const struct aged *)b)->score;
    return (x > y) - (x < y);
}

void conformal_close_day(struct conformal *conformal)
{
    struct aged list[CONFORMAL_SCORES_MAX];
    double total = 0, so_far = 0, at = 1;
    for (uint32_t i = 0; i < conformal->count; i++) {
        list[i].score = conformal->scores[i];
        list[i].weight = pow(CONFORMAL_FADE, (double)(conformal->day - conformal->days[i]));
        total += list[i].weight;
    }
    qsort(list, conformal->count, sizeof *list, aged_order);
    for (uint32_t i = 0; i < conformal->count; i++) {
        at = (double)list[i].score;
        if ((so_far += list[i].weight) >= conformal->quantile * total)
            break;
    }
    double factor = pow(at > 1e-6 ? at : 1e-6, total / (total + CONFORMAL_PRIOR));
    if (factor > CONFORMAL_FACTOR_MAX)
        factor = CONFORMAL_FACTOR_MAX;
    if (factor < 1 / CONFORMAL_FACTOR_MAX)
        factor = 1 / CONFORMAL_FACTOR_MAX;
    conformal->factor = factor;
    conformal->day++;
    conformal->today = conformal->today_covered = 0;
}
