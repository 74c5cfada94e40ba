/* SPDX-License-Identifier: MIT
 * JSON merge patches (RFC 7386), by which topics travel: a member with a value replaces, an object goes into
 * an object member by member, null takes a member out, an array is replaced whole. So a document has no null
 * members: null and absent are the same. */
#ifndef COMMON_WIRE_MERGE_H
#define COMMON_WIRE_MERGE_H

#include <jansson.h>
#include <stdbool.h>

/* Applies `patch` (an object) to `target` (an object), in place. Scalars and arrays are shared with the
 * patch, objects are not, so both may be merged into later. False when memory ran out; the target is then
 * part changed. */
bool wire_merge(json_t *target, const json_t *patch);

/* The smallest patch that turns `before` into `after` (objects): owned, an empty object when they are equal;
 * scalars and arrays are shared with `after`. Null members of both count as absent. NULL when memory ran out.
 */
json_t *wire_diff(const json_t *before, const json_t *after);

/* An owned copy of a document without null members (those in arrays stay), sharing its scalars and arrays;
 * NULL when memory ran out. */
json_t *wire_without_nulls(const json_t *document);

#endif
