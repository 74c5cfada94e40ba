/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/planning_forecasts.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/core/rule.h"

static const struct forecast_range unknown = {-1, -1};

/* ---- in the worker's thread ---- */

static void make_quick(const struct scene *scene, struct forecast taking[DOMAINS_MAX])
{
    for (unsigned d = 0; d < scene->model.domains; d++)
        taking[d] = forecast_quick_taking(scene, d);
}

static void work(void *userdata)
{
    struct planning_forecasts *f = userdata;
    int64_t from_us = clock_mono_us();
    f->is_made = planning_work(f->planning);
    if (f->is_made && f->kind == FORECAST_QUICK)
        make_quick(&f->scene, f->made.taking);
    else if (f->is_made)
        f->is_made = forecasts_make(&f->scene, &f->knobs, &f->params, &f->made);
    f->took_us = clock_mono_us() - from_us;
}

/* ---- what is told, in the loop's thread ---- */

static void tell_takers(struct planning_forecasts *f, const struct scene *scene, enum forecast_kind kind,
                        const struct forecast made[DOMAINS_MAX], int64_t now_ms)
{
    const struct forecaster *forecaster = f->planning->learning.forecaster;
    for (unsigned d = 0; d < scene->model.domains; d++) {
        struct forecast_taking *taking = &f->taking[d];
        taking->forecast = forecaster_correct(forecaster, kind, made[d]);
        taking->range = taking->is_set ? forecast_round_after(taking->range, taking->forecast.low_ms,
                                                              taking->forecast.high_ms)
                                       : forecast_round(taking->forecast.low_ms, taking->forecast.high_ms);
        taking->is_set = true;
    }
    f->taking_ms = now_ms;
    f->planning->dispatcher->topics.touched = true;
}

static uint16_t seconds(int32_t ms)
{
    int32_t s = (ms + 500) / 1000;
    return s < 0 ? 0 : s > UINT16_MAX ? UINT16_MAX : (uint16_t)s;
}

/* The ticket's first forecast goes into the log. False: nothing can be stored now. */
static bool record(struct planning_forecasts *f, const struct ticket *ticket, struct forecast made,
                   struct forecast corrected)
{
    struct command command = {.kind = COMMAND_FORECAST_TICKET};
    bool unstorable = false;
    command.forecast_ticket =
        (struct wait_forecast){ticket->number, seconds(corrected.low_ms), seconds(corrected.high_ms),
                               seconds(made.low_ms), seconds(made.high_ms)};
    turn_command(&f->planning->dispatcher->turn, &command, &unstorable);
    return !unstorable;
}

static void tell_waiting(struct planning_forecasts *f)
{
    const struct hall *hall = f->planning->dispatcher->hall;
    unsigned records = FORECASTS_RECORDS_A_ROUND;
    for (unsigned i = 0; f->kind == FORECAST_SIMULATED && i < f->scene.waiting_count; i++) {
        struct ticket_id id = f->scene.waiting_ids[i];
        const struct ticket *ticket = &hall->tickets[id.value];
        struct forecast made = f->made.waiting[i];
        if (!id.value || ticket->state != TICKET_WAITING || made.high_ms < 0)
            continue; /* it has been called meanwhile, or nobody is there for it */
        struct forecast corrected = forecaster_correct(f->planning->learning.forecaster, f->kind, made);
        forecast_show(&f->shown[id.value], f->now_ms, corrected);
        if (records && !ticket->has_forecast && !ticket->called_ms)
            records = record(f, ticket, made, corrected) ? records - 1 : 0;
    }
}

static void tell_hall(struct planning_forecasts *f)
{
    int64_t every_ms = f->planning->every_ms;
    if (!f->params.asks_hall || f->made.hall.high_ms < 0)
        return;
    f->hall = forecaster_correct_hall(f->planning->learning.forecaster, f->made.hall);
    if (f->now_ms / every_ms != f->hall_ms / every_ms)
        planning_halls_add(&f->halls, f->date, f->now_ms, f->made.hall);
    f->hall_ms = f->now_ms;
}

