/* SPDX-License-Identifier: MIT
 * Shared by the tests of hall days: a folder for their files, and JSON with one thing changed. */
#ifndef TESTS_UNIT_DAYS_DAYS_KIT_H
#define TESTS_UNIT_DAYS_DAYS_KIT_H

#include <stddef.h>

/* Makes a folder of this test's own; drop_folder removes what was written through kit_path. For group set-up.
 */
int kit_make_folder(void **state);
int kit_drop_folder(void **state);

/* The path of a file in the folder; valid until the end. At most 64 different names. */
const char *kit_path(const char *name);
void kit_write(const char *name, const char *text);
char *kit_read(const char *name); /* to be freed */

/* Writes `text` (JSON) to the file, changed at `at` ("tickets/2/4", "windows/0/primary"): to this JSON value,
 * or left out when `value` is NULL. Fails the test when there is no such place. */
void kit_write_changed(const char *name, const char *text, const char *at, const char *value);

#endif
