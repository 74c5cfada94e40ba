/* SPDX-License-Identifier: MIT
 * How long each ticket will still wait, by playing the scene's futures with the hall's own call rule: P50 and
 * P90 for everybody who waits, and for somebody who would take a number now, by domain. */
#ifndef DISPATCHER_PLAN_FORECAST_H
#define DISPATCHER_PLAN_FORECAST_H

#include "dispatcher/core/rule_index.h"
#include "dispatcher/plan/scene.h"

struct forecast {
    int32_t low_ms, high_ms; /* P50 and P90 of the wait that is left */
    int32_t mean_ms;
};

struct forecast_params {
    uint64_t seed;
    unsigned futures;   /* 40 */
    int32_t horizon_ms; /* tickets not called by then count as waiting until then and the work before them */
};
extern const struct forecast_params forecast_defaults;

struct forecasts {
    struct forecast *waiting; /* owned; one for each of scene->waiting */
    struct forecast
        taking[DOMAINS_MAX]; /* a normal ticket of the domain taken now; high_ms < 0: nobody serves it */
    struct forecast hall; /* mean wait of those who arrive in the next 30 minutes: low P10, high P90 of it */
};

/* False without memory. To be ended with forecasts_destroy. */
bool forecasts_make(const struct scene *scene, const struct rule_knobs *knobs,
                    const struct forecast_params *params, struct forecasts *out);
void forecasts_destroy(struct forecasts *forecasts);

/* Without simulation: work ahead of the ticket over the capacity that is shared with other domains (QLr). The
 * i-th of scene->waiting, or a normal ticket of the domain taken now. */
struct forecast forecast_quick(const struct scene *scene, unsigned waiting);
struct forecast forecast_quick_taking(const struct scene *scene, unsigned domain);

#endif
