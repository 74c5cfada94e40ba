/* SPDX-License-Identifier: MIT
 * Who goes first, learned from who went first. Each guest of a rank has a hidden head start on the line:
 * seconds of waiting that count on top of those waited. Of two who wait, the one with more seconds in sum is
 * called first, but for a slip now and then. From such pairs the distribution of head starts of each rank is
 * found, against rank 0, which has none: expectation-maximisation of the pairs' likelihood over a grid; a
 * day's pairs count less day by day. One line for all is no head start, strict priority a large one, a rank
 * of two sorts of guests a mixture. */
#ifndef DISPATCHER_PLAN_PREDICT_ORDER_H
#define DISPATCHER_PLAN_PREDICT_ORDER_H

#include <stdbool.h>
#include <stdint.h>

enum {
    ORDER_RANKS = 8,
    ORDER_SHIFTS = 33,      /* head starts on the grid; the middle one is 0 */
    ORDER_SHIFT_S = 15,     /* between two */
    ORDER_LEAD_MAX_S = 300, /* a larger difference of waiting says nothing */
    ORDER_LEAD_S = 5,       /* bins of it */
    ORDER_LEADS = 2 * ORDER_LEAD_MAX_S / ORDER_LEAD_S + 1,
};

struct order {
    /* Pairs by rank of the one called first, rank of the other, and how much longer the first had waited. */
    float pairs[ORDER_RANKS][ORDER_RANKS][ORDER_LEADS];
    double share[ORDER_RANKS][ORDER_SHIFTS]; /* sums to 1 by rank */
};

static inline double order_shift_s(unsigned index)
{
    return ((double)index - ORDER_SHIFTS / 2) * ORDER_SHIFT_S;
}

/* Nobody is known to have a head start. */
void order_init(struct order *order);

/* `first` was called while `other` waited and could have been called. */
void order_note(struct order *order, uint8_t first, uint8_t other, double lead_s);

/* At the end of a day: finds the distributions anew, beginning with what was believed, and lets the pairs
 * fade. */
void order_close_day(struct order *order);

/* Mean head start of a rank, seconds. */
double order_mean_s(const struct order *order, uint8_t rank);

/* How likely the one is called first who has this many seconds more, head starts included. */
double order_called_first(double lead_s);

#endif
