/* SPDX-License-Identifier: MIT
 * Borrowed bytes, and a growing buffer for text. */
#ifndef COMMON_BASE_SPAN_H
#define COMMON_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Borrowed: valid as long as what it points into. Not NUL-terminated. */
struct span {
    const char *data;
    size_t length;
};

static inline struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

static inline bool span_equals(struct span span, const char *text)
{
    return span.length == strlen(text) && memcmp(span.data, text, span.length) == 0;
}

/* A growing text buffer, always NUL-terminated once written to. Zero it to begin; text_destroy to end.
 * When memory runs out the buffer is marked `failed`, keeps what it had and ignores further writes. */
struct text {
    char *data; /* owned */
    size_t length;
    size_t capacity;
    bool failed;
};

void text_destroy(struct text *text);
void text_clear(struct text *text); /* length 0, memory kept */
void text_append(struct text *text, const char *data, size_t length);
void text_puts(struct text *text, const char *string);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
