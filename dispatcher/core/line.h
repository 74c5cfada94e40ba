/* SPDX-License-Identifier: MIT
 * The one text language of commands and events, for scenarios, stored events and incident replay:
 *     call window=3
 *     ticket-called A001 window=3 clerk=7 waited=120s rule=fair
 * Fields that are zero are left out; `by=clerk:7` follows when somebody asked. */
#ifndef DISPATCHER_CORE_LINE_H
#define DISPATCHER_CORE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dispatcher/core/fields.h"

enum { LINE_MAX_BYTES = 2048 };

/* Writes the line without line end, NUL-terminated. midnight_ms: wall time of the business day's midnight,
 * from which clock fields are written. Returns the length; every event and command fits LINE_MAX_BYTES. */
size_t line_from_event(const struct event *event, int64_t midnight_ms, char out[LINE_MAX_BYTES]);
size_t line_from_command(const struct command *command, int64_t midnight_ms, char out[LINE_MAX_BYTES]);

/* What was wrong with a line, and where. */
struct line_fault {
    size_t column;  /* 1-based byte */
    char text[160]; /* `"pritority" is not one of normal, rejoined, ...` */
};

/* Reads a line of `length` bytes. at_ms is not part of the text and is left 0. On false: *fault says why. */
bool line_to_event(const char *text, size_t length, int64_t midnight_ms, struct event *out,
                   struct line_fault *fault);
bool line_to_command(const char *text, size_t length, int64_t midnight_ms, struct command *out,
                     struct line_fault *fault);

#endif
