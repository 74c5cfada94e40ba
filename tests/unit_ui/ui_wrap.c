/* SPDX-License-Identifier: MIT
 * Where lines break, and what happens to text that does not fit. Lines are shown joined by "|". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/ui/ui.h"
#include "tests/unit_ui/fake_fonts.h"

static struct ui ui;
static char lines[4096];

/* em 10: a Han character is 10 px wide, a letter 5, a space 2.5; lines are 13 px high (paragraphs 15). */
static const char *wrapped(struct ui_text text)
{
    struct ui_measure measure = fake_measure();
    ui_init(&ui, &measure);
    ui_begin(&ui, &(struct ui_frame){.width = 1000, .height = 1000});
    if (!text.em)
        text.em = 10;
    ui_text(&ui, &text);
    ui_end(&ui);
    size_t used = 0;
    lines[0] = '\0';
    for (int i = 0; i < ui.command_count; i++)
        used += (size_t)snprintf(lines + used, sizeof lines - used, "%s%.*s", i ? "|" : "",
                                 ui.commands[i].length, ui.bytes + ui.commands[i].bytes);
    return lines;
}

static const char *paragraph(const char *words, int width)
{
    return wrapped(
        (struct ui_text){.at = {0, 0, width, 900}, .words = words, .lines_max = 9, .paragraph = true});
}

static void test_han_text_breaks_anywhere_but_at_marks(void **state)
{
    (void)state;
    assert_string_equal(paragraph("社会保障卡补领", 40), "社会保障|卡补领");
    assert_string_equal(paragraph("请到窗口，办理", 40), "请到窗|口，办理");
    assert_string_equal(paragraph("办理（三楼）", 30), "办理|（三|楼）");
    assert_string_equal(paragraph("约十分钟。", 40), "约十分|钟。");
    assert_string_equal(paragraph("点击“查询”即可", 30), "点击|“查|询”即|可");
}

static void test_words_and_numbers_stay_whole(void **state)
{
    (void)state;
    assert_string_equal(paragraph("get a number", 35), "get a|number");
    assert_string_equal(paragraph("约 12–20 分钟", 35), "约|12–20|分钟");
    assert_string_equal(paragraph("第12号窗口", 25), "第12|号窗|口");
    assert_string_equal(paragraph("3\xC2\xA0\xE5\x8F\xB7 4\xC2\xA0\xE5\x8F\xB7", 25),
                        "3\xC2\xA0\xE5\x8F\xB7|4\xC2\xA0\xE5\x8F\xB7");
    assert_string_equal(paragraph("a/b/c", 16), "a/|b/c");
    assert_string_equal(paragraph("abcdefgh", 20), "abcd|efgh");
}

static void test_spaces_hang_and_line_feeds_break(void **state)
{
    (void)state;
    assert_string_equal(paragraph("ab   cd", 10), "ab|cd");
    assert_string_equal(paragraph("ab\ncd", 100), "ab|cd");
    assert_string_equal(paragraph("ab\n\ncd", 100),
                        "ab|cd"); /* the empty line takes its place, but draws nothing */
    assert_int_equal(ui.nodes[1].line_count, 3);
    assert_string_equal(paragraph("ab\n", 100), "ab");
}

static void test_no_orphans_in_labels(void **state)
{
    (void)state;
    struct ui_text label = {.at = {0, 0, 50, 100}, .lines_max = 2, .words = "社保卡补换领"};
    assert_string_equal(wrapped(label), "社保卡|补换领");
    label.paragraph = true;
    assert_string_equal(wrapped(label), "社保卡补换|领");
    label = (struct ui_text){.at = {0, 0, 50, 100}, .lines_max = 2, .words = "不动产登记查询"};
    assert_string_equal(wrapped(label), "不动产登记|查询");
}

static void test_text_that_does_not_fit_is_cut_and_reported(void **state)
{
    (void)state;
    struct ui_text text = {.at = {0, 0, 50, 20}, .words = "社会保障卡补领"};
    assert_string_equal(wrapped(text), "社会保障…");
    assert_int_equal(ui.overflow_count, 1);
    assert_int_equal(ui.overflows[0].wide, 70);
    text.decorative = true;
    assert_string_equal(wrapped(text), "社会保障…");
    assert_int_equal(ui.overflow_count, 0);
    text = (struct ui_text){.at = {0, 0, 50, 40}, .lines_max = 2, .words = "社会保障卡补领和换领和挂失"};
    assert_string_equal(wrapped(text), "社会保障卡|补领和换…");
    assert_int_equal(ui.overflow_count, 1);
    text = (struct ui_text){.at = {0, 0, 50, 8}, .words = "高"}; /* too low */
    assert_string_equal(wrapped(text), "高");
    assert_int_equal(ui.overflow_count, 1);
    text = (struct ui_text){.at = {0, 0, 4, 20}, .words = "高"}; /* too narrow for anything */
    wrapped(text);
    assert_int_equal(ui.overflow_count, 1);
}

