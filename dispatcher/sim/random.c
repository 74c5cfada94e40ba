/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/sim/trial.h"
#include "dispatcher/sim/whim.h"

/* One hall from its set-up on. */
struct episode {
    const struct random_params *params;
    struct random_report *report;
    struct trial *trial;
    struct acts acts; /* everything played so far */
    struct rng rng;
    int64_t now_ms;
    int64_t end_ms; /* commands of the day stop here */
    int64_t hurry;  /* time steps are divided by this */
    int32_t date;
    struct error *error;
    bool ok;
};

static void play(struct episode *e, const struct act *act)
{
    if (!e->ok)
        return;
    acts_add(&e->acts, act);
    e->ok = trial_play(e->trial, act, e->error);
    if (e->ok && e->trial->found) {
        error_set(e->error, STATUS_CORRUPT, "found");
        e->ok = false;
    }
}

static void play_command(struct episode *e, const struct command *command)
{
    struct act act = {.kind = ACT_COMMAND, .at_ms = e->now_ms, .command = *command};
    play(e, &act);
}

static void play_pass(struct episode *e, int64_t to_ms)
{
    struct act act = {.kind = ACT_PASS, .at_ms = to_ms};
    play(e, &act);
    if (to_ms > e->now_ms)
        e->now_ms = to_ms;
}

static void play_setup(const struct command *command, void *userdata)
{
    play_command(userdata, command);
}

static int64_t time_of_day_ms(const struct episode *e, unsigned minute)
{
    return hall_midnight_ms(e->trial->stage.hall, e->date) + (int64_t)minute * MINUTE_MS;
}

/* Mostly seconds, sometimes minutes, seldom a step back of the clock. */
static int64_t time_step_ms(struct rng *rng)
{
    uint32_t dice = rng_below(rng, 1000);
    if (dice < 150)
        return 0;
    if (dice < 650)
        return rng_below(rng, 15000);
    if (dice < 920)
        return rng_below(rng, 90000);
    if (dice < 995)
        return (int64_t)rng_below(rng, 600) * 1000;
    return -(int64_t)rng_below(rng, 90000);
}

static void play_some(struct episode *e, unsigned count, enum whim_mood mood)
{
    struct command command;
    for (unsigned i = 0; i < count && e->ok && e->now_ms < e->end_ms; i++) {
        int64_t step_ms = time_step_ms(&e->rng) / e->hurry;
        if (step_ms > 0 && mood == MOOD_DAY && rng_chance(&e->rng, 850))
            play_pass(e, e->now_ms + step_ms);
        else
            e->now_ms += step_ms;
        whim_next(&e->rng, e->trial->stage.hall, e->now_ms, mood, &command);
        play_command(e, &command);
        if (mood == MOOD_DAY && i % 256 == 255 && e->ok)
            e->ok = trial_compare(e->trial, e->error);
    }
}

static void open_windows(struct episode *e)
{
    const struct hall *hall = e->trial->stage.hall;
    for (uint16_t w = 1; w <= hall->windows_top; w++) {
        struct command command = {.kind = COMMAND_START_DUTY, .by = {ACTOR_CLERK, w}};
        command.start_duty = (struct start_duty){{w}, {w}, false};
        if (rng_chance(&e->rng, 850))
            play_command(e, &command);
    }
}

/* Until the hall has closed by itself; past midnight if need be. */
static void close_hall(struct episode *e)
{
    const struct hall *hall = e->trial->stage.hall;
    if (e->ok && hall->day_state != DAY_CLOSED && rng_chance(&e->rng, 100)) {
        struct command command = {.kind = COMMAND_CLOSE_DAY, .by = {ACTOR_MANAGER, 1}};
        command.close_day.anyway = true;
        play_command(e, &command);
    }
    play_pass(e, time_of_day_ms(e, 17 * 60));
    for (unsigned i = 0; e->ok && hall->day_state != DAY_CLOSED && i < 24; i++)
        play_pass(e, e->now_ms + (int64_t)60 * MINUTE_MS);
    if (e->ok && hall->day_state != DAY_CLOSED) {
        error_set(e->error, STATUS_CORRUPT, "I6 broken: the day does not end");
        e->ok = false;
    }
}

