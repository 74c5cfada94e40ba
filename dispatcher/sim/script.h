/* SPDX-License-Identifier: MIT
 * A scenario file, parsed into steps:
 *
 *     # comment
 *     include common.hall              its setup comes first; path from this file's folder
 *     setup                            steps that every case of this file begins with
 *     case "a missed number rejoins after the next two"
 *     date 2026-11-23                  the business date that times belong to
 *     at 09:02:00                      time passes; or at +30s, +15m, +2h
 *       10:02:00 wait-alarmed A001     what happens on the way, in order (the time may be left out)
 *     clock 08:00:00                   the wall clock is set, forwards or back, nothing else
 *     > call window=3 by=clerk:7       a command, and under it everything that comes of it, in order
 *       ticket-called A001 window=3    fields that are left out are not compared; waited=none: must be absent
 *     > call window=4
 *       refused nobody-waiting
 *     * 3 issue items=1                preparation: done three times, must be accepted, not compared
 *     ? ticket A001 state=called       a question; what is left out is not compared
 *     = ticket-issued A001 items=1     a stored event, taken in as it is
 *     restart                          the hall is rebuilt from its events alone
 *     checkpoint                       the closed hall is rebuilt from its checkpoint
 *
 * $name stands for what the first field of an expected event had where $name was first met, such as a booking
 * code. */
#ifndef DISPATCHER_SIM_SCRIPT_H
#define DISPATCHER_SIM_SCRIPT_H

#include "common/base/span.h"
#include "common/base/status.h"

enum step_kind {
    STEP_DATE,
    STEP_AT,
    STEP_CLOCK,
    STEP_ACT,
    STEP_PREPARE,
    STEP_ASK,
    STEP_EVENT,
    STEP_RESTART,
    STEP_CHECKPOINT
};

struct script_line {
    struct span text; /* trimmed */
    unsigned number;  /* 1-based */
    const char *path; /* of its file; borrowed from the script */
};

struct step {
    enum step_kind kind;
    struct script_line line;              /* its text is what follows the step's word or sign */
    size_t expected_from, expected_count; /* in script.expected */
};

struct script_case {
    char *name; /* owned */
    unsigned number;
    size_t from, count; /* in script.steps */
};

enum { SCRIPT_INCLUDES_MAX = 8 };

struct script {
    char *path;                                   /* owned */
    struct text content;                          /* spans point into it */
    struct script *included[SCRIPT_INCLUDES_MAX]; /* owned */
    size_t included_count;
    struct step *setup; /* owned; those of included files first */
    size_t setup_count, setup_room;
    struct step *steps; /* owned; of all cases */
    size_t steps_count, steps_room;
    struct script_line *expected; /* owned; of all cases and set-ups */
    size_t expected_count, expected_room;
    struct script_case *cases; /* owned */
    size_t cases_count, cases_room;
};

/* Reads and parses a file. On failure *error says file, line and what is wrong. *out is owned by the caller
 * on STATUS_OK only. */
enum status script_load(const char *path, struct script **out, struct error *error);
void script_free(struct script *script); /* NULL is allowed */

#endif
