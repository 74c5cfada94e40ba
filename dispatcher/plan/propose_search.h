/* SPDX-License-Identifier: MIT
 * The search for one better posting: all moves run a race on the same futures. Each lap has more futures and
 * fewer moves, and whoever is clearly not worth it drops out.
 *
 * There is no ranking before the race: what can be said of a move without playing it (waiting, work, skill
 * and load of its domains and window) did not tell good moves from bad ones better than chance, two played
 * futures did. */
#ifndef DISPATCHER_PLAN_PROPOSE_SEARCH_H
#define DISPATCHER_PLAN_PROPOSE_SEARCH_H

#include "dispatcher/plan/propose.h"
#include "dispatcher/plan/propose_try.h"

struct move {
    uint16_t window;
    uint64_t after; /* bit d */
    double *gains;  /* by future, as far as played; the search's */
    double mean, error;
};

/* A search's memory; begins with search_init, whether or not that succeeds. */
struct search {
    struct tryout tryout;
    const struct propose_params *params;
    uint64_t posted[WINDOWS_MAX]; /* as it is, with the moves found so far */
    struct tried *base, *other;   /* owned; by future: under `posted`, and under the move that was found */
    unsigned base_count;
    double *gains; /* owned; [move][future] */
};

struct found {
    bool any;
    struct move move;
};

bool search_init(struct search *search, const struct scene *scene, const struct tryout_params *tryout,
                 const struct propose_params *params);
void search_destroy(struct search *search);

/* The best of the moves, if it is good enough; reorders them. Then search->base and search->other hold both
 * sides by future. False without memory. */
bool search_best(struct search *search, struct move *moves, unsigned count, struct found *out);

/* Takes the move that was found as given. */
void search_take(struct search *search, const struct found *found);

/* Plays all futures under the postings into `out`. False without memory. */
bool search_play_all(struct search *search, const uint64_t *posted, struct tried *out);

#endif
