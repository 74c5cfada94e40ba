/* SPDX-License-Identifier: MIT
 * How fast the core is: decide and evolve over a mixed day, and single call decisions in a crowded hall. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "dispatcher/core/calendar.h"
#include "dispatcher/core/rule.h"
#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/shapes.h"

enum {
    BENCH_WINDOWS = 40,
    BENCH_WAITING = 500,
    BENCH_COMMANDS = 400000,
    BENCH_DAY_TICKETS = 20000,
    SAMPLES = 20000, /* call decisions measured */
    REPEATS = 16,    /* of each, because the clock counts microseconds */
};

static const struct shape bench_shape = {"bench", 2, 9, 80, BENCH_WINDOWS, BENCH_WINDOWS, 0, 1};

struct bench {
    struct hall *hall; /* owned */
    struct decision decision;
    struct rng rng;
    int64_t now_ms;
    int32_t date;
    uint64_t commands, events;
    uint32_t window; /* whose turn it is */
};

struct bench_result {
    uint64_t commands, events;
    double seconds;
    double call_median_ns, call_p99_ns;
    uint64_t digest;
};

static bool drive(struct bench *b, const struct command *command)
{
    b->commands++;
    if (!hall_decide(b->hall, command, b->now_ms, &b->decision))
        return false;
    for (uint32_t i = 0; i < b->decision.count; i++)
        hall_evolve(b->hall, &b->decision.events[i]);
    b->events += b->decision.count;
    return true;
}

static void build(const struct command *command, void *userdata)
{
    drive(userdata, command);
}

static void begin_day(struct bench *b)
{
    b->date++;
    b->now_ms = hall_midnight_ms(b->hall, b->date) + (int64_t)9 * 60 * MINUTE_MS;
    drive(b, &(struct command){.kind = COMMAND_OPEN_DAY});
    for (unsigned w = 1; w <= BENCH_WINDOWS; w++) {
        struct command command = {.kind = COMMAND_START_DUTY};
        command.start_duty = (struct start_duty){{(uint16_t)w}, {(uint16_t)w}, false};
        drive(b, &command);
    }
}

static void end_day(struct bench *b)
{
    struct command close = {.kind = COMMAND_CLOSE_DAY, .close_day = {true}};
    drive(b, &close);
    while (b->hall->day_state != DAY_CLOSED)
        drive(b, &(struct command){.kind = COMMAND_TICK});
}

static void issue(struct bench *b)
{
    struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_CLERK, 1}};
    command.issue.items.count = 1;
    command.issue.items.items[0].value = (uint16_t)rng_range(&b->rng, 1, b->hall->items_top);
    command.issue.kind = rng_chance(&b->rng, 100) ? 1 : 0;
    drive(b, &command);
}

/* What the next window would do: call, start or finish. */
static void work(struct bench *b)
{
    struct window_id id = {(uint16_t)(b->window++ % BENCH_WINDOWS + 1)};
    const struct window *window = &b->hall->windows[id.value];
    struct command command = {.kind = COMMAND_CALL, .call = {id}};
    if (window->ticket.value)
        command.kind =
            b->hall->tickets[window->ticket.value].state == TICKET_CALLED ? COMMAND_START : COMMAND_FINISH;
    drive(b, &command);
}

