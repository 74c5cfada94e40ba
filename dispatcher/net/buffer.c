/* SPDX-License-Identifier: MIT */
#include "dispatcher/net/buffer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct buffer *buffer_reserve(size_t length)
{
    struct buffer *buffer = malloc(sizeof *buffer + length);
    if (buffer == NULL)
        return NULL;
    buffer->holder_count = 1;
    buffer->length = length;
    return buffer;
}

struct buffer *buffer_create(const struct span *pieces, size_t piece_count)
{
    size_t length = 0;
    for (size_t i = 0; i < piece_count; i++)
        length += pieces[i].length;
    struct buffer *buffer = buffer_reserve(length);
    if (buffer == NULL)
        return NULL;
    char *out = buffer->data;
    for (size_t i = 0; i < piece_count; i++) {
        if (pieces[i].length > 0)
            memcpy(out, pieces[i].data, pieces[i].length);
        out += pieces[i].length;
    }
    return buffer;
}

struct buffer *buffer_hold(struct buffer *buffer)
{
    assert(buffer->holder_count > 0);
    buffer->holder_count++;
    return buffer;
}

void buffer_release(struct buffer *buffer)
{
    if (buffer == NULL)
        return;
    assert(buffer->holder_count > 0);
    if (--buffer->holder_count == 0)
        free(buffer);
}

struct span buffer_span(const struct buffer *buffer)
{
    return (struct span){buffer->data, buffer->length};
}
