/* SPDX-License-Identifier: MIT
 * Why this ticket was called and not the runner-up, in one line for people: what made the largest difference
 * between the two indices, with the figures of both. */
#ifndef DISPATCHER_PLAN_WHY_H
#define DISPATCHER_PLAN_WHY_H

#include "dispatcher/core/event.h"

enum { WHY_TEXT_MAX = 384 };

enum why_cause {
    WHY_STAFF, /* called by its number */
    WHY_ASKED, /* it waited for this window or clerk */
    WHY_ALONE, /* there was no other */
    WHY_CLASS,
    WHY_WAIT,
    WHY_SPEED,
    WHY_EFFICIENCY,
    WHY_CROWD,
    WHY_POSTING,
    WHY_EARLIER, /* both indices were the same */
    WHY_INDEX,   /* an old record without terms */
    WHY_CAUSES
};
extern const char *const why_cause_names[]; /* "class"; ended by NULL */

struct why {
    enum why_cause cause;
    char zh[WHY_TEXT_MAX], en[WHY_TEXT_MAX]; /* NUL-terminated */
};

/* Pure: from the event alone. */
struct why why_called(const struct ticket_called *called);

#endif
