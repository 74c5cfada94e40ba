/* SPDX-License-Identifier: MIT
 * Reads tests/vectors; tests run in the top folder. */
#ifndef TESTS_UNIT_WIRE_VECTORS_H
#define TESTS_UNIT_WIRE_VECTORS_H

#include <jansson.h>

#include "common/base/span.h"

/* The file's object, owned; the test fails when it cannot be read. */
json_t *vectors_load(const char *file);
/* Its "cases": borrowed. */
const json_t *vectors_cases(const json_t *vectors);
const char *vectors_text(const json_t *object, const char *name); /* "" when absent */
struct span vectors_span(const json_t *object, const char *name);

#endif
