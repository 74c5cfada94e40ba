/* SPDX-License-Identifier: MIT
 * Plausible days of a made-up hall in simulated time: visitors arrive, some with bookings, some never come
 * when called; windows call, serve and finish. What the hall then looks like in figures. */
#ifndef DISPATCHER_SIM_WORKLOAD_H
#define DISPATCHER_SIM_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/status.h"
#include "dispatcher/sim/shapes.h"

struct workload_params {
    uint64_t seed; /* of the hall and its visitors */
    unsigned days;
    const struct shape *shape;
    double load; /* offered work against the windows' time; 0.85 is a busy hall */
};

struct workload_waits { /* minutes */
    uint32_t count;
    double mean, p50, p90, p99, most;
};

struct workload_report {
    unsigned windows, days;
    uint32_t tickets, served, missed, left;        /* left: cancelled or lapsed */
    uint32_t bookings;                             /* that came in time */
    double bookings_within_5, bookings_within_10;  /* share called within so many minutes of the slot */
    struct workload_waits waits, booked, priority; /* all served, and of them those classes */
    double worst_domain_mean;
    double utilisation; /* busy time of windows on duty */
    uint64_t digest;
};

enum status workload_run(const struct workload_params *params, struct workload_report *report,
                         struct error *error);

#endif
