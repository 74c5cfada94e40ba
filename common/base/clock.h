/* SPDX-License-Identifier: MIT
 * The only reader of time in the project; everything else is told the time. */
#ifndef COMMON_BASE_CLOCK_H
#define COMMON_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

int64_t clock_wall_ms(void); /* milliseconds since 1970-01-01T00:00:00Z; may jump */
int64_t clock_mono_ms(void); /* milliseconds since boot; never jumps; for durations */
int64_t clock_mono_us(void); /* microseconds since boot, for measurements */

/* Local calendar parts of a wall time in the process's zone (TZ). */
struct clock_parts {
    int year, month, day;     /* 2026, 1-12, 1-31 */
    int hour, minute, second;
    int weekday;              /* 0 = Sunday */
    int utc_offset_min;       /* east of UTC is positive */
};
struct clock_parts clock_parts_of(int64_t wall_ms);

/* "2026-11-23T10:21:05.123Z"; out needs 25 bytes. */
void clock_format_utc(int64_t wall_ms, char *out, size_t size);

/* Wall time of local midnight that begins the given civil date in the zone named by TZ. */
int64_t clock_local_midnight_ms(int year, int month, int day);

#endif
