/* SPDX-License-Identifier: MIT
 * B-01 in every state: pictures, layouts and the rules that boards must keep; and how little a tick of the
 * clock redraws. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "display/screens/board.h"
#include "tests/support/golden.h"
#include "tests/unit_display/board_kit.h"

enum { AT_REST_MS = 5000 }; /* after slide and pulses */

static const char waits[] =
    "{\"domains\":{\"1\":{\"waiting\":500,\"low_min\":121,\"high_min\":180},\"2\":{\"waiting\":12,\"low_"
    "min\":17,"
    "\"high_min\":23},\"3\":{\"waiting\":6,\"low_min\":2,\"high_min\":8},\"4\":{\"waiting\":4}}}";

static void declare(struct ui *ui, void *context)
{
    board_screen(ui, context);
}

/* Compares what the kit's board shows now with the golden picture and layout; rules NULL: on purpose not
 * kept. */
static void check_view(const char *name, struct board_view view, const struct ui_rules *rules)
{
    char path[64];
    snprintf(path, sizeof path, "display/%s", name);
    struct golden_screen screen = {.name = path,
                                   .frame = board_frame(&view),
                                   .declare = declare,
                                   .context = &view,
                                   .rules = rules,
                                   .dump = true};
    assert_true(golden_screen(&screen));
}

static void check(const char *name, struct kit *kit)
{
    check_view(name, kit_view(kit), &ui_rules_board);
}

static void begin(struct kit *kit, int rows, enum words_language language)
{
    kit_init(kit, rows, language);
    kit_hall(kit, "{}");
    kit_change(kit, "{\"calls\":{}}");
}

/* `count` calls, 5 s apart, the older half in service; nothing moves at the end. */
static void fill(struct kit *kit, int count)
{
    static const char series[] = "ACFHKMRSW";
    char number[16];
    for (int i = 0; i < count; i++) {
        snprintf(number, sizeof number, "%c%03d", series[i * 4 % 9], 7 + i * 13);
        kit_call(kit, number, i * 5 % 16 + 1, i * 4 % 9 + 1);
        if (i < count / 2)
            kit_serve(kit, number);
        kit_pass(kit, AT_REST_MS);
    }
}

/* Turns the footer to its first page of that kind. */
static void turn_foot(struct kit *kit, enum board_foot_kind kind)
{
    for (int i = 0; i < BOARD_FOOT_KINDS * 4 && kit_view(kit).foot.kind != kind; i++)
        kit_pass(kit, BOARD_FOOT_MS);
    kit_pass(kit, 1000);
    assert_int_equal(kit_view(kit).foot.kind, kind);
}

/* ---- calls ---- */

static void no_call_yet(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 5, WORDS_ZH);
    check("quiet", &kit);
    kit_destroy(&kit);
}

static void between_calls(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 5, WORDS_ZH);
    fill(&kit, 1);
    kit_change(&kit, waits);
    kit_finish(&kit, "A007");
    turn_foot(&kit, BOARD_FOOT_WAITING);
    check("quiet-later", &kit);
    kit_destroy(&kit);
}

static void one_call(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 5, WORDS_ZH);
    kit_change(&kit, waits);
    kit_view(&kit);
    kit_pass(&kit, 500);
    kit_call(&kit, "A012", 3, 1);
    kit_pass(&kit, 60);
    check_view("one-slides-in", kit_view(&kit), NULL);
    kit_pass(&kit, 260 + 500);
    check("one-pulses", &kit);
    kit_pass(&kit, AT_REST_MS);
    check("one", &kit);
    kit_serve(&kit, "A012");
    check("one-in-service", &kit);
    kit_destroy(&kit);
}

static void two_calls_share_the_hero(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 5, WORDS_ZH);
    kit_call(&kit, "C103", 12, 2);
    kit_pass(&kit, 2000);
    kit_call(&kit, "F1007", 6, 3);
    kit_pass(&kit, AT_REST_MS);
    check("two", &kit);
    kit_serve(&kit, "F1007");
    check("two-one-in-service", &kit);
    kit_destroy(&kit);
}

static void six_calls_on_two_pages(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 5, WORDS_ZH);
    fill(&kit, 6);
    check("six-page-1", &kit);
    kit_pass(&kit, BOARD_PAGE_MS - AT_REST_MS);
    kit_view(&kit);
    kit_pass(&kit, 40);
    check_view("six-page-turning", kit_view(&kit), NULL);
    kit_pass(&kit, 1000);
    check("six-page-2", &kit);
    kit_destroy(&kit);
}

