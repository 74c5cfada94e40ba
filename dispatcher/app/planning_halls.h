/* SPDX-License-Identifier: MIT
 * The hall's forecast (mean wait of those who come within half an hour), one each cycle, and what came of it.
 * Kept as a setting of the store, because nothing in the log tells of them. */
#ifndef DISPATCHER_APP_PLANNING_HALLS_H
#define DISPATCHER_APP_PLANNING_HALLS_H

#include "common/base/status.h"
#include "dispatcher/plan/forecaster.h"
#include "dispatcher/store/store.h"

#define HALLS_SETTING "hall-forecasts"

enum { HALLS_MAX = 160 }; /* of one day; later ones are not kept */

struct hall_forecast {
    int64_t at_ms;
    struct forecast made;
    int32_t outcome_ms; /* below 0: not known yet */
    bool is_settled;    /* known, or nobody came */
};

/* Zero it to begin. */
struct planning_halls {
    int32_t date;
    uint32_t count;
    struct hall_forecast list[HALLS_MAX];
};

/* One more; those of an earlier day are forgotten. */
void planning_halls_add(struct planning_halls *halls, int32_t date, int64_t at_ms, struct forecast made);

/* Gives the forecaster what is known now; the hall must be of the same day. Returns how many were settled. */
unsigned planning_halls_settle(struct planning_halls *halls, const struct hall *hall, int64_t now_ms,
                               struct forecaster *forecaster);

/* Keeps them in the store, by itself or in the open transaction. */
enum status planning_halls_keep(const struct planning_halls *halls, struct store *store, struct error *error);

/* Reads them back and gives the forecaster again what it knew of this day; none when they are of another. */
enum status planning_halls_read(struct planning_halls *halls, struct store *store, int32_t date,
                                struct forecaster *forecaster, struct error *error);

#endif
