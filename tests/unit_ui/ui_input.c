/* SPDX-License-Identifier: MIT
 * Touches and keys: what counts as a click, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/ui/widget.h"
#include "tests/unit_ui/fake_fonts.h"

enum { ID_LEFT = UI_ID(1, 0), ID_RIGHT = UI_ID(1, 1), ID_BELOW = UI_ID(1, 2) };

static struct ui ui;
static int64_t now_ms;

/* Two guarded cards side by side and a plain button below. */
static void declare(uint32_t screen)
{
    ui_begin(&ui, &(struct ui_frame){.width = 1000, .height = 1000, .now_ms = now_ms, .screen = screen});
    ui_rect(&ui,
            &(struct ui_box){.at = {0, 0, 200, 200}, .id = ID_LEFT, .look = UI_LOOK_CARD, .guarded = true});
    ui_rect(&ui, &(struct ui_box){
                     .at = {300, 0, 200, 200}, .id = ID_RIGHT, .look = UI_LOOK_CARD, .guarded = true});
    if (screen != 2)
        ui_rect(&ui, &(struct ui_box){.at = {0, 300, 200, 200}, .id = ID_BELOW, .look = UI_LOOK_BUTTON});
    ui_end(&ui);
}

static int setup(void **state)
{
    (void)state;
    struct ui_measure measure = fake_measure();
    ui_init(&ui, &measure);
    now_ms = 1000;
    declare(1);
    return 0;
}

static struct ui_result send(enum ui_event_kind kind, int64_t pointer, int x, int y)
{
    return ui_input(&ui,
                    &(struct ui_event){.kind = kind, .time_ms = now_ms, .pointer = pointer, .x = x, .y = y});
}

static struct ui_result send_key(enum ui_key key, bool repeat)
{
    return ui_input(
        &ui, &(struct ui_event){.kind = UI_EVENT_KEY, .time_ms = now_ms, .key = key, .repeat = repeat});
}

static ui_id tap(int x, int y)
{
    send(UI_EVENT_DOWN, 1, x, y);
    return send(UI_EVENT_UP, 1, x, y).clicked;
}

static void test_a_tap_clicks_when_lifted_inside(void **state)
{
    (void)state;
    struct ui_result result = send(UI_EVENT_DOWN, 1, 100, 100);
    assert_int_equal(result.pressed, ID_LEFT);
    assert_int_equal(result.clicked, 0);
    assert_true(result.changed);
    assert_true(ui_is_pressed(&ui, ID_LEFT));
    assert_false(ui_is_pressed(&ui, ID_RIGHT));
    result = send(UI_EVENT_UP, 1, 199, 199);
    assert_int_equal(result.clicked, ID_LEFT);
    assert_true(result.changed);
    assert_false(ui_is_pressed(&ui, ID_LEFT));
    assert_int_equal(tap(250, 100), 0); /* between the cards */
}

static void test_the_press_shows_in_the_next_frame(void **state)
{
    (void)state;
    uint64_t before = ui.hash;
    send(UI_EVENT_DOWN, 1, 100, 100);
    declare(1);
    assert_true(ui.hash != before);
    assert_int_equal(ui.commands[0].kind, UI_FILL); /* no shadow, tinted, 2 px down */
    assert_int_equal(ui.commands[0].rgb, ui_rgb(UI_LIGHT, UI_BRAND_TINT));
    assert_int_equal(ui.commands[0].rect.y, 2);
    send(UI_EVENT_UP, 1, 100, 100);
    declare(1);
    assert_true(ui.hash == before);
}

static void test_lifted_outside_cancels(void **state)
{
    (void)state;
    send(UI_EVENT_DOWN, 1, 100, 100);
    assert_true(send(UI_EVENT_MOVE, 1, 250, 100).changed);
    assert_false(ui_is_pressed(&ui, ID_LEFT));
    assert_true(send(UI_EVENT_MOVE, 1, 150, 100).changed); /* and back again */
    assert_true(ui_is_pressed(&ui, ID_LEFT));
    assert_false(send(UI_EVENT_MOVE, 1, 151, 100).changed);
    assert_int_equal(send(UI_EVENT_UP, 1, 400, 100).clicked, 0); /* over the other card */
    assert_false(ui_is_pressed(&ui, ID_LEFT));
    assert_false(ui_is_pressed(&ui, ID_RIGHT));
}

static void test_a_touch_taken_away_cancels(void **state)
{
    (void)state;
    send(UI_EVENT_DOWN, 1, 100, 100);
    assert_true(send(UI_EVENT_CANCEL, 1, 0, 0).changed);
    assert_int_equal(send(UI_EVENT_UP, 1, 100, 100).clicked, 0);
    assert_false(send(UI_EVENT_CANCEL, 1, 0, 0).changed);
}

