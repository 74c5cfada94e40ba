/* SPDX-License-Identifier: MIT
 * What managers ask about planning: what was learned, what was proposed, how good forecasts were. */
#ifndef DISPATCHER_APP_PLANNING_REQUESTS_H
#define DISPATCHER_APP_PLANNING_REQUESTS_H

#include <jansson.h>
#include <stdbool.h>

#include "common/base/span.h"
#include "common/wire/json.h"

struct dispatcher;

/* The query must be one of the router's. Appends `"ok":{...}`. False: nothing is appended, and *fault says
 * which field is wrong. */
bool planning_request(struct dispatcher *dispatcher, const char *what, const json_t *fields, struct text *out,
                      struct wire_fault *fault);

#endif
