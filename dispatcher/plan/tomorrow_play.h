/* SPDX-License-Identifier: MIT
 * Plays a day's future on the engine with the hall's call rule: windows come and go as the outlook's duties,
 * breaks and postings say. */
#ifndef DISPATCHER_PLAN_TOMORROW_PLAY_H
#define DISPATCHER_PLAN_TOMORROW_PLAY_H

#include "dispatcher/plan/fair.h"
#include "dispatcher/plan/tomorrow_future.h"

/* From this moment on a window may be called for `serves` and prefers `posted`. */
struct day_shift {
    int32_t at_ms;
    uint16_t window;
    uint64_t serves, posted;
};

struct day_play;

/* Called every five minutes from opening on while a day is played, and at the end of the hall's work. */
typedef void day_watch(const struct day_play *play, void *userdata);

struct day_play {
    struct engine_policy policy; /* first: the engine's review finds the play by it */
    const struct day_outlook *outlook;
    struct engine_model model; /* its arrays are owned */
    struct fair fair;
    struct engine_run run;
    struct engine_ticket *tickets; /* owned; as the run leaves them: future.tickets have the beginning */
    struct engine_result *results; /* owned; of the last run */
    unsigned capacity;
    struct day_shift *shifts; /* owned; by time */
    unsigned shift_count, shift_capacity, shift_next;
    day_watch *watch; /* may be NULL */
    void *userdata;
};

/* Prepares for an outlook that was checked; it is borrowed and must stay. False without memory. */
bool day_play_init(struct day_play *play, const struct day_outlook *outlook);
void day_play_destroy(struct day_play *play);

/* Reads the windows' duties, breaks and postings anew; what windows may serve, speeds and the rule must be as
 * before. False without memory. */
bool day_play_roster(struct day_play *play);

/* Plays a future: play->run and play->results tell what became of it. False without memory. */
bool day_play_run(struct day_play *play, const struct day_future *future);

/* The wait of a ticket by its result: of all its legs; of one that was never served until closing, at least.
 */
int32_t day_play_wait_ms(const struct day_play *play, const struct day_future *future, unsigned ticket);

/* Whether anybody came of it: called and served to the end. */
static inline bool day_play_is_served(const struct day_play *play, unsigned ticket)
{
    return play->results[ticket].done_ms != ENGINE_NEVER;
}

/* The rule's knobs by these policies (of POLICY_KEYS); false without memory. */
bool day_rule_knobs(const int32_t *policy, struct rule_knobs *out);

#endif
