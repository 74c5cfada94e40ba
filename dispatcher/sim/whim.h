/* SPDX-License-Identifier: MIT
 * What somebody in the hall might want next: random commands that mostly make sense in the present state, and
 * sometimes none at all. */
#ifndef DISPATCHER_SIM_WHIM_H
#define DISPATCHER_SIM_WHIM_H

#include "dispatcher/core/hall.h"
#include "dispatcher/plan/rng.h"

enum whim_mood {
    MOOD_DAY,   /* everything */
    MOOD_NIGHT, /* what happens around a closed hall: bookings, duty, set-up; nothing about the day's tickets
                 */
};

void whim_next(struct rng *rng, const struct hall *hall, int64_t now_ms, enum whim_mood mood,
               struct command *out);

#endif
