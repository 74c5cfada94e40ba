/* SPDX-License-Identifier: MIT
 * Proposals against what happened: when the time is over that a proposal was worked out for, it is scored
 * (dispatcher/plan/propose_score.h), carried out or not. */
#ifndef DISPATCHER_APP_PLANNING_SCORES_H
#define DISPATCHER_APP_PLANNING_SCORES_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SCORE_CYCLES = 15,      /* after so many cycles: the search's horizon of 75 minutes */
    SCORE_CYCLES_LEAST = 6, /* when the day ends before that */
    SCORES_AT_ONCE = 2,     /* each plays that time twice in the loop's thread, some 0.1 ms */
};

struct planning;

/* Scores those whose time is over, as commands of the turn; when the day is ending also those that had some
 * time, while clerks are still there. */
void planning_scores_take(struct planning *planning, int64_t now_ms, bool day_ends);

#endif
