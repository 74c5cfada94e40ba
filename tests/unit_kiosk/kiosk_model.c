/* SPDX-License-Identifier: MIT
 * The kiosk's state machine: one number for one wish, whatever the finger and the network do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit_kiosk/kiosk_kit.h"

static struct kiosk kiosk;
static int64_t now_ms;

enum { ITEM = 11, OTHER_ITEM = 12, DOMAIN = 2 };

static int begin(void **state)
{
    (void)state;
    now_ms = KIT_NOW_MS;
    kit_open(&kiosk, KIT_DEMO, 12, 5, 15);
    return 0;
}

static int end(void **state)
{
    (void)state;
    kiosk_destroy(&kiosk);
    return 0;
}

/* ---- moves ---- */

static void tap(enum kiosk_act act, int index)
{
    kiosk_on_touch(&kiosk, now_ms);
    kiosk_on_tap(&kiosk, act, index, now_ms);
}

/* Time passes; the model is told at each of its deadlines, as the loop does. */
static void pass(int64_t ms)
{
    int64_t end_ms = now_ms + ms;
    for (int64_t at = kiosk_deadline_ms(&kiosk); at <= end_ms; at = kiosk_deadline_ms(&kiosk)) {
        now_ms = at > now_ms ? at : now_ms + 1;
        kiosk_on_time(&kiosk, now_ms);
    }
    now_ms = end_ms;
    kiosk_on_time(&kiosk, now_ms);
}

/* In the list, past the guard, with everything vouched for. */
static void open_list(void)
{
    tap(KIOSK_ACT_DOMAIN, DOMAIN);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_ITEMS);
    now_ms += KIOSK_GUARD_MS;
}

static struct kiosk_effect take(void)
{
    open_list();
    tap(KIOSK_ACT_TAKE, ITEM);
    return kit_effect(&kiosk, KIOSK_EFFECT_ISSUE);
}

static void issue(void)
{
    struct kiosk_effect effect = take();
    kit_answer_number(&kiosk, effect.key, "C001", ",\"ahead\":3,\"windows\":[9,10]", now_ms);
    kit_effect(&kiosk, KIOSK_EFFECT_PRINT);
}

static void issue_and_print(void)
{
    issue();
    kiosk_on_printed(&kiosk, kiosk.ticket.key, true, now_ms);
}

/* ---- one wish, one number ---- */

static void test_two_taps_take_a_number(void **state)
{
    (void)state;
    struct kiosk_effect effect = take();
    assert_int_equal(effect.item, ITEM);
    assert_int_equal(effect.within_ms, KIOSK_ATTEMPT_MS);
    kit_answer_number(&kiosk, effect.key, "C001", ",\"ahead\":3,\"windows\":[9,10],\"link\":\"EVH1:x\"",
                      now_ms);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_ISSUED);
    assert_string_equal(kiosk.ticket.number, "C001");
    assert_int_equal(kiosk.ticket.ahead, 3);
    assert_int_equal(kiosk.ticket.wait.low_min, KIOSK_UNKNOWN);
    assert_string_equal(kiosk.ticket.zones, "B");
    assert_string_equal(kiosk.ticket.link, "EVH1:x");
    assert_int_equal(kit_effect(&kiosk, KIOSK_EFFECT_PRINT).key, effect.key);
    kit_no_effect(&kiosk);
}

static void test_a_double_tap_is_one_request(void **state)
{
    (void)state;
    open_list();
    for (int i = 0; i < 5; i++) {
        tap(KIOSK_ACT_TAKE, ITEM);
        now_ms += 60;
        tap(KIOSK_ACT_TAKE, OTHER_ITEM);
    }
    pass(KIOSK_GUARD_MS + KIOSK_PROGRESS_MS);
    tap(KIOSK_ACT_TAKE, OTHER_ITEM); /* the answer is still awaited */
    tap(KIOSK_ACT_HOME, 0);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_ITEMS);
    assert_int_equal(kit_effect(&kiosk, KIOSK_EFFECT_ISSUE).item, ITEM);
    kit_no_effect(&kiosk);
}

