/* SPDX-License-Identifier: MIT
 * A hall with a past: made in a folder some days ago, then business days of visitors and clerks through the
 * real core and store. What is true in it and has to be learned: an item takes 0.7 to 1.4 times what the
 * catalogue says, a clerk works at 0.75 to 1.3 times the usual speed, by their numbers. */
#ifndef TESTS_PLANNING_PAST_H
#define TESTS_PLANNING_PAST_H

#include "common/base/status.h"
#include "dispatcher/core/hall.h"
#include "dispatcher/plan/rng.h"
#include "dispatcher/store/store.h"

enum { PAST_VISITORS_A_DAY = 420, PAST_WINDOWS = 16 };

struct past_window {
    int64_t next_ms; /* when its clerk acts next */
    bool called;     /* the visitor is on the way */
};

struct past {
    struct hall *hall;   /* owned */
    struct store *store; /* owned */
    struct decision decision;
    struct rng rng;
    int64_t now_ms;
    struct past_window windows[PAST_WINDOWS + 1];
    bool plans; /* set it: forecasts are recorded and proposals made, answered and scored, at random */
};

/* Makes the hall of the demo folder in `data` as if it were made_ms, and opens it. False: *error. */
bool past_make(struct past *past, const char *data, const char *demo, int64_t made_ms, uint64_t seed,
               struct error *error);
void past_end(struct past *past);

/* The next civil date on which the hall is open by its calendar, from `date` on. */
int32_t past_open_date(const struct past *past, int32_t date);

/* One business day from opening to the last tick; nothing when the hall is closed then. until_min: stops at
 * this minute of the day with the hall open; 1440: goes on to the end. */
bool past_day(struct past *past, int32_t date, unsigned until_min, struct error *error);

/* So many numbers are taken for a domain's items now; kind: of priority, 0: none. */
bool past_crowd(struct past *past, struct domain_id domain, unsigned count, uint16_t kind,
                struct error *error);

/* A command outside the course of the day; the test's fault when the hall refuses. */
bool past_do(struct past *past, const struct command *command, struct error *error);

double past_item_factor(struct item_id item);
double past_clerk_speed(struct clerk_id clerk);

#endif
