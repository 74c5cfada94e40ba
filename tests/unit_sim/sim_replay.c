/* SPDX-License-Identifier: MIT
 * Stored days become scenarios that pass: random days straight from the hall, and one through a real
 * database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/replay.h"
#include "dispatcher/sim/run.h"
#include "dispatcher/sim/shapes.h"
#include "dispatcher/sim/stage.h"
#include "dispatcher/sim/whim.h"
#include "dispatcher/store/store.h"

static char folder[] = "/tmp/evenhall-replay-XXXXXX";
static char scenario_path[80], store_path[80];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(scenario_path, sizeof scenario_path, "%s/day.hall", folder);
    snprintf(store_path, sizeof store_path, "%s/hall.db", folder);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    static const char *const endings[] = {"", "-wal", "-shm", "-reserve", "-lock"};
    unlink(scenario_path);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char path[100];
        snprintf(path, sizeof path, "%s%s", store_path, endings[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static void run_scenario(struct run_report *report)
{
    static char printed[65536];
    struct error error = {0};
    FILE *print = fmemopen(printed, sizeof printed, "w");
    struct run_params params = {.quiet = true, .out = print};
    memset(report, 0, sizeof *report);
    enum status status = run_path(scenario_path, &params, report, &error);
    fclose(print);
    if (status != STATUS_OK || report->failed || report->passed != 1)
        fail_msg("%s\n%s", error.text, printed);
}

/* ---- straight from the hall ---- */

struct record {
    struct replay_event *list;
    size_t count, day_from; /* of the last day */
};

static void keep(const struct event *event, void *userdata)
{
    struct record *record = userdata;
    record->list = realloc(record->list, (record->count + 1) * sizeof *record->list);
    assert_non_null(record->list);
    if (event->kind == EVENT_DAY_OPENED)
        record->day_from = record->count;
    record->list[record->count++] = (struct replay_event){*event, true};
}

struct player {
    struct stage stage;
    struct rng rng;
};

static void play(struct player *p, const struct command *command)
{
    struct error error;
    bool ok = stage_act(&p->stage, command, &error);
    if (!ok && error.status != STATUS_OK)
        fail_msg("%s", error.text);
    if (p->stage.hall->policy[POLICY_AUTO_CALL] && !stage_tick(&p->stage, &error))
        fail_msg("%s", error.text);
}

static void build(const struct command *command, void *userdata)
{
    play(userdata, command);
}

static void pass(struct player *p, int64_t to_ms)
{
    struct error error;
    if (!stage_pass(&p->stage, to_ms, &error))
        fail_msg("%s", error.text);
}

static void play_days(struct player *p, struct record *record, uint64_t seed, unsigned days)
{
    int32_t date = date_from_civil(2026, 11, 23);
    struct hall *hall = p->stage.hall;
    p->rng = rng_part(seed, 0);
    p->stage.sink = keep;
    p->stage.userdata = record;
    p->stage.now_ms = hall_midnight_ms(hall, date);
    shape_build(shape_find("small"), &p->rng, true, date, build, p);
    if (seed % 3 == 0)
        play(p, &(struct command){.kind = COMMAND_SET_POLICY, .set_policy = {POLICY_AUTO_CALL, 1}});
    for (unsigned day = 0; day < days; day++, date++) {
        pass(p, hall_midnight_ms(hall, date) + 9 * 60 * MINUTE_MS);
        if (hall->day_state == DAY_CLOSED)
            play(p, &(struct command){.kind = COMMAND_OPEN_DAY, .by = {ACTOR_MANAGER, 1}});
        for (unsigned i = 0; i < 400; i++) {
            struct command command;
            pass(p, p->stage.now_ms + rng_below(&p->rng, 40000));
            whim_next(&p->rng, hall, p->stage.now_ms, MOOD_DAY, &command);
            if (command.kind != COMMAND_SET_POLICY)
                play(p, &command);
        }
        pass(p, hall_midnight_ms(hall, date) + 23 * 60 * MINUTE_MS);
    }
}

static void test_random_days_become_scenarios(void **state)
{
    (void)state;
    size_t commands = 0;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct player player;
        struct record record = {0};
        struct replay_report report;
        struct run_report run;
        struct text text = {0};
        struct error error = {0};
        assert_true(stage_init(&player.stage));
        play_days(&player, &record, seed, 2);
        for (size_t i = record.day_from; i < record.count; i++)
            record.list[i].before = false;
        assert_int_equal(replay_write(record.list, record.count, "a day", &text, &report, &error), STATUS_OK);
        FILE *file = fopen(scenario_path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(text.data, 1, text.length, file), text.length);
        fclose(file);
        run_scenario(&run);
        /* every event of the day is explained by a command or by time */
        assert_int_equal(report.raw, 0);
        assert_int_equal(run.events, record.count);
        commands += report.commands;
        text_destroy(&text);
        free(record.list);
        stage_destroy(&player.stage);
    }
    assert_true(commands > 1000);
}