static void more_than_ten_calls(void **state)
{
    struct kit kit;
    (void)state;
    for (int rows = 4; rows <= 6; rows += 2) {
        char name[32];
        begin(&kit, rows, WORDS_ZH);
        fill(&kit, 13);
        snprintf(name, sizeof name, "thirteen-in-%d-rows", rows);
        check(name, &kit);
        kit_destroy(&kit);
    }
}

static void long_names(void **state)
{
    struct kit kit;
    struct names *names;
    (void)state;
    begin(&kit, 6, WORDS_ZH);
    names = &kit.board.names;
    label_copy(names->hall.zh, sizeof names->hall.zh,
               "泌阳县经济技术开发区行政审批和便民服务中心（产业新城分厅）");
    label_copy(names->domains[1].zh, sizeof names->domains[1].zh, "不动产登记与交易纳税一体化综合受理");
    label_copy(names->domains[2].zh, sizeof names->domains[2].zh, "城乡居民养老保险待遇资格认证");
    kit_call(&kit, "A9999", 512, 1);
    kit_pass(&kit, AT_REST_MS);
    kit_call(&kit, "K1-012", 108, 2);
    kit_change(&kit, waits);
    kit_pass(&kit, AT_REST_MS);
    turn_foot(&kit, BOARD_FOOT_WAITING);
    check("long-names", &kit);
    kit_destroy(&kit);
}

/* ---- footer ---- */

static void five_hundred_wait(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 5, WORDS_ZH);
    fill(&kit, 3);
    kit_change(&kit, waits);
    turn_foot(&kit, BOARD_FOOT_WAITING);
    check("waiting-500", &kit);
    kit_pass(&kit, BOARD_FOOT_MS - 1000);
    kit_view(&kit);
    kit_pass(&kit, 1000);
    check("waiting-second-page", &kit);
    kit_destroy(&kit);
}

static void missed_numbers(void **state)
{
    struct kit kit;
    (void)state;
    for (int language = 0; language < WORDS_LANGUAGES; language++) {
        char patch[96], name[32];
        begin(&kit, 5, (enum words_language)language);
        fill(&kit, 3);
        for (int i = 0; i < BOARD_FOOT_MISSED; i++) {
            snprintf(patch, sizeof patch, "{\"missed\":{\"M%d\":{\"missed_ms\":%d}}}", 1000 + i, i);
            kit_change(&kit, patch);
        }
        turn_foot(&kit, BOARD_FOOT_NUMBERS);
        snprintf(name, sizeof name, "missed-%s", words_language_name((enum words_language)language));
        check(name, &kit);
        kit_destroy(&kit);
    }
}

static void numbers_stopped(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 4, WORDS_ZH);
    fill(&kit, 4);
    kit_hall(&kit, "{\"day\":\"closing\",\"numbers\":\"stopped\"}");
    turn_foot(&kit, BOARD_FOOT_STOPPED);
    check("numbers-stopped", &kit);
    kit_destroy(&kit);
}

/* ---- when something is wrong, or over ---- */

static void nothing_new(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 5, WORDS_ZH);
    fill(&kit, 4);
    kit.time.age_ms = 7000;
    check("stale", &kit);
    kit.time.age_ms = 6 * 60 * 1000 + 5000;
    check_view("stale-dimmed", kit_view(&kit), NULL);
    kit_destroy(&kit);
}

static void connecting(void **state)
{
    struct kit kit;
    (void)state;
    kit_init(&kit, 5, WORDS_ZH);
    memset(&kit.board.names, 0, sizeof kit.board.names);
    kit.time.age_ms = BOARD_NEVER;
    check("connecting", &kit);
    kit_pass(&kit, 8000);
    struct board_view view = kit_view(&kit);
    view.trouble = "设备名或令牌不正确";
    check_view("connecting-refused", view, &ui_rules_board);
    kit_destroy(&kit);
}

static void closed(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 5, WORDS_ZH);
    kit_pass(&kit, 25200000);
    kit_hall(&kit, "{\"day\":\"closed\",\"next_open_ms\":1795482000000}"); /* tomorrow 09:00 */
    check("closed", &kit);
    kit_hall(&kit, "{\"day\":\"closed\",\"next_open_ms\":1795741200000}"); /* Friday 09:00 */
    check("closed-until-friday", &kit);
    kit_destroy(&kit);
}

