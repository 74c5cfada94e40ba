/* SPDX-License-Identifier: MIT
 * The gallery, pixel by pixel, in both languages and themes; and the looks of pressing, focusing and moving.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/golden.h"
#include "tests/unit_ui/gallery.h"

enum { NOW_MS = 100000 };

static bool page(const char *name, struct gallery gallery)
{
    struct golden_screen screen = {.name = name,
                                   .frame = gallery_frame(&gallery, NOW_MS),
                                   .declare = gallery_declare,
                                   .context = &gallery,
                                   .rules = gallery_rules(&gallery),
                                   .dump = gallery.page == GALLERY_HALL && gallery.theme == UI_LIGHT};
    return golden_screen(&screen);
}

static void test_hall(void **state)
{
    (void)state;
    assert_true(page("ui/hall-zh", (struct gallery){.page = GALLERY_HALL}));
    assert_true(page("ui/hall-en", (struct gallery){.page = GALLERY_HALL, .english = true}));
    assert_true(page("ui/hall-zh-dark", (struct gallery){.page = GALLERY_HALL, .theme = UI_DARK}));
}

static void test_widgets(void **state)
{
    (void)state;
    assert_true(page("ui/widgets-zh", (struct gallery){.page = GALLERY_WIDGETS}));
    assert_true(page("ui/widgets-en", (struct gallery){.page = GALLERY_WIDGETS, .english = true}));
    assert_true(page("ui/widgets-en-dark",
                     (struct gallery){.page = GALLERY_WIDGETS, .english = true, .theme = UI_DARK}));
}

static void test_icons(void **state)
{
    (void)state;
    assert_true(page("ui/icons", (struct gallery){.page = GALLERY_ICONS}));
}

static void test_sheet(void **state)
{
    (void)state;
    assert_true(page("ui/sheet-zh", (struct gallery){.page = GALLERY_SHEET}));
}

static void test_board(void **state)
{
    (void)state;
    assert_true(page("ui/board-zh", (struct gallery){.page = GALLERY_BOARD}));
    assert_true(page("ui/board-en", (struct gallery){.page = GALLERY_BOARD, .english = true}));
}

static void test_ticket(void **state)
{
    (void)state;
    assert_true(page("ui/ticket", (struct gallery){.page = GALLERY_TICKET}));
}

/* A pressed card, a pressed button, a focused card, a motion half way: on a small canvas. */
static void declare_states(struct ui *ui, void *context)
{
    (void)context;
    static const enum ui_look looks[] = {UI_LOOK_CARD, UI_LOOK_BUTTON, UI_LOOK_PRIMARY, UI_LOOK_CHIP,
                                         UI_LOOK_KEY,  UI_LOOK_STOP,   UI_LOOK_TAB};
    for (int i = 0; i < 7; i++) {
        int y = 24 + 120 * i;
        ui_button(ui, &(struct ui_button){
                          .at = {24, y, 200, 96}, .id = UI_ID(1, i), .look = looks[i], .label = "办理"});
        ui_button(ui, &(struct ui_button){
                          .at = {248, y, 200, 96}, .id = UI_ID(2, i), .look = looks[i], .label = "按下"});
        ui_button(ui, &(struct ui_button){.at = {472, y, 200, 96},
                                          .id = UI_ID(3, i),
                                          .look = looks[i],
                                          .label = "选中",
                                          .selected = true});
        ui_button(ui, &(struct ui_button){.at = {696, y, 200, 96},
                                          .id = UI_ID(4, i),
                                          .look = looks[i],
                                          .label = "停用",
                                          .disabled = true});
    }
    ui_ring(ui,
            &(struct ui_mark){.at = {920, 24, 96, 96}, .amount = 125, .track = UI_LINE, .color = UI_BRAND});
    ui_ring(ui,
            &(struct ui_mark){.at = {920, 144, 96, 96}, .amount = 500, .track = UI_LINE, .color = UI_BRAND});
    ui_ring(ui,
            &(struct ui_mark){.at = {920, 264, 96, 96}, .amount = 875, .track = UI_LINE, .color = UI_BRAND});
    ui_layer_begin(ui, &(struct ui_box){.at = {920, 384, 96, 96}, .fade = 128, .shift_y = 12});
    ui_rect(ui, &(struct ui_box){.at = {0, 0, 96, 96}, .look = UI_LOOK_CARD});
    ui_text(ui, &(struct ui_text){.at = {0, 0, 96, 96}, .words = "渐显", .align = UI_CENTER});
    ui_layer_end(ui);
}

/* Four looks from `first` on are pressed: one for each finger. */
static bool states(const char *name, enum ui_theme theme, int first)
{
    static struct ui ui;
    struct error error = {0};
    struct ui_fonts *fonts;
    struct ui_canvas canvas;
    struct ui_frame frame = {.width = 1040, .height = 880, .theme = theme};
    assert_int_equal(ui_fonts_open(&(struct ui_fonts_params){0}, &fonts, &error), STATUS_OK);
    struct ui_canvas_params params = {.width = 1040, .height = 880, .fonts = fonts};
    assert_int_equal(ui_canvas_init(&canvas, &params, &error), STATUS_OK);
    struct ui_measure measure = ui_fonts_measure(fonts);
    ui_init(&ui, &measure);
    for (int round = 0; round < 2; round++) { /* the second time with fingers down and a focus */
        ui_begin(&ui, &frame);
        declare_states(&ui, NULL);
        ui_end(&ui);
        for (int i = 0; i < UI_POINTERS_MAX && round == 0; i++)
            ui_input(&ui, &(struct ui_event){
                              .kind = UI_EVENT_DOWN, .pointer = i, .x = 348, .y = 72 + 120 * (first + i)});
        ui_focus_set(&ui, UI_ID(1, 5), true);
    }
    ui_canvas_paint(&canvas, &ui, NULL);
    bool same = golden_picture(&canvas, name);
    ui_canvas_destroy(&canvas);
    ui_fonts_close(fonts);
    return same;
}

static void test_states(void **state)
{
    (void)state;
    assert_true(states("ui/states", UI_LIGHT, 0));
    assert_true(states("ui/states-dark", UI_DARK, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hall),   cmocka_unit_test(test_widgets), cmocka_unit_test(test_icons),
        cmocka_unit_test(test_sheet),  cmocka_unit_test(test_board),   cmocka_unit_test(test_ticket),
        cmocka_unit_test(test_states),
    };
    return cmocka_run_group_tests_name("ui_golden", tests, NULL, NULL);
}
