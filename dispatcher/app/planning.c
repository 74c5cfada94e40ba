/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/planning.h"

#include <stdio.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/wire/json.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/planning_scores.h"
#include "dispatcher/app/planning_views.h"
#include "dispatcher/plan/outlook_learned.h"
#include "dispatcher/plan/propose_cycle.h"

enum { START_US = 250000, SLICE_US = 2000, PAUSE_MS = 4 };
enum { SLOW_CYCLES = 3 };

/* ---- learning ---- */

static void give_up_learning(const struct error *error)
{
    log_error("learning", "%s; nothing is learned until the next start", error->text);
}

/* All of the log is learned from: what nothing in it tells of, and what waited for this. */
static void on_current(struct planning *planning)
{
    struct error error = {0};
    struct dispatcher *d = planning->dispatcher;
    if (planning_halls_read(&planning->forecasts.halls, d->store, d->hall->date,
                            planning->learning.forecaster, &error) != STATUS_OK)
        log_warn("planning", "what came of forecasts cannot be read: %s", error.text);
    planning_forecasts_begin(&planning->forecasts);
}

static void catch_up(struct planning *planning, int64_t budget_us)
{
    struct error error = {0};
    if (learning_catch_up(&planning->learning, budget_us, &error) != STATUS_OK)
        give_up_learning(&error);
    else if (planning->learning.is_current)
        on_current(planning);
    else
        loop_timer_arm(&planning->catch_timer, PAUSE_MS);
}

static void on_catch_up(void *userdata)
{
    catch_up(userdata, SLICE_US);
}

static void rewind_learning(struct planning *planning, int64_t budget_us)
{
    struct error error = {0};
    if (learning_rewind(&planning->learning, &error) != STATUS_OK)
        give_up_learning(&error);
    else
        catch_up(planning, budget_us);
}

/* ---- the worker ---- */

static void post_to_loop(worker_function *call, void *userdata, void *context)
{
    if (loop_post(context, call, userdata) != STATUS_OK)
        log_error("planning", "a finished job could not be handed back");
}

bool planning_work(struct planning *planning)
{
    int64_t until_ms = clock_mono_ms() + SLOW_CYCLES * planning->every_ms;
    while (planning->mode == PLANNING_SLOW && !atomic_load(&planning->is_ending) &&
           clock_mono_ms() < until_ms)
        continue;
    return planning->mode != PLANNING_FAILING;
}

void planning_look_out(struct planning *planning)
{
    outlook_learned(planning->learning.learn, planning->learning.demand, planning->dispatcher->hall,
                    &planning->outlook);
    planning->outlook_ms = clock_wall_ms();
    planning->outlook_date = planning->dispatcher->hall->date;
}

/* ---- life ---- */

enum status planning_init(struct planning *planning, struct dispatcher *d,
                          const struct planning_params *params, struct error *error)
{
    *planning = (struct planning){.dispatcher = d,
                                  .mode = params->mode,
                                  .every_ms = params->every_ms ? params->every_ms : PROPOSE_EVERY_MS};
    if (learning_init(&planning->learning, d->store, error) != STATUS_OK)
        return error->status;
    if (loop_timer_init(&planning->catch_timer, &d->loop, on_catch_up, planning) != STATUS_OK)
        return error_set(error, STATUS_MEMORY, "no memory for timers");
    if (worker_init(&planning->worker, post_to_loop, &d->loop, error) != STATUS_OK)
        return error->status;
    planning->has_worker = true;
    if (planning_cycle_init(&planning->cycle, planning, error) != STATUS_OK ||
        planning_forecasts_init(&planning->forecasts, planning, error) != STATUS_OK)
        return error->status;
    rewind_learning(planning, START_US);
    return STATUS_OK;
}

void planning_destroy(struct planning *planning)
{
    atomic_store(&planning->is_ending, true);
    if (planning->has_worker)
        worker_destroy(&planning->worker);
    planning_cycle_destroy(&planning->cycle);
    planning_forecasts_destroy(&planning->forecasts);
    loop_timer_destroy(&planning->catch_timer);
    learning_destroy(&planning->learning);
    planning->has_worker = false;
}

/* ---- turns ---- */

enum status planning_take(struct planning *planning, const struct event *event, struct error *error)
{
    enum status status = STATUS_OK;
    if (event->kind == EVENT_DAY_OPENED) {
        planning->day_opened = true;
        status = learning_keep(&planning->learning, error);
    }
    planning->day_closing = planning->day_closing || event->kind == EVENT_DAY_CLOSING;
    planning->day_closed = planning->day_closed || event->kind == EVENT_DAY_CLOSED;
    learning_take(&planning->learning, planning->dispatcher->hall, event);
    planning_forecasts_note(&planning->forecasts, event);
    return status;
}

void planning_undone(struct planning *planning)
{
    planning->day_opened = planning->day_closing = planning->day_closed = false;
    rewind_learning(planning, SLICE_US);
}

unsigned planning_tell(struct planning *planning, struct actor by)
{
    struct command commands[LEARNING_ADVICE_MAX];
    struct dispatcher *d = planning->dispatcher;
    size_t count = learning_advise(&planning->learning, d->hall, commands);
    unsigned told = 0;
    bool unstorable = false;
    for (size_t i = 0; i < count && !unstorable; i++) {
        commands[i].by = by;
        told += turn_command(&d->turn, &commands[i], &unstorable);
    }
    if (told)
        log_info("learning", "the hall uses what was learned values=%u", told);
    return told;
}

void planning_document_kind(int32_t date, char out[STORE_NAME_MAX])
{
    struct civil c = date_to_civil(date);
    snprintf(out, STORE_NAME_MAX, "proposals %04d-%02d-%02d", c.year, c.month, c.day);
}

/* The day's proposals as they are when it ends; the record itself is the next day's soon. */
static void keep_proposals(struct planning *planning)
{
    struct dispatcher *d = planning->dispatcher;
    char kind[STORE_NAME_MAX];
    struct text body = {0};
    struct error error = {0};
    if (!planning->learning.record.count)
        return;
    json_t *document = planning_view_proposals(&planning->learning.record);
    wire_json_write(&body, document);
    json_decref(document);
    planning_document_kind(planning->learning.record.date, kind);
    if (store_put_document(d->store, kind, (struct span){body.data, body.length}, 0, clock_wall_ms(), NULL,
                           &error) != STATUS_OK)
        log_warn("planning", "the day's proposals are not kept: %s", error.text);
    text_destroy(&body);
}

void planning_before_commit(struct planning *planning)
{
    if (planning->day_closing)
        planning_scores_take(planning, clock_wall_ms(), true);
    if (planning->day_closed)
        keep_proposals(planning);
    if (planning->day_opened)
        planning_tell(planning, (struct actor){.kind = ACTOR_SYSTEM});
    planning->day_opened = planning->day_closing = planning->day_closed = false;
}