static void emergency(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 5, WORDS_ZH);
    fill(&kit, 4);
    kit_hall(&kit,
             "{\"notice\":{\"emergency\":true,\"zh\":\"发生火警，请立即从最近的安全出口离开，不要乘电梯\","
             "\"en\":\"Fire alarm. Leave by the nearest exit. Do not use the lifts.\"}}");
    check("emergency", &kit);
    kit.time.age_ms = 9000;
    check("emergency-stale", &kit);
    kit_destroy(&kit);
}

static void at_night(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 5, WORDS_ZH);
    kit_pass(&kit, 39780000);
    fill(&kit, 3);
    check("night-shifted", &kit);
    kit_destroy(&kit);
}

/* ---- English ---- */

static void in_english(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 5, WORDS_EN);
    check("en-quiet", &kit);
    fill(&kit, 13);
    kit_change(&kit, waits);
    turn_foot(&kit, BOARD_FOOT_WAITING);
    check("en-many", &kit);
    kit_pass(&kit, BOARD_PAGE_MS);
    kit_call(&kit, "C103", 12, 2);
    kit_call(&kit, "S221", 103, 8);
    kit_pass(&kit, AT_REST_MS);
    check("en-two", &kit);
    kit.time.age_ms = 65000;
    check("en-stale", &kit);
    kit.time.age_ms = 0;
    kit_change(&kit, "{\"calls\":null}");
    kit_hall(&kit, "{\"day\":\"closed\",\"next_open_ms\":1795741200000}");
    check("en-closed", &kit);
    kit_destroy(&kit);
}

static void english_one_call(void **state)
{
    struct kit kit;
    (void)state;
    begin(&kit, 6, WORDS_EN);
    fill(&kit, 6);
    for (int line = 0; line < 4; line++) /* to the longest of the hall's lines */
        turn_foot(&kit, BOARD_FOOT_LINE), kit_pass(&kit, BOARD_FOOT_MS);
    turn_foot(&kit, BOARD_FOOT_LINE);
    check("en-six", &kit);
    kit_destroy(&kit);
}

/* ---- a tick of the clock ---- */

static void a_second_redraws_only_the_clock(void **state)
{
    static struct ui ui;
    static struct ui_grid shown;
    struct ui_rect dirty[UI_DIRTY_MAX];
    struct ui_fonts *fonts;
    struct error error = {0};
    struct kit kit;
    (void)state;
    assert_int_equal(ui_fonts_open(&(struct ui_fonts_params){0}, &fonts, &error), STATUS_OK);
    struct ui_measure measure = ui_fonts_measure(fonts);
    ui_init(&ui, &measure);
    begin(&kit, 5, WORDS_ZH);
    fill(&kit, 4);
    for (int second = 0; second < 3; second++) {
        struct board_view view = kit_view(&kit);
        struct ui_frame frame = board_frame(&view);
        ui_begin(&ui, &frame);
        board_screen(&ui, &view);
        ui_end(&ui);
        assert_int_equal(ui_wait_ms(&ui, kit.time.mono_ms), -1); /* nothing moves */
        int count = ui_dirty(&ui, &shown, dirty);
        for (int i = 0; i < count && second > 0; i++) /* the clock's rectangle, in cells of the grid */
            assert_true(ui_rect_inside(dirty[i], (struct ui_rect){1560, 0, 360, 120}));
        assert_true(count > 0);
        kit_pass(&kit, 1000);
    }
    kit_destroy(&kit);
    ui_fonts_close(fonts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_call_yet),
        cmocka_unit_test(between_calls),
        cmocka_unit_test(one_call),
        cmocka_unit_test(two_calls_share_the_hero),
        cmocka_unit_test(six_calls_on_two_pages),
        cmocka_unit_test(more_than_ten_calls),
        cmocka_unit_test(long_names),
        cmocka_unit_test(five_hundred_wait),
        cmocka_unit_test(missed_numbers),
        cmocka_unit_test(numbers_stopped),
        cmocka_unit_test(nothing_new),
        cmocka_unit_test(connecting),
        cmocka_unit_test(closed),
        cmocka_unit_test(emergency),
        cmocka_unit_test(at_night),
        cmocka_unit_test(in_english),
        cmocka_unit_test(english_one_call),
        cmocka_unit_test(a_second_redraws_only_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
