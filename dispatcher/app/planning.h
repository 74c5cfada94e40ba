/* SPDX-License-Identifier: MIT
 * Planning while the hall serves: learns from every event, tells the hall what was learned when a day opens,
 * and has a worker thread of its own look for better postings (planning_cycle.h) and for how long people will
 * wait (planning_forecasts.h). Nothing that serves people ever waits for it. */
#ifndef DISPATCHER_APP_PLANNING_H
#define DISPATCHER_APP_PLANNING_H

#include <stdatomic.h>

#include "common/base/status.h"
#include "common/base/worker.h"
#include "dispatcher/app/learning.h"
#include "dispatcher/app/planning_cycle.h"
#include "dispatcher/app/planning_forecasts.h"
#include "dispatcher/net/loop.h"
#include "dispatcher/plan/outlook.h"
#include "dispatcher/store/records.h"

struct dispatcher;

struct planning {
    struct dispatcher *dispatcher;
    struct learning learning;
    struct loop_timer catch_timer;            /* while learning is behind */
    bool day_opened, day_closing, day_closed; /* in the present turn */
    enum planning_mode mode;
    int64_t every_ms;     /* between two cycles */
    struct worker worker; /* has one cycle and one round of forecasts at most */
    bool has_worker;
    atomic_bool is_ending; /* a job that takes its time for a test ends it */
    struct outlook outlook;
    int64_t outlook_ms; /* when it was worked out, and of which business day */
    int32_t outlook_date;
    struct planning_cycle cycle;
    struct planning_forecasts forecasts;
};

struct planning_params {
    enum planning_mode mode;
    int64_t every_ms; /* 0: as usual */
};

/* Reads what was learned back and takes in the rest of the log, for a quarter of a second at most; what is
 * left is taken while the hall serves. After the store was loaded and the loop made. MEMORY. */
enum status planning_init(struct planning *planning, struct dispatcher *dispatcher,
                          const struct planning_params *params, struct error *error);
void planning_destroy(struct planning *planning); /* a zeroed struct is allowed */

/* An event is about to be stored in the open transaction: before store_take. A fault is one of the store's.
 */
enum status planning_take(struct planning *planning, const struct event *event, struct error *error);

/* The turn is about to be committed: adds the commands that its events call for. */
void planning_before_commit(struct planning *planning);

/* The turn's events were undone and the hall loaded anew. */
void planning_undone(struct planning *planning);

/* Tells the hall what was learned, as commands of this actor within the turn; returns how many values the
 * hall took. */
unsigned planning_tell(struct planning *planning, struct actor by);

/* The document that keeps the proposals of a day gone by: "proposals 2026-11-23". */
void planning_document_kind(int32_t date, char out[STORE_NAME_MAX]);

/* ---- for the parts of planning ---- */
/* Works the outlook out anew from what was learned. */
void planning_look_out(struct planning *planning);

/* In the worker's thread, at the beginning of a job: spends the time that a test wants it to take. False: the
 * job is to fail. */
bool planning_work(struct planning *planning);

#endif
