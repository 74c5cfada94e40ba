/* SPDX-License-Identifier: MIT
 * What planning expects of a day beside what the hall itself knows: learned by the dispatcher
 * (dispatcher/plan/learn.h, demand.h) or read from a day's file by the simulator; and the scene that it makes
 * of the hall.
 *
 * What a scene leaves out. It knows domains, not items: a window may a domain when it may serve at least half
 * as much of it (by the items' shares) as the window that may serve most of it. Special windows are absent,
 * and so are the items that only they may serve: their tickets stand in no line and are expected of nobody. A
 * ticket that asked for a window or its clerk stands in no line either; its work holds up that window from
 * now on, and where the window is not there it is left out. All these still count in the crowd that the rule
 * sees. Held and missed numbers are nobody's: they may come back or not. */
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
    double same_share;                  /* of tickets with another item in the same domain */
    double lateness_ms, lateness_sd_ms; /* of booked visitors against their slot */
    double booked_absent_share;         /* of bookings: nobody comes */
};

/* The hall as planning sees it at now_ms: windows (index: id - 1) with what they may serve and how fast,
 * their services under way, known breaks and pauses; who waits, in the order in which lines are called;
 * bookings of today that have not checked in; expected visitors, corrected by those who came today, until
 * numbers stop. A pause without a known end is back about a quarter of an hour after a break began, after
 * any other reason like scene->away_ms. To be ended with scene_destroy; false without memory. */
bool outlook_scene(const struct outlook *outlook, const struct hall *hall, int64_t now_ms, struct scene *out);

/* The same in two steps, for those who need several scenes a minute: what to multiply the expectations of
 * each domain (index: id - 1) by, from the tickets that came without booking today (demand_day.h; some 20 us
 * a domain late in the day), and the scene with given factors. False without memory. */
bool outlook_factors(const struct outlook *outlook, const struct hall *hall, int64_t now_ms,
                     double out[DOMAINS_MAX]);
bool outlook_scene_with(const struct outlook *outlook, const struct hall *hall, int64_t now_ms,
                        const double factors[DOMAINS_MAX], struct scene *out);

#endif
