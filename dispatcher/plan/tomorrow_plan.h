/* SPDX-License-Identifier: MIT
 * Tomorrow's plan: when each clerk takes breaks and lunch, and what windows are posted for by half hour, so
 * that visitors wait least. First guesses come from the square-root rule; prices of absence
 * (tomorrow_price.h) propose changes, several at a time; simulated days judge each of them with the hall's
 * own call rule, and at the end the whole plan against today's roster on days that were not used for finding
 * it.
 *
 * Pure and deterministic: the same outlook and parameters give the same plan; what it may cost is counted in
 * simulated days. */
#ifndef DISPATCHER_PLAN_TOMORROW_PLAN_H
#define DISPATCHER_PLAN_TOMORROW_PLAN_H

#include "dispatcher/plan/tomorrow_figures.h"
#include "dispatcher/plan/tomorrow_roster.h"

enum day_outcome {
    OUTCOME_DONE,
    OUTCOME_CANCELLED,
    OUTCOME_REFUSED, /* the fault says why */
    OUTCOME_NO_MEMORY
};

/* Called now and then with the share that is done, 0 .. 1; false: stop. */
typedef bool day_progress(double done, void *userdata);

struct tomorrow_params {
    uint64_t seed;
    unsigned days; /* simulated days that may be played; tomorrow_days gives them for a time */
    struct roster_rules rules;
    bool posts;             /* also looks for postings; else they stay as they are */
    day_progress *progress; /* may be NULL */
    void *userdata;
};
extern const struct tomorrow_params tomorrow_defaults;

/* Days that a usual machine plays in so many seconds, by the size of the hall. */
unsigned tomorrow_days(const struct day_outlook *outlook, double seconds);

/* By how much the mean wait of all visitors would be longer, and the standard error of that. */
struct tomorrow_effect {
    double mean_ms, error_ms;
};

struct tomorrow_plan {
    struct day_outlook *day;   /* owned: the outlook with breaks and postings as planned */
    struct day_outlook *today; /* owned: with today's breaks, or as by hand where nobody had any */
    bool today_is_by_hand;
    struct day_figures as_today, as_planned;
    struct day_difference difference;
    struct tomorrow_effect back[WINDOWS_MAX]; /* if one clerk kept today's breaks in the new plan */
    struct tomorrow_effect postings;          /* what the new postings bring to it */
    bool is_moved[WINDOWS_MAX];
    bool is_back_crowded[WINDOWS_MAX]; /* but then too many would be away at once */
    uint8_t relaxed[WINDOWS_MAX];      /* rules given up for its clerk: enum roster_relaxed */
    unsigned away_most;                /* clerks that may be away at once */
    uint64_t uncovered; /* bit d: at times nobody is there for it (only one window may serve it) */
    float load[DOMAINS_MAX][DAY_HALVES];    /* work that comes for a domain, in windows */
    float needed[DAY_HALVES];               /* windows that all of it needs by the square-root rule */
    float at_work[DOMAINS_MAX][DAY_HALVES]; /* windows that will be busy with it, mean of the simulation */
    float there[DAY_HALVES];                /* windows on duty and not away, mean */
    bool changes_posting;
    unsigned days; /* played in all */
};

/* Makes the plan. OUTCOME_DONE: to be ended with tomorrow_plan_destroy; otherwise nothing is left to end. */
enum day_outcome tomorrow_plan_make(const struct day_outlook *outlook, const struct tomorrow_params *params,
                                    struct tomorrow_plan *out, struct day_fault *fault);
void tomorrow_plan_destroy(struct tomorrow_plan *plan);

#endif
