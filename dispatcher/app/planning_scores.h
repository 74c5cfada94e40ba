/* SPDX-License-Identifier: MIT
 * Proposals against what happened: when the time is over that a proposal was worked out for, the mean wait
 * that was predicted (with the change if it was made, else without) is compared with that of the same people.
 * What it gained is against the predicted wait of the course that was not taken. */
#ifndef DISPATCHER_APP_PLANNING_SCORES_H
#define DISPATCHER_APP_PLANNING_SCORES_H

#include "dispatcher/app/planning_record.h"

enum {
    SCORE_CYCLES = 15,         /* after so many cycles: the search's horizon of 75 minutes */
    SCORE_CYCLES_LEAST = 6,    /* when the day ends before that */
    SCORE_PEOPLE_PERCENT = 80, /* who came within this part of the time counts, as in the search */
};

/* Compares what is known at until_ms. False: nobody waited then, or nothing was predicted for the hall. */
bool planning_score_of(const struct hall *hall, const struct record_proposal *proposal, int64_t until_ms,
                       struct proposal_scored *out);

struct planning;

/* Scores those whose time is over, as commands of the turn; at the day's end also those that had some time.
 */
void planning_scores_take(struct planning *planning, int64_t now_ms, bool day_ends);

#endif
