/* SPDX-License-Identifier: MIT
 * What waits would be if the same open counters helped each other: an office's days played again with the
 * people who came, the counters that were open and drawn lengths of service, once with every desk for itself
 * and then with a share of the counters flexible. A flexible counter serves its own desk first; when nobody
 * waits there, the one who has waited longest elsewhere.
 *
 * Assumed, because the snapshots do not say it: any flexible counter may serve anything; a visitor takes as
 * long as at their own desk (or `slower` times that at another one); lengths scatter by POOLING_CV, whatever
 * the desk; people come evenly between two snapshots and none gives up; a counter that closes finishes first.
 * So these figures say what pooling could bring at most in this model, not what an order of the office would
 * allow. The first variant, nobody flexible, is the check: it should be near the recorded wait. */
#ifndef DISPATCHER_SIM_TRACE_OFFICES_POOL_H
#define DISPATCHER_SIM_TRACE_OFFICES_POOL_H

#include "dispatcher/sim/trace_offices_study.h"

enum { POOLING_VARIANTS = 6 };

#define POOLING_CV 0.8

struct pooling_variant {
    double flexible; /* share of the open counters */
    double slower;   /* factor of a length away from the own desk */
};

extern const struct pooling_variant pooling_variants[POOLING_VARIANTS];

struct pooling {
    double wait_min[POOLING_VARIANTS];  /* mean: people-minutes in line over people */
    double error_min[POOLING_VARIANTS]; /* standard error over days */
    double ratio[POOLING_VARIANTS], ratio_error[POOLING_VARIANTS]; /* to variant 0, on the same days */
    double desk_min[POOLING_VARIANTS][OFFICE_QUEUES_MAX];
};

/* Plays every day of the study `runs` times. The same trace and seed give the same figures. */
enum status office_pool(const struct offices_trace *trace, unsigned office, const struct office_study *study,
                        unsigned runs, uint64_t seed, struct pooling *pooling, struct error *error);

#endif
