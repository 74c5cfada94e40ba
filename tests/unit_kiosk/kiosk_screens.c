/* SPDX-License-Identifier: MIT
 * Every screen in every state, in both languages: rules of touch and type, layout dumps, pictures of the main
 * ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kiosk/screens/screens.h"
#include "tests/support/golden.h"
#include "tests/unit_kiosk/kiosk_kit.h"

static struct kiosk kiosk;

/* A QR-like pattern of version 4; what it says does not matter here. */
static uint8_t pattern[33 * 33];

static void fill_pattern(void)
{
    for (int y = 0; y < 33; y++)
        for (int x = 0; x < 33; x++)
            pattern[y * 33 + x] = (uint8_t)(((x * 7 + y * 13) ^ (x * y)) % 3 == 0);
}

/* ---- states ---- */

static const char full_answer[] =
    ",\"item\":11,\"ahead\":5,\"low_min\":12,\"high_min\":20,\"windows\":[9,10,11],"
    "\"link\":\"EVH1:20261123:A012:5nQx0c1VbTq3mZt8rYw2Ag\"";

static void tap(enum kiosk_act act, int index, int64_t now_ms)
{
    kiosk_on_touch(&kiosk, now_ms);
    kiosk_on_tap(&kiosk, act, index, now_ms);
}

static void home_quiet(void)
{
    kit_open(&kiosk, KIT_DEMO, 0, -1, -1);
}

static void home_busy(void)
{
    kit_open(&kiosk, KIT_DEMO, 500, 40, 75);
    kit_counts(
        &kiosk,
        "{\"domains\":{\"1\":{\"waiting\":500,\"windows\":3},\"2\":{\"waiting\":88,\"windows\":4},"
        "\"3\":{\"waiting\":0,\"windows\":0},\"4\":{\"waiting\":12,\"windows\":2},\"5\":{\"waiting\":1234,"
        "\"windows\":2}},\"items\":{\"11\":{\"waiting\":3,\"windows\":2},\"42\":{\"waiting\":9,\"windows\":0}"
        "}}",
        KIT_NOW_MS);
}

static void home_long(void)
{
    kit_open(&kiosk, KIT_LONG, 12, 5, 15);
}

static void home_more(void)
{
    home_long();
    tap(KIOSK_ACT_MORE, 0, KIT_NOW_MS);
}

static void home_offline(void)
{
    kit_open(&kiosk, KIT_DEMO, 12, 5, 15);
    kit_link(&kiosk, false, KIT_NOW_MS - 4000, KIT_NOW_MS);
}

static void home_back(void)
{
    home_offline();
    kit_link(&kiosk, true, KIT_NOW_MS, KIT_NOW_MS);
}

static void home_notice(void)
{
    kit_open(&kiosk, KIT_DEMO, 12, 5, 15);
    kit_hall(
        &kiosk,
        "{\"day\":\"open\",\"numbers\":\"open\",\"waiting\":12,\"windows_open\":7,\"utc_offset_min\":480,"
        "\"notice\":{\"zh\":\"3 号窗口临时暂停，等候时间延长\",\"en\":\"Window 3 is paused; waits are "
        "longer\"}}",
        KIT_NOW_MS);
}

static void items_quiet(void)
{
    kit_open(&kiosk, KIT_DEMO, 0, -1, -1);
    tap(KIOSK_ACT_DOMAIN, 1, KIT_NOW_MS);
}

static void items_busy(void)
{
    kit_open(&kiosk, KIT_DEMO, 500, 40, 75);
    kit_counts(&kiosk,
               "{\"domains\":{\"1\":{\"waiting\":500,\"windows\":3,\"low_min\":40,\"high_min\":75}},"
               "\"items\":{\"1\":{\"waiting\":500,\"windows\":2,\"low_min\":140,\"high_min\":170},"
               "\"2\":{\"waiting\":7,\"windows\":2,\"left\":0},\"3\":{\"waiting\":0,\"windows\":0},"
               "\"4\":{\"waiting\":2,\"windows\":1,\"low_min\":0,\"high_min\":4}}}",
               KIT_NOW_MS);
    tap(KIOSK_ACT_DOMAIN, 1, KIT_NOW_MS);
}

static void items_long(void)
{
    kit_open(&kiosk, KIT_LONG, 12, 5, 15);
    tap(KIOSK_ACT_DOMAIN, 2, KIT_NOW_MS);
    tap(KIOSK_ACT_PAGE_ON, 0, KIT_NOW_MS + 10);
}

static void items_offline(void)
{
    items_quiet();
    kit_link(&kiosk, false, KIT_NOW_MS - 4000, KIT_NOW_MS);
}

/* A request that began so long before the picture. */
static void take(int64_t ago_ms)
{
    kit_open(&kiosk, KIT_DEMO, 12, 5, 15);
    tap(KIOSK_ACT_DOMAIN, 2, KIT_NOW_MS - ago_ms - 2000);
    tap(KIOSK_ACT_TAKE, 11, KIT_NOW_MS - ago_ms);
}

static void taking_begun(void)
{
    take(100);
}

static void taking_progress(void)
{
    take(1200);
}

