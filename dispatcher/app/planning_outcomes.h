/* SPDX-License-Identifier: MIT
 * What became of forecasts: the first one of each ticket, and when it was called, folded from the events and
 * given to the forecaster. */
#ifndef DISPATCHER_APP_PLANNING_OUTCOMES_H
#define DISPATCHER_APP_PLANNING_OUTCOMES_H

#include "dispatcher/core/hall.h"
#include "dispatcher/plan/forecaster.h"

/* A ticket that was told something and has not been called yet. at_ms 0: there is none. */
struct outcome_pending {
    int64_t at_ms;
    struct forecast made;
};

struct planning_outcomes {
    struct outcome_pending *pending; /* owned; by ticket id */
};

/* False without memory. */
bool planning_outcomes_init(struct planning_outcomes *outcomes);
void planning_outcomes_destroy(struct planning_outcomes *outcomes); /* a zeroed struct is allowed */
void planning_outcomes_clear(struct planning_outcomes *outcomes);

/* Takes in an event; `before` is the hall without it. lasting: the forecaster learns; false while events are
 * read again that it knows already. */
void planning_outcomes_take(struct planning_outcomes *outcomes, struct forecaster *forecaster,
                            const struct hall *before, const struct event *event, bool lasting);

#endif
