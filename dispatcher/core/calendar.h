/* SPDX-License-Identifier: MIT
 * Civil dates as day numbers (days since 1970-01-01), so that the core can count days without a library. */
#ifndef DISPATCHER_CORE_CALENDAR_H
#define DISPATCHER_CORE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

enum { DAY_MS = 24 * 60 * 60 * 1000, MINUTE_MS = 60 * 1000 };

/* Day number of a proleptic Gregorian date; month 1-12, day 1-31. */
int32_t date_from_civil(int year, int month, int day);

struct civil {
    int year, month, day;
};
struct civil date_to_civil(int32_t date);

bool civil_is_valid(int year, int month, int day);

/* 0 = Sunday .. 6 = Saturday. */
int date_weekday(int32_t date);

#endif
