/* SPDX-License-Identifier: MIT
 * Possible futures of a scene: who will come, how long each service will take, when the services under way
 * end, how fast the clerks really are. The n-th future of a seed is always the same, whatever plan is tried
 * on it (common random numbers). */
#ifndef DISPATCHER_PLAN_FUTURE_H
#define DISPATCHER_PLAN_FUTURE_H

#include "dispatcher/plan/scene.h"

enum { LENGTH_STEPS = 512, GUIDE_STEPS = 64 };

/* Lengths in units of their mean, by rank: lognormal with the scene's coefficient of variation. */
struct length_table {
    float of[LENGTH_STEPS];
};

/* Memory that is used again when another future is drawn into it; begins as {0}. */
struct future {
    int32_t *ready_ms;             /* owned; one a window: when its present service or absence ends */
    uint32_t *pace_q16;            /* owned; one a window: what its services take against the estimate */
    struct engine_ticket *tickets; /* owned; those waiting, then those who come, in order of arrival */
    unsigned count, capacity;
    struct engine_ticket *known; /* owned; those of them whose coming is known, while drawing */
    unsigned known_capacity;
};

struct futures {
    const struct scene *scene; /* borrowed, must stay */
    struct length_table lengths;
    struct length_table paces;                /* of windows, by the scene's speed_cv */
    float late_ms[LENGTH_STEPS];              /* of booked visitors, by rank */
    uint16_t guide[DOMAINS_MAX][GUIDE_STEPS]; /* where to look for the item of a share */
    double rate_cv;                           /* what is left of the scene's doubts about visitors */
    double domain_rate_cv[DOMAINS_MAX];
    uint64_t seed;
    int32_t until_ms;
    unsigned count;
    struct future *list; /* owned */
};

/* To draw futures of the scene until until_ms one by one; nothing to be ended. */
void futures_begin(struct futures *futures, const struct scene *scene, uint64_t seed, int32_t until_ms);

/* The n-th future into `out`; false without memory. With a later until_ms it is the same and goes on. */
bool future_draw(const struct futures *futures, unsigned n, struct future *out);
void future_destroy(struct future *future);

/* Puts a future's windows into a model that a run will play: ready_ms and pace_q16 of each. */
void future_set_windows(const struct future *future, struct engine_model *model);

/* Begins, and draws `count` futures into the list; false without memory. */
bool futures_init(struct futures *futures, const struct scene *scene, uint64_t seed, unsigned count,
                  int32_t until_ms);
void futures_destroy(struct futures *futures);

/* The largest number of tickets in any of them. */
unsigned futures_tickets_max(const struct futures *futures);

/* Lengths of a coefficient of variation, by rank. */
void length_table_init(struct length_table *table, double cv);

#endif
