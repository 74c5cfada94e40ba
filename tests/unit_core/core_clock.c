/* SPDX-License-Identifier: MIT
 * Time: every second around midnight, clocks that jump, zones around the world, days of a whole year. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/refusal.h"
#include "dispatcher/plan/rng.h"
#include "dispatcher/sim/stage.h"

enum { SECOND_MS = 1000 };

static struct stage stage;

static bool act(const struct command *command)
{
    struct error error;
    bool ok = stage_act(&stage, command, &error);
    if (!ok && error.status != STATUS_OK)
        fail_msg("%s", error.text);
    return ok;
}

static void pass(int64_t to_ms)
{
    struct error error;
    if (!stage_pass(&stage, to_ms, &error))
        fail_msg("%s", error.text);
}

static void set_policy(enum policy_key key, int32_t value)
{
    struct command command = {.kind = COMMAND_SET_POLICY, .set_policy = {(uint16_t)key, value}};
    assert_true(act(&command));
}

static bool issue(void)
{
    struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_CLERK, 1}, .issue = {.items = {1, {{1}}}}};
    return act(&command);
}

/* One window, open from nine to five every day of the week. */
static int make_hall(void **state)
{
    (void)state;
    if (!stage_init(&stage))
        return -1;
    for (uint16_t weekday = 0; weekday < 7; weekday++) {
        struct command command = {.kind = COMMAND_SET_WEEK, .set_week = {weekday, {1, {{540, 1020}}}}};
        assert_true(act(&command));
    }
    static const struct command commands[] = {
        {.kind = COMMAND_SET_ZONE, .set_zone = {{1}, 'A'}},
        {.kind = COMMAND_SET_DOMAIN, .set_domain = {{1}, 'A', 0, false}},
        {.kind = COMMAND_SET_ITEM, .set_item = {.item = {1}, .domain = {1}, .expected_ms = 300000}},
        {.kind = COMMAND_SET_WINDOW, .set_window = {.window = {1}, .zone = {1}}},
        {.kind = COMMAND_SET_CLERK, .set_clerk = {.clerk = {1}, .trained = true}},
        {.kind = COMMAND_SET_AUTHORISATION,
         .set_authorisation =
             {.authorisation = 1, .clerk = {1}, .domains = 1, .from_date = 1, .to_date = 99999}},
    };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        assert_true(act(&commands[i]));
    return 0;
}

static int drop_hall(void **state)
{
    (void)state;
    stage_destroy(&stage);
    return 0;
}

static int32_t monday(void)
{
    return date_from_civil(2026, 11, 23);
}

static void begin(int32_t date)
{
    stage.now_ms = hall_midnight_ms(stage.hall, date) + 8 * 60 * MINUTE_MS;
    pass(stage.now_ms + 60 * MINUTE_MS);
    assert_int_equal(stage.hall->day_state, DAY_OPEN);
    struct command duty = {.kind = COMMAND_START_DUTY, .start_duty = {{1}, {1}, false}};
    assert_true(act(&duty));
}

/* E3: a number of every second from 23:58 to 00:02 and from 03:58 to 04:02 belongs to the day that is open.
 */
static void test_every_second_around_midnight(void **state)
{
    (void)state;
    set_policy(POLICY_CLOSE_GRACE_MIN, 600); /* until three in the morning */
    set_policy(POLICY_ALARM_WAIT_MIN, 600);
    begin(monday());
    int64_t midnight_ms = hall_midnight_ms(stage.hall, monday() + 1);
    assert_true(issue());
    uint16_t count = 1;
    for (int second = -120; second <= 120; second++) {
        pass(midnight_ms + second * SECOND_MS);
        assert_true(issue());
        assert_int_equal(stage.hall->date, monday());
        assert_int_equal(stage.decision.events[0].ticket_issued.number.count, ++count);
    }
    pass(midnight_ms + 3 * 60 * MINUTE_MS);
    assert_int_equal(stage.hall->day_state, DAY_CLOSED);
    for (int second = 4 * 3600 - 120; second <= 4 * 3600 + 120; second++) {
        pass(midnight_ms + second * SECOND_MS);
        assert_false(issue());
        assert_int_equal(stage.decision.refusal.code, REFUSED_DAY_NOT_OPEN);
        assert_int_equal(stage.hall->date, monday());
    }
}

/* A day that a manager opened without the calendar ends at its midnight, whatever second that is tried at. */
static void test_a_day_of_the_manager_ends_at_midnight(void **state)
{
    (void)state;
    begin(monday());
    pass(hall_midnight_ms(stage.hall, monday()) + 18 * 60 * MINUTE_MS);
    struct command open = {.kind = COMMAND_OPEN_DAY, .by = {ACTOR_MANAGER, 1}};
    assert_true(act(&open));
    int64_t midnight_ms = hall_midnight_ms(stage.hall, monday() + 1);
    for (int second = -60; second < 0; second++) {
        pass(midnight_ms + second * SECOND_MS);
        assert_int_equal(stage.hall->day_state, DAY_OPEN);
    }
    pass(midnight_ms);
    assert_int_equal(stage.hall->day_state, DAY_CLOSED);
    assert_int_equal(stage.hall->date, monday());
}

