/* SPDX-License-Identifier: MIT
 * How fast planning thinks: a scene of a crowded hall, the cycles of busy days, whole days on the engine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "dispatcher/core/calendar.h"
#include "dispatcher/plan/outlook.h"
#include "dispatcher/sim/balance.h"
#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/days.h"
#include "dispatcher/sim/shapes.h"

enum {
    SCENE_WINDOWS = 40,
    SCENE_WAITING = 500,
    SCENE_TICKETS = 1500, /* issued so far */
    SCENE_REPEATS = 400,
    DAYS = 10, /* of a hall with 20 windows */
    DAYS_LEAST_US = 1000000,
};

static const struct shape scene_shape = {"bench", 2, 9, ITEMS_MAX, SCENE_WINDOWS, SCENE_WINDOWS, 0, 1};

struct plan_result {
    double scene_us, scene_with_us;
    double cycle_mean_ms, cycle_median_ms, cycle_p99_ms;
    unsigned cycles;
    double static_days, rule_days, hall_days; /* a second */
};

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* ---- a scene ---- */

struct scene_bench {
    struct hall *hall; /* owned */
    struct decision decision;
    struct rng rng;
    int64_t now_ms;
};

static void drive(struct scene_bench *b, const struct command *command)
{
    if (!hall_decide(b->hall, command, b->now_ms, &b->decision))
        return;
    for (uint32_t i = 0; i < b->decision.count; i++)
        hall_evolve(b->hall, &b->decision.events[i]);
}

static void build(const struct command *command, void *userdata)
{
    drive(userdata, command);
}

static void crowd_hall(struct scene_bench *b)
{
    int32_t date = date_from_civil(2026, 11, 23);
    hall_init(b->hall);
    b->rng = (struct rng){42};
    b->now_ms = hall_midnight_ms(b->hall, date) + (int64_t)9 * 60 * MINUTE_MS;
    shape_build(&scene_shape, &b->rng, false, date, build, b);
    drive(b, &(struct command){.kind = COMMAND_OPEN_DAY});
    for (uint16_t w = 1; w <= SCENE_WINDOWS; w++)
        drive(b, &(struct command){.kind = COMMAND_START_DUTY, .start_duty = {{w}, {w}, false}});
    while (b->hall->ticket_count < SCENE_TICKETS) {
        struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_CLERK, 1}};
        struct window_id id = {(uint16_t)rng_range(&b->rng, 1, SCENE_WINDOWS)};
        b->now_ms += 12000;
        command.issue.items.count = 1;
        command.issue.items.items[0].value = (uint16_t)rng_range(&b->rng, 1, b->hall->items_top);
        drive(b, &command);
        if (b->hall->waiting_count < SCENE_WAITING)
            continue;
        drive(b, &(struct command){.kind = COMMAND_FINISH, .finish = {id}});
        drive(b, &(struct command){.kind = COMMAND_CALL, .call = {id}});
        drive(b, &(struct command){.kind = COMMAND_START, .start = {id}});
    }
}

static void expect_visitors(struct outlook *outlook)
{
    outlook->bin_count = 48;
    outlook->bins_from_min = 540;
    for (unsigned d = 0; d < scene_shape.domains; d++)
        for (unsigned bin = 0; bin < outlook->bin_count; bin++)
            outlook->expected[d][bin] = 5;
    outlook->cv = 0.6;
    outlook->class_share[CLASS_NORMAL] = 1;
}

/* Median time of a scene, with today's factors worked out or given. */
static double scene_us(const struct scene_bench *b, const struct outlook *outlook, bool with)
{
    static double took_us[SCENE_REPEATS];
    double factors[DOMAINS_MAX];
    struct scene scene;
    if (!outlook_factors(outlook, b->hall, b->now_ms, factors))
        return 0;
    for (unsigned n = 0; n < SCENE_REPEATS; n++) {
        int64_t from_us = clock_mono_us();
        bool made = with ? outlook_scene_with(outlook, b->hall, b->now_ms, factors, &scene)
                         : outlook_scene(outlook, b->hall, b->now_ms, &scene);
        if (!made)
            return 0;
        scene_destroy(&scene);
        took_us[n] = (double)(clock_mono_us() - from_us);
    }
    qsort(took_us, SCENE_REPEATS, sizeof took_us[0], by_size);
    return took_us[SCENE_REPEATS / 2];
}

static bool bench_scene(struct plan_result *out)
{
    struct scene_bench *b = calloc(1, sizeof *b);
    struct outlook *outlook = calloc(1, sizeof *outlook);
    bool enough = b && outlook && (b->hall = calloc(1, sizeof *b->hall));
    if (enough) {
        crowd_hall(b);
        expect_visitors(outlook);
        out->scene_us = scene_us(b, outlook, false);
        out->scene_with_us = scene_us(b, outlook, true);
    }
    if (b)
        free(b->hall);
    free(outlook);
    free(b);
    return enough;
}

/* ---- days ---- */

struct day_bench {
    struct days_scenario scenario;
    struct hall_file halls[DAYS];
    struct day_file days[DAYS];
    unsigned made;
    struct played played;
    double cycles_ms[DAYS * PLAYED_CYCLES];
};

