/* SPDX-License-Identifier: MIT
 * Proposals: which windows should be posted for other domains, found by trying moves on simulated futures
 * with the hall's own call rule and common random numbers. Pure: the same scene and seed give the same
 * proposals. */
#ifndef DISPATCHER_PLAN_PROPOSE_H
#define DISPATCHER_PLAN_PROPOSE_H

#include "dispatcher/core/hall.h"
#include "dispatcher/core/rule_index.h"
#include "dispatcher/plan/scene.h"

struct propose_params {
    uint64_t seed;
    uint32_t cycle;     /* counts from the day's opening */
    unsigned futures;   /* 24 */
    int32_t horizon_ms; /* 75 minutes */
    unsigned tries;     /* moves that are simulated: the best of the screening (8) */
    unsigned most;      /* proposals of one cycle (2) */
    int32_t dwell_ms;   /* a window posted later than this ago stays */
    double gain_least;  /* weighted person-minutes (10) */
    double gain_share;  /* of the cost without change (0.02) */
    double gain_errors; /* standard errors (2) */
};
extern const struct propose_params propose_defaults;

/* Writes the commands (COMMAND_PROPOSE) to `out`, at most params->most; returns how many. `hall` is read for
 * what scenes leave out (special windows, dwell, open proposals, guardrails); the shell gives the commands to
 * hall_decide, which checks everything again. -1 without memory. */
int propose_moves(const struct scene *scene, const struct hall *hall, int64_t now_ms,
                  const struct propose_params *params, struct command *out);

#endif
