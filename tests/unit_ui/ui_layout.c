/* SPDX-License-Identifier: MIT
 * Layout as text: what is declared, and the rectangles that come of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/ui/check.h"
#include "common/ui/widget.h"
#include "tests/unit_ui/fake_fonts.h"

static struct ui ui;
static struct text dump;

static void begin(int width, int height)
{
    struct ui_measure measure = fake_measure();
    ui_init(&ui, &measure);
    ui_begin(&ui, &(struct ui_frame){.width = width, .height = height});
}

/* Ends the frame and compares its dump without the first line (the canvas). */
static void ends_as(const char *expected)
{
    ui_end(&ui);
    text_clear(&dump);
    ui_dump(&ui, &dump);
    const char *rest = strchr(dump.data, '\n') + 1;
    if (strcmp(rest, expected) != 0)
        fail_msg("the layout is\n%s\nexpected\n%s", rest, expected);
}

static int teardown(void **state)
{
    (void)state;
    text_destroy(&dump);
    return 0;
}

static void leaf(struct ui_size width, struct ui_size height)
{
    ui_rect(&ui, &(struct ui_box){.width = width, .height = height});
}

static void test_a_row_shares_what_is_left(void **state)
{
    (void)state;
    begin(1000, 200);
    ui_row_begin(&ui, &(struct ui_box){.at = {0, 0, 1000, 100}, .pad = UI_PAD(10), .gap = 20});
    leaf(UI_PX(100), UI_PX(50));
    leaf(UI_GROW, UI_GROW);
    leaf(UI_SHARE(2), UI_PERCENT(50));
    leaf(UI_PERCENT(10), UI_FIT);
    ui_row_end(&ui);
    ends_as("  row 0,0 1000x100\n"
            "    layer 10,10 100x50\n"
            "    layer 130,10 240x80\n"
            "    layer 390,10 482x40\n"
            "    layer 892,10 98x0\n");
}

static void test_shares_add_up_exactly(void **state)
{
    (void)state;
    begin(1000, 200);
    ui_row_begin(&ui, &(struct ui_box){.at = {0, 0, 100, 10}});
    for (int i = 0; i < 3; i++)
        leaf(UI_GROW, UI_PX(10));
    ui_row_end(&ui);
    ends_as("  row 0,0 100x10\n"
            "    layer 0,0 33x10\n"
            "    layer 33,0 33x10\n"
            "    layer 66,0 34x10\n");
}

static void test_a_column_fits_its_content(void **state)
{
    (void)state;
    begin(1000, 1000);
    ui_column_begin(&ui, &(struct ui_box){.at = {5, 7, 0, 0}, .pad = {1, 2, 3, 4}, .gap = 10});
    leaf(UI_PX(30), UI_PX(40));
    leaf(UI_PX(50), UI_PX(60));
    ui_column_end(&ui);
    ends_as("  column 5,7 54x116\n"
            "    layer 6,9 30x40\n"
            "    layer 6,59 50x60\n");
}

static void test_alignment_along_and_across(void **state)
{
    (void)state;
    begin(1000, 1000);
    ui_row_begin(&ui, &(struct ui_box){.at = {0, 0, 300, 100}, .align = UI_CENTER, .justify = UI_END});
    leaf(UI_PX(50), UI_PX(20));
    ui_row_end(&ui);
    ui_row_begin(&ui, &(struct ui_box){.at = {0, 100, 300, 100}, .align = UI_END, .justify = UI_SPREAD});
    leaf(UI_PX(50), UI_PX(20));
    leaf(UI_PX(50), UI_PX(20));
    leaf(UI_PX(50), UI_PX(20));
    ui_row_end(&ui);
    ui_column_begin(&ui,
                    &(struct ui_box){.at = {0, 200, 300, 100}, .align = UI_STRETCH, .justify = UI_CENTER});
    leaf(UI_FIT, UI_PX(20));
    ui_column_end(&ui);
    ui_layer_begin(&ui, &(struct ui_box){.at = {0, 300, 300, 100}, .align = UI_CENTER, .justify = UI_END});
    leaf(UI_PX(100), UI_PX(20));
    leaf(UI_PERCENT(50), UI_PERCENT(50));
    ui_layer_end(&ui);
    ends_as("  row 0,0 300x100\n"
            "    layer 250,40 50x20\n"
            "  row 0,100 300x100\n"
            "    layer 0,180 50x20\n"
            "    layer 125,180 50x20\n"
            "    layer 250,180 50x20\n"
            "  column 0,200 300x100\n"
            "    layer 0,240 300x20\n"
            "  layer 0,300 300x100\n"
            "    layer 100,380 100x20\n"
            "    layer 75,350 150x50\n");
}

static void test_placed_children_stand_outside_the_flow(void **state)
{
    (void)state;
    begin(1000, 1000);
    ui_row_begin(&ui, &(struct ui_box){.at = {100, 100, 0, 0}, .pad = UI_PAD(8)});
    leaf(UI_PX(50), UI_PX(20));
    ui_rect(&ui, &(struct ui_box){.at = {40, 4, 10, 10}});
    ui_rect(&ui, &(struct ui_box){.at = {0, 30, 0, 6}, .width = UI_GROW});
    ui_row_end(&ui);
    ends_as("  row 100,100 66x36\n"
            "    layer 108,108 50x20\n"
            "    layer 140,104 10x10\n"
            "    layer 100,130 66x6\n");
}

