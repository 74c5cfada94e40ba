/* SPDX-License-Identifier: MIT
 * The futures of a pool as seen by one guest who joins it now. Each future draws what is not known: how long
 * the services going on still take (given how long they have taken), who of those ahead gives up, which
 * pauses end, whom a larger head start will let overtake, the head starts themselves. A future counts by the
 * chance that the guest would still be there (the wait of somebody who is served is asked for, not of
 * somebody who goes). */
#ifndef DISPATCHER_PLAN_PREDICT_FUTURES_H
#define DISPATCHER_PLAN_PREDICT_FUTURES_H

#include "dispatcher/plan/predict_pool.h"

enum { FUTURES_MAX = 1024 };

#define FUTURES_WAIT_MAX_S 1800.0 /* a longer wait is drawn as this */

struct futures_params {
    uint8_t kind, rank;
    unsigned count; /* futures, 1 .. FUTURES_MAX */
    uint64_t seed;  /* the same pool, guest and seed give the same answer */
};

struct futures_waits { /* seconds */
    double p10, p25, p50, p75, p90, mean;
    double spread; /* mean distance from p50 */
};

/* Plays the futures of the guest who would join now, behind everybody in the pool's line. */
void futures_play(const struct pool *pool, const struct futures_params *params, struct futures_waits *waits);

#endif
