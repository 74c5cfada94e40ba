/* SPDX-License-Identifier: MIT
 * Shared by the files that make tomorrow's plan: the search in progress. */
#ifndef DISPATCHER_PLAN_TOMORROW_SEARCH_H
#define DISPATCHER_PLAN_TOMORROW_SEARCH_H

#include "dispatcher/plan/rng.h"
#include "dispatcher/plan/tomorrow_plan.h"
#include "dispatcher/plan/tomorrow_price.h"

struct search {
    const struct tomorrow_params *params;
    struct day_outlook *plan;  /* owned: the best so far */
    struct day_outlook *trial; /* owned: what is tried */
    struct day_chance chance;
    struct roster roster; /* of the plan */
    struct day_prices prices;
    struct day_future future;
    struct rng rng;
    unsigned price_days, pair_days; /* of one step */
    unsigned played;
    unsigned next_future; /* each step looks at days that no other has seen */
    uint8_t relaxed[WINDOWS_MAX];
    double load[DOMAINS_MAX][DAY_HALVES]; /* in windows */
    double needed[DAY_HALVES];            /* by the square-root rule for all domains together */
    enum day_outcome outcome;
};

/* Mean cost a visitor of the second roster less that of the first on the same new days, minutes, and its
 * standard error. False when the search must end (s->outcome). */
bool search_compare(struct search *s, const struct day_outlook *first, const struct day_outlook *second,
                    unsigned days, double *difference, double *error);

/* Whether to go on; tells the progress. */
bool search_goes_on(struct search *s);

/* Moves breaks of s->plan until nothing is found or so many days were played in all. */
void search_breaks(struct search *s, unsigned days);

/* Looks for postings of s->plan that shorten waits beyond doubt. True when some were found. */
bool search_postings(struct search *s, unsigned days);

/* Works out load and needed. */
void search_loads(struct search *s);

#endif
