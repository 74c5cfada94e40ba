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

/* Drops the breaks that have ended by then. */
void breaks_forget(struct window *window, int64_t until_ms);

/* Proposals that were applied at the window cannot be reverted once it is posted for something else. */
void proposals_forget(struct hall *hall, struct window_id window, uint64_t posted);

#endif
