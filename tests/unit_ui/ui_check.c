/* SPDX-License-Identifier: MIT
 * The rules of screens: a good screen passes, and each planted fault is found and named. */
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
static struct text report;

static int teardown(void **state)
{
    (void)state;
    text_destroy(&report);
    return 0;
}

/* A good kiosk screen with one fault added. */
static void check(void (*fault)(void), int faults, const char *word)
{
    struct ui_measure measure = fake_measure();
    ui_init(&ui, &measure);
    ui_begin(&ui, &(struct ui_frame){.width = 1080, .height = 1920});
    ui_text(&ui, &(struct ui_text){.at = {48, 136, 984, 80}, .type = UI_K_H1, .words = "标题"});
    ui_button(&ui, &(struct ui_button){.at = {48, 600, 400, 112}, .id = UI_ID(1, 0), .label = "返回"});
    ui_button(&ui,
              &(struct ui_button){
                  .at = {48, 728, 400, 112}, .id = UI_ID(1, 1), .look = UI_LOOK_PRIMARY, .label = "下一步"});
    if (fault)
        fault();
    ui_end(&ui);
    text_clear(&report);
    int count = ui_check(&ui, &ui_rules_kiosk, &report);
    const char *text = report.data ? report.data : "";
    if (count != faults || (word && !strstr(text, word)))
        fail_msg("%d faults, expected %d with \"%s\":\n%s", count, faults, word ? word : "", text);
}

static void small_target(void)
{
    ui_rect(&ui, &(struct ui_box){.at = {600, 600, 120, 87}, .id = UI_ID(2, 0)});
}

static void narrow_target(void)
{
    ui_rect(&ui, &(struct ui_box){.at = {600, 600, 87, 120}, .id = UI_ID(2, 0)});
}

static void close_targets(void)
{
    ui_rect(&ui, &(struct ui_box){.at = {463, 600, 120, 100}, .id = UI_ID(2, 0)});
}

static void high_target(void)
{
    ui_rect(&ui, &(struct ui_box){.at = {600, 479, 120, 120}, .id = UI_ID(2, 0)});
}

static void target_off_the_canvas(void)
{
    ui_rect(&ui, &(struct ui_box){.at = {1000, 600, 120, 120}, .id = UI_ID(2, 0)});
}

static void same_id(void)
{
    ui_rect(&ui, &(struct ui_box){.at = {600, 600, 120, 120}, .id = UI_ID(1, 0)});
}

static void small_text(void)
{
    ui_text(&ui, &(struct ui_text){.at = {48, 900, 900, 60}, .em = 33, .words = "小"});
}

static void small_echo(void)
{
    ui_text(&ui, &(struct ui_text){.at = {48, 900, 900, 60}, .em = 27, .alt = true, .words = "小"});
}

static void good_echo(void)
{
    ui_text(&ui, &(struct ui_text){.at = {48, 900, 900, 60}, .type = UI_K_ALT, .words = "echo"});
}

static void long_text(void)
{
    ui_text(&ui, &(struct ui_text){.at = {48, 900, 100, 60}, .words = "放不下的一句话"});
}

static void outside(void)
{
    ui_row_begin(&ui, &(struct ui_box){.at = {48, 900, 100, 60}});
    ui_rect(&ui, &(struct ui_box){.width = UI_PX(120), .height = UI_PX(60)});
    ui_row_end(&ui);
}

static void pale_text(void)
{
    ui_text(&ui, &(struct ui_text){.at = {48, 900, 900, 60}, .color = UI_LINE, .words = "看不清"});
}

static void pale_on_a_box(void)
{
    ui_rect(&ui, &(struct ui_box){.at = {0, 880, 1080, 200}, .fill = UI_BRAND});
    ui_text(&ui, &(struct ui_text){.at = {48, 900, 900, 60}, .color = UI_INK, .words = "看不清"});
}

static void good_on_a_box(void)
{
    ui_rect(&ui, &(struct ui_box){.at = {0, 880, 1080, 200}, .fill = UI_BRAND});
    ui_text(&ui, &(struct ui_text){.at = {48, 900, 900, 60}, .color = UI_ON_BRAND, .words = "看得清"});
}

static void too_many_modules(void)
{
    static const uint8_t modules[57 * 57];
    ui_code(&ui, &(struct ui_code){.at = {48, 900, 60, 60}, .modules = modules, .side = 57});
}

static void too_many_nodes(void)
{
    for (int i = 0; i < UI_NODES_MAX; i++)
        ui_rect(&ui, &(struct ui_box){.at = {0, 900, 1, 1}});
}

static void test_good_screens_pass(void **state)
{
    (void)state;
    check(NULL, 0, NULL);
    check(good_echo, 0, NULL);
    check(good_on_a_box, 0, NULL);
}

static void test_each_fault_is_found(void **state)
{
    (void)state;
    check(small_target, 1, "touch target too small: #2.0 600,600 120x87, each side must be >= 88");
    check(narrow_target, 1, "touch target too small: #2.0 600,600 87x120");
    check(close_targets, 1,
          "touch targets too close: #1.0 48,600 400x112 and #2.0 463,600 120x100, must be >= 16");
    check(high_target, 1, "out of reach: #2.0");
    check(target_off_the_canvas, 2, "out of reach: #2.0"); /* and outside its box */
    check(same_id, 1, "same id: #1.0");
    check(small_text, 1, "text too small: \"小\" em 33, must be >= 34");
    check(small_echo, 1, "em 27, must be >= 28 (alt)");
    check(long_text, 1, "does not fit: \"放不下的一句话\" 48,900 100x60, needs 280x36 px");
    check(outside, 1, "outside its box:");
    check(pale_text, 1, "too little contrast: \"看不清\" #C9D3DA on #F6F8FA is 1.43, must be >= 4.50");
    check(pale_on_a_box, 1, "#14212B on #0B4F8A is 1.95");
    check(too_many_modules, 1, "does not fit: 48,900 60x60, needs 65x65 px");
    check(too_many_nodes, 1, "frame too large:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_screens_pass),
        cmocka_unit_test(test_each_fault_is_found),
    };
    return cmocka_run_group_tests_name("ui_check", tests, NULL, teardown);
}
