/* SPDX-License-Identifier: MIT
 * Postings tried on a scene's futures: what people's waits cost under them, by the hall's own call rule. The
 * n-th future is the same for all postings, so that differences come from the postings alone. */
#ifndef DISPATCHER_PLAN_PROPOSE_TRY_H
#define DISPATCHER_PLAN_PROPOSE_TRY_H

#include "dispatcher/core/hall.h"
#include "dispatcher/plan/fair.h"
#include "dispatcher/plan/future.h"

/* What a wait w costs: weight * (w + (w - target)+ + (w - late)+). */
struct wait_costs {
    double weight[TICKET_CLASSES];
    int32_t target_ms[TICKET_CLASSES], late_ms[TICKET_CLASSES];
};

/* Weights are green 6, booked 3, priority 2, others 1; targets the hall's policies; only walk-ins are late,
 * from 40 minutes on. */
struct wait_costs wait_costs_of(const struct hall *hall);

/* Weighted seconds. */
double wait_cost_s(const struct wait_costs *costs, unsigned class, int32_t wait_ms);

/* One future under one set of postings. Waits count for those who wait now and those who come early enough
 * to be called within the horizon (the first 80 % of it); the cost for everybody. */
struct tried {
    double cost_s;
    unsigned changeovers;
    double wait_s[DOMAINS_MAX];
    unsigned count[DOMAINS_MAX];
};

struct tryout {
    const struct scene *scene; /* borrowed, must stay */
    struct wait_costs costs;
    struct futures futures;
    struct future *drawn; /* owned; the first `ready` of `room` are drawn */
    unsigned ready, room;
    struct engine_model model; /* the scene's, with own windows */
    struct fair fair;
    struct engine_policy policy;
    struct engine_run run;
    struct engine_ticket *tickets; /* owned, as the results: for one run */
    struct engine_result *results;
    unsigned capacity;
    unsigned plays; /* so far */
};

struct tryout_params {
    const struct rule_knobs *knobs;
    struct wait_costs costs;
    uint64_t seed;
    unsigned futures; /* at most */
    int32_t horizon_ms;
};

/* False without memory; to be ended with tryout_destroy in either case. */
bool tryout_init(struct tryout *tryout, const struct scene *scene, const struct tryout_params *params);
void tryout_destroy(struct tryout *tryout);

/* Plays the n-th future under these postings (bit d, one a window; 0: everything). False without memory. */
bool tryout_play(struct tryout *tryout, unsigned n, const uint64_t *posted, struct tried *out);

/* What a ticket of the last play waited, by its place in its future: of all legs; until the horizon when it
 * was not called. */
int32_t tryout_wait_ms(const struct tryout *tryout, unsigned ticket);

#endif