static void mixed_days(struct bench *b)
{
    while (b->commands < BENCH_COMMANDS) {
        begin_day(b);
        while (b->hall->ticket_count < BENCH_DAY_TICKETS && b->commands < BENCH_COMMANDS) {
            b->now_ms += 400;
            if (b->hall->waiting_count < BENCH_WAITING)
                issue(b);
            else
                work(b);
        }
        end_day(b);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void call_decisions(struct bench *b, struct bench_result *out)
{
    static double took_ns[SAMPLES];
    begin_day(b);
    while (b->hall->waiting_count < BENCH_WAITING) {
        b->now_ms += 2000;
        issue(b);
    }
    for (unsigned i = 0; i < SAMPLES; i++) {
        struct command call = {.kind = COMMAND_CALL, .call = {{(uint16_t)(i % BENCH_WINDOWS + 1)}}};
        b->now_ms += 700;
        int64_t from_us = clock_mono_us();
        for (unsigned n = 0; n < REPEATS; n++)
            hall_decide(b->hall, &call, b->now_ms, &b->decision);
        took_ns[i] = (double)(clock_mono_us() - from_us) * 1000 / REPEATS;
    }
    qsort(took_ns, SAMPLES, sizeof took_ns[0], by_size);
    out->call_median_ns = took_ns[SAMPLES / 2];
    out->call_p99_ns = took_ns[SAMPLES - SAMPLES / 100];
}

static bool bench_core(struct bench_result *out)
{
    struct bench b = {.rng = {42}, .date = date_from_civil(2026, 11, 22)};
    b.hall = calloc(1, sizeof *b.hall);
    if (!b.hall)
        return false;
    hall_init(b.hall);
    b.now_ms = hall_midnight_ms(b.hall, b.date);
    shape_build(&bench_shape, &b.rng, false, b.date, build, &b);
    int64_t from_us = clock_mono_us();
    mixed_days(&b);
    out->seconds = (double)(clock_mono_us() - from_us) / 1e6;
    out->commands = b.commands;
    out->events = b.events;
    out->digest = hall_digest(b.hall);
    call_decisions(&b, out);
    free(b.hall);
    return true;
}

static void print_table(const struct bench_result *r)
{
    printf("decide + evolve, mixed day, %d windows, %d waiting\n", BENCH_WINDOWS, BENCH_WAITING);
    printf("  commands            %12" PRIu64 "\n  events              %12" PRIu64 "\n", r->commands,
           r->events);
    printf("  commands per second %12.0f\n", (double)r->commands / r->seconds);
    printf("call decision, %d windows, %d waiting\n", BENCH_WINDOWS, BENCH_WAITING);
    printf("  median              %12.0f ns\n  99th percentile     %12.0f ns\n", r->call_median_ns,
           r->call_p99_ns);
    printf("memory of a hall      %12zu bytes\n", sizeof(struct hall));
    printf("digest            %016" PRIx64 "\n", r->digest);
}

static void print_json(const struct bench_result *r)
{
    printf("{\"commands\":%" PRIu64 ",\"events\":%" PRIu64 ",\"commands_per_s\":%.0f,\"call_median_ns\":%.0f,"
           "\"call_p99_ns\":%.0f,\"hall_bytes\":%zu,\"digest\":\"%016" PRIx64 "\"}\n",
           r->commands, r->events, (double)r->commands / r->seconds, r->call_median_ns, r->call_p99_ns,
           sizeof(struct hall), r->digest);
}

int command_bench(int argc, char **argv)
{
    bool json = false, help = false;
    int words;
    const struct option_row rows[] = {
        {"json", OPTION_FLAG, &json, 0, 0, NULL, "print one JSON object"},
        {"help", OPTION_FLAG, &help, 0, 0, NULL, "show this"},
    };
    const struct command_options options = {
        "evenhall-sim bench core|plan [--json]",
        "How fast the core decides, or planning thinks. Build for release first.", rows,
        sizeof rows / sizeof rows[0], &help};
    int done = command_options(&options, argc, argv, &words);
    if (done >= 0)
        return done;
    if (words == 1 && strcmp(argv[1], "plan") == 0)
        return command_bench_plan(json);
    if (words != 1 || strcmp(argv[1], "core") != 0) {
        fprintf(stderr, "evenhall-sim bench: say what to measure: core or plan\n");
        return 2;
    }
    struct bench_result result;
    if (!bench_core(&result)) {
        fprintf(stderr, "evenhall-sim bench: out of memory\n");
        return 1;
    }
    (json ? print_json : print_table)(&result);
    return 0;
}
