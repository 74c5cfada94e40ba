/* SPDX-License-Identifier: MIT */
#include "display/setup.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_LEAST = 160, SIDE_MOST = 8192 };

static bool read_whole(const char *text, long least, long most, long *out)
{
    char *end;
    errno = 0;
    *out = strtol(text, &end, 10);
    return !errno && end != text && !*end && *out >= least && *out <= most;
}

enum status setup_window(const char *size, int *wide, struct error *error)
{
    char across[8] = "";
    const char *by = strchr(size, 'x');
    long width = 0, height = 0;
    size_t length = by ? (size_t)(by - size) : sizeof across;
    if (length < sizeof across)
        memcpy(across, size, length);
    if (!by || !read_whole(across, SIDE_LEAST, SIDE_MOST, &width) ||
        !read_whole(by + 1, SIDE_LEAST, SIDE_MOST, &height))
        return error_set(error, STATUS_PARSE, "--window takes WIDTHxHEIGHT, like 1280x720, not \"%s\"", size);
    *wide = (int)(width * 9 <= height * 16 ? width : height * 16 / 9);
    return STATUS_OK;
}
