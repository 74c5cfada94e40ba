/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/what_if.h"

#include <stdlib.h>
#include <string.h>

enum { FUTURES_MOST = 400, FUTURES_LEAST = 40, PROGRESS_DAYS = 16 };
#define RUN_SECONDS 0.8

static bool plays_differently(const struct what_if_change *changes, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (changes[i].kind == WHAT_IF_ARRIVALS || changes[i].kind == WHAT_IF_SERVICE)
            return true;
    return false;
}

/* The day twice, while it is played. */
struct pair {
    const struct what_if_params *params;
    struct day_chance chances[2];
    struct day_play plays[2];
    struct day_future futures[2];
    struct day_tally *tallies[2];
    bool other_visitors; /* the second day has its own future */
};

static bool pair_init(struct pair *pair, const struct day_outlook *const days[2], unsigned futures)
{
    for (unsigned i = 0; i < 2; i++) {
        day_chance_init(&pair->chances[i], days[i]);
        pair->tallies[i] = day_tally_create(days[i], futures);
        if (!day_play_init(&pair->plays[i], days[i]) || !pair->tallies[i])
            return false;
    }
    return true;
}

static void pair_destroy(struct pair *pair)
{
    for (unsigned i = 0; i < 2; i++) {
        day_play_destroy(&pair->plays[i]);
        day_future_destroy(&pair->futures[i]);
        day_tally_destroy(pair->tallies[i]);
    }
}

static bool pair_play(struct pair *pair, unsigned n)
{
    uint64_t seed = pair->params->seed;
    if (!day_future_draw(&pair->chances[0], seed, n, &pair->futures[0]))
        return false;
    if (pair->other_visitors && !day_future_draw(&pair->chances[1], seed, n, &pair->futures[1]))
        return false;
    for (unsigned i = 0; i < 2; i++) {
        const struct day_future *future = &pair->futures[pair->other_visitors ? i : 0];
        if (!day_play_run(&pair->plays[i], future))
            return false;
        day_tally_add(pair->tallies[i], &pair->plays[i], future);
    }
    return true;
}

static enum day_outcome pair_play_all(struct pair *pair, unsigned futures)
{
    for (unsigned n = 0; n < futures; n++) {
        if (pair->params->progress && n % PROGRESS_DAYS == 0 &&
            !pair->params->progress((double)n / futures, pair->params->userdata))
            return OUTCOME_CANCELLED;
        if (!pair_play(pair, n))
            return OUTCOME_NO_MEMORY;
    }
    return OUTCOME_DONE;
}

static unsigned futures_of(const struct day_outlook *outlook, const struct what_if_params *params)
{
    unsigned futures = tomorrow_days(outlook, RUN_SECONDS) / 2;
    if (params->futures)
        return params->futures;
    return futures < FUTURES_LEAST ? FUTURES_LEAST : futures > FUTURES_MOST ? FUTURES_MOST : futures;
}

static enum day_outcome run(const struct day_outlook *const days[2], bool other_visitors,
                            const struct what_if_params *params, struct what_if *out)
{
    struct pair *pair = calloc(1, sizeof *pair);
    enum day_outcome outcome = OUTCOME_NO_MEMORY;
    if (!pair)
        return outcome;
    out->futures = futures_of(days[0], params);
    pair->params = params;
    pair->other_visitors = other_visitors;
    if (pair_init(pair, days, out->futures))
        outcome = pair_play_all(pair, out->futures);
    if (outcome == OUTCOME_DONE) {
        day_tally_figures(pair->tallies[0], &out->now);
        day_tally_figures(pair->tallies[1], &out->changed);
        day_tally_difference(pair->tallies[0], pair->tallies[1], &out->difference);
    }
    pair_destroy(pair);
    free(pair);
    return outcome;
}

enum day_outcome what_if_run(const struct day_outlook *outlook, const struct what_if_change *changes,
                             unsigned count, const struct what_if_params *params, struct what_if *out,
                             struct day_fault *fault)
{
    struct day_outlook *changed = malloc(sizeof *changed);
    enum day_outcome outcome = OUTCOME_REFUSED;
    memset(out, 0, sizeof *out);
    if (!changed)
        return OUTCOME_NO_MEMORY;
    if (day_outlook_check(outlook, fault) &&
        what_if_apply(outlook, changes, count, changed, &out->warnings, fault)) {
        const struct day_outlook *const days[2] = {outlook, changed};
        outcome = run(days, plays_differently(changes, count), params, out);
    }
    free(changed);
    return outcome;
}
