/* SPDX-License-Identifier: MIT
 * Two ways of running a day side by side, as tables and as JSON. */
#ifndef DISPATCHER_SIM_DAY_REPORT_H
#define DISPATCHER_SIM_DAY_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "dispatcher/plan/tomorrow_figures.h"

struct day_report {
    const struct day_outlook *outlook; /* what domains and windows are called */
    const char *left, *right;          /* what the two ways are called, at most 12 characters */
    const struct day_figures *figures[2];
    const struct day_difference *difference; /* right less left */
};

/* The main figures; then waits by domain, hour and class, and how busy windows are. */
void day_report_print(const struct day_report *report, FILE *out);
void day_report_print_groups(const struct day_report *report, FILE *out);

/* Everything; times in minutes, shares 0 .. 1. NULL without memory; the caller ends it with json_decref. */
json_t *day_report_json(const struct day_report *report);

#endif
