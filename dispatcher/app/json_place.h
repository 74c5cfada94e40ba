/* SPDX-License-Identifier: MIT
 * Where a value stands in a JSON text. The parser forgets places, so that a fault found afterwards is looked
 * up again along its path. */
#ifndef DISPATCHER_APP_JSON_PLACE_H
#define DISPATCHER_APP_JSON_PLACE_H

#include <stddef.h>

#include "common/base/span.h"

/* One step of a path: the member `name`, or with NULL the element `index`. */
struct json_step {
    const char *name; /* borrowed */
    size_t index;
};

/* The line (from 1) on which the value at the path begins. Where the text has no such value: the line of the
 * innermost value on the way to it, which is the object that lacks a member. The text must be valid JSON;
 * anything else gives some line of the text. */
size_t json_place_line(struct span text, const struct json_step *steps, size_t count);

#endif