static void test_a_double_tap_on_a_card_takes_nothing(void **state)
{
    (void)state;
    tap(KIOSK_ACT_DOMAIN, DOMAIN);
    now_ms += KIOSK_GUARD_MS - 1;
    tap(KIOSK_ACT_TAKE, ITEM); /* what has come up under the finger */
    kit_no_effect(&kiosk);
    now_ms += 1;
    tap(KIOSK_ACT_TAKE, ITEM);
    kit_effect(&kiosk, KIOSK_EFFECT_ISSUE);
}

static void test_a_double_tap_on_a_notice_takes_nothing(void **state)
{
    (void)state;
    struct kiosk_effect effect = take();
    now_ms += 1000;
    kit_answer_refused(&kiosk, effect.key, "quota-used", now_ms);
    tap(KIOSK_ACT_CLOSE, 0);
    now_ms += 200;
    tap(KIOSK_ACT_TAKE, ITEM);
    kit_no_effect(&kiosk);
}

static void test_a_retry_keeps_the_key(void **state)
{
    (void)state;
    uint64_t key = take().key;
    for (int i = 0; i < 2; i++) {
        now_ms += KIOSK_ATTEMPT_MS;
        kit_answer_given_up(&kiosk, key, true, now_ms);
        pass(KIOSK_AGAIN_MS);
        assert_int_equal(kit_effect(&kiosk, KIOSK_EFFECT_ISSUE).key, key);
    }
    kit_answer_number(&kiosk, key, "C001", "", now_ms);
    assert_string_equal(kiosk.ticket.number, "C001");
}

static void test_another_wish_has_another_key(void **state)
{
    (void)state;
    uint64_t key = take().key;
    kit_answer_refused(&kiosk, key, "quota-used", now_ms);
    tap(KIOSK_ACT_CLOSE, 0);
    now_ms += KIOSK_GUARD_MS;
    tap(KIOSK_ACT_TAKE, OTHER_ITEM);
    assert_true(kit_effect(&kiosk, KIOSK_EFFECT_ISSUE).key > key);
}

static void test_popular_items_are_one_tap(void **state)
{
    const struct kiosk_item *chips[KIOSK_CHIPS];
    (void)state;
    assert_int_equal(kiosk_chips(&kiosk, chips), 2);
    tap(KIOSK_ACT_TAKE, chips[1]->id);
    assert_int_equal(kit_effect(&kiosk, KIOSK_EFFECT_ISSUE).item, chips[1]->id);
}

/* ---- no answer ---- */

/* Gives the request up again and again until the visitor is told to ask staff. Returns its key. */
static uint64_t fail_to_take(bool sent)
{
    uint64_t key = take().key;
    struct kiosk_effect effect;
    int64_t begun_ms = now_ms;
    while (kiosk.sheet == KIOSK_SHEET_TAKING) {
        assert_in_range(now_ms - begun_ms, 0, KIOSK_TAKE_MS_MAX + KIOSK_ATTEMPT_MS);
        now_ms += KIOSK_ATTEMPT_MS;
        kit_link(&kiosk, true, now_ms, now_ms);
        kit_answer_given_up(&kiosk, key, sent, now_ms);
        if (kiosk.sheet == KIOSK_SHEET_TAKING)
            pass(KIOSK_AGAIN_MS);
        while (kiosk_effect_next(&kiosk, &effect))
            assert_int_equal(effect.key, key);
    }
    assert_int_equal(kiosk.sheet, KIOSK_SHEET_NOTICE);
    assert_string_equal(kiosk.notice.code, KIOSK_NO_ANSWER);
    return key;
}

static void test_after_ten_seconds_staff_are_named(void **state)
{
    (void)state;
    fail_to_take(false);
    tap(KIOSK_ACT_CLOSE, 0);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_ITEMS);
    pass(2 * KIOSK_ORPHAN_AGAIN_MS);
    kit_no_effect(&kiosk); /* it never left this machine: nothing to tidy up */
}

