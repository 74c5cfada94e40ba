/* SPDX-License-Identifier: MIT
 * What the writers of frames share; for the files of this room only. */
#ifndef COMMON_WIRE_PARTS_H
#define COMMON_WIRE_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/span.h"

/* Ends the frame that began at `start` with a line end. When it is then longer than `limit` or memory ran
 * out, takes it off again and returns false. */
bool wire_frame_end(struct text *out, size_t start, size_t limit);

#endif
