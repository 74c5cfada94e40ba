/* SPDX-License-Identifier: MIT
 * How long people will wait: after each change, two seconds apart at least, the worker thread works out the
 * wait of everybody in line and of somebody who would take a number now. People are shown a range of minutes
 * that does not jump about (dispatcher/plan/forecast_show.h); each ticket's first forecast is recorded with
 * it, so that outcomes can be compared. While nothing changes nothing is computed. */
#ifndef DISPATCHER_APP_PLANNING_FORECASTS_H
#define DISPATCHER_APP_PLANNING_FORECASTS_H

#include "common/base/status.h"
#include "dispatcher/app/planning_halls.h"
#include "dispatcher/net/loop.h"
#include "dispatcher/plan/forecast_show.h"
#include "dispatcher/plan/forecaster.h"

struct planning;

enum {
    FORECASTS_EVERY_MS = 2000,
    FORECASTS_HALL_EVERY_MS = 60000, /* the hall's forecast */
    FORECASTS_OUTLOOK_MS = 60000,    /* what was learned is looked at again */
    FORECASTS_STALE_MS = 10 * 60000, /* what is told at issue is worked out anew */
    FORECASTS_WAITING_MAX = 1000,    /* with more in line only quick forecasts by domain */
    FORECASTS_RECORDS_A_ROUND = 50,  /* so that a crowd of numbers does not become a crowd of events */
};

/* What somebody who takes a number of the domain now is told. He is another one each time, so it follows at
 * once and only its rounding is calm. */
struct forecast_taking {
    bool is_set;
    struct forecast forecast; /* corrected */
    struct forecast_range range;
};

struct planning_forecasts {
    struct planning *planning;
    struct loop_timer timer;
    bool is_due, is_running;
    int64_t begun_ms; /* mono: the last round */
    int64_t quick_ms; /* mono: the last time that an issue was answered without one */
    /* the round that the worker has, or the last one */
    struct scene scene;
    struct rule_knobs knobs;
    struct forecast_params params;
    struct forecasts made;
    enum forecast_kind kind;
    bool is_made;
    int64_t now_ms;
    int32_t date;
    int64_t took_us;
    /* what is told now */
    struct forecast_shown *shown; /* owned; by ticket id */
    struct forecast_taking taking[DOMAINS_MAX];
    int64_t taking_ms; /* when `taking` was worked out; 0: never */
    struct forecast hall;
    int64_t hall_ms;
    struct planning_halls halls;
    /* since the start; of the loop's thread alone */
    uint64_t rounds, failed;
    int64_t scene_us_last, scene_us_max, took_us_last, took_us_max;
};

/* MEMORY. */
enum status planning_forecasts_init(struct planning_forecasts *forecasts, struct planning *planning,
                                    struct error *error);
void planning_forecasts_destroy(struct planning_forecasts *forecasts); /* after the worker has ended */

/* The first round, when all of the log is learned from. */
void planning_forecasts_begin(struct planning_forecasts *forecasts);

/* An event is about to be stored: a round becomes due when it may change somebody's wait. */
void planning_forecasts_note(struct planning_forecasts *forecasts, const struct event *event);

/* Once a cycle: what came of the hall's forecasts. */
void planning_forecasts_settle(struct planning_forecasts *forecasts);

/* What to tell: both -1: nothing is known, or nobody serves it. */
struct forecast_range planning_forecast_of_domain(const struct planning_forecasts *forecasts,
                                                  struct domain_id domain);
struct forecast_range planning_forecast_of_ticket(const struct planning_forecasts *forecasts,
                                                  const struct hall *hall, const struct ticket *ticket);

/* Somebody takes a number: where nothing is known of the domain it is worked out quickly, at once. */
void planning_forecasts_at_issue(struct planning_forecasts *forecasts);

#endif
