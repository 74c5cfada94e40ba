/* SPDX-License-Identifier: MIT
 * Shared by the files of learning: the state, and what the files ask of each other. */
#ifndef DISPATCHER_PLAN_LEARN_INSIDE_H
#define DISPATCHER_PLAN_LEARN_INSIDE_H

#include "dispatcher/plan/learn.h"

/* An item at a window by a clerk; when there are more, the lightest lose window and clerk. */
enum { CELLS_MAX = 16384, CELL_BUCKETS = 2 * CELLS_MAX };

/* Services that one cell has seen, as a mean of log ms without slowdown and changeover. */
struct cell {
    uint16_t item, window, clerk;                         /* window and clerk 0: the item's rest */
    uint16_t next_of_item, next_of_clerk, next_in_bucket; /* derived; 0: none */
    uint32_t samples;
    double weight, sum; /* sum of weight * log ms */
    double residual;    /* derived, while settling */
};

/* Ratios of services to their item's typical one: the mean of the noise and its square. */
struct ratios {
    double weight, sum, squares;
};

/* Squared residuals on the log scale, cut at SPREAD_CUT. */
struct spread {
    double weight, squares;
};

struct learn_item {
    bool exists;
    uint16_t domain;
    uint16_t next_in_domain, first_cell; /* derived */
    uint32_t samples;
    double catalogue_log;  /* log of the catalogue's expected ms */
    double weight;         /* services, faded */
    double sum, precision; /* what its cells say of its log ms: precision-weighted sum */
    struct ratios ratios;
    struct spread spread;
};

struct learn_domain {
    uint16_t first_item, item_count; /* derived */
    double catalogue_log;            /* derived: mean over its items */
    uint32_t samples;
    double level, level_variance; /* mean log ms of its items */
    struct ratios ratios;
};

struct learn_clerk {
    bool exists, retired;
    uint16_t configured_permille;
    uint16_t first_cell; /* derived */
    uint32_t samples;
    double prior_log; /* derived: of the configured speed, centred over all clerks */
    double log_speed, variance;
};

/* What a ticket has had of its present service; kept while the ticket is open. */
struct leg {
    bool is_open;
    bool is_mixed;   /* by several clerks or windows: says nothing of anybody */
    uint8_t begun;   /* bit i: the ticket's i-th item was begun in an earlier leg */
    uint8_t changes; /* changeovers paid in it */
    uint16_t clerk;
    int64_t before_ms; /* the ticket's served_ms when it began */
    int64_t early_ms;  /* served before the start was noted */
};

/* A finished service, kept until it can no longer be undone. count 0: none. */
struct observation {
    int64_t at_ms, leg_ms, friction_ms;
    uint16_t window, clerk;
    uint8_t count;
    uint16_t items[TICKET_ITEMS_MAX], slow_permille[TICKET_ITEMS_MAX];
};

struct learn_window {
    struct leg before; /* the ticket's, before the window's last act */
    struct observation pending;
};

/* A count or a sum with a past that fades; today's part can be taken back exactly. */
struct tally {
    double past;
    int64_t today;
};

struct class_tallies {
    struct tally issued, calls, missed, rejoined, walked_out;
};

struct learn {
    /* the whole hall */
    double catalogue_trust; /* how far an item's expected time tells it from its domain */
    double item_variance, pair_variance, clerk_variance; /* of the effects, log scale */
    struct spread spread;
    struct ratios ratios;
    struct tally approach_ms, approach_count, no_show_ms, no_show_count;
    struct class_tallies classes[TICKET_CLASSES];
    uint64_t services; /* observed so far */
    int32_t date;      /* of the business day that was opened last */

    uint16_t items_top, clerks_top, windows_top;
    struct learn_item items[ITEMS_MAX + 1];
    struct learn_domain domains[DOMAINS_MAX + 1];
    struct learn_clerk clerks[CLERKS_MAX + 1];
    struct learn_window windows[WINDOWS_MAX + 1];
    uint32_t tickets_top;
    struct leg legs[TICKETS_MAX + 1];

    uint32_t cell_count;
    struct cell cells[CELLS_MAX + 1]; /* from 1 */
    uint16_t buckets[CELL_BUCKETS];   /* derived */
};

/* Nothing learned yet. */
void learn_clear(struct learn *learn);

/* ---- assumed while nothing is known ---- */
#define NOISE_VARIANCE     0.3075 /* log scale: a coefficient of variation of 0.6 */
#define DOMAIN_VARIANCE    0.5    /* of a domain's mean around the catalogue's, log scale */
#define RATIO_ITEM_PRIOR   40.0   /* services that an item's spread is drawn to its domain's by */
#define RATIO_DOMAIN_PRIOR 60.0   /* and a domain's to the hall's, and that to the assumed */

/* ---- learn_fit.c ---- */
/* Makes lists and means again that follow from the rest of the state. */
void fit_derive(struct learn *learn);

/* The catalogue's word on an item or clerk. */
void fit_item_told(struct learn *learn, const struct item_set *set);
void fit_clerk_told(struct learn *learn, const struct clerk_set *set);

void fit_observe(struct learn *learn, const struct observation *observation);

/* Everything fades by one business day. */
void fit_fade(struct learn *learn);

/* Works everything out again until it agrees, with the variances. Takes milliseconds. */
void fit_settle(struct learn *learn);

/* ---- learn_parts.c: what follows from the state ---- */
struct part {
    double log, variance;
};
struct part part_item(const struct learn *learn, unsigned item);
/* samples: of the item at the window. */
struct part part_pair(const struct learn *learn, unsigned item, unsigned window, uint32_t *samples);
struct part part_clerk(const struct learn *learn, unsigned clerk);
double noise_variance(const struct learn *learn);
double noise_variance_of(const struct learn *learn, const struct learn_item *item);

/* Mean of the noise, its coefficient of variation, and the services behind them. */
struct noise {
    double mean, cv, weight;
};
struct noise noise_of_hall(const struct learn *learn);
struct noise noise_of_domain(const struct learn *learn, unsigned domain);
struct noise noise_of_item(const struct learn *learn, unsigned item);

/* Sum of today and the past. */
static inline double tally_sum(struct tally tally)
{
    return tally.past + (double)tally.today;
}

/* Permille of the time in the window's primary domain that an item takes there. */
uint16_t learn_slow_permille(const struct hall *hall, const struct window *window, struct domain_id domain);

#endif
