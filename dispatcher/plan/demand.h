/* SPDX-License-Identifier: MIT
 * Who comes when, learned from tickets issued: arrivals per domain, weekday and ten minutes, by walk-ins (a
 * ticket counts for its first item's domain). Bookings are known ahead and counted apart.
 *
 * A rate is drawn from its own weekday and bin towards weekday level times the domain's common shape, that
 * towards the hall's shape at the domain's level; so there is something to say after one day. Days count by
 * the time in which numbers could be taken: closed days and closed hours are not zeros. Old weeks fade: half
 * in DEMAND_HALF_LIFE_WEEKS. The first day after an unusual closure is scaled by what such days have brought
 * before it teaches its weekday.
 *
 * Same events, same state, bit for bit, live and in replay. Uses some 1.5 MB. */
#ifndef DISPATCHER_PLAN_DEMAND_H
#define DISPATCHER_PLAN_DEMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dispatcher/core/hall.h"
#include "dispatcher/plan/demand_day.h"

enum { DEMAND_HALF_LIFE_WEEKS = 6 };

struct demand; /* opaque */

/* NULL when memory runs out. */
struct demand *demand_create(void);
void demand_destroy(struct demand *demand);

/* Takes in one event; `before` is the hall as it was before it. Every event of the log, in order. A day
 * teaches when the next one opens. */
void demand_take(struct demand *demand, const struct hall *before, const struct event *event);

/* ---- reading ---- */
/* Business days learned from, of one weekday (0 = Sunday) or of all; faded ones count as 1. */
uint32_t demand_days(const struct demand *demand, unsigned weekday);
uint32_t demand_days_all(const struct demand *demand);

/* Walk-ins expected on a date between two minutes of the day: by the calendar's sessions, without what today
 * has shown so far. 0 when the hall is closed then, or nothing was learned. */
double demand_expected(const struct demand *demand, const struct hall *hall, struct domain_id domain,
                       int32_t date, unsigned minute_from, unsigned minute_to);

/* All of a date at once, minute 0 being midnight; nothing observed. */
void demand_fill(const struct demand *demand, const struct hall *hall, int32_t date, struct demand_day *out);

/* The open business day: as expected when it opened, and observed since. */
const struct demand_day *demand_today(const struct demand *demand);

/* What to multiply today's expectations by from now_ms on; DEMAND_FILTER_MIXED is the usual filter. The first
 * is for one domain (1 for one that is not), the second for all at once, which costs no more. */
double demand_today_factor(const struct demand *demand, struct domain_id domain, int64_t now_ms);
void demand_today_factors(const struct demand *demand, int64_t now_ms, enum demand_filter filter,
                          double out[DOMAINS_MAX]);

/* What the first day after an unusual closure brings, permille of an ordinary day; and whether a date is one:
 * the hall's weekly rule would have had it open since it last was. */
uint32_t demand_reopening_permille(const struct demand *demand);
bool demand_is_reopening(const struct hall *hall, int32_t date);

/* Bookings of a domain that checked in today; and of all bookings for past days, permille that came. */
uint32_t demand_checked_in(const struct demand *demand, struct domain_id domain);
uint32_t demand_booking_came_permille(const struct demand *demand);

/* ---- keeping: as learn_save and learn_load ---- */
char *demand_save(const struct demand *demand, size_t *length);
bool demand_load(struct demand *demand, const char *text, size_t length);

#endif
