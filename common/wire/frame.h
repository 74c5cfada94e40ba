/* SPDX-License-Identifier: MIT
 * Bytes of a stream to frames: one frame a line, ended by "\n". Pure; knows nothing of what is in a frame.
 *
 *     struct span input = {bytes, length}, line;
 *     while ((got = wire_frames_next(&frames, &input, now_ms, &line)) == WIRE_FRAME_READY)
 *         handle(line);
 *     if (got == WIRE_FRAME_TOO_LARGE) close the connection with that error
 */
#ifndef COMMON_WIRE_FRAME_H
#define COMMON_WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/span.h"

enum { WIRE_FRAME_MAX = 65536 }; /* bytes of a frame with its line end, both ways */

enum wire_frame_result {
    WIRE_FRAME_NONE,      /* the input is used up; at most a part of a frame is kept */
    WIRE_FRAME_READY,     /* *line is a whole frame without its line end */
    WIRE_FRAME_TOO_LARGE, /* the limit passed without a line end; the stream is lost, and stays so */
    WIRE_FRAME_MEMORY,    /* an allocation failed; the stream is lost, and stays so */
};

/* Caller-owned; holds the part of a frame that has come so far, never more than `limit` bytes, nothing
 * between frames. */
struct wire_frames {
    char *data; /* owned */
    size_t length, capacity;
    size_t limit;
    int64_t begun_ms;              /* when the kept part's first byte came */
    bool whole;                    /* data holds the frame given out last: dropped at the next call */
    enum wire_frame_result broken; /* WIRE_FRAME_NONE: the stream is good */
};

/* limit: most bytes of a frame with its line end, at least 2; usually WIRE_FRAME_MAX. */
void wire_frames_init(struct wire_frames *frames, size_t limit);
void wire_frames_destroy(struct wire_frames *frames);

/* Takes bytes off the front of *input until a frame is whole or the input is empty. *line borrows from the
 * input or from `frames` and is valid until the next call. now_ms: any clock that never jumps. */
enum wire_frame_result wire_frames_next(struct wire_frames *frames, struct span *input, int64_t now_ms,
                                        struct span *line);

/* Bytes of an unfinished frame that are kept: 0 between frames. */
size_t wire_frames_kept(const struct wire_frames *frames);

/* When an unfinished frame becomes too slow, if it may take most_ms from its first byte; INT64_MAX between
 * frames. */
int64_t wire_frames_deadline_ms(const struct wire_frames *frames, int64_t most_ms);

#endif
