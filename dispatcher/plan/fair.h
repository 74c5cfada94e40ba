/* SPDX-License-Identifier: MIT
 * The product's call rule as a policy of the engine: the same index in the same integers as the hall's, with
 * what does not change during a run looked up in tables. */
#ifndef DISPATCHER_PLAN_FAIR_H
#define DISPATCHER_PLAN_FAIR_H

#include "dispatcher/core/rule_index.h"
#include "dispatcher/plan/engine.h"

struct fair {
    struct rule_knobs knobs;
    int32_t *efficiency_q16; /* owned: [window][domain][last ticket was of another domain] */
    int32_t crowd_q16[256];
};

/* Prepares the rule for runs of this model; false without memory. */
bool fair_init(struct fair *fair, const struct rule_knobs *knobs, const struct engine_model *model);
void fair_destroy(struct fair *fair);

/* A policy that follows the rule; borrows `fair`. */
struct engine_policy fair_policy(const struct fair *fair);

/* The rule's choice, and the index of one line's head, for policies built on it. */
int fair_pick(struct engine_run *run, unsigned w);
int32_t fair_index_q16(const struct engine_run *run, const struct fair *fair, unsigned w, unsigned line);

#endif