static void test_a_double_tap_takes_one_number(void **state)
{
    (void)state;
    assert_int_equal(tap(100, 100), ID_LEFT);
    now_ms += M_GUARD - 1;
    assert_int_equal(tap(100, 100), 0);
    assert_int_equal(tap(400, 100), 0);        /* nor another card at once */
    assert_int_equal(tap(100, 400), ID_BELOW); /* what is not guarded goes on */
    now_ms += 1;
    assert_int_equal(tap(400, 100), ID_RIGHT);
}

static void test_the_guard_holds_across_screens(void **state)
{
    (void)state;
    assert_int_equal(tap(100, 100), ID_LEFT);
    declare(2);
    now_ms += 100;
    assert_int_equal(tap(100, 100), 0);
}

static void test_two_fingers_on_two_cards_click_one(void **state)
{
    (void)state;
    send(UI_EVENT_DOWN, 1, 100, 100);
    send(UI_EVENT_DOWN, 2, 400, 100);
    assert_int_equal(send(UI_EVENT_UP, 1, 100, 100).clicked, ID_LEFT);
    assert_int_equal(send(UI_EVENT_UP, 2, 400, 100).clicked, 0);
}

static void test_two_fingers_on_one_button_click_once(void **state)
{
    (void)state;
    assert_int_equal(send(UI_EVENT_DOWN, 1, 50, 400).pressed, ID_BELOW);
    assert_int_equal(send(UI_EVENT_DOWN, 2, 150, 400).pressed, 0);
    assert_int_equal(send(UI_EVENT_UP, 2, 150, 400).clicked, 0);
    assert_int_equal(send(UI_EVENT_UP, 1, 50, 400).clicked, ID_BELOW);
}

static void test_more_fingers_than_followed_are_harmless(void **state)
{
    (void)state;
    for (int i = 0; i < UI_POINTERS_MAX + 3; i++)
        send(UI_EVENT_DOWN, i, 250, 700);
    assert_int_equal(send(UI_EVENT_DOWN, 50, 100, 400).pressed, 0);
    assert_int_equal(send(UI_EVENT_UP, 50, 100, 400).clicked, 0);
    for (int i = 0; i < UI_POINTERS_MAX + 3; i++)
        send(UI_EVENT_UP, i, 250, 700);
    assert_int_equal(tap(100, 400), ID_BELOW);
}

static void test_another_screen_drops_touches_and_focus(void **state)
{
    (void)state;
    send(UI_EVENT_DOWN, 1, 100, 100);
    ui_focus_set(&ui, ID_RIGHT, true);
    declare(3);
    assert_false(ui_is_pressed(&ui, ID_LEFT));
    assert_int_equal(ui_focus(&ui), 0);
    assert_int_equal(send(UI_EVENT_UP, 1, 100, 100).clicked, 0);
    assert_int_equal(tap(100, 100), ID_LEFT);
}

static void test_what_vanishes_under_a_finger_is_not_clicked(void **state)
{
    (void)state;
    ui_begin(&ui, &(struct ui_frame){.width = 1000, .height = 1000, .screen = 1});
    ui_end(&ui);
    declare(1);
    send(UI_EVENT_DOWN, 1, 100, 400);
    ui_begin(&ui, &(struct ui_frame){.width = 1000, .height = 1000, .screen = 1});
    ui_end(&ui);
    declare(1); /* it comes back, but it is not the same press */
    assert_int_equal(send(UI_EVENT_UP, 1, 100, 400).clicked, 0);
}

static void test_touches_can_be_dropped(void **state)
{
    (void)state;
    send(UI_EVENT_DOWN, 1, 100, 400);
    ui_touch_drop(&ui);
    assert_int_equal(send(UI_EVENT_UP, 1, 100, 400).clicked, 0);
}

static void test_the_upper_of_two_is_hit(void **state)
{
    (void)state;
    ui_begin(&ui, &(struct ui_frame){.width = 1000, .height = 1000, .screen = 1});
    ui_column_begin(&ui, &(struct ui_box){.at = {0, 0, 500, 500}, .id = ID_LEFT});
    ui_rect(&ui, &(struct ui_box){.at = {100, 100, 100, 100}, .id = ID_RIGHT});
    ui_column_end(&ui);
    ui_end(&ui);
    assert_int_equal(tap(150, 150), ID_RIGHT);
    assert_int_equal(tap(50, 50), ID_LEFT);
    send(UI_EVENT_DOWN, 1, 50, 50);
    assert_int_equal(send(UI_EVENT_UP, 1, 150, 150).clicked, 0);
}

