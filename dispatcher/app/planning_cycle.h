/* SPDX-License-Identifier: MIT
 * Every five minutes of an open day: a scene is made of the hall, a worker thread looks for better postings,
 * and its proposals come back as commands of the ordinary turn, where the hall checks them again. When a
 * cycle is late or fails the postings stay as they are. Its seed is the number of the last event that it
 * knew, so that what is stored says what it was worked out from (evenhall-sim proposals). */
#ifndef DISPATCHER_APP_PLANNING_CYCLE_H
#define DISPATCHER_APP_PLANNING_CYCLE_H

#include "common/base/status.h"
#include "dispatcher/net/loop.h"
#include "dispatcher/plan/propose.h"

struct planning;

enum planning_mode {
    PLANNING_ON,
    PLANNING_OFF,     /* only learning */
    PLANNING_SLOW,    /* for tests: each job takes three cycles and a whole processor */
    PLANNING_FAILING, /* for tests: each job fails */
};

enum { PROPOSALS_A_CYCLE = 8 };

struct planning_cycle {
    struct planning *planning;
    struct loop_timer timer;
    int64_t grid_ms; /* wall time from which the present cycle counts */
    /* the job that the worker has, or the last one */
    bool is_running;
    struct scene scene;
    struct hall *hall; /* owned: a copy, made when first needed */
    int64_t now_ms;
    struct propose_params params;
    struct command commands[PROPOSALS_A_CYCLE];
    int command_count; /* -1: it failed */
    int64_t took_us;
    /* since the start; of the loop's thread alone */
    uint64_t cycles, late, failed, proposed, refused;
    int64_t scene_us_last, scene_us_max, took_us_last, took_us_max;
};

enum status planning_cycle_init(struct planning_cycle *cycle, struct planning *planning, struct error *error);
void planning_cycle_destroy(struct planning_cycle *cycle); /* after the worker has ended */

#endif
