/* SPDX-License-Identifier: MIT
 * Bytes that never change and are shared by reference count: one message sent to 200 connections is one
 * allocation. Loop thread only. */
#ifndef DISPATCHER_NET_BUFFER_H
#define DISPATCHER_NET_BUFFER_H

#include <stddef.h>

#include "common/base/span.h"

struct buffer {
    unsigned holder_count;
    size_t length;
    char data[]; /* length bytes; not NUL-terminated */
};

/* A copy of the pieces, one after the other; the caller holds it once. NULL when memory runs out. */
struct buffer *buffer_create(const struct span *pieces, size_t piece_count);

/* Room for length bytes, to be filled before it is shared. NULL when memory runs out. */
struct buffer *buffer_reserve(size_t length);

struct buffer *buffer_hold(struct buffer *buffer); /* one holder more; returns the buffer */
void buffer_release(struct buffer *buffer);        /* one holder less; the last one frees it; NULL is fine */

struct span buffer_span(const struct buffer *buffer);

#endif
