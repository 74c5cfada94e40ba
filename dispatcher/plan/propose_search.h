/* SPDX-License-Identifier: MIT
 * The search for one better posting: moves are ranked by what the present plays say of each domain and
 * window, then the best of them run a race on the same futures, from which they drop out as soon as they are
 * clearly not worth it. */
#ifndef DISPATCHER_PLAN_PROPOSE_SEARCH_H
#define DISPATCHER_PLAN_PROPOSE_SEARCH_H

#include "dispatcher/plan/propose.h"
#include "dispatcher/plan/propose_try.h"

struct move {
    uint16_t window;
    uint64_t after; /* bit d */
    double promise; /* the ranking's guess, weighted seconds; without meaning beyond order and sign */
    bool is_in;     /* the race */
};

/* A search's memory; begins with search_init, whether or not that succeeds. */
struct search {
    struct tryout tryout;
    const struct propose_params *params;
    uint64_t posted[WINDOWS_MAX]; /* as it is, with the moves found so far */
    struct tried *base, *other;   /* owned; by future, under `posted` and under the move that was found */
    unsigned base_count;
    double *gains;     /* owned; [move][future] */
    float *standard_s; /* owned; [window][domain]: standard time worked, summed over the first futures */
    double cost_s[DOMAINS_MAX];
};

struct found {
    bool any;
    struct move move;
    double gain_s, error_s; /* mean over futures, and its standard error */
};

bool search_init(struct search *search, const struct scene *scene, const struct tryout_params *tryout,
                 const struct propose_params *params);
void search_destroy(struct search *search);

/* The best of the moves, if it is good enough; reorders them. Then search->base and search->other hold both
 * sides by future. False without memory. */
bool search_best(struct search *search, struct move *moves, unsigned count, struct found *out);

/* Takes the move that was found as given. */
void search_take(struct search *search, const struct found *found);

/* Plays all futures under the postings into `out`. */
bool search_play_all(struct search *search, const uint64_t *posted, struct tried *out);

#endif