/* ---- rounds ---- */

static void arm(struct planning_forecasts *f)
{
    int64_t left_ms = f->begun_ms + FORECASTS_EVERY_MS - clock_mono_ms();
    if (f->is_due && !f->is_running && !loop_timer_is_armed(&f->timer))
        loop_timer_arm(&f->timer, left_ms);
}

static void end_round(struct planning_forecasts *f)
{
    scene_destroy(&f->scene);
    forecasts_destroy(&f->made);
    f->is_running = false;
    arm(f);
}

static void on_done(void *userdata)
{
    struct planning_forecasts *f = userdata;
    struct dispatcher *d = f->planning->dispatcher;
    f->took_us_last = f->took_us;
    if (f->took_us > f->took_us_max)
        f->took_us_max = f->took_us;
    if (!f->is_made) {
        f->failed++;
        log_warn("planning", "forecasts failed; people are told what was known before");
    } else if (d->hall->date == f->date && d->hall->day_state != DAY_CLOSED) {
        f->rounds++;
        tell_takers(f, &f->scene, f->kind, f->made.taking, f->now_ms);
        tell_waiting(f);
        tell_hall(f);
    }
    end_round(f);
}

/* False: no memory. */
static bool make_scene(struct planning_forecasts *f, int64_t now_ms, struct scene *scene)
{
    struct planning *planning = f->planning;
    const struct hall *hall = planning->dispatcher->hall;
    int64_t from_us = clock_mono_us();
    if (now_ms - planning->outlook_ms > FORECASTS_OUTLOOK_MS || planning->outlook_date != hall->date)
        planning_look_out(planning);
    bool made = outlook_scene(&planning->outlook, hall, now_ms, scene);
    f->scene_us_last = clock_mono_us() - from_us;
    if (f->scene_us_last > f->scene_us_max)
        f->scene_us_max = f->scene_us_last;
    return made;
}

static bool is_wanted(const struct planning *planning)
{
    return planning->mode != PLANNING_OFF && planning->dispatcher->hall->day_state != DAY_CLOSED &&
           planning->learning.is_current;
}

static void on_timer(void *userdata)
{
    struct planning_forecasts *f = userdata;
    const struct hall *hall = f->planning->dispatcher->hall;
    int64_t now_ms = clock_wall_ms();
    if (!f->is_due || f->is_running || !is_wanted(f->planning))
        return;
    f->is_due = false;
    f->begun_ms = clock_mono_ms();
    f->kind = hall->waiting_count > FORECASTS_WAITING_MAX ? FORECAST_QUICK : FORECAST_SIMULATED;
    f->knobs = rule_knobs(hall);
    f->params = forecast_defaults;
    f->params.seed = store_last_seq(f->planning->dispatcher->store);
    f->params.asks_hall = now_ms - f->hall_ms >= FORECASTS_HALL_EVERY_MS;
    f->now_ms = now_ms;
    f->date = hall->date;
    f->is_running = make_scene(f, now_ms, &f->scene) && worker_add(&f->planning->worker, work, on_done, f);
    if (f->is_running)
        return;
    f->failed++;
    log_warn("planning", "forecasts could not begin; people are told what was known before");
    end_round(f);
}

/* ---- events ---- */

/* What may change how long somebody waits. */
static bool changes_waits(enum event_kind kind)
{
    switch (kind) {
    case EVENT_WINDOW_POSTED:
    case EVENT_DOMAIN_COVERED:
    case EVENT_COVER_ENDED:
    case EVENT_BREAK_PLANNED:
    case EVENT_BREAKS_CLEARED:
    case EVENT_BOOKING_MADE:
    case EVENT_BOOKING_CANCELLED:
    case EVENT_DAY_OPENED:
        return true;
    case EVENT_TICKET_RECALLED:
    case EVENT_TICKET_RATED:
        return false;
    default:
        return kind >= EVENT_DUTY_STARTED && kind <= EVENT_ACT_UNDONE;
    }
}