static void test_text_is_set_smaller_before_it_is_cut(void **state)
{
    (void)state;
    struct ui_text text = {.at = {0, 0, 200, 60}, .em = 40, .em_least = 30, .words = "不动产登记"};
    assert_string_equal(wrapped(text), "不动产登记");
    assert_int_equal(ui.commands[0].em, 40);
    text.words = "不动产登记处";
    assert_string_equal(wrapped(text), "不动产登记处");
    assert_int_equal(ui.commands[0].em, 32);
    assert_int_equal(ui.overflow_count, 0);
    text.words = "不动产登记处窗口";
    assert_string_equal(wrapped(text), "不动产登记…");
    assert_int_equal(ui.commands[0].em, 30);
    assert_int_equal(ui.overflow_count, 1);
}

static void test_as_many_lines_as_fit_the_height(void **state)
{
    (void)state;
    struct ui_text text = {.at = {0, 0, 20, 36}, .lines_max = -1, .words = "一二三四五六"};
    assert_string_equal(wrapped(text), "一二|三四|五六");
    text.words = "一二三四五六七八";
    assert_string_equal(wrapped(text), "一二|三四|五…");
    assert_int_equal(ui.overflow_count, 1);
}

static void test_marks_take_the_form_that_suits_their_neighbours(void **state)
{
    (void)state;
    const char *text = "don’t “x” 的“号”… a·b 人·人";
    const struct {
        const char *mark;
        bool narrow;
    } marks[] = {{"’t", true},  {"“x", true}, {"” ", true}, {"“号", false},
                 {"”…", false}, {"…", false}, {"·b", true}, {"·人", false}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        int at = (int)(strstr(text, marks[i].mark) - text);
        uint32_t code = 0, before = 0;
        for (int j = 0; j < at;) {
            int taken = ui_utf8_next(text + j, (int)strlen(text) - j, &code);
            before = ui_shape(text, (int)strlen(text), j, code, before);
            j += taken;
        }
        ui_utf8_next(text + at, (int)strlen(text) - at, &code);
        bool narrow = ui_shape(text, (int)strlen(text), at, code, before) >= UI_NARROW_BASE;
        if (narrow != marks[i].narrow)
            fail_msg("the mark before \"%s\" should be %s", marks[i].mark, narrow ? "wide" : "narrow");
    }
}

static void test_broken_bytes_are_harmless(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        int length, taken;
        uint32_t code;
    } rows[] = {
        {"A", 1, 1, 'A'},
        {"\xE5\x8F\xB7", 3, 3, 0x53F7},
        {"\xF0\xA0\x80\x80", 4, 4, 0x20000},
        {"\x80", 1, 1, 0xFFFD},     /* a continuation alone */
        {"\xE5\x8F", 2, 2, 0xFFFD}, /* cut off */
        {"\xE5"
         "A",
         2, 1, 0xFFFD},                     /* a lead without its continuation */
        {"\xC0\xAF", 2, 2, 0xFFFD},         /* longer than needed */
        {"\xED\xA0\x80", 3, 3, 0xFFFD},     /* half a surrogate pair */
        {"\xF7\xBF\xBF\xBF", 4, 4, 0xFFFD}, /* beyond Unicode */
        {"\xFF", 1, 1, 0xFFFD},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t code = 0;
        assert_int_equal(ui_utf8_next(rows[i].bytes, rows[i].length, &code), rows[i].taken);
        assert_int_equal(code, rows[i].code);
    }
    assert_int_equal(ui_utf8_next("", 0, &(uint32_t){0}), 0);
    /* any bytes at all: laid out without harm */
    char noise[200];
    uint32_t seed = 12345;
    for (int round = 0; round < 300; round++) {
        for (size_t i = 0; i + 1 < sizeof noise; i++) {
            seed = seed * 1664525u + 1013904223u;
            noise[i] = (char)(seed >> 24 ? seed >> 24 : 1);
        }
        noise[sizeof noise - 1] = '\0';
        wrapped((struct ui_text){
            .at = {0, 0, 1 + round, 100}, .words = noise, .lines_max = 1 + round % 5, .em_least = 6});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_han_text_breaks_anywhere_but_at_marks),
        cmocka_unit_test(test_words_and_numbers_stay_whole),
        cmocka_unit_test(test_spaces_hang_and_line_feeds_break),
        cmocka_unit_test(test_no_orphans_in_labels),
        cmocka_unit_test(test_text_that_does_not_fit_is_cut_and_reported),
        cmocka_unit_test(test_text_is_set_smaller_before_it_is_cut),
        cmocka_unit_test(test_as_many_lines_as_fit_the_height),
        cmocka_unit_test(test_marks_take_the_form_that_suits_their_neighbours),
        cmocka_unit_test(test_broken_bytes_are_harmless),
    };
    return cmocka_run_group_tests_name("ui_wrap", tests, NULL, NULL);
}
