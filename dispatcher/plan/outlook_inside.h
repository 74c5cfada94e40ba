/* SPDX-License-Identifier: MIT
 * Shared by the files of outlook: a scene in the making. */
#ifndef DISPATCHER_PLAN_OUTLOOK_INSIDE_H
#define DISPATCHER_PLAN_OUTLOOK_INSIDE_H

#include "dispatcher/core/calendar.h"
#include "dispatcher/plan/outlook.h"

struct sketch {
    const struct outlook *outlook;
    const struct hall *hall;
    int64_t now_ms;
    struct scene *scene;
    unsigned words;                             /* of item bits in use */
    uint64_t items_of[DOMAINS_MAX][ITEM_WORDS]; /* the scene's items; bit: id - 1 */
    uint64_t known[ITEM_WORDS];                 /* all of them */
    float share[ITEMS_MAX + 1];                 /* of a known item among its domain's visitors */
    float share_of[DOMAINS_MAX];                /* of all known items of a domain */
    int32_t asked_ms[WINDOWS_MAX];              /* work of those who asked for this window */
};

static inline bool sketch_bit(const uint64_t *bits, unsigned at)
{
    return bits[at / 64] >> (at % 64) & 1;
}

static inline bool sketch_knows(const struct sketch *s, struct item_id item)
{
    return item.value && sketch_bit(s->known, item.value - 1u);
}

static inline unsigned sketch_domain(const struct sketch *s, struct item_id item)
{
    return s->hall->items[item.value].set.domain.value - 1u;
}

/* On duty with something to do for the lines. */
static inline bool sketch_has(const struct window *window)
{
    return window->clerk.value && window->set.mode != MODE_SPECIAL && window->may_domains;
}

/* Within a day of now. */
static inline int32_t sketch_relative(const struct sketch *s, int64_t at_ms)
{
    int64_t ms = at_ms - s->now_ms;
    return (int32_t)(ms < -DAY_MS ? -DAY_MS : ms > DAY_MS ? DAY_MS : ms);
}

/* Expected handling of an item at the window (index), without changeover. */
int32_t sketch_handling(const struct sketch *s, unsigned w, struct item_id item);

/* Windows with their services; and, once it is known who asked for them, when they are off. */
void sketch_windows(struct sketch *s);
void sketch_offs(struct sketch *s);

#endif
