/* SPDX-License-Identifier: MIT
 * What became of a proposal. Waits are compared with those predicted; the gain is found by playing the time
 * since then twice, with the visitors who came, the lengths that turned out and the services that were under
 * way: once with the window posted as proposed, once as before. Whatever the simulation does not know
 * (pauses, calls out of order, slow moments) is missing on both sides alike, so that it does not pass for a
 * gain.
 *
 * Everything is read from the hall as it is later on the same day: a ticket counts with its last wait,
 * windows are staffed and posted as they are now (but for the proposal's), only planned breaks that the hall
 * still remembers are taken. Tickets that asked for a certain window are left out. */
#ifndef DISPATCHER_PLAN_PROPOSE_SCORE_H
#define DISPATCHER_PLAN_PROPOSE_SCORE_H

#include "dispatcher/core/hall.h"

struct propose_scoring {
    const struct hall *hall;          /* at until_ms; borrowed for the call */
    const struct proposal_made *made; /* borrowed */
    int64_t made_ms, until_ms;        /* predictions are for 75 minutes */
    bool was_done;                    /* else the waits without the change are compared */
};

/* Fills in all of `out`; waits are means of the domains that the proposal shows effects for (of the hall,
 * when it shows none), over those who waited then or came in the first 80 % of the time. False without memory
 * or when nobody was there to be measured. */
bool propose_score(const struct propose_scoring *scoring, struct proposal_scored *out);

#endif
