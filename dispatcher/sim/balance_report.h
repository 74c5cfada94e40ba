/* SPDX-License-Identifier: MIT
 * Measures of many days gathered by scenario and policy, and what they come to: means with standard errors,
 * ratios to the static policies and bounds. */
#ifndef DISPATCHER_SIM_BALANCE_REPORT_H
#define DISPATCHER_SIM_BALANCE_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "dispatcher/sim/balance.h"

enum { REPORT_SCENARIOS_MAX = 64, REPORT_POLICIES_MAX = 24 };

struct report_cell {
    unsigned days, count[MEASURE_COUNT]; /* count: days on which the measure is defined */
    double sum[MEASURE_COUNT], squares[MEASURE_COUNT];
};

struct report {
    unsigned scenario_count, policy_count;
    char scenarios[REPORT_SCENARIOS_MAX][SCENARIO_NAME_MAX + 1];
    const struct balance_policy *policies[REPORT_POLICIES_MAX];
    struct report_cell cells[REPORT_POLICIES_MAX][REPORT_SCENARIOS_MAX];
};

/* Takes one measured day in. False: too many scenarios or policies. */
bool report_add(struct report *report, const char *scenario, const struct balance_policy *policy,
                const struct measures *measures);

/* NAN where nothing was measured. */
double report_mean(const struct report_cell *cell, enum measure measure);
double report_error(const struct report_cell *cell, enum measure measure); /* standard error over days */

void report_print(const struct report *report, FILE *out);
json_t *report_json(const struct report *report);

#endif
