/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/planning_scores.h"

#include "dispatcher/app/dispatcher.h"
#include "dispatcher/plan/propose_score.h"

/* False: it is not time yet, or has been done. */
static bool is_due(const struct record_proposal *proposal, int64_t since_ms)
{
    return !proposal->is_scored && proposal->is_answered && since_ms >= 0;
}

/* False: nobody was there to be measured, or nothing can be stored. */
static bool score(struct dispatcher *d, const struct record_proposal *proposal, int64_t until_ms)
{
    struct command command = {.kind = COMMAND_SCORE_PROPOSAL};
    const struct propose_scoring scoring = {.hall = d->hall,
                                            .made = &proposal->made,
                                            .made_ms = proposal->made_ms,
                                            .until_ms = until_ms,
                                            .was_done = proposal->was_done};
    bool unstorable;
    return propose_score(&scoring, &command.score_proposal) && turn_command(&d->turn, &command, &unstorable);
}

void planning_scores_take(struct planning *planning, int64_t now_ms, bool day_ends)
{
    struct dispatcher *d = planning->dispatcher;
    const struct planning_record *record = &planning->learning.record;
    int64_t span_ms = SCORE_CYCLES * planning->every_ms;
    int64_t least_ms = day_ends ? SCORE_CYCLES_LEAST * planning->every_ms : span_ms;
    unsigned left = day_ends ? UINT32_MAX : SCORES_AT_ONCE;
    if (d->hall->day_state == DAY_CLOSED || record->date != d->hall->date)
        return;
    for (uint32_t i = 0; i < record->count && left; i++) {
        const struct record_proposal *proposal = &record->list[i];
        int64_t end_ms = proposal->made_ms + span_ms;
        if (is_due(proposal, now_ms - proposal->made_ms - least_ms))
            left -= score(d, proposal, now_ms < end_ms ? now_ms : end_ms);
    }
}
