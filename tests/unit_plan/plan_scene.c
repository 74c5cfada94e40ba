/* SPDX-License-Identifier: MIT
 * What a scene tells of a hall, case by case: pauses and breaks, services under way, tickets that stand in no
 * line, windows that may not do everything, who will still come. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "halls.h"

enum { MIN = MINUTE_MS };

static const struct halls_plain plain = {3, 4, 10}; /* domains, windows, minutes an item */

static void must(struct halls *h, const struct command *command)
{
    assert_true(halls_act(h, command));
}

static void set_policy(struct halls *h, enum policy_key key, int32_t value)
{
    struct command command = {.kind = COMMAND_SET_POLICY, .by = {ACTOR_MANAGER, 1}};
    command.set_policy = (struct policy_set){(uint16_t)key, value};
    must(h, &command);
}

static void pause(struct halls *h, uint16_t window, enum pause_reason reason, int64_t until_ms)
{
    must(h, &(struct command){.kind = COMMAND_PAUSE, .pause = {{window}, (uint8_t)reason, until_ms}});
}

static void plan_break(struct halls *h, uint16_t window, int64_t from_ms, int64_t to_ms)
{
    struct command command = {.kind = COMMAND_PLAN_BREAK, .by = {ACTOR_MANAGER, 1}};
    command.plan_break = (struct break_planned){{window}, h->stage.now_ms + from_ms, h->stage.now_ms + to_ms};
    must(h, &command);
}

static void serve(struct halls *h, uint16_t window)
{
    must(h, &(struct command){.kind = COMMAND_CALL, .call = {{window}}});
    must(h, &(struct command){.kind = COMMAND_START, .start = {{window}}});
}

static void issue_items(struct halls *h, uint16_t first, uint16_t second, uint16_t window, uint16_t clerk)
{
    struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_CLERK, 1}};
    command.issue.items.count = second ? 2 : 1;
    command.issue.items.items[0].value = first;
    command.issue.items.items[1].value = second;
    command.issue.window.value = window;
    command.issue.clerk.value = clerk;
    must(h, &command);
}

static void assert_off(const struct scene *scene, unsigned window, unsigned at, int32_t from_ms,
                       int32_t to_ms)
{
    const struct engine_window *w = &scene->model.window[window - 1];
    assert_true(w->off_count > at);
    assert_int_equal(w->offs[at].from_ms, from_ms);
    assert_int_equal(w->offs[at].to_ms, to_ms);
}

/* ---- pauses and breaks ---- */

static void pauses_end_when_they_should(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    pause(h, 1, PAUSE_BREAK, 0);
    pause(h, 2, PAUSE_MEETING, 0);
    pause(h, 3, PAUSE_EQUIPMENT, h->stage.now_ms + 30 * MIN);
    halls_pass(h, 4 * MIN);
    halls_scene(h, &scene);
    assert_off(&scene, 1, 0, 0, 11 * MIN);
    assert_true(scene.serving[1].is_away);
    assert_int_equal(scene.serving[1].elapsed_ms, 4 * MIN);
    assert_int_equal(scene.model.window[1].off_count, 0);
    assert_off(&scene, 3, 0, 0, 26 * MIN);
    assert_int_equal(scene.model.window[3].off_count, 0);
    assert_false(scene.serving[3].is_away);
    scene_destroy(&scene);
    halls_pass(h, 40 * MIN);
    halls_scene(h, &scene);
    assert_off(&scene, 1, 0, 0, 5 * MIN);
    assert_off(&scene, 3, 0, 0, MIN);
    scene_destroy(&scene);
}

static void a_break_that_was_planned_ends_a_pause(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    plan_break(h, 1, 2 * MIN, 42 * MIN);
    plan_break(h, 1, 100 * MIN, 110 * MIN);
    halls_pass(h, 3 * MIN);
    pause(h, 1, PAUSE_BREAK, 0);
    halls_pass(h, MIN);
    halls_scene(h, &scene);
    assert_off(&scene, 1, 0, 0, 38 * MIN);
    assert_off(&scene, 1, 1, 96 * MIN, 106 * MIN);
    scene_destroy(&scene);
}

