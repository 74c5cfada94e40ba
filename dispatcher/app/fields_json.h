/* SPDX-License-Identifier: MIT
 * Commands and events as JSON, made from the core's field tables (dispatcher/core/fields.h says how each type
 * looks). */
#ifndef DISPATCHER_APP_FIELDS_JSON_H
#define DISPATCHER_APP_FIELDS_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "common/wire/json.h"
#include "dispatcher/core/fields.h"

/* Reads the members of `fields` (borrowed; NULL: none) into a command of this kind; `by` is left to the
 * caller. Members that the command does not have, wrong types and missing required ones are faults. */
bool command_from_json(enum command_kind kind, const json_t *fields, struct command *out,
                       struct wire_fault *fault);

/* {"event":"ticket-called","at_ms":...,"number":"A012",...}: fields that are zero are left out. Owned; NULL:
 * no memory. */
json_t *event_to_json(const struct event *event);

/* JSON Schema (draft 2020-12) of a command's fields, for the OpenAPI document and its test. Owned. */
json_t *command_schema(enum command_kind kind);

/* A number as text, for building documents. */
json_t *number_to_json(struct number number);

#endif