static void taking_slow(void)
{
    take(4500);
}

static void issued_paper(void)
{
    take(100);
    kit_answer_number(&kiosk, 1, "A012", full_answer, KIT_NOW_MS);
    kiosk_on_printed(&kiosk, 1, true, KIT_NOW_MS);
}

static void issued_printing(void)
{
    take(100);
    kit_answer_number(&kiosk, 1, "A012", full_answer, KIT_NOW_MS);
}

static void issued_bare(void)
{
    issued_printing();
    kiosk_on_printed(&kiosk, 1, false, KIT_NOW_MS);
}

static void issued_first(void)
{
    take(100);
    kit_answer_number(&kiosk, 1, "A001", ",\"ahead\":0,\"windows\":[]", KIT_NOW_MS);
    kiosk_on_printed(&kiosk, 1, true, KIT_NOW_MS);
}

static void issued_long(void)
{
    kit_open(&kiosk, KIT_LONG, 500, 40, 75);
    tap(KIOSK_ACT_DOMAIN, 1, KIT_NOW_MS - 1000);
    tap(KIOSK_ACT_TAKE, 2, KIT_NOW_MS - 100);
    kit_answer_number(
        &kiosk, 1, "W1234",
        ",\"ahead\":1234,\"low_min\":60,\"high_min\":115,\"windows\":[1,2,3,9,10,11,12,13,14,15,16],"
        "\"link\":\"EVH1:20261123:W1234:5nQx0c1VbTq3mZt8rYw2Ag\"",
        KIT_NOW_MS);
    kiosk_on_printed(&kiosk, 1, true, KIT_NOW_MS);
}

static void issued_cancelling(void)
{
    issued_paper();
    tap(KIOSK_ACT_CANCEL, 0, KIT_NOW_MS + 900);
}

static void cancelled(void)
{
    issued_cancelling();
    kit_answer_number(&kiosk, 2, "A012", "", KIT_NOW_MS + 1000);
}

static void refuse(const char *code)
{
    take(100);
    kit_answer_refused(&kiosk, 1, code, KIT_NOW_MS);
}

static void refused_quota(void)
{
    refuse("quota-used");
}

static void refused_identity(void)
{
    refuse("identity-needed");
}

static void refused_unknown(void)
{
    refuse("something-new");
}

static void refused_holds(void)
{
    refuse("already-holds");
    snprintf(kiosk.notice.number, sizeof kiosk.notice.number, "A003");
}

static void no_answer(void)
{
    take(11000);
    kit_answer_given_up(&kiosk, 1, true, KIT_NOW_MS);
}

static void domain_closed(void)
{
    home_busy();
    tap(KIOSK_ACT_DOMAIN, 3, KIT_NOW_MS);
}

static void still_there(void)
{
    items_quiet();
    kiosk_on_time(&kiosk, KIT_NOW_MS + KIOSK_QUIET_MS);
    kiosk.sheet_ms = KIT_NOW_MS - 6000;
}

static void closed(void)
{
    kit_open(&kiosk, KIT_DEMO, 0, -1, -1);
    kit_hall(
        &kiosk,
        "{\"day\":\"closed\",\"numbers\":\"stopped\",\"sessions\":[\"09:00-17:00\"],\"utc_offset_min\":480,"
        "\"next_open_ms\":1795482000000}",
        KIT_NOW_MS);
}

static void closed_stopped(void)
{
    kit_open(&kiosk, KIT_DEMO, 4, -1, -1);
    kit_hall(&kiosk,
             "{\"day\":\"open\",\"numbers\":\"stopped\",\"sessions\":[\"09:00-12:00\",\"13:30-17:00\"],"
             "\"utc_offset_min\":480}",
             KIT_NOW_MS);
}

static void closed_not_yet(void)
{
    kit_open(&kiosk, KIT_DEMO, 0, -1, -1);
    kit_hall(
        &kiosk,
        "{\"day\":\"open\",\"numbers\":\"not-yet\",\"sessions\":[\"09:00-17:00\"],\"utc_offset_min\":480,"
        "\"next_open_ms\":1795827600000}",
        KIT_NOW_MS);
    kit_link(&kiosk, false, KIT_NOW_MS - 4000, KIT_NOW_MS);
}

static void connecting(void)
{
    kiosk_init(&kiosk,
               &(struct kiosk_settings){.language = WORDS_ZH, .utc_offset_min = 480, .wall_ms = KIT_WALL_MS},
               KIT_NOW_MS);
}

static void connecting_refused(void)
{
    connecting();
    kiosk_on_link(&kiosk, &(struct kiosk_link){.vouched_ms = INT64_MIN, .trouble = "bad-token"}, KIT_NOW_MS);
}

