/* SPDX-License-Identifier: MIT
 * What planning expects of a day beside what the hall itself knows: learned by the dispatcher
 * (dispatcher/plan/learn.h, demand.h) or read from a day's file by the simulator. */
#ifndef DISPATCHER_PLAN_OUTLOOK_H
#define DISPATCHER_PLAN_OUTLOOK_H

#include "dispatcher/core/hall.h"
#include "dispatcher/plan/scene.h"

struct outlook {
    /* visitors without booking by domain (index: id - 1), in bins of ten minutes from bins_from_min (minute
     * of the day) on, as expected before the day began */
    unsigned bin_count;
    int32_t bins_from_min;
    float expected[DOMAINS_MAX][SCENE_BINS_MAX];
    float item_share[ITEMS_MAX + 1];    /* of an item (by id) among the visitors of its domain */
    double cv;                          /* of a length given its item */
    double no_show_share;               /* of walk-ins */
    double class_share[TICKET_CLASSES]; /* of visitors without booking */
    double second_share;                /* of tickets with another item in another domain */
    double lateness_ms, lateness_sd_ms; /* of booked visitors against their slot */
};

/* The hall as planning sees it at now_ms: windows (index: id - 1) with what they may serve and how fast,
 * their services under way, known breaks and pauses; who waits; bookings of today that have not checked in;
 * expected visitors, corrected by those who came today. To be ended with scene_destroy; false without memory.
 */
bool outlook_scene(const struct outlook *outlook, const struct hall *hall, int64_t now_ms, struct scene *out);

#endif
