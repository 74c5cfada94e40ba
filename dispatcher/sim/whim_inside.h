/* SPDX-License-Identifier: MIT
 * Shared by the files of whim: a wish in the making, and what it picks from the hall. */
#ifndef DISPATCHER_SIM_WHIM_INSIDE_H
#define DISPATCHER_SIM_WHIM_INSIDE_H

#include "dispatcher/core/hall.h"
#include "dispatcher/plan/rng.h"

struct wish {
    struct rng *rng;
    const struct hall *hall;
    int64_t now_ms;
    struct command *out;
    bool vain; /* nothing in the hall fits the wish */
};

enum window_want {
    WANT_ANY,
    WANT_FREE,
    WANT_CALLED,
    WANT_OVERDUE,
    WANT_SERVING,
    WANT_EMPTY,
    WANT_DUTY,
    WANT_PAUSED,
    WANT_UNDO
};

bool nonsense(struct wish *w); /* rarely */
uint16_t any_id(struct wish *w, unsigned top);

/* A window of the wanted kind, the first after a random one; any when there is none, and then the wish is
 * vain.
 */
struct window_id pick_window(struct wish *w, enum window_want want);
struct clerk_id pick_clerk(struct wish *w);
struct item_id pick_item(struct wish *w);
struct number pick_number(struct wish *w, enum ticket_state state);
void pick_words(struct wish *w, uint32_t permille, struct words *out);

/* Wishes about allocation, of the planner and of managers. */
typedef void wish_maker(struct wish *w);
wish_maker wish_propose, wish_answer, wish_score, wish_set_pair, wish_set_allocation, wish_plan_break,
    wish_clear_breaks, wish_learn_item, wish_learn_clerk, wish_learn_domain, wish_forecast;

#endif