/* An event that no command brings, such as one of another program version, stands for itself. */
static void test_what_nobody_can_have_asked_for(void **state)
{
    (void)state;
    struct replay_event events[2] = {{.event = {.kind = EVENT_ZONE_SET, .zone_set = {{1}, 'A'}}},
                                     {.event = {.kind = EVENT_KIND_SET, .kind_set = {1, CLASS_BOOKED}}}};
    struct replay_report report;
    struct text text = {0};
    struct error error = {0};
    events[0].event.at_ms = events[1].event.at_ms = 1795363200000;
    assert_int_equal(replay_write(events, 2, "odd", &text, &report, &error), STATUS_OK);
    assert_int_equal(report.commands, 1);
    assert_int_equal(report.raw, 1);
    assert_non_null(
        strstr(text.data, "> set-zone 1 letter=A\n  zone-set 1 letter=A\n= kind-set 1 class=booked\n"));
    text_destroy(&text);
}

/* ---- through the database ---- */

struct stored {
    struct store *store;
    struct hall *hall;
    struct error error;
    int64_t now_ms;
};

static void store_act(struct stored *s, const struct command *command)
{
    static struct decision decision;
    if (!hall_decide(s->hall, command, s->now_ms, &decision) || !decision.count)
        return;
    assert_int_equal(store_begin(s->store, &s->error), STATUS_OK);
    assert_int_equal(store_take(s->store, s->hall, decision.events, decision.count, NULL, &s->error),
                     STATUS_OK);
    assert_int_equal(store_commit(s->store, &s->error), STATUS_OK);
}

static void store_build(const struct command *command, void *userdata)
{
    store_act(userdata, command);
}

static void store_tick(struct stored *s)
{
    for (unsigned i = 0; i < 50; i++)
        store_act(s, &(struct command){.kind = COMMAND_TICK});
}

static void fill_days(struct stored *s, unsigned days)
{
    struct rng rng = {5};
    int32_t date = date_from_civil(2026, 11, 23);
    s->now_ms = hall_midnight_ms(s->hall, date);
    shape_build(shape_find("small"), &rng, false, date, store_build, s);
    for (unsigned day = 0; day < days; day++, date++) {
        s->now_ms = hall_midnight_ms(s->hall, date) + 9 * 60 * MINUTE_MS;
        store_tick(s);
        for (uint16_t w = 1; w <= s->hall->windows_top; w++)
            store_act(s, &(struct command){.kind = COMMAND_START_DUTY, .start_duty = {{w}, {w}, false}});
        for (unsigned i = 0; i < 150; i++) {
            struct command command;
            s->now_ms += rng_below(&rng, 30000);
            whim_next(&rng, s->hall, s->now_ms, MOOD_DAY, &command);
            if (command.kind != COMMAND_CLOSE_DAY)
                store_act(s, &command);
        }
        s->now_ms = hall_midnight_ms(s->hall, date) + 23 * 60 * MINUTE_MS;
        store_tick(s);
        assert_int_equal(s->hall->day_state, DAY_CLOSED);
        assert_int_equal(store_checkpoint(s->store, s->hall, &s->error), STATUS_OK);
    }
}

static int call_replay(const char *day)
{
    char *argv[] = {"replay", "--from", store_path, "--day", (char *)day, "--out", scenario_path, NULL};
    return command_replay(7, argv);
}

static void test_a_day_out_of_the_database(void **state)
{
    (void)state;
    struct stored s = {.hall = calloc(1, sizeof *s.hall)};
    struct store_params params = {.path = store_path, .create = true, .reserve_bytes = -1};
    struct run_report run;
    assert_non_null(s.hall);
    hall_init(s.hall);
    if (store_open_sqlite(&params, &s.store, &s.error) != STATUS_OK)
        fail_msg("%s", s.error.text);
    fill_days(&s, 3);
    assert_int_equal(store_close(s.store, &s.error), STATUS_OK);
    free(s.hall);
    for (int day = 23; day <= 25; day++) {
        char name[32];
        snprintf(name, sizeof name, "2026-11-%d", day);
        assert_int_equal(call_replay(name), 0);
        run_scenario(&run);
        assert_true(run.events > 50);
    }
    assert_int_equal(call_replay("2026-12-24"), 1);
    assert_int_equal(call_replay("2026-13-24"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_days_become_scenarios),
        cmocka_unit_test(test_what_nobody_can_have_asked_for),
        cmocka_unit_test(test_a_day_out_of_the_database),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
