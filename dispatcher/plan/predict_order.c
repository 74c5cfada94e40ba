/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/predict_order.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { ROUNDS = 60 };

#define SLIP       0.05
#define DAY_FADE   0.9
#define PAIRS_MIN  30.0
#define TIE_S      4.0
#define PRIOR_NONE 5.0  /* pairs' worth of belief that there is no head start */
#define PRIOR_SOME 0.25 /* in each other one */

void order_init(struct order *order)
{
    memset(order, 0, sizeof *order);
    for (unsigned rank = 0; rank < ORDER_RANKS; rank++)
        order->share[rank][ORDER_SHIFTS / 2] = 1;
}

void order_note(struct order *order, uint8_t first, uint8_t other, double lead_s)
{
    assert(first < ORDER_RANKS && other < ORDER_RANKS);
    if (fabs(lead_s) <= ORDER_LEAD_MAX_S && (first || other))
        order->pairs[first][other][lround((lead_s + ORDER_LEAD_MAX_S) / ORDER_LEAD_S)]++;
}

double order_called_first(double lead_s)
{
    if (fabs(lead_s) <= TIE_S)
        return 0.5;
    return lead_s > 0 ? 1 - SLIP : SLIP;
}

double order_mean_s(const struct order *order, uint8_t rank)
{
    double mean = 0;
    for (unsigned i = 0; i < ORDER_SHIFTS; i++)
        mean += order->share[rank][i] * order_shift_s(i);
    return mean;
}

struct beliefs {
    double share[ORDER_RANKS][ORDER_SHIFTS];
};

/* Adds to `sums` how likely each head start is, given `count` pairs alike. */
static void weigh_pairs(const struct beliefs *now, unsigned first, unsigned other, double lead_s,
                        double count, struct beliefs *sums)
{
    double joint[2][ORDER_SHIFTS] = {0}, total = 0;
    for (unsigned i = 0; i < ORDER_SHIFTS; i++) {
        if (now->share[first][i] < 1e-5)
            continue;
        for (unsigned j = 0; j < ORDER_SHIFTS; j++) {
            double p = now->share[first][i] * now->share[other][j] *
                       order_called_first(lead_s + order_shift_s(i) - order_shift_s(j));
            joint[0][i] += p;
            joint[1][j] += p;
            total += p;
        }
    }
    for (unsigned i = 0; i < ORDER_SHIFTS && total > 0; i++) {
        sums->share[first][i] += count * joint[0][i] / total;
        sums->share[other][i] += count * joint[1][i] / total;
    }
}

static void weigh_all(const struct order *order, const struct beliefs *now, struct beliefs *sums)
{
    memset(sums, 0, sizeof *sums);
    for (unsigned first = 0; first < ORDER_RANKS; first++)
        for (unsigned other = 0; other < ORDER_RANKS; other++)
            for (unsigned lead = 0; lead < ORDER_LEADS; lead++)
                if (order->pairs[first][other][lead] > 0.05f)
                    weigh_pairs(now, first, other, (double)lead * ORDER_LEAD_S - ORDER_LEAD_MAX_S,
                                (double)order->pairs[first][other][lead], sums);
}

static void normalise(struct beliefs *sums)
{
    for (unsigned rank = 1; rank < ORDER_RANKS; rank++) {
        double total = 0;
        sums->share[rank][ORDER_SHIFTS / 2] += PRIOR_NONE;
        for (unsigned i = 0; i < ORDER_SHIFTS; i++)
            total += sums->share[rank][i] += PRIOR_SOME;
        for (unsigned i = 0; i < ORDER_SHIFTS; i++)
            sums->share[rank][i] /= total;
    }
    memset(sums->share[0], 0, sizeof sums->share[0]);
    sums->share[0][ORDER_SHIFTS / 2] = 1;
}

void order_close_day(struct order *order)
{
    struct beliefs now, sums;
    float *pairs = &order->pairs[0][0][0];
    double total = 0;
    for (unsigned i = 0; i < sizeof order->pairs / sizeof *pairs; i++)
        total += (double)pairs[i];
    if (total < PAIRS_MIN)
        return;
    memcpy(now.share, order->share, sizeof now.share);
    for (unsigned rank = 1; rank < ORDER_RANKS; rank++)
        for (unsigned i = 0; i < ORDER_SHIFTS; i++) /* what is thought impossible would stay so */
            now.share[rank][i] = 0.7 * now.share[rank][i] + 0.3 / ORDER_SHIFTS;
    for (unsigned round = 0; round < ROUNDS; round++) {
        weigh_all(order, &now, &sums);
        normalise(&sums);
        now = sums;
    }
    memcpy(order->share, now.share, sizeof order->share);
    for (unsigned i = 0; i < sizeof order->pairs / sizeof *pairs; i++)
        pairs[i] *= (float)DAY_FADE;
}
