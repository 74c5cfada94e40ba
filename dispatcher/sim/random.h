/* SPDX-License-Identifier: MIT
 * Random halls with random commands: every command is followed by the audit, every event passes its text, a
 * second hall follows the text alone, and nights go through checkpoints. */
#ifndef DISPATCHER_SIM_RANDOM_H
#define DISPATCHER_SIM_RANDOM_H

#include <stdint.h>

#include "common/base/span.h"
#include "common/base/status.h"
#include "dispatcher/core/refusal.h"
#include "dispatcher/sim/shapes.h"

struct random_params {
    uint64_t seed;
    uint64_t commands;         /* at least so many */
    const struct shape *shape; /* NULL: mostly small ones, now and then a county's, seldom a city's */
    int find;                  /* an event kind: stop there, as if it were a fault; -1: none */
};

struct random_report {
    uint64_t commands, refused, events, halls, days, checkpoints;
    uint64_t accepted_by_kind[COMMAND_KINDS], refused_by_kind[COMMAND_KINDS], refused_by_code[REFUSAL_CODES];
    uint64_t events_by_kind[EVENT_KINDS];
    uint64_t digest; /* of everything that happened: the same for the same seed on every machine and build */
};

/* CORRUPT: a rule is broken (*error), and *scenario reproduces it with as few acts as could be found. */
enum status random_run(const struct random_params *params, struct random_report *report,
                       struct text *scenario, struct error *error);

#endif
