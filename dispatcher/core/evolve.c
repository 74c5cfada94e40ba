/* SPDX-License-Identifier: MIT
 * The only code that changes the hall. One function an event; none refuses. */
#include "dispatcher/core/evolve_inside.h"

#include <assert.h>

static evolve_function *const table[] = {
#define X(name, wire, member) on_##member,
    EVENTS(X)
#undef X
};

void hall_evolve(struct hall *hall, const struct event *event)
{
    assert(event->kind < EVENT_KINDS);
    table[event->kind](hall, event);
    if (event->at_ms > hall->last_ms)
        hall->last_ms = event->at_ms;
}