static void test_a_number_that_nobody_holds_is_given_back(void **state)
{
    (void)state;
    uint64_t key = fail_to_take(true);
    tap(KIOSK_ACT_CLOSE, 0);
    pass(KIOSK_ORPHAN_AGAIN_MS);
    assert_int_equal(kit_effect(&kiosk, KIOSK_EFFECT_ISSUE).key, key);
    kit_answer_number(&kiosk, key, "C009", "", now_ms);
    struct kiosk_effect effect = kit_effect(&kiosk, KIOSK_EFFECT_CANCEL);
    assert_string_equal(effect.number, "C009");
    assert_true(effect.key > key);
    assert_int_not_equal(kiosk_face(&kiosk), KIOSK_FACE_ISSUED);
    pass(3 * KIOSK_ORPHAN_AGAIN_MS);
    kit_no_effect(&kiosk);
}

static void test_a_late_number_reaches_who_still_waits(void **state)
{
    (void)state;
    uint64_t key = fail_to_take(true);
    pass(KIOSK_ORPHAN_AGAIN_MS);
    kit_effect(&kiosk, KIOSK_EFFECT_ISSUE);
    kit_answer_number(&kiosk, key, "C009", "", now_ms);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_ISSUED);
    kit_effect(&kiosk, KIOSK_EFFECT_PRINT);
    kit_no_effect(&kiosk);
}

static void test_trying_again_cannot_give_two(void **state)
{
    (void)state;
    uint64_t key = fail_to_take(true);
    tap(KIOSK_ACT_CLOSE, 0);
    now_ms += KIOSK_GUARD_MS;
    tap(KIOSK_ACT_TAKE, ITEM);
    assert_int_equal(kit_effect(&kiosk, KIOSK_EFFECT_ISSUE).key, key);
    kit_answer_number(&kiosk, key, "C009", "", now_ms);
    assert_string_equal(kiosk.ticket.number, "C009");
    kit_effect(&kiosk, KIOSK_EFFECT_PRINT);
    pass(KIOSK_ORPHAN_AGAIN_MS);
    kit_no_effect(&kiosk); /* it is nobody's orphan any more */
}

static void test_an_answer_that_is_none(void **state)
{
    static const char *const numbers[] = {"", "A", "12", "A012345678", "../x", "a012"};
    (void)state;
    uint64_t key = take().key;
    kit_answer_number(&kiosk, key, numbers[0], "", now_ms);
    assert_string_equal(kiosk.notice.code, "internal");
    for (size_t i = 1; i < sizeof numbers / sizeof numbers[0]; i++) {
        tap(KIOSK_ACT_CLOSE, 0);
        now_ms += KIOSK_GUARD_MS;
        tap(KIOSK_ACT_TAKE, ITEM);
        key = kit_effect(&kiosk, KIOSK_EFFECT_ISSUE).key;
        kit_answer_number(&kiosk, key, numbers[i], "", now_ms);
        assert_int_equal(kiosk.sheet, KIOSK_SHEET_NOTICE);
    }
    kit_no_effect(&kiosk);
}

static void test_hostile_ticket_members(void **state)
{
    (void)state;
    uint64_t key = take().key;
    kit_answer_number(&kiosk, key, "C001",
                      ",\"ahead\":-5,\"low_min\":9,\"high_min\":3,\"windows\":[0,\"x\",9,99999,10],"
                      "\"link\":\"a\\u0007b\"",
                      now_ms);
    assert_int_equal(kiosk.ticket.ahead, KIOSK_UNKNOWN);
    assert_int_equal(kiosk_wait_shown(kiosk.ticket.wait).low_min, KIOSK_UNKNOWN);
    assert_int_equal(kiosk.ticket.window_count, 2);
    assert_string_equal(kiosk.ticket.link, "");
}

/* ---- giving a number back ---- */

