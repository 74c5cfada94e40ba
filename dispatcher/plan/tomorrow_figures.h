/* SPDX-License-Identifier: MIT
 * What played days come to: waits of everybody, by domain, hour of arrival and class, bookings, busy windows;
 * and how two ways of running the same days differ, with standard errors that count the pairs. */
#ifndef DISPATCHER_PLAN_TOMORROW_FIGURES_H
#define DISPATCHER_PLAN_TOMORROW_FIGURES_H

#include "dispatcher/plan/tomorrow_play.h"

enum { DAY_HOURS = 24 };

/* Groups of visitors: all, then domains, hours of the day, classes. */
enum {
    GROUP_ALL,
    GROUP_DOMAINS,
    GROUP_HOURS = GROUP_DOMAINS + DOMAINS_MAX,
    GROUP_CLASSES = GROUP_HOURS + DAY_HOURS,
    DAY_GROUPS = GROUP_CLASSES + TICKET_CLASSES
};

/* Waits of all legs from arrival, a booking's from its slot if that is later; no-shows are left out. Those
 * who are never served count with what they had waited at closing. */
struct day_waits {
    double visitors; /* a day */
    double unserved; /* of them */
    double mean_ms, p50_ms, p90_ms, p99_ms;
    double within_target; /* share of them */
};

struct day_figures {
    unsigned days;
    struct day_waits of[DAY_GROUPS];
    double low_ms, high_ms; /* between these lies the mean wait of 8 days out of 10 */
    double cost_min;        /* weighted: the later and the more urgent, the more (minutes a visitor) */
    double booked_within_5, booked_within_10; /* shares of punctual booked visitors */
    double busy[WINDOWS_MAX];                 /* share of the time present; NAN: never present */
    double jain;                              /* Jain index of these, mean over days */
    double overtime_ms;                       /* from closing to the last service's end, mean */
};

/* By how much the second way differs from the first, and the standard error of that. */
struct day_difference {
    double mean_ms[DAY_GROUPS], mean_error_ms[DAY_GROUPS];
    double within_target, within_target_error;
    double cost_min, cost_error_min;
    double booked_within_5, booked_within_5_error;
    double booked_within_10, booked_within_10_error;
};

struct day_tally; /* opaque */

/* For `days` days of a hall at most; NULL without memory. */
struct day_tally *day_tally_create(const struct day_outlook *outlook, unsigned days);
void day_tally_destroy(struct day_tally *tally);

/* Counts the day that was played last. */
void day_tally_add(struct day_tally *tally, const struct day_play *play, const struct day_future *future);

unsigned day_tally_days(const struct day_tally *tally);
void day_tally_figures(const struct day_tally *tally, struct day_figures *out);

/* The same futures in the same order in both; as many as both have. */
void day_tally_difference(const struct day_tally *first, const struct day_tally *second,
                          struct day_difference *out);

/* The cost of a wait, minutes: weight * (w + beyond the target [+ beyond 40 minutes for walk-ins]). */
double day_wait_cost_min(const struct day_outlook *outlook, unsigned class, int32_t wait_ms);

/* The mean cost of the day that was played last. */
double day_play_cost_min(const struct day_play *play, const struct day_future *future);

#endif
