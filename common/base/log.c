/* SPDX-License-Identifier: MIT */
#include "common/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "common/base/clock.h"

static enum log_level least_level = LOG_INFO;

void log_set_level(enum log_level least)
{
    least_level = least;
}

void log_line(enum log_level level, const char *room, const char *format, ...)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if (level < least_level)
        return;
    char line[1024];
    char when[32];
    clock_format_utc(clock_wall_ms(), when, sizeof when);
    int used = snprintf(line, sizeof line, "%s %s %s ", when, names[level], room);
    va_list args;
    va_start(args, format);
    int more = vsnprintf(line + used, sizeof line - (size_t)used - 1, format, args);
    va_end(args);
    used += more < 0 ? 0 : more;
    if (used > (int)sizeof line - 2)
        used = (int)sizeof line - 2;
    for (int i = 0; i < used; i++)
        if (line[i] == '\n' || line[i] == '\r')
            line[i] = ' ';
    line[used++] = '\n';
    /* One write a line, so that lines of several threads never mix. A full pipe may drop a log line, never stop us. */
    ssize_t written = write(STDERR_FILENO, line, (size_t)used);
    (void)written;
}