static void test_text_takes_its_lines(void **state)
{
    (void)state;
    begin(1000, 1000);
    ui_column_begin(&ui, &(struct ui_box){.at = {0, 0, 220, 0}});
    ui_text(&ui, &(struct ui_text){.em = 40, .words = "社会保障"});
    ui_text(&ui, &(struct ui_text){.em = 40, .words = "不动产登记和交易", .lines_max = 2});
    ui_text(&ui, &(struct ui_text){.em = 40, .words = "不动产登记和交易", .lines_max = 2, .paragraph = true});
    ui_text(&ui, &(struct ui_text){.em = 40, .words = "一\n二\n", .lines_max = 3});
    ui_text(&ui, &(struct ui_text){.em = 40, .words = ""});
    ui_column_end(&ui);
    ends_as("  column 0,0 220x370\n"
            "    text 0,0 160x50 k-body ink \"社会保障\"\n"
            "    text 0,50 220x100 k-body ink \"不动产登记和交易\" lines=2\n"
            "    text 0,150 220x120 k-body ink \"不动产登记和交易\" lines=2\n"
            "    text 0,270 40x100 k-body ink \"一\\n二\\n\" lines=2\n"
            "    text 0,370 0x0 k-body ink \"\" lines=0\n");
}

static void test_a_row_that_is_too_narrow_squeezes_its_texts(void **state)
{
    (void)state;
    begin(1000, 1000);
    ui_row_begin(&ui, &(struct ui_box){.at = {0, 0, 200, 50}, .gap = 20});
    leaf(UI_PX(60), UI_PX(50));
    ui_text(&ui, &(struct ui_text){.em = 40, .words = "社会保障", .decorative = true});
    ui_row_end(&ui);
    ends_as("  row 0,0 200x50\n"
            "    layer 0,0 60x50\n"
            "    text 80,0 120x50 k-body ink \"社会保障\" cut\n");
}

static void test_texts_of_a_row_stand_on_one_line(void **state)
{
    (void)state;
    begin(1000, 1000);
    ui_row_begin(&ui, &(struct ui_box){.at = {0, 0, 600, 200}, .align = UI_BASELINE, .gap = 10});
    ui_text(&ui, &(struct ui_text){.em = 40, .words = "等候"});
    ui_column_begin(&ui, &(struct ui_box){.pad = UI_PAD(6)});
    ui_text(&ui, &(struct ui_text){.em = 100, .words = "12"});
    ui_column_end(&ui);
    ui_icon(&ui, &(struct ui_mark){.icon = UI_ICON_CLOCK, .width = UI_PX(30), .height = UI_PX(30)});
    ui_row_end(&ui);
    ui_end(&ui);
    int small = ui.nodes[2].rect.y + ui.nodes[2].baseline;
    int large = ui.nodes[4].rect.y + ui.nodes[4].baseline;
    int icon = ui.nodes[5].rect.y + ui.nodes[5].rect.h;
    assert_int_equal(small, large);
    assert_int_equal(small, icon);
    assert_int_equal(ui.commands[0].baseline, ui.commands[1].baseline);
}

/* Digits stand 0 to 733 thousandths of the em above the baseline: the middle of that is the middle of the
 * box. */
static void test_digits_sit_in_the_optical_middle(void **state)
{
    (void)state;
    static const int ems[] = {28, 34, 44, 56, 64, 126, 240};
    for (size_t i = 0; i < sizeof ems / sizeof ems[0]; i++)
        for (int high = 200; high < 204; high++) {
            begin(1000, 1000);
            ui_text(&ui, &(struct ui_text){.at = {0, 100, 900, high}, .em = ems[i], .words = "A012"});
            ui_end(&ui);
            double middle = ui.commands[0].baseline - ems[i] * 0.733 / 2;
            double off = middle - (100 + high / 2.0);
            if (off < -1.5 || off > 1.5)
                fail_msg("em %d in %d px: the middle is %.2f px off", ems[i], high, off);
        }
}

static void test_sizes_of_marks(void **state)
{
    (void)state;
    static const uint8_t modules[21 * 21] = {1};
    begin(1000, 1000);
    ui_row_begin(&ui, &(struct ui_box){.at = {0, 0, 0, 0}, .gap = 1});
    ui_icon(&ui, &(struct ui_mark){.icon = UI_ICON_CLOCK});
    ui_ring(&ui, &(struct ui_mark){.amount = 2000, .width = UI_PX(90)});
    ui_code(&ui, &(struct ui_code){.modules = modules, .side = 21});
    ui_code(&ui, &(struct ui_code){.side = 0, .width = UI_PX(10), .height = UI_PX(20)});
    ui_picture(&ui, &(struct ui_mark){.picture = 3, .width = UI_PX(20), .height = UI_PX(10)});
    ui_row_end(&ui);
    ends_as("  row 0,0 304x116\n"
            "    icon 0,0 64x64 clock ink\n"
            "    ring 65,0 90x90 1000 ink\n"
            "    code 156,0 116x116 side=21 quiet=4\n"
            "    code 273,0 10x20 side=0 quiet=4\n"
            "    picture 284,0 20x10 #3\n");
}

