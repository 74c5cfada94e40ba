/* SPDX-License-Identifier: MIT
 * Copies of the demo hall's files in a folder of the test's own, to spoil one and read them. */
#ifndef TESTS_UNIT_APP_PARTS_CATALOGUE_KIT_H
#define TESTS_UNIT_APP_PARTS_CATALOGUE_KIT_H

#include <stdbool.h>

#include "dispatcher/app/catalogue.h"

enum { KIT_PATH_MAX = 256, KIT_FILES = 4 };
extern const char *const kit_files[KIT_FILES];

/* Makes the folder with the four files; its name is good until kit_end. */
const char *kit_begin(void);
void kit_end(void);

/* The demo file as it is in the tree; borrowed. */
struct span kit_text(const char *file);
void kit_write(const char *file, struct span text);
void kit_restore(const char *file);

/* The demo hall, read; a failure ends the test. */
void kit_read_demo(struct catalogue *out);

#endif
