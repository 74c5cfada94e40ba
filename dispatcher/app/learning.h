/* SPDX-License-Identifier: MIT
 * What the hall learns from its own log while it serves: service times, demand, and how far forecasts and
 * proposals proved right (dispatcher/plan/learn.h, demand.h, forecaster.h, planning_record.h). Every event is
 * taken in as it happens. What was learned is kept as a setting of the store, with the number of the last
 * event in it, each time a business day opens; a start reads it and takes the rest of the log. Without it, or
 * when this program cannot read it, everything is learned anew from the whole log, a slice at a time while
 * the hall serves. */
#ifndef DISPATCHER_APP_LEARNING_H
#define DISPATCHER_APP_LEARNING_H

#include "common/base/status.h"
#include "dispatcher/app/planning_outcomes.h"
#include "dispatcher/app/planning_record.h"
#include "dispatcher/core/hall.h"
#include "dispatcher/plan/demand.h"
#include "dispatcher/plan/learn.h"
#include "dispatcher/store/store.h"

#define LEARNING_SETTING "learned"

/* Caller-owned. */
struct learning {
    struct store *store;               /* borrowed */
    struct learn *learn;               /* owned */
    struct demand *demand;             /* owned */
    struct forecaster *forecaster;     /* owned */
    struct planning_record record;     /* of the business day's proposals */
    struct planning_outcomes outcomes; /* of the business day's forecasts */
    uint64_t seq;                      /* of the last event taken in */
    bool is_current;                   /* the whole log is taken in; events are taken as they happen */
    bool is_rebuilt;                   /* nothing could be read back: from the first event on */
    struct hall *hall;                 /* owned while !is_current: the hall after event hall_seq */
    uint64_t hall_seq;
    int64_t told_us; /* when progress was last logged */
};

/* Empty; learning_rewind comes next. MEMORY. */
enum status learning_init(struct learning *learning, struct store *store, struct error *error);
void learning_destroy(struct learning *learning); /* a zeroed struct is allowed */

/* Goes back to what is kept in the store: at the start, and when a transaction was undone whose events were
 * taken in already. learning_catch_up follows. Not inside a transaction. */
enum status learning_rewind(struct learning *learning, struct error *error);

/* Takes in more of the log, for some budget_us. Does nothing when all is taken in or while a transaction is
 * open. CORRUPT: the log cannot be read; nothing is learned until the next start. */
enum status learning_catch_up(struct learning *learning, int64_t budget_us, struct error *error);

/* Takes in an event that is about to be stored; `before` is the hall without it. Ignored while behind: it is
 * read from the log later. */
void learning_take(struct learning *learning, const struct hall *before, const struct event *event);

/* Keeps what was learned up to here: within the open transaction, or by itself. Nothing while behind. */
enum status learning_keep(struct learning *learning, struct error *error);

/* Events that are still to be taken in. */
uint64_t learning_behind(const struct learning *learning);

/* ---- telling the hall ---- */
enum {
    LEARNING_ADVICE_MAX = 64,     /* values a day; the rest comes the next day */
    LEARNING_ADVICE_PERCENT = 10, /* a smaller difference is not worth an event */
};

/* Writes the commands (learn-item, learn-clerk, learn-domain, by the system) that make the hall use what was
 * learned, where that differs by more than LEARNING_ADVICE_PERCENT from what it uses and is sure enough.
 * Returns how many, at most LEARNING_ADVICE_MAX; none while behind. */
size_t learning_advise(const struct learning *learning, const struct hall *hall,
                       struct command out[LEARNING_ADVICE_MAX]);

#endif
