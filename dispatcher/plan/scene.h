/* SPDX-License-Identifier: MIT
 * All that planning knows of a hall at one moment: who waits, who is served since when, what is booked, which
 * breaks are known, how many visitors to expect. A plain copy, so that a worker thread can think about it
 * while the hall goes on. Nothing in it lies in the future except what is known (bookings, planned breaks).
 *
 * Times are ms relative to the scene's now. */
#ifndef DISPATCHER_PLAN_SCENE_H
#define DISPATCHER_PLAN_SCENE_H

#include "dispatcher/plan/engine.h"

enum { SCENE_BINS_MAX = 144, SCENE_BIN_MS = 600000 };

/* A service that goes on, or an absence whose end nobody knows. */
struct scene_service {
    bool serving;
    bool is_away; /* off since elapsed_ms, back after some time like scene->away_ms; not serving */
    uint8_t domain;
    int32_t expect_ms; /* expected length at this window, all that is done in one go */
    int32_t elapsed_ms;
    uint8_t domain2; /* another leg elsewhere, or NO_DOMAIN */
    uint8_t class;
    int32_t expect2_ms; /* standard */
};

/* A booking that has not checked in yet. */
struct scene_booking {
    int32_t slot_ms;
    int32_t expect_ms, expect2_ms;
    uint8_t domain, domain2;
    float absent_share; /* how likely it is that nobody comes */
};

/* What visitors without a booking come for: one item of a domain, with its share among them. */
struct scene_item {
    int32_t expect_ms;
    float share_to; /* cumulative within the domain, the last is 1 */
};

struct scene {
    struct engine_model model;     /* window[].ready_ms is 0 for free windows; futures set it for busy ones */
    struct scene_service *serving; /* owned; one a window */
    unsigned waiting_count;
    struct engine_ticket *waiting; /* owned; lengths not set */
    struct ticket_id *waiting_ids; /* owned; who each of them is; 0 where scenes come from elsewhere */
    unsigned booking_count;
    struct scene_booking *bookings; /* owned; by slot */
    /* expected visitors without booking, by domain, in bins of ten minutes from bins_from_ms on */
    unsigned bin_count;
    int32_t bins_from_ms;
    float (*expected)[SCENE_BINS_MAX]; /* owned; [domain][bin], corrected for today */
    unsigned
        item_from[DOMAINS_MAX + 1]; /* items of domain d: items[item_from[d]] .. items[item_from[d + 1]] */
    struct scene_item *items;       /* owned */
    double cv;                      /* of a length given its item */
    double no_show_share;           /* of walk-ins */
    double class_share[TICKET_CLASSES]; /* of visitors without booking */
    double second_share;                /* tickets with another leg in another domain */
    double same_share;                  /* tickets with another item of the same domain */
    double lateness_ms, lateness_sd_ms; /* of booked visitors against their slot */
    /* What nobody knows exactly; scene_init sets the defaults. The first three are coefficients of variation:
     * of a day's visitors against those expected before it began, all domains together; of one domain's on
     * top of that (futures narrow both by the visitors until now); of windows' true speeds against estimates.
     */
    double rate_cv, domain_rate_cv, speed_cv;
    int32_t away_ms;       /* mean length of an absence that nobody planned */
    int32_t late_limit_ms; /* a booked visitor later than this takes a normal number */
};

/* Memory for this many; everything zero but the defaults. False without memory. */
bool scene_init(struct scene *scene, unsigned domains, unsigned windows, unsigned waiting, unsigned bookings,
                unsigned items);
void scene_destroy(struct scene *scene);

#endif
