/* SPDX-License-Identifier: MIT
 * What became of proposals: those of the business day, folded from the events, and how the last ones that
 * were scored compare with what they had predicted. */
#ifndef DISPATCHER_APP_PLANNING_RECORD_H
#define DISPATCHER_APP_PLANNING_RECORD_H

#include <stddef.h>

#include "dispatcher/core/hall.h"

enum { RECORD_SCORES = 30 };

struct record_proposal {
    struct proposal_made made;
    int64_t made_ms;
    bool is_answered; /* the last answer: */
    uint8_t answer;   /* enum proposal_answer */
    int64_t answered_ms;
    struct actor by;
    struct words reason;
    bool was_done; /* windows were posted so, for some time at least */
    bool is_scored;
    int64_t scored_ms;
    struct proposal_scored score;
};

/* One that was scored: mean waits in seconds, gains in weighted person-minutes. */
struct record_score {
    int32_t date;
    int32_t predicted_wait_s, low_s, high_s, realised_wait_s; /* low, high: of the band that was predicted */
    int32_t predicted_gain, realised_gain;
    bool was_done;
};

/* Zero it to begin. */
struct planning_record {
    int32_t date;                 /* of the proposals */
    struct record_proposal *list; /* owned; number n at n - 1 */
    uint32_t count, room;
    uint32_t score_count, score_next;          /* a ring: the oldest give way */
    struct record_score scores[RECORD_SCORES]; /* of the last days, too */
};

void planning_record_destroy(struct planning_record *record);

/* Takes in an event. lasting: scores too, which outlive the day; false while
 * events are read again whose scores are known already. False: no memory for a proposal. */
bool planning_record_take(struct planning_record *record, const struct event *event, bool lasting);

/* The proposal of this number today; NULL: there is none. */
const struct record_proposal *planning_record_find(const struct planning_record *record, uint32_t number);

/* Sum of the scores that are kept. */
struct record_sum {
    uint32_t scored, inside; /* realised between low and high */
    int64_t predicted_gain, realised_gain;
};
struct record_sum planning_record_sum(const struct planning_record *record);

/* What outlives the day, as text (the caller frees it; NULL without memory), and back again: false, and
 * nothing changes, for anything else. */
char *planning_record_save(const struct planning_record *record, size_t *length);
bool planning_record_load(struct planning_record *record, const char *text, size_t length);

#endif
