/* SPDX-License-Identifier: MIT
 * Traces of real places as CSV files: `evenhall-sim replay --trace FILE.csv`. Two forms are known, recognised
 * by the names in the header line (any order of columns, each exactly once):
 *
 *   bank     yymmdd,arrival_s,service,priority,outcome,start_s,end_s,wait_s,service_s,server
 *            one line a call, by day and arrival; see trace_bank.h
 *   offices  office,queue_id,service,date,minute,windows,waiting,called,arrived_est,published_service_min
 *            one line a queue and snapshot; see trace_offices.h
 *
 * Strict: a line with too few or too many fields, an empty or impossible value or a value out of order ends
 * the reading with file, line and field. Fields may be quoted ("Tax, fees"; "" is a quote); lines end in \n
 * or \r\n; a byte order mark is skipped. */
#ifndef DISPATCHER_SIM_TRACE_H
#define DISPATCHER_SIM_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/span.h"
#include "common/base/status.h"

enum { TRACE_COLUMNS_MAX = 16, TRACE_LINE_MAX = 4096 };

enum trace_form { TRACE_BANK, TRACE_OFFICES, TRACE_FORMS };

struct trace_line {
    const char *path; /* borrowed */
    unsigned long number;
    enum trace_form form;
    struct span
        fields[TRACE_COLUMNS_MAX]; /* in the form's own order; without quotes; valid in the sink only */
};

/* "bank" or "offices". */
const char *trace_form_name(enum trace_form form);

/* Finds out the form of a file from its header. */
enum status trace_recognise(const char *path, enum trace_form *form, struct error *error);

/* Takes one line; anything but STATUS_OK ends the reading. */
typedef enum status trace_sink(const struct trace_line *line, void *userdata, struct error *error);

/* Reads a file of this form. A file without lines after its header is refused. */
enum status trace_read(const char *path, enum trace_form form, trace_sink *sink, void *userdata,
                       struct error *error);

/* ---- for the sinks; column: its place in the form's order ---- */

/* Refuses the line because of a field: `FILE:LINE: column: what`. */
enum status trace_refuse(const struct trace_line *line, unsigned column, struct error *error,
                         const char *what, ...) __attribute__((format(printf, 4, 5)));

/* A whole number within [least, most]. */
enum status trace_whole(const struct trace_line *line, unsigned column, long least, long most, long *out,
                        struct error *error);

/* The same, also written as 3.0. */
enum status trace_count(const struct trace_line *line, unsigned column, long most, long *out,
                        struct error *error);

/* A text of at most room - 1 bytes, UTF-8 without control characters, copied; empty only where allowed. */
enum status trace_text(const struct trace_line *line, unsigned column, bool may_be_empty, char *out,
                       size_t room, struct error *error);

/* The command: replay --trace FILE [--fit FILE ...]. */
int command_trace(int argc, char **argv);

#endif
