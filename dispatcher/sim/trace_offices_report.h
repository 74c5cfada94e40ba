/* SPDX-License-Identifier: MIT
 * What balancing would change in offices known from snapshots, as a table or as JSON. */
#ifndef DISPATCHER_SIM_TRACE_OFFICES_REPORT_H
#define DISPATCHER_SIM_TRACE_OFFICES_REPORT_H

#include "common/base/span.h"
#include "dispatcher/sim/trace_offices.h"

/* Studies every office of the trace and appends the report to `out`. */
enum status offices_report(const struct offices_trace *trace, bool json, struct text *out,
                           struct error *error);

#endif
