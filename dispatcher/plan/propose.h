/* SPDX-License-Identifier: MIT
 * Proposals: which windows should be posted for other domains, found by trying moves on simulated futures
 * with the hall's own call rule and common random numbers; what any postings would do; and what became of a
 * proposal. Pure: the same scene and seed give the same answers. */
#ifndef DISPATCHER_PLAN_PROPOSE_H
#define DISPATCHER_PLAN_PROPOSE_H

#include "dispatcher/core/hall.h"
#include "dispatcher/core/rule_index.h"
#include "dispatcher/plan/scene.h"

struct propose_params {
    uint64_t seed;
    uint32_t cycle;     /* counts from the day's opening */
    unsigned futures;   /* 36 */
    int32_t horizon_ms; /* 75 minutes */
    unsigned tries;     /* three times as many moves start, fewer run on after each lap (8) */
    unsigned most;      /* proposals of one cycle (2) */
    int32_t dwell_ms;  /* a window posted later than this ago stays, beside policy allocation-dwell-min (0) */
    double gain_least; /* weighted person-minutes (5) */
    double gain_share; /* of the cost without change (0.005) */
    double gain_errors; /* standard errors (3) */
};
extern const struct propose_params propose_defaults;

/* Writes the commands (COMMAND_PROPOSE) to `out`, at most params->most; returns how many. `hall` is read for
 * what scenes leave out (special windows, dwell, open proposals, guardrails); the shell gives the commands to
 * hall_decide, which checks everything again. -1 without memory.
 *
 * A move posts a window for one domain or for all that it may serve. Windows with an open proposal count as
 * if it were accepted, and nothing more is asked of them; no move takes a domain's last window, not even
 * together with the open ones. */
int propose_moves(const struct scene *scene, const struct hall *hall, int64_t now_ms,
                  const struct propose_params *params, struct command *out);

/* ---- what if ---- */
/* Waits of those who wait now and those who will come within 80 % of the horizon, all legs, until the horizon
 * at most; costs as weighted seconds for everybody: weight (green 6, booked 3, priority 2, else 1) times
 * (w + (w - target)+ + (w - 40 min)+ for walk-ins). */
struct propose_outcome {
    double cost_now_s, cost_after_s;           /* means over the futures */
    double gain_s, gain_error_s;               /* and the standard error of their difference */
    double changeovers_now, changeovers_after; /* an hour */
    double people[DOMAINS_MAX + 1];            /* whose waits these are, on average; by domain, 0: all */
    double now_s[DOMAINS_MAX + 1], after_s[DOMAINS_MAX + 1]; /* mean waits */
    struct effect effects[DOMAINS_MAX + 1]; /* the same with P10 and P90 over the futures; nobody: zeros */
};

/* What posting the windows like this would do against how they are posted now; `posted` has an entry for each
 * of the scene's windows (bit d; 0: everything). The hall is read for its rule and targets. False without
 * memory. */
bool propose_effect(const struct scene *scene, const struct hall *hall, const struct propose_params *params,
                    const uint64_t *posted, struct propose_outcome *out);

#endif