/* A window that serves when its break begins takes it whole afterwards; one that has called since took none.
 */
static void a_break_waits_for_the_ticket_in_hand(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    halls_issue(h, 1, 2);
    plan_break(h, 1, 5 * MIN, 15 * MIN);
    plan_break(h, 2, 5 * MIN, 15 * MIN);
    serve(h, 1);
    halls_pass(h, 7 * MIN);
    serve(h, 2);
    halls_pass(h, MIN);
    halls_scene(h, &scene);
    assert_off(&scene, 1, 0, 0, 10 * MIN);
    assert_int_equal(scene.model.window[1].off_count, 0);
    assert_int_equal(scene.serving[0].elapsed_ms, 8 * MIN);
    assert_int_equal(scene.serving[1].elapsed_ms, MIN);
    scene_destroy(&scene);
}

static void nobody_works_between_sessions(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    struct command command = {.kind = COMMAND_SET_CALENDAR, .by = {ACTOR_MANAGER, 1}};
    command.set_calendar = (struct calendar_set){h->today, {2, {{540, 720}, {810, 1020}}}};
    must(h, &command);
    plan_break(h, 1, 170 * MIN, 200 * MIN);
    plan_break(h, 2, 190 * MIN, 280 * MIN);
    halls_scene(h, &scene);
    assert_off(&scene, 1, 0, 170 * MIN, 270 * MIN); /* one with the break before */
    assert_off(&scene, 2, 0, 180 * MIN, 280 * MIN);
    assert_off(&scene, 3, 0, 180 * MIN, 270 * MIN);
    scene_destroy(&scene);
    halls_pass(h, 200 * MIN); /* who is there at noon works */
    halls_scene(h, &scene);
    assert_int_equal(scene.model.window[2].off_count, 0);
    scene_destroy(&scene);
}

/* The pause is meant to end at a time, not to last so long after the ticket in hand. */
static void a_pause_ends_on_time_after_a_ticket(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    halls_issue(h, 1, 1);
    serve(h, 1);
    halls_pass(h, 4 * MIN);
    pause(h, 1, PAUSE_MEETING, h->stage.now_ms + 30 * MIN);
    halls_scene(h, &scene);
    assert_off(&scene, 1, 0, 0, 24 * MIN);
    scene_destroy(&scene);
}

/* ---- services and lines ---- */

static void a_window_does_all_it_may(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    struct command command = {.kind = COMMAND_SET_AUTHORISATION, .by = {ACTOR_MANAGER, 1}};
    halls_plain(h, plain);
    command.set_authorisation = (struct authorisation_set){
        .authorisation = 1, .clerk = {1}, .domains = 3, .from_date = h->today, .to_date = h->today + 9};
    must(h, &command);
    issue_items(h, 1, 2, 0, 0);
    issue_items(h, 1, 3, 0, 0);
    issue_items(h, 1, 3, 0, 0);
    serve(h, 1);
    serve(h, 2);
    halls_scene(h, &scene);
    int32_t slow_ms = 10 * MIN * h->stage.hall->policy[POLICY_SLOW_OFF_PRIMARY_PERMILLE] / 1000;
    assert_true(abs(scene.serving[0].expect_ms - 10 * MIN - slow_ms - scene.model.changeover_ms) <= 2);
    assert_int_equal(scene.serving[0].domain2, NO_DOMAIN);
    assert_int_equal(scene.model.window[0].last_domain, 1);
    /* the other may do both of its ticket's items as well */
    assert_true(abs(scene.serving[1].expect_ms - 2 * slow_ms - scene.model.changeover_ms) <= 2);
    assert_int_equal(scene.waiting_count, 1);
    assert_int_equal(scene.waiting[0].domain2, 2);
    assert_int_equal(scene.waiting[0].expect2_ms, 10 * MIN);
    scene_destroy(&scene);
    must(h, &(struct command){.kind = COMMAND_FINISH, .finish = {{1}}});
    serve(h, 1);
    halls_scene(h, &scene);
    assert_int_equal(scene.serving[0].domain, 0);
    assert_int_equal(scene.serving[0].domain2, 2);
    assert_int_equal(scene.serving[0].expect2_ms, 10 * MIN);
    scene_destroy(&scene);
    must(h, &(struct command){.kind = COMMAND_FINISH, .finish = {{1}}});
    halls_scene(h, &scene); /* the rest waits as one ticket without the item that is done */
    assert_int_equal(scene.waiting_count, 1);
    assert_int_equal(scene.waiting[0].domain, 2);
    assert_int_equal(scene.waiting[0].domain2, NO_DOMAIN);
    assert_int_equal(scene.waiting[0].class, CLASS_PRIORITY);
    scene_destroy(&scene);
}

