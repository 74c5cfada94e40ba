/* SPDX-License-Identifier: MIT
 * Faults: what went wrong outside the hall (I/O, parsing, limits), with words for a person.
 * Refusals of the hall are dispatcher/core/refusal.h; bugs are asserts. The three are never mixed. */
#ifndef COMMON_BASE_STATUS_H
#define COMMON_BASE_STATUS_H

#include <stdbool.h>
#include <stddef.h>

enum status {
    STATUS_OK,
    STATUS_IO,        /* the system said no: text holds what and errno's words */
    STATUS_PARSE,     /* the input is not of the expected form */
    STATUS_LIMIT,     /* larger, longer or more than allowed */
    STATUS_NOT_FOUND, /* file, row, name does not exist */
    STATUS_EXISTS,    /* it is already there and may not be replaced */
    STATUS_DENIED,    /* wrong credentials or not permitted */
    STATUS_CORRUPT,   /* stored data fails its own checks */
    STATUS_NEWER,     /* written by a newer version of the program */
    STATUS_FULL,      /* no space left, or read-only */
    STATUS_CLOSED,    /* the other side went away */
    STATUS_TIMEOUT,   /* no answer within the time given */
    STATUS_MEMORY,    /* an allocation failed */
};

/* Caller-owned; a zeroed struct means "no fault". */
struct error {
    enum status status;
    char text[512]; /* one sentence: what failed, where, what to do; always NUL-terminated */
};

/* Sets status and text (printf form, cut at the buffer's end). Returns status, so `return error_set(...)` reads well. */
enum status error_set(struct error *error, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set with STATUS_IO, followed by ": " and the words for errnum (an errno value);
 * ENOSPC, EDQUOT and EROFS become STATUS_FULL, ENOENT becomes STATUS_NOT_FOUND. */
enum status error_set_errno(struct error *error, int errnum, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts context and ": " before the text already there; keeps the status and returns it. */
enum status error_context(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The status's name in lower case ("not-found"); a static string. */
const char *status_name(enum status status);

#endif