/* E1: the clock jumps by a second, a minute, an hour, a day, ten years, there and back, at random moments.
 * The hall stays whole, time in events never runs backwards, and once the clock is right again it goes on. */
static void test_clocks_that_jump(void **state)
{
    (void)state;
    static const int64_t jumps_ms[] = {SECOND_MS,      59 * SECOND_MS, 61 * SECOND_MS,
                                       60 * MINUTE_MS, DAY_MS,         (int64_t)3650 * DAY_MS};
    struct rng rng = {21};
    begin(monday());
    for (unsigned round = 0; round < 600; round++) {
        int64_t right_ms = stage.now_ms + rng_below(&rng, 20000);
        int64_t jump_ms = jumps_ms[rng_below(&rng, 6)];
        bool back = jump_ms > 60 * SECOND_MS || rng_chance(&rng, 500);
        stage.now_ms = back ? right_ms - jump_ms : right_ms + jump_ms;
        int64_t before_ms = stage.hall->last_ms;
        bool behind = stage.now_ms < before_ms - 60 * SECOND_MS;
        bool issued = issue();
        if (behind) {
            assert_false(issued);
            assert_int_equal(stage.decision.refusal.code, REFUSED_WAIT_FOR_CLOCK);
            assert_int_equal(stage.hall->last_ms, before_ms);
        }
        assert_true(stage.hall->last_ms >= before_ms);
        stage.now_ms = right_ms > stage.hall->last_ms ? right_ms : stage.hall->last_ms;
        if (stage.hall->day_state == DAY_OPEN)
            pass(stage.now_ms);
    }
    assert_true(stage.hall->ticket_count > 100);
}

static void test_dates_before_the_epoch(void **state)
{
    (void)state;
    assert_int_equal(hall_date_at(stage.hall, 0), 0);
    assert_int_equal(hall_date_at(stage.hall, -480 * MINUTE_MS), 0);
    assert_int_equal(hall_date_at(stage.hall, -480 * MINUTE_MS - 1), -1);
    assert_int_equal(hall_date_at(stage.hall, -480 * MINUTE_MS - DAY_MS), -1);
    assert_int_equal(hall_date_at(stage.hall, -480 * MINUTE_MS - DAY_MS - 1), -2);
}

/* E2: machines that start with a clock of 1970, 2038 or 2099 begin a hall that works. */
static void test_wild_clocks(void **state)
{
    (void)state;
    static const int dates[][3] = {{1970, 1, 2}, {2038, 1, 19}, {2038, 1, 20}, {2099, 12, 31}, {2100, 2, 28}};
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        begin(date_from_civil(dates[i][0], dates[i][1], dates[i][2]));
        assert_true(issue());
        struct command close = {.kind = COMMAND_CLOSE_DAY, .close_day = {true}};
        assert_true(act(&close));
        pass(stage.now_ms + SECOND_MS);
        assert_int_equal(stage.hall->day_state, DAY_CLOSED);
    }
}

/* The zone is set right while the hall is open: its midnight moves with it. */
static void test_a_zone_set_during_the_day(void **state)
{
    (void)state;
    begin(monday());
    set_policy(POLICY_CHANGEOVER_MS, 0);
    assert_int_equal(stage.hall->midnight_ms, hall_midnight_ms(stage.hall, monday()));
    set_policy(POLICY_UTC_OFFSET_MIN, 540);
    assert_int_equal(stage.hall->midnight_ms, (int64_t)monday() * DAY_MS - 540 * MINUTE_MS);
}

/* E4: in every zone, each day of a year opens at a quarter to nine of its own clock and closes at five. */
static void test_a_year_in_zones_around_the_world(void **state)
{
    (void)state;
    static const int32_t offsets_min[] = {-720, -300, 0, 60, 345, 480, 840};
    int32_t date = date_from_civil(2027, 1, 1);
    for (size_t i = 0; i < sizeof offsets_min / sizeof offsets_min[0]; i++) {
        set_policy(POLICY_UTC_OFFSET_MIN, offsets_min[i]);
        stage.now_ms = hall_midnight_ms(stage.hall, date);
        for (int day = 0; day < 366; day++, date++) {
            int64_t midnight_ms = hall_midnight_ms(stage.hall, date);
            assert_int_equal(midnight_ms, (int64_t)date * DAY_MS - (int64_t)offsets_min[i] * MINUTE_MS);
            assert_int_equal(hall_date_at(stage.hall, midnight_ms), date);
            assert_int_equal(hall_date_at(stage.hall, midnight_ms - 1), date - 1);
            pass(midnight_ms + 525 * MINUTE_MS - 1);
            assert_int_equal(stage.hall->day_state, DAY_CLOSED);
            pass(midnight_ms + 525 * MINUTE_MS);
            assert_int_equal(stage.hall->day_state, DAY_OPEN);
            assert_int_equal(stage.hall->date, date);
            pass(midnight_ms + 1020 * MINUTE_MS);
            assert_int_equal(stage.hall->day_state, DAY_CLOSED);
        }
        date += 2; /* the next zone may be a day ahead */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_second_around_midnight, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_a_day_of_the_manager_ends_at_midnight, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_clocks_that_jump, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_dates_before_the_epoch, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_wild_clocks, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_a_zone_set_during_the_day, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_a_year_in_zones_around_the_world, make_hall, drop_hall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