static void test_undo_within_thirty_seconds(void **state)
{
    (void)state;
    issue_and_print();
    now_ms += 10000;
    tap(KIOSK_ACT_CANCEL, 0);
    struct kiosk_effect effect = kit_effect(&kiosk, KIOSK_EFFECT_CANCEL);
    assert_string_equal(effect.number, "C001");
    tap(KIOSK_ACT_CANCEL, 0);
    kit_no_effect(&kiosk);
    kit_answer_number(&kiosk, effect.key, "C001", "", now_ms);
    assert_string_equal(kiosk.notice.code, KIOSK_CANCELLED_PAPER);
    tap(KIOSK_ACT_CLOSE, 0);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_HOME);
    assert_string_equal(kiosk.ticket.number, "");
}

static void test_no_undo_after_thirty_seconds(void **state)
{
    (void)state;
    issue_and_print();
    now_ms += KIOSK_CANCEL_MS;
    assert_false(kiosk_can_cancel(&kiosk, now_ms));
    tap(KIOSK_ACT_CANCEL, 0);
    kit_no_effect(&kiosk);
}

static void test_undo_without_an_answer_keeps_its_key(void **state)
{
    (void)state;
    issue_and_print();
    now_ms += KIOSK_GUARD_MS;
    tap(KIOSK_ACT_CANCEL, 0);
    uint64_t key = kit_effect(&kiosk, KIOSK_EFFECT_CANCEL).key;
    kit_answer_given_up(&kiosk, key, true, now_ms);
    assert_string_equal(kiosk.notice.code, KIOSK_CANCEL_NO_ANSWER);
    tap(KIOSK_ACT_CLOSE, 0);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_ISSUED);
    now_ms += KIOSK_GUARD_MS;
    tap(KIOSK_ACT_CANCEL, 0);
    assert_int_equal(kit_effect(&kiosk, KIOSK_EFFECT_CANCEL).key, key);
    kit_answer_refused(&kiosk, key, "ticket-closed", now_ms);
    assert_string_equal(kiosk.notice.code, "ticket-closed");
}

/* ---- paper ---- */

static void test_the_number_leaves_after_fifteen_seconds(void **state)
{
    (void)state;
    issue();
    pass(2000);
    kiosk_on_printed(&kiosk, kiosk.ticket.key, true, now_ms);
    pass(KIOSK_RING_MS - 1);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_ISSUED);
    pass(1);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_HOME);
    assert_string_equal(kiosk.ticket.number, "");
    assert_string_equal(kiosk.ticket.link, "");
}

static void test_a_touch_keeps_the_number_longer(void **state)
{
    (void)state;
    issue_and_print();
    pass(KIOSK_RING_MS - 1000);
    kiosk_on_touch(&kiosk, now_ms);
    pass(KIOSK_RING_MS - 1000);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_ISSUED);
}

static void test_without_paper_it_is_asked_first(void **state)
{
    (void)state;
    issue();
    kiosk_on_printed(&kiosk, kiosk.ticket.key, false, now_ms);
    assert_int_equal(kiosk.ticket.print, KIOSK_PRINT_FAILED);
    pass(KIOSK_RING_BARE_MS);
    assert_int_equal(kiosk.sheet, KIOSK_SHEET_STILL_THERE);
    tap(KIOSK_ACT_CONTINUE, 0);
    assert_string_equal(kiosk.ticket.number, "C001");
    pass(KIOSK_RING_BARE_MS + KIOSK_WARNING_BARE_MS);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_HOME);
}

static void test_a_silent_printer_is_not_waited_for(void **state)
{
    (void)state;
    issue();
    kiosk_on_printed(&kiosk, kiosk.ticket.key + 1, true, now_ms); /* another ticket's */
    assert_int_equal(kiosk.ticket.print, KIOSK_PRINT_BUSY);
    pass(KIOSK_PRINT_MS_MAX);
    assert_int_equal(kiosk.ticket.print, KIOSK_PRINT_LATE);
    kiosk_on_printed(&kiosk, kiosk.ticket.key, true, now_ms);
    assert_int_equal(kiosk.ticket.print, KIOSK_PRINT_DONE);
}

/* ---- time limits ---- */

