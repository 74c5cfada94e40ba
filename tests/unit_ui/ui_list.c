/* SPDX-License-Identifier: MIT
 * The display list: equal hash means equal picture, dirty rectangles hold every difference, motion asks to be
 * woken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/ui/motion.h"
#include "common/ui/widget.h"
#include "tests/unit_ui/fake_fonts.h"

static struct ui ui;
static struct ui_grid shown;

static int setup(void **state)
{
    (void)state;
    struct ui_measure measure = fake_measure();
    ui_init(&ui, &measure);
    memset(&shown, 0, sizeof shown);
    return 0;
}

struct scene {
    int x, number;
    enum ui_color fill;
    int fade, amount, width;
};

static void declare(struct scene scene)
{
    ui_begin(&ui, &(struct ui_frame){.width = scene.width ? scene.width : 1080, .height = 1920});
    ui_rect(&ui, &(struct ui_box){.at = {scene.x, 100, 100, 50}, .fill = scene.fill, .fade = scene.fade});
    ui_textf(&ui, &(struct ui_text){.at = {600, 600, 200, 60}}, "%d", scene.number);
    ui_ring(&ui, &(struct ui_mark){.at = {900, 1800, 60, 60}, .amount = scene.amount});
    ui_end(&ui);
}

static const struct scene first = {.x = 10, .number = 12, .fill = UI_BRAND, .amount = 500};

static void test_the_hash_tells_pictures_apart(void **state)
{
    (void)state;
    declare(first);
    uint64_t hash = ui.hash;
    declare(first);
    assert_true(ui.hash == hash);
    struct scene other[5] = {first, first, first, first, first};
    other[0].x = 11;
    other[1].number = 13;
    other[2].fill = UI_STOP;
    other[3].fade = 1;
    other[4].amount = 501;
    for (int i = 0; i < 5; i++) {
        declare(other[i]);
        assert_true(ui.hash != hash);
    }
}

static void test_nothing_changed_is_nothing_to_draw(void **state)
{
    (void)state;
    struct ui_rect dirty[UI_DIRTY_MAX];
    declare(first);
    assert_int_equal(ui_dirty(&ui, &shown, dirty), 1);
    assert_int_equal(dirty[0].w, 1080);
    assert_int_equal(dirty[0].h, 1920);
    declare(first);
    assert_int_equal(ui_dirty(&ui, &shown, dirty), 0);
}

static bool covered(const struct ui_rect *dirty, int count, struct ui_rect rect)
{
    for (int i = 0; i < count; i++)
        if (ui_rect_inside(rect, dirty[i]))
            return true;
    return false;
}

static void test_only_what_changed_is_drawn(void **state)
{
    (void)state;
    struct ui_rect dirty[UI_DIRTY_MAX];
    declare(first);
    ui_dirty(&ui, &shown, dirty);
    struct scene moved = first;
    moved.x = 310;
    declare(moved);
    int count = ui_dirty(&ui, &shown, dirty);
    assert_in_range(count, 1, 4);
    assert_true(covered(dirty, count, (struct ui_rect){10, 100, 100, 50})); /* where it was */
    assert_true(covered(dirty, count, (struct ui_rect){310, 100, 100, 50}));
    for (int i = 0; i < count; i++)
        assert_true(dirty[i].y + dirty[i].h < 600);
}

static void test_another_size_draws_everything(void **state)
{
    (void)state;
    struct ui_rect dirty[UI_DIRTY_MAX];
    struct scene wide = first;
    declare(first);
    ui_dirty(&ui, &shown, dirty);
    wide.width = 1920;
    declare(wide);
    assert_int_equal(ui_dirty(&ui, &shown, dirty), 1);
    assert_int_equal(dirty[0].w, 1920);
}

static void test_many_changes_stay_within_the_limit(void **state)
{
    (void)state;
    struct ui_rect dirty[UI_DIRTY_MAX];
    for (int round = 0; round < 2; round++) {
        ui_begin(&ui, &(struct ui_frame){.width = UI_SIDE_MAX, .height = UI_SIDE_MAX});
        for (int i = 0; i < 200; i++)
            ui_rect(&ui, &(struct ui_box){.at = {i * 977 % 8000, i * 613 % 8000, 30, 30},
                                          .fill = round ? UI_INK : UI_STOP});
        ui_end(&ui);
        int count = ui_dirty(&ui, &shown, dirty);
        assert_in_range(count, 1, UI_DIRTY_MAX);
        for (int i = 0; i < 200; i++)
            assert_true(covered(dirty, count, (struct ui_rect){i * 977 % 8000, i * 613 % 8000, 30, 30}) ||
                        count > 1);
    }
}

static void test_clip_fade_and_shift_reach_the_commands(void **state)
{
    (void)state;
    ui_begin(&ui, &(struct ui_frame){.width = 1000, .height = 1000, .shift_x = 2, .shift_y = -2});
    ui_layer_begin(&ui, &(struct ui_box){.at = {100, 100, 50, 50}, .clip = true, .fade = 128, .shift_y = 10});
    ui_rect(&ui, &(struct ui_box){.at = {0, 0, 500, 500}, .fill = UI_INK, .fade = 128});
    ui_rect(&ui, &(struct ui_box){.at = {0, 0, 500, 500}, .fill = UI_INK, .fade = 255});
    ui_layer_end(&ui);
    ui_end(&ui);
    assert_int_equal(ui.command_count, 1); /* the invisible one is left out */
    const struct ui_command *command = &ui.commands[0];
    assert_int_equal(command->rect.x, 102);
    assert_int_equal(command->rect.y, 108);
    assert_int_equal(command->clip.x, 102);
    assert_int_equal(command->clip.y, 108);
    assert_int_equal(command->clip.w, 50);
    assert_int_equal(command->alpha, 63);
}

