/* SPDX-License-Identifier: MIT
 * How long each ticket will still wait, by playing the scene's futures with the hall's own call rule: P50 and
 * P90 for everybody who waits, and for somebody who would take a number now, by domain. What is forecast is
 * the time from now until the call; for a booking ahead of its slot that includes the time until the slot.
 *
 * Somebody who takes a number now is a ghost in each domain: it takes its turn in line but no service, so
 * that one run asks for all domains and nobody's wait changes by it.
 *
 * How good it is, and how what is shown comes from it: dispatcher/plan/forecaster.h. */
#ifndef DISPATCHER_PLAN_FORECAST_H
#define DISPATCHER_PLAN_FORECAST_H

#include "dispatcher/core/rule_index.h"
#include "dispatcher/plan/scene.h"

enum { FORECAST_HALL_MS = 30 * 60000, FORECAST_FUTURES_MAX = 4096 };

/* All below 0: nobody on duty serves the domain, or the hall does not open before the horizon. */
struct forecast {
    int32_t low_ms, high_ms; /* P50 and P90 of the wait that is left */
    int32_t mean_ms;
};

struct forecast_params {
    uint64_t seed;
    unsigned futures; /* 40; 1..FORECAST_FUTURES_MAX */
    /* 8 hours. Runs end when all that is asked for has been called; a ticket not called by then is taken to
     * wait until then and for the work before it. */
    int32_t horizon_ms;
    bool asks_taking; /* what is wanted beside those waiting; what is not wanted costs nothing */
    bool asks_hall;
    int32_t only; /* one of scene->waiting, the others are not asked for: a third of the cost; below 0: all */
};
extern const struct forecast_params forecast_defaults; /* everything of all */

struct forecasts {
    struct forecast *waiting;            /* owned; one for each of scene->waiting; below 0 if not asked for */
    struct forecast taking[DOMAINS_MAX]; /* a normal ticket of the domain taken now */
    struct forecast hall; /* mean wait of those who come in the next FORECAST_HALL_MS (from their arrival or
                             slot): low P10, high P90 of this mean */
};

/* False without memory. To be ended with forecasts_destroy. The same scene, knobs and params give the same
 * forecasts. */
bool forecasts_make(const struct scene *scene, const struct rule_knobs *knobs,
                    const struct forecast_params *params, struct forecasts *out);
void forecasts_destroy(struct forecasts *forecasts);

/* Without simulation: work ahead of the ticket over the capacity that is shared with other domains (QLr). The
 * i-th of scene->waiting, or a normal ticket of the domain taken now. */
struct forecast forecast_quick(const struct scene *scene, unsigned waiting);
struct forecast forecast_quick_taking(const struct scene *scene, unsigned domain);

/* What one ticket more in line adds to a wait in the domain, ms (more than 0), as the quick forecasts see it.
 */
double forecast_quick_step_ms(const struct scene *scene, unsigned domain);

/* Whether any window on duty may serve the domain, now or after a break. */
bool forecast_is_served(const struct scene *scene, unsigned domain);

#endif
