/* SPDX-License-Identifier: MIT
 * What two sets of postings did to the same futures, summed up. */
#ifndef DISPATCHER_PLAN_PROPOSE_OUTCOME_H
#define DISPATCHER_PLAN_PROPOSE_OUTCOME_H

#include "dispatcher/plan/propose.h"
#include "dispatcher/plan/propose_try.h"

struct compared {
    const struct tried *now, *after; /* by future */
    unsigned futures, domains;
    int32_t horizon_ms;
};

/* False without memory. */
bool outcome_sum(const struct compared *compared, struct propose_outcome *out);

/* The effects that a proposal shows: of the touched domains and of those that change most, then the hall. */
void outcome_effects(const struct propose_outcome *outcome, uint64_t touched, struct effect_list *out);

#endif
