/* SPDX-License-Identifier: MIT
 * A stored day as a scenario that passes: the commands that must have been given, each with the events that
 * came of it; what no command of the present program brings stands there as an event. */
#ifndef DISPATCHER_SIM_REPLAY_H
#define DISPATCHER_SIM_REPLAY_H

#include <stddef.h>

#include "common/base/span.h"
#include "common/base/status.h"
#include "dispatcher/core/hall.h"

struct replay_event {
    struct event event; /* with at_ms */
    bool before;        /* part of the state in which the day began */
};

struct replay_report {
    size_t before, events, commands, raw; /* raw: events that stand for themselves */
};

/* Writes the scenario. Events in order; title goes into the first comment and the case's name. */
enum status replay_write(const struct replay_event *events, size_t count, const char *title, struct text *out,
                         struct replay_report *report, struct error *error);

#endif
