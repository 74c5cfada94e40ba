/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/predict_wait.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool wait_init(struct predict_wait *predict, const struct wait_params *params)
{
    assert(params->width >= 1 && params->width <= WAIT_FEATURES_MAX && params->rows_max > 0);
    assert(params->scale_offset > 0);
    *predict = (struct predict_wait){.params = *params};
    size_t rows = params->rows_max;
    predict->features = calloc(rows * params->width, sizeof *predict->features);
    predict->outcome = calloc(rows, sizeof *predict->outcome);
    predict->base_median = calloc(rows, sizeof *predict->base_median);
    predict->base_p90 = calloc(rows, sizeof *predict->base_p90);
    predict->scale = calloc(rows, sizeof *predict->scale);
    conformal_init(&predict->median_factor, 0.5, params->scale_offset / 2);
    conformal_init(&predict->p90_factor, 0.9, params->scale_offset / 2);
    if (predict->features && predict->outcome && predict->base_median && predict->base_p90 && predict->scale)
        return true;
    wait_destroy(predict);
    return false;
}

void wait_destroy(struct predict_wait *predict)
{
    boost_destroy(&predict->median);
    boost_destroy(&predict->p90);
    free(predict->features);
    free(predict->outcome);
    free(predict->base_median);
    free(predict->base_p90);
    free(predict->scale);
    *predict = (struct predict_wait){0};
}

static bool copy_trees(struct boost *to, const struct boost *from)
{
    *to = (struct boost){.start = from->start};
    if (!from->count)
        return true;
    to->trees = malloc(from->count * sizeof *to->trees);
    if (!to->trees)
        return false;
    memcpy(to->trees, from->trees, from->count * sizeof *to->trees);
    to->count = from->count;
    return true;
}

bool wait_copy(struct predict_wait *to, const struct predict_wait *from)
{
    size_t rows = from->params.rows_max * sizeof(float);
    if (!wait_init(to, &from->params))
        return false;
    if (!copy_trees(&to->median, &from->median) || !copy_trees(&to->p90, &from->p90)) {
        wait_destroy(to);
        return false;
    }
    memcpy(to->features, from->features, rows * from->params.width);
    memcpy(to->outcome, from->outcome, rows);
    memcpy(to->base_median, from->base_median, rows);
    memcpy(to->base_p90, from->base_p90, rows);
    memcpy(to->scale, from->scale, rows);
    to->median_factor = from->median_factor;
    to->p90_factor = from->p90_factor;
    to->frozen = from->frozen;
    to->count = from->count;
    to->next = from->next;
    to->unfitted = from->unfitted;
    return true;
}

static double scale_of(const struct predict_wait *predict, struct wait_quantiles base)
{
    return (base.median > 0 ? base.median : 0) + predict->params.scale_offset;
}

/* Before the daily factors. */
static struct wait_quantiles raw_forecast(const struct predict_wait *predict, const float *features,
                                          struct wait_quantiles base)
{
    double scale = scale_of(predict, base);
    struct wait_quantiles raw = {base.median + scale * boost_at(&predict->median, features),
                                 base.p90 + scale * boost_at(&predict->p90, features)};
    if (raw.median < 0)
        raw.median = 0;
    if (raw.p90 < raw.median)
        raw.p90 = raw.median;
    return raw;
}

struct wait_quantiles wait_forecast(const struct predict_wait *predict, const float *features,
                                    struct wait_quantiles base)
{
    struct wait_quantiles raw = raw_forecast(predict, features, base);
    struct wait_quantiles shown = {conformal_apply(&predict->median_factor, raw.median),
                                   conformal_apply(&predict->p90_factor, raw.p90)};
    if (shown.p90 < shown.median)
        shown.p90 = shown.median;
    return shown;
}

void wait_learn(struct predict_wait *predict, const float *features, struct wait_quantiles base,
                double outcome)
{
    struct wait_quantiles raw = raw_forecast(predict, features, base);
    size_t row = predict->next, width = predict->params.width;
    conformal_learn(&predict->median_factor, raw.median, outcome);
    conformal_learn(&predict->p90_factor, raw.p90, outcome);
    memcpy(predict->features + row * width, features, width * sizeof *features);
    predict->outcome[row] = (float)outcome;
    predict->base_median[row] = (float)base.median;
    predict->base_p90[row] = (float)base.p90;
    predict->scale[row] = (float)scale_of(predict, base);
    predict->next = (row + 1) % predict->params.rows_max;
    if (predict->count < predict->params.rows_max)
        predict->count++;
    predict->unfitted++;
}

bool wait_fit(struct predict_wait *predict)
{
    struct boost_params params = {.quantile = 0.5,
                                  .rounds = 300,
                                  .leaves = 8,
                                  .leaf_rows_min = 40,
                                  .rate = 0.03,
                                  .row_share = 0.7,
                                  .column_share = 0.5,
                                  .seed = predict->params.seed};
    struct boost_rows rows = {.features = predict->features,
                              .outcome = predict->outcome,
                              .base = predict->base_median,
                              .scale = predict->scale,
                              .count = predict->count,
                              .width = predict->params.width};
    bool fitted = boost_fit(&predict->median, &params, &rows);
    params.quantile = 0.9;
    rows.base = predict->base_p90;
    fitted = boost_fit(&predict->p90, &params, &rows) && fitted;
    predict->unfitted = 0;
    return fitted;
}

bool wait_close_day(struct predict_wait *predict)
{
    conformal_close_day(&predict->median_factor);
    conformal_close_day(&predict->p90_factor);
    size_t due = predict->count / WAIT_REFIT_PART;
    if (predict->frozen || predict->unfitted < WAIT_REFIT_MIN || predict->unfitted < due)
        return true;
    return wait_fit(predict);
}