static void test_keys_walk_the_focus_and_click(void **state)
{
    (void)state;
    struct ui_result result = send_key(UI_KEY_NEXT, false);
    assert_int_equal(result.focused, ID_LEFT);
    assert_true(result.changed);
    assert_int_equal(send_key(UI_KEY_DOWN, false).focused, ID_RIGHT);
    assert_int_equal(send_key(UI_KEY_RIGHT, true).focused, ID_BELOW); /* held down: goes on */
    assert_int_equal(send_key(UI_KEY_NEXT, false).focused, ID_LEFT);  /* round */
    assert_int_equal(send_key(UI_KEY_UP, false).focused, ID_BELOW);
    assert_int_equal(send_key(UI_KEY_OK, false).clicked, ID_BELOW);
    assert_int_equal(send_key(UI_KEY_OK, true).clicked, 0); /* holding OK is one click */
    assert_int_equal(send_key(UI_KEY_PREVIOUS, false).focused, ID_RIGHT);
    assert_int_equal(send_key(UI_KEY_OK, false).clicked, ID_RIGHT);
    assert_int_equal(send_key(UI_KEY_OK, false).clicked, 0); /* guarded */
    assert_int_equal(send_key(UI_KEY_BACK, false).clicked, 0);
}

static void test_the_focus_ring_shows_for_keys_only(void **state)
{
    (void)state;
    int without = ui.command_count;
    send_key(UI_KEY_NEXT, false);
    declare(1);
    assert_int_equal(ui.command_count, without + 2);
    assert_int_equal(ui.commands[without].thick, UI_FOCUS_OUTER);
    assert_int_equal(ui.commands[without].rgb, ui_rgb(UI_LIGHT, UI_INK));
    assert_int_equal(ui.commands[without + 1].thick, UI_FOCUS_RING);
    assert_int_equal(ui.commands[without + 1].rgb, ui_rgb(UI_LIGHT, UI_FOCUS));
    assert_true(send(UI_EVENT_DOWN, 1, 900, 900).changed);
    declare(1);
    assert_int_equal(ui.command_count, without);
}

static void test_disabled_and_other_events_do_nothing(void **state)
{
    (void)state;
    ui_begin(&ui, &(struct ui_frame){.width = 1000, .height = 1000, .screen = 1});
    ui_button(&ui,
              &(struct ui_button){.at = {0, 0, 200, 200}, .id = ID_LEFT, .label = "x", .disabled = true});
    ui_end(&ui);
    assert_int_equal(tap(100, 100), 0);
    assert_int_equal(send_key(UI_KEY_NEXT, false).focused, 0);
    assert_int_equal(send_key(UI_KEY_OK, false).clicked, 0);
    struct ui_event event = {.kind = UI_EVENT_TEXT, .text = "5"};
    assert_false(ui_input(&ui, &event).changed);
    event.kind = UI_EVENT_REDRAW;
    assert_true(ui_input(&ui, &event).changed);
}

static int counted_clicks(struct ui *target, const struct ui_event *events, int count)
{
    int clicks = 0;
    for (int i = 0; i < count; i++)
        clicks += ui_input(target, &events[i]).clicked != 0;
    return clicks;
}

static void test_a_lost_up_does_not_block_the_pointer(void **state)
{
    (void)state;
    const struct ui_event events[] = {
        {.kind = UI_EVENT_DOWN, .pointer = 7, .x = 100, .y = 400},
        {.kind = UI_EVENT_DOWN, .pointer = 7, .x = 100, .y = 400},
        {.kind = UI_EVENT_UP, .pointer = 7, .x = 100, .y = 400},
    };
    assert_int_equal(counted_clicks(&ui, events, 3), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_tap_clicks_when_lifted_inside, setup),
        cmocka_unit_test_setup(test_the_press_shows_in_the_next_frame, setup),
        cmocka_unit_test_setup(test_lifted_outside_cancels, setup),
        cmocka_unit_test_setup(test_a_touch_taken_away_cancels, setup),
        cmocka_unit_test_setup(test_a_double_tap_takes_one_number, setup),
        cmocka_unit_test_setup(test_the_guard_holds_across_screens, setup),
        cmocka_unit_test_setup(test_two_fingers_on_two_cards_click_one, setup),
        cmocka_unit_test_setup(test_two_fingers_on_one_button_click_once, setup),
        cmocka_unit_test_setup(test_more_fingers_than_followed_are_harmless, setup),
        cmocka_unit_test_setup(test_another_screen_drops_touches_and_focus, setup),
        cmocka_unit_test_setup(test_what_vanishes_under_a_finger_is_not_clicked, setup),
        cmocka_unit_test_setup(test_touches_can_be_dropped, setup),
        cmocka_unit_test_setup(test_the_upper_of_two_is_hit, setup),
        cmocka_unit_test_setup(test_keys_walk_the_focus_and_click, setup),
        cmocka_unit_test_setup(test_the_focus_ring_shows_for_keys_only, setup),
        cmocka_unit_test_setup(test_disabled_and_other_events_do_nothing, setup),
        cmocka_unit_test_setup(test_a_lost_up_does_not_block_the_pointer, setup),
    };
    return cmocka_run_group_tests_name("ui_input", tests, NULL, NULL);
}
