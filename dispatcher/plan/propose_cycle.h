/* SPDX-License-Identifier: MIT
 * Cycles of planning: when each takes place, and a copy of the hall for it. The same in the dispatcher and in
 * a replay of its log. */
#ifndef DISPATCHER_PLAN_PROPOSE_CYCLE_H
#define DISPATCHER_PLAN_PROPOSE_CYCLE_H

#include "dispatcher/core/hall.h"

enum { PROPOSE_EVERY_MS = ALLOCATION_CYCLE_MS }; /* usually */

/* Cycles are aligned to the clock. The number of the one that is due at now_ms, counted from the one in which
 * the day was opened. */
uint32_t propose_cycle_number(const struct hall *hall, int64_t now_ms, int64_t every_ms);

/* Its wall time; never before the hall's last event. */
int64_t propose_cycle_ms(const struct hall *hall, uint32_t number, int64_t every_ms);

/* Copies what is in use, so that another thread can read it: some hundred KB where the whole is 12 MB. `to`
 * was zeroed once, or copied to before. What is not in use keeps what it held. */
void propose_copy_hall(const struct hall *from, struct hall *to);

#endif