static void what_is_left_of_a_ticket_goes_on_in_one_domain(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_CLERK, 1}};
    halls_plain(h, plain);
    struct command may = {.kind = COMMAND_SET_AUTHORISATION, .by = {ACTOR_MANAGER, 1}};
    may.set_authorisation = (struct authorisation_set){
        .authorisation = 1, .clerk = {1}, .domains = 1, .from_date = h->today, .to_date = h->today + 9};
    must(h, &may);
    command.issue.items = (struct item_list){3, {{1}, {2}, {3}}};
    must(h, &command);
    serve(h, 1);
    halls_scene(h, &scene);
    assert_int_equal(scene.serving[0].domain2, 1);
    assert_int_equal(scene.serving[0].expect2_ms, 10 * MIN);
    scene_destroy(&scene);
}

static void a_held_service_goes_on_where_it_was(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    halls_issue(h, 1, 1);
    serve(h, 1);
    halls_pass(h, 6 * MIN);
    struct command hold = {.kind = COMMAND_HOLD, .hold = {{1}, {"copies"}}};
    must(h, &hold);
    halls_pass(h, 20 * MIN);
    struct command resume = {.kind = COMMAND_RESUME};
    resume.resume = (struct resume){{1}, h->stage.hall->tickets[1].number, false};
    must(h, &resume);
    halls_pass(h, 2 * MIN);
    halls_scene(h, &scene);
    assert_int_equal(scene.serving[0].elapsed_ms, 8 * MIN);
    scene_destroy(&scene);
}

static void a_side_item_returns_to_its_sender(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    halls_issue(h, 1, 1);
    serve(h, 1);
    struct command transfer = {.kind = COMMAND_TRANSFER};
    transfer.transfer = (struct transfer){.window = {1}, .item = {2}, .place = PLACE_HEAD, .returns = true};
    must(h, &transfer);
    serve(h, 2);
    halls_scene(h, &scene);
    assert_int_equal(scene.serving[1].domain, 1);
    assert_int_equal(scene.serving[1].expect_ms, 10 * MIN);
    assert_int_equal(scene.serving[1].domain2, 0);
    assert_int_equal(scene.serving[1].expect2_ms, 10 * MIN);
    scene_destroy(&scene);
}

static void tickets_that_ask_for_a_window_hold_it_up(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    halls_issue(h, 1, 3);
    issue_items(h, 1, 0, 1, 0);
    issue_items(h, 2, 0, 0, 2);
    issue_items(h, 3, 0, 0, 3);
    issue_items(h, 2, 0, 4, 1); /* a clerk who is not there */
    must(h, &(struct command){.kind = COMMAND_END_DUTY, .end_duty = {{3}}});
    halls_scene(h, &scene);
    assert_int_equal(scene.waiting_count, 3);
    assert_off(&scene, 1, 0, 0, 10 * MIN);
    assert_off(&scene, 2, 0, 0, 10 * MIN);
    assert_true(scene.model.window[2].absent);
    assert_int_equal(scene.model.window[3].off_count, 0);
    for (unsigned d = 0; d < 3; d++)
        assert_int_equal(scene.model.aside[d], d == 1 ? 2 : 1);
    scene_destroy(&scene);
}

/* ---- windows and items ---- */

static void add_item(struct halls *h, uint16_t item, uint16_t domain, uint32_t zones, bool special)
{
    struct command command = {.kind = COMMAND_SET_ITEM, .by = {ACTOR_MANAGER, 1}};
    command.set_item = (struct item_set){.item = {item},
                                         .domain = {domain},
                                         .expected_ms = 20 * MIN,
                                         .bookable = true,
                                         .zones = zones,
                                         .special_only = special};
    must(h, &command);
}

