/* SPDX-License-Identifier: MIT
 * What snapshots of an office say: who waits where while which counters have nothing to do, how many come
 * when, how long a visitor takes at the counter.
 *
 * Counters that belong together: where two queues have the same number of open counters in all but 1 % of
 * their common snapshots and the numbers moved together ten times or more, they are the same counters,
 * recorded under each queue. Such queues form a desk; sums over desks count a counter once. Counters that
 * cannot be: a day whose typical number is more than three times that of an ordinary day of the queue (lower
 * quartile of its days) and five more than it, is read as that ordinary number. Out of line: people who came
 * minus the change of those waiting; called or not, the snapshots cannot tell whether everybody of them was
 * served. Minutes at the counter: counter-minutes in intervals with somebody waiting at both ends, divided by
 * the people who left the line in them; by desk. Wait: Little's law, mean number waiting over arrivals.
 * Between snapshots more than OFFICE_GAP_MIN apart nothing is known and nothing counted. */
#ifndef DISPATCHER_SIM_TRACE_OFFICES_STUDY_H
#define DISPATCHER_SIM_TRACE_OFFICES_STUDY_H

#include "dispatcher/sim/trace_offices.h"

enum { OFFICE_GAP_MIN = 20, OFFICE_BINS = 144, OFFICE_MANY = 5, OFFICE_DAYS_MAX = 4096 };

struct queue_study {
    uint8_t desk;
    double minutes, windows_min, waiting_min; /* covered; counter-minutes; people-minutes in line */
    double arrivals, called, out;
    unsigned snaps, many,
        many_each; /* snapshots; with 5 or more waiting; with 5 or more for each open counter */
    unsigned waiting_max, misread;     /* snapshots whose counters could not be */
    double demand[7][OFFICE_BINS];     /* people who came, by weekday (0 = Sunday) and 10 min of the day */
    double demand_min[7][OFFICE_BINS]; /* minutes covered there */
};

struct desk_study {
    double busy_min, busy_out; /* counter-minutes and departures while somebody waited throughout */
    double handling_min;       /* minutes at the counter */
    bool guessed;              /* too few: the office's mean */
};

/* Open counters and those whose queue is empty, summed over snapshots. */
struct idle_share {
    double open, idle;
};

enum office_state { OFFICE_ALL, OFFICE_SOME_MANY, OFFICE_SOME_MANY_EACH, OFFICE_STATES };

struct office_day {
    int32_t date;
    bool apart;
};

struct office_study {
    unsigned queue_count, desk_count;
    struct queue_study *queues; /* owned; of the office's numbering */
    struct desk_study desks[OFFICE_QUEUES_MAX];
    struct office_day days[OFFICE_DAYS_MAX];
    unsigned day_count;
    unsigned snapshots, in_state[OFFICE_STATES];
    struct idle_share recorded[OFFICE_STATES], services[OFFICE_STATES], once[OFFICE_STATES];
    uint16_t *windows; /* owned; corrected, one a snap of the trace */
};

/* Studies one office. *study is zeroed first; the caller destroys it, also on failure. */
enum status office_study(const struct offices_trace *trace, unsigned office, struct office_study *study,
                         struct error *error);
void office_study_destroy(struct office_study *study);

#endif
