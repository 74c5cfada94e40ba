/* SPDX-License-Identifier: MIT
 * Shared by the files that keep records. */
#ifndef DISPATCHER_STORE_RECORDS_INSIDE_H
#define DISPATCHER_STORE_RECORDS_INSIDE_H

#include "dispatcher/store/inside.h"
#include "dispatcher/store/records.h"

/* LIMIT when a text of a fixed field has no end within it. */
enum status records_check(const char *text, size_t size, const char *what, struct error *error);
/* Fills a fixed field from a column; cut when a foreign hand made it longer. */
void records_copy(char *out, size_t size, struct span text);
void records_copy_hash(uint8_t out[STORE_HASH_BYTES], struct span bytes);
/* NOT_FOUND ("there is no WHAT") when a statement went well and found or changed nothing. */
enum status records_not_found(enum status status, bool is_found, const char *what, struct error *error);
enum status records_changed(const struct store *store, enum status status, const char *what,
                            struct error *error);

#endif