static const struct {
    const char *name;
    void (*make)(void);
    bool picture;
} states[] = {
    {"home-quiet", home_quiet, true},
    {"home-busy", home_busy, true},
    {"home-long", home_long, true},
    {"home-more", home_more, false},
    {"home-offline", home_offline, true},
    {"home-back", home_back, false},
    {"home-notice", home_notice, false},
    {"items-quiet", items_quiet, true},
    {"items-busy", items_busy, true},
    {"items-long", items_long, true},
    {"items-offline", items_offline, false},
    {"taking-begun", taking_begun, false},
    {"taking-progress", taking_progress, false},
    {"taking-slow", taking_slow, true},
    {"issued-paper", issued_paper, true},
    {"issued-printing", issued_printing, false},
    {"issued-bare", issued_bare, true},
    {"issued-first", issued_first, false},
    {"issued-long", issued_long, true},
    {"issued-cancelling", issued_cancelling, false},
    {"cancelled", cancelled, false},
    {"refused-quota", refused_quota, true},
    {"refused-identity", refused_identity, false},
    {"refused-unknown", refused_unknown, false},
    {"refused-holds", refused_holds, false},
    {"no-answer", no_answer, false},
    {"domain-closed", domain_closed, false},
    {"still-there", still_there, true},
    {"closed", closed, true},
    {"closed-stopped", closed_stopped, false},
    {"closed-not-yet", closed_not_yet, false},
    {"connecting", connecting, true},
    {"connecting-refused", connecting_refused, false},
};

/* ---- tests ---- */

static struct kiosk_view view_now(void)
{
    struct kiosk_view view = {.now_ms = KIT_NOW_MS, .device = "K1", .still = true};
    if (*kiosk.ticket.link)
        view.link = (struct kiosk_code){pattern, 33};
    if (kiosk_face(&kiosk) == KIOSK_FACE_CLOSED)
        view.online = (struct kiosk_code){pattern, 33};
    return view;
}

static void declare(struct ui *ui, void *context)
{
    kiosk_screen_draw(ui, &kiosk, context);
}

/* Only what must be true of it, and its dump. */
static bool check_layout(const char *name, struct kiosk_view *view)
{
    static struct ui ui;
    static struct ui_fonts *fonts;
    struct error error = {0};
    struct text report = {0}, dump = {0};
    if (!fonts && ui_fonts_open(&(struct ui_fonts_params){0}, &fonts, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    struct ui_measure measure = ui_fonts_measure(fonts);
    struct ui_frame frame = kiosk_screen_frame(&kiosk, view);
    ui_init(&ui, &measure);
    ui_begin(&ui, &frame);
    kiosk_screen_draw(&ui, &kiosk, view);
    ui_end(&ui);
    int faults = ui_check(&ui, &ui_rules_kiosk, &report);
    if (faults)
        printf("%s breaks %d rules:\n%s", name, faults, report.data);
    ui_dump(&ui, &dump);
    bool same = golden_text(&dump, name);
    text_destroy(&report);
    text_destroy(&dump);
    return !faults && same;
}

static bool check_state(size_t i, enum words_language language)
{
    char name[96];
    states[i].make();
    kiosk.language = kiosk.settings.language = language;
    snprintf(name, sizeof name, "kiosk/%s-%s", states[i].name, words_language_name(language));
    struct kiosk_view view = view_now();
    bool good = states[i].picture
                    ? golden_screen(&(struct golden_screen){.name = name,
                                                            .frame = kiosk_screen_frame(&kiosk, &view),
                                                            .declare = declare,
                                                            .context = &view,
                                                            .rules = &ui_rules_kiosk,
                                                            .dump = true})
                    : check_layout(name, &view);
    kiosk_destroy(&kiosk);
    return good;
}

static void test_screens(enum words_language language)
{
    int wrong = 0;
    fill_pattern();
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        wrong += !check_state(i, language);
    assert_int_equal(wrong, 0);
}

static void test_screens_in_chinese(void **state)
{
    (void)state;
    test_screens(WORDS_ZH);
}

static void test_screens_in_english(void **state)
{
    (void)state;
    test_screens(WORDS_EN);
}

/* Every reason's sentences fit the sheet. */
static void test_every_reason_fits(void **state)
{
    static struct ui ui;
    struct ui_fonts *fonts;
    struct error error = {0};
    struct text report = {0};
    int count;
    (void)state;
    const struct kiosk_reason *reasons = kiosk_reasons(&count);
    assert_int_equal(ui_fonts_open(&(struct ui_fonts_params){0}, &fonts, &error), STATUS_OK);
    struct ui_measure measure = ui_fonts_measure(fonts);
    for (int i = 0; i < 2 * count; i++) {
        refuse(*reasons[i / 2].code ? reasons[i / 2].code : "something-new");
        kiosk.language = i % 2 ? WORDS_EN : WORDS_ZH;
        struct kiosk_view view = view_now();
        struct ui_frame frame = kiosk_screen_frame(&kiosk, &view);
        ui_init(&ui, &measure);
        ui_begin(&ui, &frame);
        kiosk_screen_draw(&ui, &kiosk, &view);
        ui_end(&ui);
        if (ui_check(&ui, &ui_rules_kiosk, &report))
            fail_msg("%s: %s", reasons[i / 2].code, report.data);
        kiosk_destroy(&kiosk);
    }
    ui_fonts_close(fonts);
    text_destroy(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens_in_chinese),
        cmocka_unit_test(test_screens_in_english),
        cmocka_unit_test(test_every_reason_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
