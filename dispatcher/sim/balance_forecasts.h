/* SPDX-License-Identifier: MIT
 * Forecasts beside a hall in simulated time: each visitor who has to wait is told how long when the number is
 * issued, the hall's next half hour is forecast every five minutes, and both are held against what happened.
 */
#ifndef DISPATCHER_SIM_BALANCE_FORECASTS_H
#define DISPATCHER_SIM_BALANCE_FORECASTS_H

#include "dispatcher/plan/outlook.h"
#include "dispatcher/sim/balance_hall.h"

enum { HALL_FORECASTS_MAX = 256 };

struct balance_forecasts {
    const struct outlook *outlook; /* borrowed */
    struct forecast *made;         /* owned; by ticket of the day file */
    int64_t *made_ms;              /* owned; 0: no forecast, or its outcome is known */
    unsigned hall_count;
    double hall_min[HALL_FORECASTS_MAX]; /* when, minute of the day file */
    struct forecast hall[HALL_FORECASTS_MAX];
};

bool balance_forecasts_init(struct balance_forecasts *forecasts, const struct outlook *outlook,
                            unsigned tickets);
void balance_forecasts_destroy(struct balance_forecasts *forecasts);

/* Ticket t has just been issued; nothing when it was called at once. */
void balance_forecasts_ticket(struct balance_forecasts *forecasts, struct hall_play *play, unsigned t);

/* Ticket t is called now. */
void balance_forecasts_called(struct balance_forecasts *forecasts, struct hall_play *play, unsigned t);

/* The next half hour. */
void balance_forecasts_hall(struct balance_forecasts *forecasts, struct hall_play *play);

/* The day is over: its figures go to play->out. */
void balance_forecasts_close(struct balance_forecasts *forecasts, struct hall_play *play);

#endif