static void special_windows_are_left_out(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    struct command command = {.kind = COMMAND_SET_WINDOW, .by = {ACTOR_MANAGER, 1}};
    halls_plain(h, plain);
    add_item(h, 4, 1, 0, true);
    must(h, &(struct command){.kind = COMMAND_END_DUTY, .end_duty = {{4}}});
    command.set_window = (struct window_set){.window = {4}, .zone = {1}, .mode = MODE_SPECIAL};
    command.set_window.items = (struct item_list){1, {{4}}};
    must(h, &command);
    must(h, &(struct command){.kind = COMMAND_START_DUTY, .start_duty = {{4}, {4}, false}});
    issue_items(h, 4, 0, 0, 0);
    issue_items(h, 1, 4, 0, 0);
    h->outlook.item_share[1] = 0.75f;
    h->outlook.item_share[4] = 0.25f;
    halls_expect(h, 24);
    halls_scene(h, &scene);
    assert_true(scene.model.window[3].absent);
    assert_int_equal(scene.waiting_count, 1);
    assert_int_equal(scene.waiting[0].expect_ms, 10 * MIN); /* the special item is left out */
    assert_int_equal(scene.model.aside[0], 1);
    assert_int_equal(scene.item_from[1] - scene.item_from[0], 1);
    double ratio = (double)scene.expected[0][40] / (double)scene.expected[1][40];
    assert_true(ratio > 0.5 && ratio < 0.95);
    assert_true(fabs((double)scene.items[0].share_to - 1) < 1e-6);
    scene_destroy(&scene);
    must(h, &(struct command){.kind = COMMAND_END_DUTY, .end_duty = {{4}}});
    halls_scene(h, &scene);
    assert_int_equal(scene.waiting_count, 1);
    scene_destroy(&scene);
}

/* An item that others might do, but only a special window does today. */
static void what_only_a_special_window_does_is_left_out(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    struct command command = {.by = {ACTOR_MANAGER, 1}};
    halls_plain(h, plain);
    must(h, &(struct command){.kind = COMMAND_END_DUTY, .end_duty = {{4}}});
    command.kind = COMMAND_SET_WINDOW;
    command.set_window = (struct window_set){.window = {4}, .zone = {1}, .mode = MODE_SPECIAL};
    command.set_window.items = (struct item_list){1, {{1}}};
    must(h, &command);
    must(h, &(struct command){.kind = COMMAND_START_DUTY, .start_duty = {{4}, {4}, false}});
    halls_issue(h, 1, 1);
    halls_scene(h, &scene);
    assert_int_equal(scene.waiting_count, 1);
    scene_destroy(&scene);
    for (uint16_t c = 1; c <= 3; c++) {
        command.kind = COMMAND_SET_AUTHORISATION;
        command.set_authorisation = (struct authorisation_set){
            .authorisation = c, .clerk = {c}, .domains = 6, .from_date = h->today, .to_date = h->today + 9};
        must(h, &command);
    }
    halls_scene(h, &scene);
    assert_int_equal(scene.waiting_count, 0);
    scene_destroy(&scene);
    must(h, &(struct command){.kind = COMMAND_END_DUTY, .end_duty = {{4}}});
    halls_scene(h, &scene); /* nobody does it: somebody may come */
    assert_int_equal(scene.waiting_count, 1);
    scene_destroy(&scene);
}

static void retired_items_are_expected_of_nobody(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    add_item(h, 4, 1, 0, false);
    h->outlook.item_share[1] = h->outlook.item_share[4] = 0.5f;
    h->outlook.item_share[2] = h->outlook.item_share[3] = 1;
    halls_expect(h, 24);
    struct command command = {.kind = COMMAND_SET_ITEM, .by = {ACTOR_MANAGER, 1}};
    command.set_item =
        (struct item_set){.item = {4}, .domain = {1}, .expected_ms = 20 * MIN, .retired = true};
    must(h, &command);
    halls_scene(h, &scene);
    assert_int_equal(scene.item_from[1] - scene.item_from[0], 1);
    assert_true(scene.expected[0][0] == scene.expected[1][0]);
    scene_destroy(&scene);
}

