/* SPDX-License-Identifier: MIT
 * A day that is being played in the product's own hall. */
#ifndef DISPATCHER_SIM_BALANCE_HALL_H
#define DISPATCHER_SIM_BALANCE_HALL_H

#include "dispatcher/core/hall.h"
#include "dispatcher/sim/balance.h"

enum { OPENING_MIN = 540, REVIEW_MIN = 5 }; /* minute 0 of a day file is 9:00 */

struct hall_play {
    const struct balance_params *params;
    struct played *out;
    struct hall *hall; /* owned */
    struct decision decision;
    int64_t now_ms, midnight_ms;
    int32_t date;
    int *ticket_of;                  /* owned; ticket id -> index in the day file */
    unsigned char *legs;             /* owned; services that a ticket had */
    struct booking_code *booking_of; /* owned */
    int serves[WINDOWS_MAX];         /* ticket of the day file, or -1 */
    bool started[WINDOWS_MAX], paused[WINDOWS_MAX];
    double ends_min[WINDOWS_MAX];
    int last_domain[WINDOWS_MAX];
    unsigned off_next[WINDOWS_MAX];

    enum status (*review)(struct hall_play *play, struct error *error); /* every five minutes; may be NULL */
    void (*watch)(struct hall_play *play, unsigned ticket, const struct event *call); /* may be NULL */
    void (*arrived)(struct hall_play *play,
                    unsigned ticket); /* issued, and perhaps called at once; may be NULL */
    void *userdata;                   /* of these three */
};

/* A minute of the day file as wall time. */
int64_t hall_play_ms(const struct hall_play *play, double day_min);

/* Decides at play->now_ms and takes what comes of it; false when refused. */
bool hall_play_try(struct hall_play *play, const struct command *command);

/* Ticks until nothing more happens: idle windows call by themselves. */
void hall_play_settle(struct hall_play *play);

/* The product's planner beside the hall: from now on play->review makes proposals and has them answered. */
enum status balance_planning_begin(struct hall_play *play, struct error *error);
void balance_planning_end(struct hall_play *play);

#endif
