/* SPDX-License-Identifier: MIT */
#include "tests/planning/set_clock.h"

#include <stdio.h>
#include <time.h>

#include "common/base/clock.h"

static int64_t set_ms;

void set_clock(int64_t wall_ms)
{
    set_ms = wall_ms;
}

static int64_t read_us(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
    return set_ms ? set_ms : read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_mono_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_mono_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

struct clock_parts clock_parts_of(int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    return (struct clock_parts){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                                tm.tm_min,         tm.tm_sec,     tm.tm_wday, 0};
}

void clock_format_utc(int64_t wall_ms, char *out, size_t size)
{
    struct clock_parts p = clock_parts_of(wall_ms);
    snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", p.year, p.month, p.day, p.hour, p.minute,
             p.second, (int)(wall_ms % 1000));
}
