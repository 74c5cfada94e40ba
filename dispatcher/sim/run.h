/* SPDX-License-Identifier: MIT
 * Runs scenario files: every case on a fresh hall after its file's set-up. After each case the hall is also
 * rebuilt from its events alone and must be the same. */
#ifndef DISPATCHER_SIM_RUN_H
#define DISPATCHER_SIM_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/status.h"
#include "dispatcher/core/fields.h"
#include "dispatcher/core/refusal.h"

struct run_params {
    const char *only; /* run cases whose name contains this; NULL: all */
    bool list;        /* print names, run nothing */
    bool update;      /* write what happened into the files instead of comparing */
    bool quiet;       /* no line per file */
    FILE *out;
};

/* What the cases met; for --all-refusals. */
struct run_coverage {
    bool refusals[REFUSAL_CODES], commands[COMMAND_KINDS], events[EVENT_KINDS];
};

struct run_report {
    unsigned passed, failed, files;
    uint64_t events;
    struct run_coverage coverage;
};

/* Runs one file or every *.hall of a folder, in order of name; adds to *report. Failures of cases are printed
 * and counted; a status other than OK is a file that cannot be read or written. */
enum status run_path(const char *path, const struct run_params *params, struct run_report *report,
                     struct error *error);

/* Prints what no case met; true when nothing is missing. */
bool run_coverage_is_complete(const struct run_coverage *coverage, FILE *out);

#endif
