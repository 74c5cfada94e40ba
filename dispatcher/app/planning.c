/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/planning.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/plan/outlook_learned.h"
#include "dispatcher/plan/propose_cycle.h"

enum { START_US = 1000000, SLICE_US = 2000, PAUSE_MS = 4 };
enum { SLOW_CYCLES = 3 };

/* ---- learning ---- */

static void give_up_learning(const struct error *error)
{
    log_error("learning", "%s; nothing is learned until the next start", error->text);
}

static void on_catch_up(void *userdata)
{
    struct planning *planning = userdata;
    struct error error = {0};
    if (learning_catch_up(&planning->learning, SLICE_US, &error) != STATUS_OK)
        give_up_learning(&error);
    else if (!planning->learning.is_current)
        loop_timer_arm(&planning->catch_timer, PAUSE_MS);
}

static void rewind_learning(struct planning *planning, int64_t budget_us)
{
    struct error error = {0};
    if (learning_rewind(&planning->learning, &error) != STATUS_OK ||
        learning_catch_up(&planning->learning, budget_us, &error) != STATUS_OK)
        give_up_learning(&error);
    else if (!planning->learning.is_current)
        loop_timer_arm(&planning->catch_timer, 0);
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
    if (planning_cycle_init(&planning->cycle, planning, error) != STATUS_OK)
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
    learning_take(&planning->learning, planning->dispatcher->hall, event);
    return status;
}

void planning_undone(struct planning *planning)
{
    planning->day_opened = false;
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

void planning_before_commit(struct planning *planning)
{
    if (planning->day_opened)
        planning_tell(planning, (struct actor){.kind = ACTOR_SYSTEM});
    planning->day_opened = false;
}
