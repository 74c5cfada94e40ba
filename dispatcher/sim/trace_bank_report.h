/* SPDX-License-Identifier: MIT
 * How good the forecasts of a call centre's waits were, as a table or as JSON. */
#ifndef DISPATCHER_SIM_TRACE_BANK_REPORT_H
#define DISPATCHER_SIM_TRACE_BANK_REPORT_H

#include "common/base/span.h"
#include "dispatcher/sim/trace_bank_walk.h"

struct bank_report_params {
    const struct bank_trace *trace; /* borrowed */
    int32_t judge_from;             /* INT32_MIN: from the first call on */
    unsigned futures;
    bool json;
};

/* Walks the trace and appends the report to `out`. Errors of MAE are standard errors over days. */
enum status bank_report(const struct bank_report_params *params, struct text *out, struct error *error);

#endif