static void windows_without_a_primary_domain(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    for (uint16_t w = 1; w <= 2; w++) {
        struct command command = {.kind = COMMAND_SET_WINDOW, .by = {ACTOR_MANAGER, 1}};
        must(h, &(struct command){.kind = COMMAND_END_DUTY, .end_duty = {{w}}});
        command.set_window = (struct window_set){
            .window = {w}, .zone = {1}, .domains = 7, .mode = w == 1 ? MODE_DOMAIN : MODE_UNDIFFERENTIATED};
        must(h, &command);
        must(h, &(struct command){.kind = COMMAND_START_DUTY, .start_duty = {{w}, {w}, false}});
    }
    halls_scene(h, &scene);
    assert_int_equal(scene.model.window[0].primary, NO_DOMAIN);
    for (unsigned d = 0; d < 3; d++) {
        assert_int_equal(scene.model.true_factor_q16[d], 65536);
        assert_true(abs((int)scene.model.true_factor_q16[3 + d] - 65536 * 115 / 100) <= 1);
    }
    scene_destroy(&scene);
}

static void set_share_of_zone_2(struct halls *h, float share)
{
    h->outlook.item_share[1] = 1 - share;
    h->outlook.item_share[5] = share;
}

/* Window 4 stands in zone 2, the others in zone 1; item 5 of domain 1 is done in zone 2 only. */
static void a_window_may_a_domain_when_it_may_most_of_it(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    struct command command = {.by = {ACTOR_MANAGER, 1}};
    halls_plain(h, plain);
    command.kind = COMMAND_SET_ZONE;
    command.set_zone = (struct zone_set){{2}, 'B'};
    must(h, &command);
    must(h, &(struct command){.kind = COMMAND_END_DUTY, .end_duty = {{4}}});
    command.kind = COMMAND_SET_WINDOW;
    command.set_window =
        (struct window_set){.window = {4}, .zone = {2}, .primary = {1}, .domains = 7, .mode = MODE_DOMAIN};
    must(h, &command);
    add_item(h, 5, 1, 1 << 1, false);
    must(h, &(struct command){.kind = COMMAND_START_DUTY, .start_duty = {{4}, {4}, false}});
    set_share_of_zone_2(h, 0.4f);
    halls_scene(h, &scene);
    assert_int_equal(scene.model.window[0].may, 7); /* six tenths of domain 1 */
    assert_int_equal(scene.model.window[3].may, 7);
    scene_destroy(&scene);
    set_share_of_zone_2(h, 0.6f);
    halls_scene(h, &scene);
    assert_int_equal(scene.model.window[0].may, 6);
    assert_int_equal(scene.model.window[3].may, 7);
    scene_destroy(&scene);
}

/* ---- who will come ---- */

static void numbers_stop_before_closing(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    halls_expect(h, 60);
    set_policy(h, POLICY_STOP_BEFORE_CLOSE_MIN, 40);
    halls_scene(h, &scene);
    assert_int_equal(scene.bins_from_ms, 0);
    assert_int_equal(scene.bin_count, 44); /* until 16:20 */
    scene_destroy(&scene);
    halls_pass(h, 95 * MIN);
    halls_scene(h, &scene);
    assert_int_equal(scene.bins_from_ms, -95 * MIN);
    scene_destroy(&scene);
}

static void expectations_follow_the_day(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    halls_expect(h, 30);
    for (unsigned n = 0; n < 60; n++) {
        halls_pass(h, MIN);
        halls_issue(h, 1, 1); /* twice as many as expected; 2 as expected, 3 not at all */
        halls_issue(h, 2, n % 2);
    }
    halls_scene(h, &scene);
    float was = h->outlook.expected[0][10];
    assert_true(scene.expected[0][10] > 1.3f * was && scene.expected[0][10] < 2.2f * was);
    assert_true(scene.expected[1][10] > 0.8f * was && scene.expected[1][10] < 1.3f * was);
    assert_true(scene.expected[2][10] >= 0.399f * was && scene.expected[2][10] < 0.6f * was);
    scene_destroy(&scene);
}