static enum status make_days(struct day_bench *b, struct error *error)
{
    enum status status = days_scenario_read("base20", &b->scenario, error);
    for (unsigned n = 0; n < DAYS && status == STATUS_OK; n++) {
        days_hall(&b->scenario, n, 1, &b->halls[n]);
        status = days_day(&b->scenario, &b->halls[n], 0, 1, &b->days[n], error);
        b->made += status == STATUS_OK;
    }
    return status;
}

static enum status play(struct day_bench *b, const char *policy, unsigned n, struct error *error)
{
    struct balance_params params = {.policy = balance_policy_find(policy),
                                    .hall = &b->halls[n],
                                    .day = &b->days[n],
                                    .seed = 1,
                                    .manager = {100, 5}};
    return balance_play(&params, &b->played, error);
}

static enum status bench_cycles(struct day_bench *b, struct plan_result *out, struct error *error)
{
    double sum_ms = 0;
    for (unsigned n = 0; n < DAYS; n++) {
        if (play(b, "product", n, error) != STATUS_OK)
            return error->status;
        for (unsigned c = 0; c < b->played.cycles && c < PLAYED_CYCLES; c++) {
            b->cycles_ms[out->cycles++] = (double)b->played.cycle_ms[c];
            sum_ms += (double)b->played.cycle_ms[c];
        }
        played_destroy(&b->played);
    }
    qsort(b->cycles_ms, out->cycles, sizeof b->cycles_ms[0], by_size);
    out->cycle_mean_ms = sum_ms / out->cycles;
    out->cycle_median_ms = b->cycles_ms[out->cycles / 2];
    out->cycle_p99_ms = b->cycles_ms[out->cycles - 1 - out->cycles / 100];
    return STATUS_OK;
}

/* Days played in a second. */
static enum status bench_policy(struct day_bench *b, const char *policy, double *out, struct error *error)
{
    unsigned days = 0;
    int64_t from_us = clock_mono_us(), took_us = 0;
    for (; took_us < DAYS_LEAST_US; took_us = clock_mono_us() - from_us) {
        if (play(b, policy, days++ % DAYS, error) != STATUS_OK)
            return error->status;
        played_destroy(&b->played);
    }
    *out = days * 1e6 / (double)took_us;
    return STATUS_OK;
}

static enum status bench_days(struct plan_result *out, struct error *error)
{
    struct day_bench *b = calloc(1, sizeof *b);
    if (!b)
        return error_set(error, STATUS_MEMORY, "no memory for days");
    enum status status = make_days(b, error);
    if (status == STATUS_OK)
        status = bench_cycles(b, out, error);
    if (status == STATUS_OK)
        status = bench_policy(b, "static-mixed", &out->static_days, error);
    if (status == STATUS_OK)
        status = bench_policy(b, "fair", &out->rule_days, error);
    if (status == STATUS_OK)
        status = bench_policy(b, "product-rule", &out->hall_days, error);
    for (unsigned n = 0; n < b->made; n++)
        day_file_destroy(&b->days[n]);
    free(b);
    return status;
}

/* ---- the command ---- */

static void print_table(const struct plan_result *r)
{
    printf("outlook_scene, %d windows, %d waiting, %d items\n", SCENE_WINDOWS, SCENE_WAITING, ITEMS_MAX);
    printf("  median              %12.0f us\n  today's factors given %10.0f us\n", r->scene_us,
           r->scene_with_us);
    printf("propose, 20 windows, %u cycles of %d days (base20)\n", r->cycles, DAYS);
    printf(
        "  mean                %12.2f ms\n  median              %12.2f ms\n  99th percentile     %12.2f ms\n",
        r->cycle_mean_ms, r->cycle_median_ms, r->cycle_p99_ms);
    printf("days a second, 20 windows\n");
    printf("  engine, static rule %12.0f\n  engine, call rule   %12.0f\n  hall, call rule     %12.0f\n",
           r->static_days, r->rule_days, r->hall_days);
}

static void print_json(const struct plan_result *r)
{
    printf(
        "{\"outlook_scene_us\":%.0f,\"outlook_scene_with_us\":%.0f,\"propose_mean_ms\":%.3f,"
        "\"propose_median_ms\":%.3f,\"propose_p99_ms\":%.3f,\"cycles\":%u,\"engine_static_days_per_s\":%.0f,"
        "\"engine_rule_days_per_s\":%.0f,\"hall_days_per_s\":%.0f}\n",
        r->scene_us, r->scene_with_us, r->cycle_mean_ms, r->cycle_median_ms, r->cycle_p99_ms, r->cycles,
        r->static_days, r->rule_days, r->hall_days);
}

int command_bench_plan(bool json)
{
    struct plan_result result = {0};
    struct error error;
    if (!bench_scene(&result)) {
        fprintf(stderr, "evenhall-sim bench: out of memory\n");
        return 1;
    }
    if (bench_days(&result, &error) != STATUS_OK) {
        fprintf(stderr, "evenhall-sim bench: %s\n", error.text);
        return 1;
    }
    (json ? print_json : print_table)(&result);
    return 0;
}
