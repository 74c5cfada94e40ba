/* SPDX-License-Identifier: MIT
 * Which ticket a free window calls: the index of dispatcher/core/rule_index.h over a hall. Generalised c-mu:
 * Van Mieghem 1995, Mandelbaum & Stolyar 2004; the number waiting in a domain: Tassiulas & Ephremides 1992.
 */
#ifndef DISPATCHER_CORE_RULE_H
#define DISPATCHER_CORE_RULE_H

#include "dispatcher/core/hall.h"
#include "dispatcher/core/rule_index.h"

/* The ticket that the window should call now: best index over the heads (smallest reference time) of each
 * domain and class that it may serve; rejoined tickets weighed like normal ones stand in their line. Bookings
 * ahead of their slot count only when nothing else waits. Tickets that asked for this window or its clerk are
 * weighed with the others; those that asked for another are not seen. False when none. */
bool rule_pick(const struct hall *hall, struct window_id window, int64_t now_ms, struct candidate_list *out,
               struct ticket_id *best);

/* The hall's knobs as the index takes them. */
struct rule_knobs rule_knobs(const struct hall *hall);

/* The terms of one candidate, for explanations; log2 Q16 each, their sum is the index. */
struct rule_terms {
    int32_t of_q16[RULE_TERMS];
    int32_t index_q16;
    int32_t age_s, handling_s;
    bool early, posted;
};
struct rule_terms rule_terms(const struct hall *hall, struct window_id window, const struct ticket *ticket,
                             int64_t now_ms);

/* Expected handling time in ms of the ticket's current item at the window, with changeover. */
int64_t rule_handling_ms(const struct hall *hall, struct window_id window, const struct ticket *ticket);

#endif