static void book(struct halls *h, uint16_t item, uint16_t slot_min, uint32_t person)
{
    struct command command = {.kind = COMMAND_BOOK, .by = {ACTOR_CLERK, 1}};
    command.book = (struct book){{item}, h->today, slot_min, {person}, CHANNEL_STAFF};
    must(h, &command);
}

static void bookings_are_expected_until_too_late(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    set_policy(h, POLICY_SAME_DAY_LEAD_MIN, 0);
    book(h, 2, 630, 1);
    book(h, 1, 570, 2);
    book(h, 3, 540, 3);
    h->outlook.booked_absent_share = 0.2;
    h->outlook.lateness_ms = -5 * MIN;
    h->outlook.lateness_sd_ms = 7 * MIN;
    halls_scene(h, &scene);
    assert_int_equal(scene.booking_count, 3);
    assert_int_equal(scene.bookings[0].slot_ms, 0);
    assert_int_equal(scene.bookings[0].domain, 2);
    assert_int_equal(scene.bookings[1].slot_ms, 30 * MIN);
    assert_int_equal(scene.bookings[2].slot_ms, 90 * MIN);
    assert_true(scene.bookings[0].absent_share > 0.3f); /* should be here by now */
    assert_true(fabs((double)scene.bookings[2].absent_share - 0.2) < 0.001);
    scene_destroy(&scene);
    halls_pass(h, 15 * MIN);
    halls_scene(h, &scene);
    assert_int_equal(scene.booking_count, 3);
    scene_destroy(&scene);
    double before[DOMAINS_MAX], after[DOMAINS_MAX];
    halls_expect(h, 6);
    assert_true(outlook_factors(&h->outlook, h->stage.hall, h->stage.now_ms + MIN, before));
    struct command check_in = {.kind = COMMAND_CHECK_IN};
    check_in.check_in.booking = h->stage.hall->bookings[1].code;
    must(h, &check_in); /* is nobody who came without booking */
    assert_true(outlook_factors(&h->outlook, h->stage.hall, h->stage.now_ms + MIN, after));
    assert_memory_equal(before, after, sizeof before);
    halls_pass(h, 1);
    halls_scene(h, &scene);
    assert_int_equal(scene.booking_count, 1);
    scene_destroy(&scene);
}

static void nobody_is_called_before_opening(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    halls_plain(h, plain);
    struct command command = {.kind = COMMAND_SET_CALENDAR, .by = {ACTOR_MANAGER, 1}};
    command.set_calendar = (struct calendar_set){h->today, {1, {{550, 1020}}}};
    must(h, &command);
    halls_scene(h, &scene);
    assert_int_equal(scene.model.open_ms, 10 * MIN);
    scene_destroy(&scene);
    halls_pass(h, 11 * MIN);
    halls_scene(h, &scene);
    assert_int_equal(scene.model.open_ms, 0);
    scene_destroy(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_end_when_they_should),
        cmocka_unit_test(a_break_that_was_planned_ends_a_pause),
        cmocka_unit_test(a_break_waits_for_the_ticket_in_hand),
        cmocka_unit_test(nobody_works_between_sessions),
        cmocka_unit_test(a_pause_ends_on_time_after_a_ticket),
        cmocka_unit_test(a_window_does_all_it_may),
        cmocka_unit_test(what_is_left_of_a_ticket_goes_on_in_one_domain),
        cmocka_unit_test(a_held_service_goes_on_where_it_was),
        cmocka_unit_test(a_side_item_returns_to_its_sender),
        cmocka_unit_test(tickets_that_ask_for_a_window_hold_it_up),
        cmocka_unit_test(special_windows_are_left_out),
        cmocka_unit_test(what_only_a_special_window_does_is_left_out),
        cmocka_unit_test(retired_items_are_expected_of_nobody),
        cmocka_unit_test(windows_without_a_primary_domain),
        cmocka_unit_test(a_window_may_a_domain_when_it_may_most_of_it),
        cmocka_unit_test(numbers_stop_before_closing),
        cmocka_unit_test(expectations_follow_the_day),
        cmocka_unit_test(bookings_are_expected_until_too_late),
        cmocka_unit_test(nobody_is_called_before_opening),
    };
    return cmocka_run_group_tests(tests, halls_set_up, halls_tear_down);
}
