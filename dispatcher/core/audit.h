/* SPDX-License-Identifier: MIT
 * The hall's invariants, checked from the state alone; tests run it after every event. */
#ifndef DISPATCHER_CORE_AUDIT_H
#define DISPATCHER_CORE_AUDIT_H

#include "dispatcher/core/hall.h"

struct audit_fault {
    const char *invariant; /* "I2" */
    const char *text;      /* what is wrong */
    int64_t a, b;          /* the ids or counts concerned */
};

/* True when every invariant holds; else *fault names the first that does not. Cost: a scan of the day's
 * tickets, and of every window's items. */
bool hall_audit(const struct hall *hall, struct audit_fault *fault);

#endif