static void test_hits_follow_reading_order(void **state)
{
    (void)state;
    begin(1000, 1000);
    ui_rect(&ui, &(struct ui_box){.at = {500, 10, 100, 100}, .id = UI_ID(1, 1)});
    ui_rect(&ui, &(struct ui_box){.at = {10, 300, 100, 100}, .id = UI_ID(1, 2), .guarded = true});
    ui_rect(&ui, &(struct ui_box){.at = {10, 10, 100, 100}, .id = UI_ID(1, 0)});
    ui_rect(&ui, &(struct ui_box){.at = {10, 500, 100, 100}, .id = UI_ID(1, 3), .disabled = true});
    ends_as("  layer 500,10 100x100 #1.1\n"
            "  layer 10,300 100x100 #1.2 guarded\n"
            "  layer 10,10 100x100 #1.0\n"
            "  layer 10,500 100x100 #1.3 disabled\n"
            "hit #1.0 10,10 100x100\n"
            "hit #1.1 500,10 100x100\n"
            "hit #1.2 10,300 100x100 guarded\n");
}

static void test_a_sheet_takes_the_touches_of_what_lies_below(void **state)
{
    (void)state;
    begin(1080, 1920);
    ui_rect(&ui, &(struct ui_box){.at = {0, 500, 100, 100}, .id = UI_ID(1, 1)});
    ui_sheet_begin(&ui, &(struct ui_box){.at = {48, 720, 984, 640}});
    ui_button(&ui, &(struct ui_button){
                       .width = UI_PX(472), .height = UI_PX(160), .id = UI_ID(2, 1), .label = "继续"});
    ui_sheet_end(&ui);
    ui_end(&ui);
    assert_int_equal(ui.hit_count, 1);
    assert_int_equal(ui.hits[0].id, UI_ID(2, 1));
}

static void test_a_frame_too_large_is_cut_and_says_so(void **state)
{
    (void)state;
    begin(1080, 1920);
    for (int i = 0; i < UI_NODES_MAX + 10; i++)
        ui_rect(&ui,
                &(struct ui_box){.at = {0, 0, 10, 10}, .fill = UI_INK, .border = UI_INK, .id = UI_ID(1, i)});
    ui_row_begin(&ui, &(struct ui_box){0});
    ui_text(&ui, &(struct ui_text){.words = "x"});
    ui_row_end(&ui);
    ui_end(&ui);
    assert_true(ui.dropped > 10);
    assert_int_equal(ui.hit_count, UI_HITS_MAX);

    static char long_words[UI_BYTES_MAX + 100];
    memset(long_words, 'a', sizeof long_words - 1);
    begin(1080, 1920);
    ui_text(&ui, &(struct ui_text){.at = {0, 0, 100, 100}, .words = long_words});
    ui_end(&ui);
    assert_true(ui.dropped > 0);
}

static void test_words_of_a_card(void **state)
{
    (void)state;
    begin(1080, 1920);
    ui_text(&ui, &(struct ui_text){.words = "标题"});
    ui_column_begin(&ui, &(struct ui_box){.id = UI_ID(1, 0)});
    ui_text(&ui, &(struct ui_text){.words = "社会保障"});
    ui_textf(&ui, &(struct ui_text){0}, "等候 %d 人", 12);
    ui_column_end(&ui);
    ui_end(&ui);
    text_clear(&dump);
    ui_words(&ui, UI_ID(1, 0), &dump);
    assert_string_equal(dump.data, "社会保障, 等候 12 人");
    text_clear(&dump);
    ui_words(&ui, 0, &dump);
    assert_string_equal(dump.data, "标题, 社会保障, 等候 12 人");
    text_clear(&dump);
    ui_words(&ui, UI_ID(9, 9), &dump);
    assert_int_equal(dump.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_row_shares_what_is_left),
        cmocka_unit_test(test_shares_add_up_exactly),
        cmocka_unit_test(test_a_column_fits_its_content),
        cmocka_unit_test(test_alignment_along_and_across),
        cmocka_unit_test(test_placed_children_stand_outside_the_flow),
        cmocka_unit_test(test_text_takes_its_lines),
        cmocka_unit_test(test_a_row_that_is_too_narrow_squeezes_its_texts),
        cmocka_unit_test(test_texts_of_a_row_stand_on_one_line),
        cmocka_unit_test(test_digits_sit_in_the_optical_middle),
        cmocka_unit_test(test_sizes_of_marks),
        cmocka_unit_test(test_hits_follow_reading_order),
        cmocka_unit_test(test_a_sheet_takes_the_touches_of_what_lies_below),
        cmocka_unit_test(test_a_frame_too_large_is_cut_and_says_so),
        cmocka_unit_test(test_words_of_a_card),
    };
    return cmocka_run_group_tests_name("ui_layout", tests, NULL, teardown);
}
