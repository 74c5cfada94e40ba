/* SPDX-License-Identifier: MIT
 * A small hall's day for tests: three domains, windows 1, 2 ..., everybody on duty from 9 to 17. */
#ifndef TESTS_UNIT_PLAN_TOMORROW_HALL_H
#define TESTS_UNIT_PLAN_TOMORROW_HALL_H

#include "dispatcher/plan/tomorrow.h"

enum { HALL_HOUR_MS = 3600000, HALL_MINUTE_MS = 60000, HALL_DOMAINS = 3 };

/* `windows` windows whose primary domains take turns; every third may serve all domains, the others their own
 * and the next. Visitors enough to keep them busy for `load` of their time, more in the morning and in the
 * afternoon than at noon; a fifth of them booked. Domains are called 1, 2, 3; items 11, 12 of domain 1 and so
 * on. Nobody has breaks. Allocated; to be freed. */
struct day_outlook *hall_outlook(unsigned windows, double load);

static inline int32_t hall_clock(int hour, int minute)
{
    return hour * HALL_HOUR_MS + minute * HALL_MINUTE_MS;
}

#endif