static void play_day(struct episode *e, unsigned commands)
{
    const struct hall *hall = e->trial->stage.hall;
    play_pass(e, time_of_day_ms(e, 8 * 60 + 50));
    if (e->ok && hall->day_state == DAY_CLOSED) {
        struct command command = {.kind = COMMAND_OPEN_DAY, .by = {ACTOR_MANAGER, 1}};
        play_command(e, &command);
    }
    if (rng_chance(&e->rng, 500))
        play_pass(e, time_of_day_ms(e, 9 * 60));
    open_windows(e);
    e->end_ms = time_of_day_ms(e, 18 * 60 + 30);
    play_some(e, commands / 2 + rng_below(&e->rng, commands), MOOD_DAY);
    close_hall(e);
    if (e->ok)
        e->ok = trial_compare(e->trial, e->error);
    e->report->days++;
    e->report->digest = e->report->digest * 0x9e3779b97f4a7c15u + hall_digest(hall);
}

static void play_night(struct episode *e)
{
    uint32_t dice = rng_below(&e->rng, 8);
    e->end_ms = INT64_MAX;
    if (dice == 0)
        play_some(e, rng_below(&e->rng, 12), MOOD_DAY); /* the closed hall refuses most, and may open again */
    if (dice == 0)
        close_hall(e);
    if (dice == 1 || dice == 2)
        play(e, &(struct act){.kind = dice == 1 ? ACT_CHECKPOINT : ACT_SETTLE});
    int64_t until_ms = e->now_ms;
    play_some(e, rng_below(&e->rng, 12), MOOD_NIGHT);
    int32_t today = hall_date_at(e->trial->stage.hall, e->now_ms > until_ms ? e->now_ms : until_ms);
    e->date = (today > e->date ? today : e->date) + 1 + (rng_chance(&e->rng, 100) ? 1 : 0);
}

static bool play_episode(struct episode *e, const struct shape *shape)
{
    trial_clear(e->trial);
    e->trial->audit_every = shape->audit_every;
    e->acts.count = 0;
    e->ok = true;
    e->hurry = 1 + shape->day_commands / 400;
    e->date = date_from_civil(2026, 11, 23) + (int32_t)rng_below(&e->rng, 400);
    e->now_ms = time_of_day_ms(e, 8 * 60);
    shape_build(shape, &e->rng, true, e->date, play_setup, e);
    for (unsigned days = rng_range(&e->rng, 1, 5); days && e->ok; days--) {
        play_day(e, shape->day_commands);
        play_night(e);
    }
    return e->ok && !e->acts.failed;
}

static const struct shape *shape_of_episode(const struct random_params *params, uint64_t n)
{
    if (params->shape)
        return params->shape;
    return &shapes[n % 4096 == 4095 ? 2 : n % 128 == 127 ? 1 : 0];
}

static void report_failure(struct episode *e, uint64_t number, struct text *scenario)
{
    char note[640];
    size_t before = e->acts.count;
    trial_shrink(e->trial, &e->acts, e->error);
    snprintf(note, sizeof note, "%s: seed %llu, hall %llu, %zu of %zu acts", e->error->text,
             (unsigned long long)e->params->seed, (unsigned long long)number, e->acts.count, before);
    trial_write(&e->acts, note, scenario);
}

enum status random_run(const struct random_params *params, struct random_report *report,
                       struct text *scenario, struct error *error)
{
    struct trial trial;
    *report = (struct random_report){0};
    if (!trial_init(&trial, 1))
        return error_set(error, STATUS_MEMORY, "out of memory");
    trial.find = params->find;
    struct episode e = {.params = params, .report = report, .trial = &trial, .error = error};
    enum status status = STATUS_OK;
    for (uint64_t n = 0; trial.acted < params->commands && status == STATUS_OK; n++) {
        e.rng = rng_part(params->seed, n);
        report->halls++;
        if (play_episode(&e, shape_of_episode(params, n)))
            continue;
        status = e.acts.failed ? error_set(error, STATUS_MEMORY, "out of memory") : STATUS_CORRUPT;
        if (status == STATUS_CORRUPT)
            report_failure(&e, n, scenario);
    }
    report->commands = trial.acted;
    report->refused = trial.refused;
    report->checkpoints = trial.checkpoints;
    report->events = trial.stage.event_count;
    memcpy(report->accepted_by_kind, trial.accepted_by_kind, sizeof report->accepted_by_kind);
    memcpy(report->refused_by_kind, trial.refused_by_kind, sizeof report->refused_by_kind);
    memcpy(report->refused_by_code, trial.refused_by_code, sizeof report->refused_by_code);
    memcpy(report->events_by_kind, trial.events_by_kind, sizeof report->events_by_kind);
    free(e.acts.list);
    trial_destroy(&trial);
    return status;
}
