/* SPDX-License-Identifier: MIT */
#include "common/base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum status error_set(struct error *error, enum status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    error->status = status;
    return status;
}

static enum status status_of_errno(int errnum)
{
    switch (errnum) {
    case ENOSPC:
    case EDQUOT:
    case EROFS: return STATUS_FULL;
    case ENOENT: return STATUS_NOT_FOUND;
    case EEXIST: return STATUS_EXISTS;
    case ENOMEM: return STATUS_MEMORY;
    default: return STATUS_IO;
    }
}

enum status error_set_errno(struct error *error, int errnum, const char *format, ...)
{
    char words[128];
    va_list args;
    va_start(args, format);
    int used = vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    if (used < 0 || (size_t)used >= sizeof error->text)
        used = (int)sizeof error->text - 1;
    snprintf(error->text + used, sizeof error->text - (size_t)used, ": %s", strerror_r(errnum, words, sizeof words));
    error->status = status_of_errno(errnum);
    return error->status;
}

enum status error_context(struct error *error, const char *format, ...)
{
    char whole[sizeof error->text];
    va_list args;
    va_start(args, format);
    int used = vsnprintf(whole, sizeof whole, format, args);
    va_end(args);
    if (used < 0 || (size_t)used >= sizeof whole)
        used = (int)sizeof whole - 1;
    snprintf(whole + used, sizeof whole - (size_t)used, ": %.*s", (int)(sizeof whole - (size_t)used), error->text);
    memcpy(error->text, whole, sizeof whole);
    error->text[sizeof error->text - 1] = '\0';
    return error->status;
}

const char *status_name(enum status status)
{
    static const char *const names[] = {
        [STATUS_OK] = "ok",           [STATUS_IO] = "io",         [STATUS_PARSE] = "parse",
        [STATUS_LIMIT] = "limit",     [STATUS_NOT_FOUND] = "not-found", [STATUS_EXISTS] = "exists",
        [STATUS_DENIED] = "denied",   [STATUS_CORRUPT] = "corrupt", [STATUS_NEWER] = "newer",
        [STATUS_FULL] = "full",       [STATUS_CLOSED] = "closed", [STATUS_TIMEOUT] = "timeout",
        [STATUS_MEMORY] = "memory",
    };
    return (size_t)status < sizeof names / sizeof names[0] ? names[status] : "unknown";
}
