/* SPDX-License-Identifier: MIT
 * Shared by run.c and steps.c only: one case while it runs. */
#ifndef DISPATCHER_SIM_RUNNER_H
#define DISPATCHER_SIM_RUNNER_H

#include "dispatcher/core/event.h"
#include "dispatcher/sim/match.h"
#include "dispatcher/sim/run.h"
#include "dispatcher/sim/script.h"
#include "dispatcher/sim/stage.h"

struct event_log {
    struct event *list; /* owned */
    size_t count, room;
    bool failed; /* out of memory */
};

void event_log_add(struct event_log *log, const struct event *event);

struct runner {
    const struct run_params *params;
    struct run_coverage *coverage;
    const struct script *script;
    struct stage stage;
    struct hall *scratch; /* owned: for questions and rebuilding */
    struct hall *start;   /* owned: the hall after the set-up */
    struct event_log log; /* every event since the fresh hall */
    size_t log_start;     /* of them in the set-up */
    int64_t start_ms;     /* time after the set-up */
    bool start_timed;
    int32_t date, start_date; /* 0: not given yet */
    bool timed;               /* the first `at` has been */
    struct names names, start_names;
    bool in_setup;
    size_t from; /* where the present step's events begin in the log */
    bool refused;
    struct text shown; /* what a failed step prints */
};

/* Runs one step. False: it did not go as expected, and runner->shown says why. */
bool runner_step(struct runner *runner, const struct step *step, struct text *actual);

/* Rebuilds the hall from all events and compares digests. False: shown says so. */
bool runner_replays(struct runner *runner);

#endif
