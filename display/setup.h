/* SPDX-License-Identifier: MIT
 * What a subcommand is told on its command line about its window, checked and taken apart. */
#ifndef DISPLAY_SETUP_H
#define DISPLAY_SETUP_H

#include "common/base/status.h"

/* "1280x720" into the width of the largest 16:9 picture that fits. STATUS_PARSE with a sentence. */
enum status setup_window(const char *size, int *wide, struct error *error);

#endif
