/* SPDX-License-Identifier: MIT
 * Possible futures of a scene: who will come, how long each service will take, when the services under way
 * end. The n-th future of a seed is always the same, whatever plan is tried on it (common random numbers). */
#ifndef DISPATCHER_PLAN_FUTURE_H
#define DISPATCHER_PLAN_FUTURE_H

#include "dispatcher/plan/scene.h"

enum { LENGTH_STEPS = 4096 };

/* Lengths in units of their mean, by rank: lognormal with the scene's coefficient of variation. */
struct length_table {
    float of[LENGTH_STEPS];
};

struct future {
    int32_t *ready_ms;             /* owned; one a window: when its present service ends */
    struct engine_ticket *tickets; /* owned; those waiting, then those who come, in order of arrival */
    unsigned count, capacity;
};

struct futures {
    const struct scene *scene;
    struct length_table lengths;
    unsigned count;
    struct future *list; /* owned */
};

/* `count` futures until until_ms from the scene (borrowed, must stay); false without memory. */
bool futures_init(struct futures *futures, const struct scene *scene, uint64_t seed, unsigned count,
                  int32_t until_ms);
void futures_destroy(struct futures *futures);

/* The largest number of tickets in any of them. */
unsigned futures_tickets_max(const struct futures *futures);

void length_table_init(struct length_table *table, double cv);

#endif