static void test_a_quiet_list_asks_then_leaves(void **state)
{
    (void)state;
    open_list();
    pass(KIOSK_QUIET_MS - KIOSK_GUARD_MS);
    assert_int_equal(kiosk.sheet, KIOSK_SHEET_STILL_THERE);
    pass(KIOSK_WARNING_MS - 1);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_ITEMS);
    pass(1);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_HOME);
    assert_int_equal(kiosk_deadline_ms(&kiosk), INT64_MAX); /* home waits for ever */
}

static void test_continue_restores_the_very_same_page(void **state)
{
    (void)state;
    open_list();
    tap(KIOSK_ACT_PAGE_ON, 0);
    pass(KIOSK_QUIET_MS);
    assert_int_equal(kiosk.sheet, KIOSK_SHEET_STILL_THERE);
    tap(KIOSK_ACT_CONTINUE, 0);
    assert_int_equal(kiosk.page, 1);
    assert_int_equal(kiosk.domain, DOMAIN);
}

static void test_the_language_lasts_for_the_session(void **state)
{
    (void)state;
    tap(KIOSK_ACT_LANGUAGE, 0);
    assert_int_equal(kiosk.language, WORDS_EN);
    issue_and_print();
    assert_int_equal(kiosk.language, WORDS_EN);
    pass(KIOSK_RING_MS);
    assert_int_equal(kiosk.language, WORDS_ZH);
    tap(KIOSK_ACT_LANGUAGE, 0);
    pass(KIOSK_QUIET_MS);
    assert_int_equal(kiosk.language, WORDS_ZH); /* at home too, silently */
    assert_int_equal(kiosk.sheet, KIOSK_SHEET_NONE);
}

/* ---- the hall ---- */

static void test_closed_things_cannot_be_taken(void **state)
{
    (void)state;
    kit_counts(&kiosk,
               "{\"domains\":{\"1\":{\"windows\":0}},\"items\":{\"11\":{\"windows\":0},\"12\":{\"windows\":1,"
               "\"left\":"
               "0}}}",
               now_ms);
    tap(KIOSK_ACT_DOMAIN, 1);
    assert_string_equal(kiosk.notice.code, KIOSK_DOMAIN_CLOSED);
    tap(KIOSK_ACT_CLOSE, 0);
    now_ms += KIOSK_GUARD_MS;
    open_list();
    tap(KIOSK_ACT_TAKE, 11);
    tap(KIOSK_ACT_TAKE, 12);
    tap(KIOSK_ACT_TAKE, 2047); /* no such item */
    kit_no_effect(&kiosk);
}

static void test_a_closing_hall_ends_the_list_but_not_the_number(void **state)
{
    static const char closed[] = "{\"day\":\"closed\",\"numbers\":\"stopped\"}";
    static const char open[] = "{\"day\":\"open\",\"numbers\":\"open\"}";
    (void)state;
    open_list();
    kit_hall(&kiosk, closed, now_ms);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_CLOSED);
    kit_hall(&kiosk, open, now_ms);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_HOME);
    now_ms += KIOSK_GUARD_MS;
    issue_and_print();
    kit_hall(&kiosk, closed, now_ms);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_ISSUED);
    pass(KIOSK_RING_MS);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_CLOSED);
}

static void test_a_list_that_vanishes_leads_home(void **state)
{
    struct kiosk_catalogue catalogue;
    struct error error = {0};
    (void)state;
    open_list();
    json_t *rows[KIOSK_PARTS] = {
        [KIOSK_PART_DOMAINS] = json_pack("[{s:i,s:s}]", "domain", 1, "zh", "税务"),
        [KIOSK_PART_ITEMS] = json_pack("[{s:i,s:i,s:s}]", "item", 5, "domain", 1, "zh", "开票"),
    };
    assert_int_equal(kiosk_catalogue_build(&catalogue, rows, 8, &error), STATUS_OK);
    kiosk_on_catalogue(&kiosk, &catalogue, now_ms);
    assert_int_equal(kiosk_face(&kiosk), KIOSK_FACE_HOME);
    assert_string_equal(kiosk.catalogue.items[0].short_name.in[WORDS_EN], "开票"); /* better than nothing */
    json_decref(rows[KIOSK_PART_DOMAINS]);
    json_decref(rows[KIOSK_PART_ITEMS]);
}

