/* SPDX-License-Identifier: MIT
 * Whether what happened is what a line expects, and the $names that lines bind. */
#ifndef DISPATCHER_SIM_MATCH_H
#define DISPATCHER_SIM_MATCH_H

#include "common/base/span.h"
#include "common/base/status.h"
#include "dispatcher/core/event.h"
#include "dispatcher/core/refusal.h"

enum { NAMES_MAX = 32, NAME_TEXT_MAX = 32 };

struct bound_name {
    char name[NAME_TEXT_MAX], value[NAME_TEXT_MAX];
};

struct names {
    size_t count;
    struct bound_name list[NAMES_MAX];
};

/* Appends the line to *out with every bound $name replaced by its value. False: *error names one that is not
 * bound. */
bool names_replace(const struct names *names, struct span line, struct text *out, struct error *error);

/* What came of a step, as the runner saw it. */
struct outcome {
    struct event event;
    int64_t midnight_ms; /* clock fields count from here */
};

/* Whether the event is what the line expects. Fields that the line leaves out are not compared; `field=none`
 * expects none; a leading clock time is compared with the event's. $names in the first field are bound.
 * False: either different (error stays STATUS_OK) or the line is wrong (*error says how). */
bool match_event(struct span line, const struct outcome *got, struct names *names, struct error *error);

/* Whether the refusal is what the line (`refused CODE number=A001 value=30`) expects. */
bool match_refusal(struct span line, const struct refusal *got, struct error *error);

/* The lines to show and to write for what happened; `line` (may be empty) is the expectation in that place,
 * whose choice of fields is kept. */
void outcome_write(const struct outcome *got, struct span line, bool with_time, const struct names *names,
                   struct text *out);
void refusal_write(const struct refusal *got, struct text *out);

#endif