static void test_motion_runs_and_asks_for_the_next_picture(void **state)
{
    (void)state;
    const int64_t start = 10000;
    int last = -1;
    for (int64_t now = start - 100; now <= start + 300; now += 20) {
        ui_begin(&ui, &(struct ui_frame){.width = 10, .height = 10, .now_ms = now});
        int amount = ui_motion(&ui, start, M_STD);
        ui_end(&ui);
        assert_true(amount >= last);
        last = amount;
        if (now < start)
            assert_int_equal(ui_wait_ms(&ui, now), start - now);
        else
            assert_int_equal(ui_wait_ms(&ui, now), now < start + M_STD ? 16 : -1);
        assert_int_equal(ui_wait_ms(&ui, now + 1000), now < start + M_STD ? 0 : -1);
    }
    assert_int_equal(last, 1000);
    ui_begin(&ui, &(struct ui_frame){.width = 10, .height = 10, .now_ms = start, .still = true});
    assert_int_equal(ui_motion(&ui, start, M_STD), 1000);
    ui_wake_at(&ui, start + 500);
    ui_wake_at(&ui, start + 900);
    ui_end(&ui);
    assert_int_equal(ui_wait_ms(&ui, start), 500);
}

static void test_easing_is_the_curve_of_the_tokens(void **state)
{
    (void)state;
    assert_int_equal(motion_ease(0), 0);
    assert_int_equal(motion_ease(1000), 1000);
    assert_int_equal(motion_ease(-5), 0);
    assert_int_equal(motion_ease(1500), 1000);
    /* x(t) = 0.6 t (1 - t)^2 + t^3, y(t) = 3 t^2 - 2 t^3: t = 0.5 gives x = 0.2 and y = 0.5 */
    assert_in_range(motion_ease(200), 499, 501);
    assert_true(motion_ease(500) > 800);
    assert_int_equal(motion_progress(50, 100, 10), 0);
    assert_int_equal(motion_progress(150, 100, 200), 250);
    assert_int_equal(motion_progress(150, 100, 0), 1000);
    assert_int_equal(motion_between(10, 20, 500), 15);
    assert_int_equal(motion_between(20, 10, 250), 17);
    assert_int_equal(motion_between(-10, 10, 1000), 10);
}

static void test_pulses_begin_and_end_at_rest(void **state)
{
    (void)state;
    assert_int_equal(motion_pulse(1000, 1000, 1000, 3), 0);
    assert_int_equal(motion_pulse(1500, 1000, 1000, 3), 1000);
    assert_int_equal(motion_pulse(2500, 1000, 1000, 3), 1000);
    assert_int_equal(motion_pulse(2000, 1000, 1000, 3), 0);
    assert_int_equal(motion_pulse(4000, 1000, 1000, 3), 0);
    assert_int_equal(motion_pulse(4500, 1000, 1000, 3), 0);
    assert_in_range(motion_pulse(1250, 1000, 1000, 3), 400, 600);
}

static void test_rectangles(void **state)
{
    (void)state;
    struct ui_rect cut = ui_rect_cut((struct ui_rect){0, 0, 10, 10}, (struct ui_rect){5, 6, 10, 10});
    assert_int_equal(cut.x, 5);
    assert_int_equal(cut.h, 4);
    assert_true(ui_rect_empty(ui_rect_cut((struct ui_rect){0, 0, 10, 10}, (struct ui_rect){10, 0, 5, 5})));
    struct ui_rect join = ui_rect_join((struct ui_rect){0, 0, 10, 10}, (struct ui_rect){20, -5, 1, 1});
    assert_int_equal(join.w, 21);
    assert_int_equal(join.y, -5);
    assert_false(ui_rect_contains((struct ui_rect){0, 0, 10, 10}, 10, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_hash_tells_pictures_apart, setup),
        cmocka_unit_test_setup(test_nothing_changed_is_nothing_to_draw, setup),
        cmocka_unit_test_setup(test_only_what_changed_is_drawn, setup),
        cmocka_unit_test_setup(test_another_size_draws_everything, setup),
        cmocka_unit_test_setup(test_many_changes_stay_within_the_limit, setup),
        cmocka_unit_test_setup(test_clip_fade_and_shift_reach_the_commands, setup),
        cmocka_unit_test_setup(test_motion_runs_and_asks_for_the_next_picture, setup),
        cmocka_unit_test_setup(test_easing_is_the_curve_of_the_tokens, setup),
        cmocka_unit_test_setup(test_pulses_begin_and_end_at_rest, setup),
        cmocka_unit_test_setup(test_rectangles, setup),
    };
    return cmocka_run_group_tests_name("ui_list", tests, NULL, NULL);
}
