/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/planning_scores.h"

#include "dispatcher/app/dispatcher.h"

struct seen {
    uint32_t people;
    int64_t wait_ms;
};

/* Until its first call; tickets that nobody came for are left out of waits. */
static bool wait_of(const struct ticket *ticket, int64_t until_ms, int64_t *wait_ms)
{
    bool waits = ticket->state == TICKET_WAITING && !ticket->called_ms;
    if (ticket->state == TICKET_CANCELLED || ticket->state == TICKET_LAPSED || ticket->state == TICKET_MISSED)
        return false;
    int64_t end_ms = waits || ticket->called_ms > until_ms ? until_ms : ticket->called_ms;
    *wait_ms = end_ms > ticket->ref_ms ? end_ms - ticket->ref_ms : 0;
    return true;
}

/* Those who waited when the proposal was made, and those who came soon after. */
static struct seen look(const struct hall *hall, int64_t made_ms, int64_t until_ms)
{
    struct seen seen = {0};
    int64_t last_ms = made_ms + (until_ms - made_ms) / 100 * SCORE_PEOPLE_PERCENT, wait_ms;
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        bool was_called = ticket->called_ms && ticket->called_ms <= made_ms;
        if (ticket->issued_ms > last_ms || was_called || !wait_of(ticket, until_ms, &wait_ms))
            continue;
        seen.people++;
        seen.wait_ms += wait_ms;
    }
    return seen;
}

bool planning_score_of(const struct hall *hall, const struct record_proposal *proposal, int64_t until_ms,
                       struct proposal_scored *out)
{
    const struct effect *effect = planning_record_effect(&proposal->made);
    struct seen seen = look(hall, proposal->made_ms, until_ms);
    if (!effect || !seen.people)
        return false;
    int32_t realised_s = (int32_t)(seen.wait_ms / seen.people / 1000);
    int32_t saved_s = proposal->was_done ? effect->now_s - realised_s : realised_s - effect->after_s;
    *out = (struct proposal_scored){
        .proposal = proposal->made.proposal,
        .predicted_gain = proposal->made.gain / 60,
        .realised_gain = (int32_t)((int64_t)saved_s * seen.people / 60),
        .predicted_wait_s = proposal->was_done ? effect->after_s : effect->now_s,
        .realised_wait_s = realised_s,
    };
    return true;
}

void planning_scores_take(struct planning *planning, int64_t now_ms, bool day_ends)
{
    struct dispatcher *d = planning->dispatcher;
    const struct planning_record *record = &planning->learning.record;
    int64_t span_ms = SCORE_CYCLES * planning->every_ms;
    int64_t least_ms = day_ends ? SCORE_CYCLES_LEAST * planning->every_ms : span_ms;
    bool unstorable = false;
    for (uint32_t i = 0; i < record->count && record->date == d->hall->date && !unstorable; i++) {
        const struct record_proposal *proposal = &record->list[i];
        struct command command = {.kind = COMMAND_SCORE_PROPOSAL};
        if (proposal->is_scored || !proposal->is_answered || now_ms < proposal->made_ms + least_ms)
            continue;
        int64_t until_ms = now_ms < proposal->made_ms + span_ms ? now_ms : proposal->made_ms + span_ms;
        if (planning_score_of(d->hall, proposal, until_ms, &command.score_proposal))
            turn_command(&d->turn, &command, &unstorable);
    }
}