static void test_an_unusable_catalogue_is_refused(void **state)
{
    struct kiosk_catalogue catalogue;
    struct error error = {0};
    (void)state;
    json_t *none[KIOSK_PARTS] = {0};
    assert_int_equal(kiosk_catalogue_build(&catalogue, none, 1, &error), STATUS_PARSE);
    json_t *rows[KIOSK_PARTS] = {
        [KIOSK_PART_DOMAINS] =
            json_pack("[{s:i,s:s},{s:i},{s:s}]", "domain", 65, "zh", "x", "domain", 1, "zh", "y"),
        [KIOSK_PART_ITEMS] = json_pack("[i,n]", 7),
    };
    assert_int_equal(kiosk_catalogue_build(&catalogue, rows, 1, &error), STATUS_PARSE);
    json_decref(rows[KIOSK_PART_DOMAINS]);
    json_decref(rows[KIOSK_PART_ITEMS]);
}

/* ---- the connection ---- */

static void test_offline_is_said_after_three_seconds_and_back_for_five(void **state)
{
    (void)state;
    kit_link(&kiosk, false, now_ms, now_ms);
    assert_false(kiosk.offline); /* a restarting dispatcher makes no noise */
    pass(KIOSK_OFFLINE_MS);
    assert_true(kiosk.offline);
    kit_link(&kiosk, true, now_ms, now_ms);
    assert_false(kiosk.offline);
    assert_true(kiosk.back_ms != INT64_MIN);
    kit_link(&kiosk, true, now_ms + KIOSK_BACK_MS, now_ms + KIOSK_BACK_MS);
    assert_true(kiosk.back_ms == INT64_MIN);
}

static void test_before_the_first_word_it_connects(void **state)
{
    static struct kiosk fresh;
    (void)state;
    kiosk_init(&fresh, &(struct kiosk_settings){.language = WORDS_ZH}, now_ms);
    kiosk_on_time(&fresh, now_ms + 60000);
    assert_int_equal(kiosk_face(&fresh), KIOSK_FACE_CONNECTING);
    assert_false(fresh.offline);
    kiosk_on_tap(&fresh, KIOSK_ACT_TAKE, ITEM, now_ms);
    kit_no_effect(&fresh);
    kiosk_destroy(&fresh);
}

/* ---- figures ---- */

