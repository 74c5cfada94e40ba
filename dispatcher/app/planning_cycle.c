/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/planning_cycle.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/planning_scores.h"
#include "dispatcher/plan/propose_cycle.h"

/* ---- in the worker's thread ---- */

static void work(void *userdata)
{
    struct planning_cycle *cycle = userdata;
    int64_t from_us = clock_mono_us();
    cycle->command_count =
        planning_work(cycle->planning)
            ? propose_moves(&cycle->scene, cycle->hall, cycle->now_ms, &cycle->params, cycle->commands)
            : -1;
    cycle->took_us = clock_mono_us() - from_us;
}

/* ---- in the loop's thread ---- */

static void take_results(struct planning_cycle *cycle)
{
    struct dispatcher *d = cycle->planning->dispatcher;
    bool unstorable = false;
    for (int i = 0; i < cycle->command_count && !unstorable; i++) {
        const struct command *command = &cycle->commands[i];
        if (turn_command(&d->turn, command, &unstorable)) {
            cycle->proposed++;
            log_info("planning", "proposed window=%u cycle=%u took_ms=%lld", command->propose.window.value,
                     cycle->params.cycle, (long long)(cycle->took_us / 1000));
        } else if (!unstorable) { /* the hall went on while it was worked out */
            cycle->refused++;
            log_info("planning", "not proposed window=%u: %s", command->propose.window.value,
                     refusal_wire(d->turn.decision.refusal.code));
        }
    }
}

static void on_done(void *userdata)
{
    struct planning_cycle *cycle = userdata;
    cycle->is_running = false;
    cycle->cycles++;
    cycle->took_us_last = cycle->took_us;
    if (cycle->took_us > cycle->took_us_max)
        cycle->took_us_max = cycle->took_us;
    scene_destroy(&cycle->scene);
    if (cycle->command_count >= 0) {
        take_results(cycle);
        return;
    }
    cycle->failed++;
    log_warn("planning", "cycle %u failed; windows stay posted as they are", cycle->params.cycle);
}

static bool is_wanted(const struct planning *planning)
{
    const struct hall *hall = planning->dispatcher->hall;
    return hall->day_state == DAY_OPEN && hall->policy[POLICY_ALLOCATION_MODE] != ALLOCATION_OFF &&
           planning->learning.is_current;
}

/* False: no memory. */
static bool prepare(struct planning_cycle *cycle, int64_t now_ms)
{
    struct planning *planning = cycle->planning;
    struct dispatcher *d = planning->dispatcher;
    int64_t every_ms = planning->every_ms;
    int64_t from_us = clock_mono_us();
    if (!cycle->hall)
        cycle->hall = calloc(1, sizeof *cycle->hall);
    if (!cycle->hall)
        return false;
    cycle->params = propose_defaults;
    cycle->params.seed = store_last_seq(d->store);
    cycle->params.cycle = propose_cycle_number(d->hall, now_ms, every_ms);
    cycle->now_ms = propose_cycle_ms(d->hall, cycle->params.cycle, every_ms);
    if (cycle->params.most > PROPOSALS_A_CYCLE)
        cycle->params.most = PROPOSALS_A_CYCLE;
    planning_look_out(planning);
    if (!outlook_scene(&planning->outlook, d->hall, cycle->now_ms, &cycle->scene))
        return false;
    propose_copy_hall(d->hall, cycle->hall);
    cycle->scene_us_last = clock_mono_us() - from_us;
    if (cycle->scene_us_last > cycle->scene_us_max)
        cycle->scene_us_max = cycle->scene_us_last;
    return true;
}

static void begin(struct planning_cycle *cycle, int64_t now_ms)
{
    if (cycle->is_running) {
        cycle->late++;
        log_warn("planning", "cycle %u is late; windows stay posted as they are", cycle->params.cycle);
        return;
    }
    cycle->is_running = prepare(cycle, now_ms) && worker_add(&cycle->planning->worker, work, on_done, cycle);
    if (cycle->is_running)
        return;
    scene_destroy(&cycle->scene);
    cycle->failed++;
    log_warn("planning", "cycle %u could not begin; windows stay posted as they are", cycle->params.cycle);
}

static void arm(struct planning_cycle *cycle, int64_t now_ms)
{
    enum { LOOK_MS = 60000 }; /* wall time may jump */
    int64_t wait_ms = cycle->planning->every_ms - now_ms % cycle->planning->every_ms;
    loop_timer_arm(&cycle->timer, wait_ms < LOOK_MS ? wait_ms : LOOK_MS);
}

static void on_timer(void *userdata)
{
    struct planning_cycle *cycle = userdata;
    int64_t now_ms = clock_wall_ms(), grid_ms = now_ms - now_ms % cycle->planning->every_ms;
    if (grid_ms != cycle->grid_ms && cycle->planning->learning.is_current) {
        planning_forecasts_settle(&cycle->planning->forecasts);
        planning_scores_take(cycle->planning, now_ms, false);
    }
    if (grid_ms != cycle->grid_ms && is_wanted(cycle->planning))
        begin(cycle, now_ms);
    cycle->grid_ms = grid_ms;
    arm(cycle, now_ms);
}

enum status planning_cycle_init(struct planning_cycle *cycle, struct planning *planning, struct error *error)
{
    int64_t now_ms = clock_wall_ms();
    *cycle = (struct planning_cycle){.planning = planning, .grid_ms = now_ms - now_ms % planning->every_ms};
    if (loop_timer_init(&cycle->timer, &planning->dispatcher->loop, on_timer, cycle) != STATUS_OK)
        return error_set(error, STATUS_MEMORY, "no memory for timers");
    if (planning->mode != PLANNING_OFF)
        arm(cycle, now_ms);
    return STATUS_OK;
}

void planning_cycle_destroy(struct planning_cycle *cycle)
{
    loop_timer_destroy(&cycle->timer);
    scene_destroy(&cycle->scene);
    free(cycle->hall);
    *cycle = (struct planning_cycle){0};
}
