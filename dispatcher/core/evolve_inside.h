/* SPDX-License-Identifier: MIT
 * Shared by the files of hall_evolve: one function an event, and what they have in common. */
#ifndef DISPATCHER_CORE_EVOLVE_INSIDE_H
#define DISPATCHER_CORE_EVOLVE_INSIDE_H

#include "dispatcher/core/inner.h"

typedef void evolve_function(struct hall *hall, const struct event *event);

#define X(name, wire, member) evolve_function on_##member;
EVENTS(X)
#undef X

/* The window is idle from now on, if it is on duty, not paused and free. */
void window_idle(struct hall *hall, struct window_id id, int64_t at_ms);

/* Counts the mean of the domain's items anew. */
void domain_mean_refresh(struct hall *hall, struct domain_id domain);

/* Drops the breaks that have ended by then. */
void breaks_forget(struct window *window, int64_t until_ms);

/* Drops the proposals for the window: open ones, and those that were applied if it is no longer posted as
 * they said. */
void proposals_forget(struct hall *hall, struct window_id window, uint64_t posted);

#endif