static void test_waits_are_rounded_outward(void **state)
{
    static const struct {
        struct kiosk_wait told, shown;
    } rows[] = {
        {{12, 20}, {10, 20}}, {{11, 21}, {10, 25}},     {{5, 5}, {5, 10}},        {{0, 0}, {0, 5}},
        {{0, 3}, {0, 5}},     {{115, 119}, {115, 120}}, {{100, 150}, {100, 125}}, {{140, 170}, {120, 125}},
        {{-1, -1}, {-1, -1}}, {{9, 3}, {-1, -1}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kiosk_wait shown = kiosk_wait_shown(rows[i].told);
        assert_int_equal(shown.low_min, rows[i].shown.low_min);
        assert_int_equal(shown.high_min, rows[i].shown.high_min);
    }
}

static void test_hostile_documents(void **state)
{
    static const char *const documents[] = {
        "{}",
        "{\"items\":7,\"domains\":[]}",
        "{\"items\":{\"99999\":{},\"-1\":{},\"x\":{},\"11\":7}}",
        "{\"domains\":{\"2\":{\"waiting\":-3,\"windows\":123456789012}}}",
        "{\"day\":4,\"numbers\":[],\"sessions\":[1,\"99:99-\",\"09:00-12:00\",\"a\"],\"notice\":7}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        kit_counts(&kiosk, documents[i], now_ms);
        kit_hall(&kiosk, documents[i], now_ms);
        assert_int_equal(kiosk.counts.domains[DOMAIN].waiting, KIOSK_UNKNOWN);
    }
    assert_string_equal(kiosk.counts.sessions, "09:00–12:00");
}

/* ---- anything at any time ---- */

static void do_something(unsigned dice)
{
    struct kiosk_effect effect;
    uint64_t key = kiosk.taking.key ? kiosk.taking.key : kiosk.ticket.cancel_key;
    switch (dice % 8) {
    case 0:
    case 1:
    case 2:
        tap((enum kiosk_act)(rand() % (KIOSK_ACTS + 2)), rand() % 100);
        break;
    case 3:
        kit_answer_number(&kiosk, key, "C001", ",\"ahead\":1,\"windows\":[9]", now_ms);
        break;
    case 4:
        kit_answer_refused(&kiosk, key, rand() % 2 ? "quota-used" : "ticket-closed", now_ms);
        break;
    case 5:
        kit_answer_given_up(&kiosk, rand() % 9 ? key : kiosk.orphans[0].key, rand() % 2, now_ms);
        break;
    case 6:
        kiosk_on_printed(&kiosk, kiosk.ticket.key, rand() % 2, now_ms);
        break;
    default:
        kit_link(&kiosk, rand() % 4, now_ms - rand() % 6000, now_ms);
        break;
    }
    while (kiosk_effect_next(&kiosk, &effect))
        assert_true(effect.key > 0 && effect.key < kiosk.next_key);
}

static void test_anything_at_any_time(void **state)
{
    const unsigned seed = 20261123;
    (void)state;
    printf("seed %u\n", seed);
    srand(seed);
    for (int i = 0; i < 200000; i++) {
        do_something((unsigned)rand());
        pass(rand() % 4 ? rand() % 500 : rand() % 40000);
        struct kiosk_effect effect;
        while (kiosk_effect_next(&kiosk, &effect))
            assert_true(effect.key > 0);
        /* A sheet that waits for an answer has a request under way or planned; a number is shown only while
         * there is one. */
        assert_true(kiosk.sheet != KIOSK_SHEET_TAKING || kiosk.taking.key);
        assert_true((kiosk_face(&kiosk) == KIOSK_FACE_ISSUED) == (*kiosk.ticket.number != '\0'));
        assert_true(kiosk_deadline_ms(&kiosk) > now_ms);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_two_taps_take_a_number),
        TEST(test_a_double_tap_is_one_request),
        TEST(test_a_double_tap_on_a_card_takes_nothing),
        TEST(test_a_double_tap_on_a_notice_takes_nothing),
        TEST(test_a_retry_keeps_the_key),
        TEST(test_another_wish_has_another_key),
        TEST(test_popular_items_are_one_tap),
        TEST(test_after_ten_seconds_staff_are_named),
        TEST(test_a_number_that_nobody_holds_is_given_back),
        TEST(test_a_late_number_reaches_who_still_waits),
        TEST(test_trying_again_cannot_give_two),
        TEST(test_an_answer_that_is_none),
        TEST(test_hostile_ticket_members),
        TEST(test_undo_within_thirty_seconds),
        TEST(test_no_undo_after_thirty_seconds),
        TEST(test_undo_without_an_answer_keeps_its_key),
        TEST(test_the_number_leaves_after_fifteen_seconds),
        TEST(test_a_touch_keeps_the_number_longer),
        TEST(test_without_paper_it_is_asked_first),
        TEST(test_a_silent_printer_is_not_waited_for),
        TEST(test_a_quiet_list_asks_then_leaves),
        TEST(test_continue_restores_the_very_same_page),
        TEST(test_the_language_lasts_for_the_session),
        TEST(test_closed_things_cannot_be_taken),
        TEST(test_a_closing_hall_ends_the_list_but_not_the_number),
        TEST(test_a_list_that_vanishes_leads_home),
        TEST(test_an_unusable_catalogue_is_refused),
        TEST(test_offline_is_said_after_three_seconds_and_back_for_five),
        TEST(test_before_the_first_word_it_connects),
        TEST(test_waits_are_rounded_outward),
        TEST(test_hostile_documents),
        TEST(test_anything_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