static void forget_day(struct planning_forecasts *f)
{
    memset(f->shown, 0, (TICKETS_MAX + 1) * sizeof *f->shown);
    memset(f->taking, 0, sizeof f->taking);
    f->taking_ms = f->hall_ms = 0;
}

void planning_forecasts_note(struct planning_forecasts *f, const struct event *event)
{
    if (event->kind == EVENT_DAY_OPENED)
        forget_day(f);
    if (f->planning->mode == PLANNING_OFF || !changes_waits(event->kind))
        return;
    f->is_due = true;
    arm(f);
}

void planning_forecasts_begin(struct planning_forecasts *f)
{
    f->is_due = f->planning->mode != PLANNING_OFF;
    arm(f);
}

void planning_forecasts_settle(struct planning_forecasts *f)
{
    struct planning *planning = f->planning;
    struct error error = {0};
    if (planning_halls_settle(&f->halls, planning->dispatcher->hall, clock_wall_ms(),
                              planning->learning.forecaster) &&
        planning_halls_keep(&f->halls, planning->dispatcher->store, &error) != STATUS_OK)
        log_warn("planning", "what came of forecasts is not kept: %s", error.text);
}

/* ---- asking ---- */

struct forecast_range planning_forecast_of_domain(const struct planning_forecasts *f, struct domain_id domain)
{
    if (domain.value < 1 || domain.value > DOMAINS_MAX || !f->taking[domain.value - 1].is_set)
        return unknown;
    return f->taking[domain.value - 1].range;
}

struct forecast_range planning_forecast_of_ticket(const struct planning_forecasts *f, const struct hall *hall,
                                                  const struct ticket *ticket)
{
    const struct forecast_shown *shown = &f->shown[ticket - hall->tickets];
    if (shown->is_set)
        return shown->range;
    /* not looked at yet: who took a normal number just now waits like whoever takes one now */
    return ticket->class == CLASS_NORMAL ? planning_forecast_of_domain(f, hall_ticket_domain(hall, ticket))
                                         : unknown;
}

void planning_forecasts_at_issue(struct planning_forecasts *f)
{
    struct forecast made[DOMAINS_MAX];
    struct scene scene;
    int64_t now_ms = clock_wall_ms();
    if (!is_wanted(f->planning) || now_ms - f->taking_ms < FORECASTS_STALE_MS ||
        clock_mono_ms() < f->quick_ms + FORECASTS_EVERY_MS)
        return;
    f->quick_ms = clock_mono_ms();
    if (!make_scene(f, now_ms, &scene))
        return;
    make_quick(&scene, made);
    tell_takers(f, &scene, FORECAST_QUICK, made, now_ms);
    scene_destroy(&scene);
}

/* ---- life ---- */

enum status planning_forecasts_init(struct planning_forecasts *f, struct planning *planning,
                                    struct error *error)
{
    int64_t long_ago_ms = clock_mono_ms() - FORECASTS_EVERY_MS;
    *f = (struct planning_forecasts){.planning = planning, .begun_ms = long_ago_ms, .quick_ms = long_ago_ms};
    f->shown = calloc(TICKETS_MAX + 1, sizeof *f->shown);
    if (!f->shown || loop_timer_init(&f->timer, &planning->dispatcher->loop, on_timer, f) != STATUS_OK)
        return error_set(error, STATUS_MEMORY, "no memory for forecasts");
    return STATUS_OK;
}

void planning_forecasts_destroy(struct planning_forecasts *f)
{
    loop_timer_destroy(&f->timer);
    scene_destroy(&f->scene);
    forecasts_destroy(&f->made);
    free(f->shown);
    *f = (struct planning_forecasts){0};
}
