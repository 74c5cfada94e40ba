/* SPDX-License-Identifier: MIT */
#include "common/wire/frame.h"

#include <assert.h>
#include <stdlib.h>

enum { KEEP_BYTES = 4096 }; /* memory that stays between frames; larger frames give theirs back */

void wire_frames_init(struct wire_frames *frames, size_t limit)
{
    assert(limit >= 2);
    *frames = (struct wire_frames){.limit = limit, .broken = WIRE_FRAME_NONE};
}

void wire_frames_destroy(struct wire_frames *frames)
{
    free(frames->data);
    frames->data = NULL;
    frames->length = frames->capacity = 0;
}

static enum wire_frame_result lose(struct wire_frames *frames, enum wire_frame_result why)
{
    wire_frames_destroy(frames);
    frames->broken = why;
    return why;
}

static void drop_whole(struct wire_frames *frames)
{
    frames->whole = false;
    frames->length = 0;
    if (frames->capacity > KEEP_BYTES)
        wire_frames_destroy(frames);
}

static bool keep(struct wire_frames *frames, const char *data, size_t length)
{
    if (length == 0)
        return true;
    size_t need = frames->length + length;
    if (need > frames->capacity) {
        size_t capacity = frames->capacity ? frames->capacity : 256;
        while (capacity < need)
            capacity *= 2;
        if (capacity > frames->limit)
            capacity = frames->limit;
        char *grown = realloc(frames->data, capacity);
        if (!grown)
            return false;
        frames->data = grown;
        frames->capacity = capacity;
    }
    memcpy(frames->data + frames->length, data, length);
    frames->length = need;
    return true;
}

static void take(struct span *input, size_t length)
{
    input->data += length;
    input->length -= length;
}

enum wire_frame_result wire_frames_next(struct wire_frames *frames, struct span *input, int64_t now_ms,
                                        struct span *line)
{
    if (frames->broken != WIRE_FRAME_NONE)
        return frames->broken;
    if (frames->whole)
        drop_whole(frames);
    if (input->length == 0)
        return WIRE_FRAME_NONE;
    const char *end = memchr(input->data, '\n', input->length);
    size_t part = end ? (size_t)(end - input->data) : input->length;
    /* The line end belongs to the frame: whether it has come or not, there must be room for it. */
    if (frames->length + part + 1 > frames->limit)
        return lose(frames, WIRE_FRAME_TOO_LARGE);
    if (end && frames->length == 0) {
        *line = (struct span){input->data, part};
        take(input, part + 1);
        return WIRE_FRAME_READY;
    }
    if (frames->length == 0)
        frames->begun_ms = now_ms;
    if (!keep(frames, input->data, part))
        return lose(frames, WIRE_FRAME_MEMORY);
    take(input, end ? part + 1 : part);
    if (!end)
        return WIRE_FRAME_NONE;
    frames->whole = true;
    *line = (struct span){frames->data, frames->length};
    return WIRE_FRAME_READY;
}

size_t wire_frames_kept(const struct wire_frames *frames)
{
    return frames->whole ? 0 : frames->length;
}

int64_t wire_frames_deadline_ms(const struct wire_frames *frames, int64_t most_ms)
{
    return wire_frames_kept(frames) > 0 ? frames->begun_ms + most_ms : INT64_MAX;
}
