/* SPDX-License-Identifier: MIT */
#include "hall.h"

#include <assert.h>
#include <stdlib.h>

static const double shares[HALL_DOMAINS] = {0.5, 0.3, 0.2};
static const int32_t item_min[HALL_DOMAINS][2] = {{3, 6}, {7, 9}, {10, 20}};

/* Of the day's visitors, per bin from 8:50 on: two peaks. */
static double bin_weight(unsigned bin)
{
    return bin < 12 ? 3 : bin < 30 ? 1 : bin < 42 ? 2.5 : bin < 47 ? 0.5 : 0;
}

static void set_visitors(struct day_outlook *o, unsigned windows, double load)
{
    double mean_min = 0, weights = 0, visits;
    for (unsigned d = 0; d < HALL_DOMAINS; d++)
        mean_min += shares[d] * (item_min[d][0] + item_min[d][1]) / 2.0;
    for (unsigned bin = 0; bin < o->bin_count; bin++)
        weights += bin_weight(bin);
    visits = load * windows * 480 / mean_min;
    for (unsigned d = 0; d < HALL_DOMAINS; d++)
        for (unsigned bin = 0; bin < o->bin_count; bin++) {
            double all = visits * shares[d] * bin_weight(bin) / weights;
            o->domains[d].expected[bin] = (float)(0.8 * all);
            o->domains[d].booked[bin] = (float)(0.2 * all);
        }
}

struct day_outlook *hall_outlook(unsigned windows, double load)
{
    struct day_outlook *o = malloc(sizeof *o);
    assert(o);
    day_outlook_init(o);
    o->domain_count = HALL_DOMAINS;
    o->window_count = windows;
    o->item_count = 2 * HALL_DOMAINS;
    o->bin_count = 49;
    o->bins_from_ms = hall_clock(8, 50);
    for (unsigned d = 0; d < HALL_DOMAINS; d++) {
        o->domains[d].domain = (uint16_t)(d + 1);
        for (unsigned i = 0; i < 2; i++)
            o->items[2 * d + i] = (struct day_item){.item = (uint16_t)(10 * (d + 1) + i + 1),
                                                    .domain = (uint8_t)d,
                                                    .expect_ms = item_min[d][i] * HALL_MINUTE_MS,
                                                    .share = 0.5f,
                                                    .length_factor = 1};
    }
    for (unsigned w = 0; w < windows; w++) {
        unsigned d = w % HALL_DOMAINS;
        o->windows[w] = (struct day_window){.window = (uint16_t)(w + 1),
                                            .clerk = (uint16_t)(w + 1),
                                            .primary = (uint8_t)d,
                                            .may = w % 3 == 2 ? 7 : 1u << d | 1u << (d + 1) % HALL_DOMAINS,
                                            .speed = 1,
                                            .slow = 1.08,
                                            .duty_count = 1,
                                            .duties = {{hall_clock(9, 0), hall_clock(17, 0)}}};
    }
    set_visitors(o, windows, load);
    return o;
}
