/* SPDX-License-Identifier: MIT
 * Possible courses of a day: who comes when, for what, how long it takes. The n-th future of a seed is the
 * same whatever the windows do, and where factors make more or fewer visitors come, the others stay the same
 * persons (common random numbers): each domain and bin has its own stream of chance, fewer are thinned out of
 * it, more come from a second stream. */
#ifndef DISPATCHER_PLAN_TOMORROW_FUTURE_H
#define DISPATCHER_PLAN_TOMORROW_FUTURE_H

#include "dispatcher/plan/future.h"
#include "dispatcher/plan/tomorrow.h"

/* Memory that is used again when another future is drawn into it; begins as {0}. */
struct day_future {
    struct engine_ticket *tickets; /* owned; in order of arrival */
    bool *is_punctual;             /* owned; booked visitors that came at most 5 minutes late */
    unsigned count, capacity;
    uint32_t pace_q16[WINDOWS_MAX]; /* what services at each window take against what is believed */
    struct engine_ticket *draft;    /* owned; as drawn */
    bool *draft_punctual;           /* owned */
};
void day_future_destroy(struct day_future *future);

/* Room for so many tickets; false without memory. */
bool day_future_reserve(struct day_future *future, unsigned count);

/* Tables to draw futures of an outlook by. */
struct day_chance {
    const struct day_outlook *outlook; /* borrowed, must stay */
    struct length_table lengths;
    unsigned item_from[DOMAINS_MAX + 1];
    uint16_t items[ITEMS_MAX]; /* of domain d: items[item_from[d]] .. items[item_from[d + 1]] */
    float share_to[ITEMS_MAX]; /* cumulative within the domain, the last is 1 */
    double class_to[TICKET_CLASSES];
    double visits_to[DOMAINS_MAX]; /* cumulative expected visitors of domains */
};
/* The outlook was checked. */
void day_chance_init(struct day_chance *chance, const struct day_outlook *outlook);

/* The n-th future of a seed; false without memory. */
bool day_future_draw(const struct day_chance *chance, uint64_t seed, unsigned n, struct day_future *out);

#endif
