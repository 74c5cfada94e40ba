/* SPDX-License-Identifier: MIT
 * Planning while the hall serves: learns from every event, tells the hall what was learned when a day opens.
 * Nothing that serves people ever waits for it. */
#ifndef DISPATCHER_APP_PLANNING_H
#define DISPATCHER_APP_PLANNING_H

#include "common/base/status.h"
#include "dispatcher/app/learning.h"
#include "dispatcher/net/loop.h"

struct dispatcher;

struct planning {
    struct dispatcher *dispatcher;
    struct learning learning;
    struct loop_timer catch_timer; /* while learning is behind */
    bool day_opened;               /* in the present turn */
};

/* Reads what was learned back and takes in the rest of the log, for a second at most; the rest is taken while
 * the hall serves. After the store was loaded and the loop made. MEMORY. */
enum status planning_init(struct planning *planning, struct dispatcher *dispatcher, struct error *error);
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

#endif
