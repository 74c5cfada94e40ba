/* SPDX-License-Identifier: MIT
 * The board's model: which calls are shown, which are new, when pages turn, when it says that nothing is new.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "display/model/sight.h"
#include "tests/unit_display/board_kit.h"

static int setup(void **state)
{
    static struct kit kit;
    kit_init(&kit, 5, WORDS_ZH);
    kit_hall(&kit, "{}");
    kit_change(&kit, "{\"calls\":{}}");
    *state = &kit;
    return 0;
}

static int teardown(void **state)
{
    kit_destroy(*state);
    return 0;
}

/* ---- calls ---- */

static void newest_first_and_ten_kept(void **state)
{
    struct kit *kit = *state;
    char number[16];
    for (int i = 1; i <= 12; i++) {
        snprintf(number, sizeof number, "A%03d", i);
        kit_pass(kit, 5000);
        assert_int_equal(kit_call(kit, number, i, 1), 1);
    }
    assert_string_equal(kit_rows(kit), "A012 A011 A010 A009 A008");
    assert_int_equal(kit->board.call_count, 10);
    assert_string_equal(kit->board.calls[9].number, "A003");
    assert_string_equal(kit_hero(kit), "A012");
}

static void a_row_stays_until_its_service_ends(void **state)
{
    struct kit *kit = *state;
    kit_call(kit, "A001", 1, 1);
    kit_pass(kit, 5000);
    kit_call(kit, "A002", 2, 1);
    kit_pass(kit, 5000);
    assert_int_equal(kit_serve(kit, "A002"), 0);
    assert_string_equal(kit_rows(kit), "A002 A001");
    assert_false(kit->board.calls[0].is_called);
    assert_string_equal(kit_hero(kit), "A002");
    kit_finish(kit, "A002");
    assert_string_equal(kit_rows(kit), "A001");
    assert_string_equal(kit_hero(kit), "A001");
    kit_finish(kit, "A001");
    assert_int_equal(kit_view(kit).scene, BOARD_QUIET);
    assert_false(kit_view(kit).is_first);
}

static void a_recall_is_a_new_call(void **state)
{
    struct kit *kit = *state;
    kit_call(kit, "A001", 1, 1);
    kit_pass(kit, 15000);
    kit_call(kit, "A002", 2, 1);
    kit_pass(kit, 15000);
    assert_int_equal(kit_change(kit, "{\"calls\":{\"A001\":{\"recalls\":1,\"order\":1795400190000}}}"), 1);
    assert_string_equal(kit_hero(kit), "A001");
    assert_int_equal(kit->board.calls[0].new_ms, kit->time.mono_ms);
}

static void two_calls_within_4_s_share_the_hero(void **state)
{
    struct kit *kit = *state;
    kit_call(kit, "A001", 1, 1);
    kit_pass(kit, 3999);
    kit_call(kit, "A002", 2, 1);
    assert_string_equal(kit_hero(kit), "A002 A001");
    kit_pass(kit, 60000);
    assert_string_equal(kit_hero(kit), "A002 A001"); /* until something newer comes */
    kit_call(kit, "A003", 3, 1);
    assert_string_equal(kit_hero(kit), "A003");
    kit_pass(kit, 4000);
    kit_call(kit, "A004", 4, 1);
    assert_string_equal(kit_hero(kit), "A004");
    kit_pass(kit, 1000);
    kit_call(kit, "A005", 5, 1);
    kit_pass(kit, 1000);
    kit_call(kit, "A006", 6, 1);
    assert_string_equal(kit_hero(kit), "A006 A005");
    kit_finish(kit, "A006");
    assert_string_equal(kit_hero(kit), "A005 A004");
}

static void calls_of_one_instant_are_both_new(void **state)
{
    struct kit *kit = *state;
    assert_int_equal(kit_call(kit, "A001", 1, 1), 1);
    assert_int_equal(kit_call(kit, "A002", 2, 1), 1);
    assert_string_equal(kit_hero(kit), "A002 A001");
}

static void what_comes_back_is_not_new(void **state)
{
    struct kit *kit = *state;
    kit_call(kit, "A001", 1, 1);
    kit_pass(kit, 5000);
    kit_call(kit, "A002", 2, 1);
    kit_finish(kit, "A001");
    kit_pass(kit, 3000); /* the no-show was undone: the same call as before */
    assert_int_equal(
        kit_change(kit, "{\"calls\":{\"A001\":{\"window\":1,\"zone\":\"B\",\"domain\":1,\"state\":\"called\","
                        "\"called_ms\":1795400160000,\"recalls\":0,\"order\":1795400160000}}}"),
        0);
    assert_string_equal(kit_rows(kit), "A002 A001");
    assert_string_equal(kit_hero(kit), "A002");
}

/* ---- restart and gaps ---- */

static void a_restart_replays_nothing(void **state)
{
    struct kit *kit = *state, again;
    kit_call(kit, "A001", 1, 1);
    kit_call(kit, "A002", 2, 1);
    kit_init(&again, 5, WORDS_ZH);
    kit_hall(&again, "{}");
    assert_int_equal(board_take_calls(&again.board, kit->calls, &again.time), 0);
    assert_string_equal(kit_rows(&again), "A002 A001");
    assert_string_equal(kit_hero(&again), "A002"); /* shown, but neither new nor paired */
    assert_int_equal(again.board.calls[0].new_ms, -1);
    json_decref(again.calls);
    again.calls = json_deep_copy(kit->calls);
    kit_pass(&again, 10);
    assert_int_equal(kit_call(&again, "A003", 3, 1), 1);
    assert_string_equal(kit_hero(&again), "A003");
    assert_int_equal(again.board.calls[1].new_ms, -1);
    kit_destroy(&again);
}

static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

/* One step of a busy hall: a call, a start or an end; returns how many calls are new. */
static int step(struct kit *kit, unsigned *seed, int *issued)
{
    char number[16];
    const struct board *board = &kit->board;
    kit_pass(kit, 200 + draw(seed, 9000));
    const struct board_call *some =
        board->call_count ? &board->calls[draw(seed, (unsigned)board->call_count)] : NULL;
    unsigned act = draw(seed, 3);
    if (act == 0 || !some) {
        snprintf(number, sizeof number, "A%03d", ++*issued % 1000);
        return kit_call(kit, number, *issued % 16 + 1, *issued % 9 + 1);
    }
    snprintf(number, sizeof number, "%s", some->number);
    return act == 1 && some->is_called ? kit_serve(kit, number) : kit_finish(kit, number);
}

/* A board that starts at any instant shows what the one shows that was there all the time, nothing of it as
 * new, and then takes each new call as new once. */
static void restarts_at_a_thousand_instants(void **state)
{
    struct kit *kit = *state;
    unsigned seed = 20261123;
    int issued = 0;
    printf("seed %u\n", seed);
    for (int i = 0; i < 1000; i++) {
        struct kit again;
        char rows[256], number[16];
        step(kit, &seed, &issued);
        kit_init(&again, 5, WORDS_ZH);
        json_decref(again.calls);
        again.calls = json_deep_copy(kit->calls);
        again.time = kit->time;
        again.time.mono_ms += 12345;
        kit_hall(&again, "{}");
        assert_int_equal(board_take_calls(&again.board, again.calls, &again.time), 0);
        kit->board.page = 0;
        kit->board.page_ms = kit->time.mono_ms;
        snprintf(rows, sizeof rows, "%s", kit_rows(kit));
        assert_string_equal(kit_rows(&again), rows);
        assert_int_equal(kit_view(&again).hero_count, kit->board.call_count > 0);
        kit_pass(&again, 1);
        snprintf(number, sizeof number, "B%03d", i);
        assert_int_equal(kit_call(&again, number, 3, 1), 1);
        assert_int_equal(board_take_calls(&again.board, again.calls, &again.time), 0);
        assert_string_equal(kit_hero(&again), number);
        kit_destroy(&again);
    }
}

/* A call that happened at called_ms while the link was away for gap_ms, in another run of the dispatcher if
 * asked. */
static int new_after_gap(struct kit *kit, int64_t gap_ms, int64_t call_age_ms, bool other_run)
{
    kit_call(kit, "A001", 1, 1);
    kit_pass(kit, 1000);
    kit->time.age_ms = 1;
    kit_pass(kit, gap_ms);
    kit_view(kit);
    kit->time.age_ms = 0;
    kit->time.epoch += other_run;
    kit->time.wall_ms -= call_age_ms; /* kit_call stamps the call with the wall time */
    json_t *calls = json_deep_copy(kit->calls);
    struct kit past = *kit;
    past.calls = calls;
    kit_call(&past, "A002", 2, 1);
    kit->time.wall_ms += call_age_ms;
    int count = board_take_calls(&kit->board, past.calls, &kit->time);
    json_decref(calls);
    assert_string_equal(kit_rows(kit), "A002 A001");
    return count;
}

static void after_a_gap_only_recent_calls_are_new(void **state)
{
    assert_int_equal(new_after_gap(*state, 180000, 31000, false), 0);
}
static void after_a_gap_a_recent_call_is_new(void **state)
{
    assert_int_equal(new_after_gap(*state, 180000, 29000, false), 1);
}
static void a_short_gap_loses_no_call(void **state)
{
    assert_int_equal(new_after_gap(*state, 4000, 3000, false), 1);
}
static void another_run_replays_nothing_old(void **state)
{
    assert_int_equal(new_after_gap(*state, 60000, 40000, true), 0);
}
static void another_run_may_count_from_one(void **state)
{
    struct kit *kit = *state;
    kit_call(kit, "A001", 1, 1);
    kit_pass(kit, 2000);
    kit->time.epoch = 2;
    assert_int_equal(kit_change(kit, "{\"calls\":{\"A001\":{\"order\":1}}}"), 0);
    kit_pass(kit, 2000);
    assert_int_equal(kit_change(kit, "{\"calls\":{\"A002\":{\"window\":2,\"domain\":1,\"state\":\"called\","
                                     "\"called_ms\":1795400164000,\"order\":2}}}"),
                     1);
    assert_string_equal(kit_hero(kit), "A002");
}

static void a_new_day_counts_anew(void **state)
{
    struct kit *kit = *state;
    kit_change(kit, "{\"calls\":{\"A001\":{\"window\":2,\"domain\":1,\"state\":\"called\",\"order\":500}}}");
    kit_finish(kit, "A001");
    kit_hall(kit, "{\"date\":\"2026-11-24\"}");
    assert_int_equal(
        kit_change(kit,
                   "{\"calls\":{\"A001\":{\"window\":2,\"domain\":1,\"state\":\"called\",\"order\":1}}}"),
        1);
}

/* ---- input that is not what it should be ---- */

static void odd_input_is_left_out(void **state)
{
    struct kit *kit = *state;
    kit_change(
        kit, "{\"calls\":{"
             "\"A0123456789\":{\"window\":1,\"state\":\"called\",\"order\":1},"
             "\"<b>\":{\"window\":1,\"state\":\"called\",\"order\":2},"
             "\"\":{\"window\":1,\"state\":\"called\",\"order\":2},"
             "\"A001\":{\"window\":0,\"state\":\"called\",\"order\":3},"
             "\"A002\":{\"window\":-7,\"state\":\"called\",\"order\":4},"
             "\"A003\":{\"window\":3,\"state\":\"held\",\"order\":5},"
             "\"A004\":{\"window\":\"3\",\"state\":7,\"order\":6},"
             "\"A005\":[1],"
             "\"A006\":{\"window\":4,\"state\":\"called\",\"domain\":65,\"zone\":\"AAAAAAAAAAAAAAAAA\"}},"
             "\"missed\":{\"A007\":1,\"A008x\":{}},\"domains\":{\"0\":{\"waiting\":1},\"65\":{\"waiting\":1},"
             "\"2\":{\"waiting\":-1},\"3\":{\"waiting\":2,\"low_min\":9,\"high_min\":3}}}");
    assert_string_equal(kit_rows(kit), "A006");
    assert_int_equal(kit->board.calls[0].domain, 0);
    assert_string_equal(kit->board.calls[0].zone, "AAAAAAA");
    assert_int_equal(kit->board.missed_count, 1);
    assert_int_equal(kit->board.wait_count, 1);
    assert_int_equal(kit->board.waits[0].low_min, -1);
    kit_change(kit, "{\"calls\":null,\"missed\":7,\"domains\":[]}");
    assert_int_equal(kit_view(kit).scene, BOARD_QUIET);
}

static void long_words_are_cut_at_a_character(void **state)
{
    char out[8];
    (void)state;
    label_copy(out, sizeof out, "社会保障");
    assert_string_equal(out, "社会");
    label_copy(out, sizeof out, "1234567");
    assert_string_equal(out, "1234567");
    label_copy(out, sizeof out, NULL);
    assert_string_equal(out, "");
}

/* ---- rows in pages ---- */

static void pages_turn_and_a_call_interrupts(void **state)
{
    struct kit *kit = *state;
    char number[16];
    for (int i = 1; i <= 7; i++) {
        snprintf(number, sizeof number, "A%03d", i);
        kit_call(kit, number, i, 1);
        kit_pass(kit, 5000);
        kit_view(kit);
    }
    struct board_view view = kit_view(kit);
    assert_int_equal(view.pages, 2);
    assert_int_equal(view.page, 0);
    kit_pass(kit, 4999);
    assert_int_equal(kit_view(kit).page, 0);
    kit_pass(kit, 1); /* 10 s after the last call */
    view = kit_view(kit);
    assert_int_equal(view.page, 1);
    assert_int_equal(view.page_before, 0);
    assert_int_equal(view.page_ms, kit->time.mono_ms);
    assert_string_equal(kit_rows(kit), "A002 A001");
    kit_pass(kit, 1000);
    kit_call(kit, "A008", 8, 1);
    view = kit_view(kit);
    assert_int_equal(view.page, 0);
    assert_int_equal(view.page_before, -1);
    kit_pass(kit, 9999); /* holds at least 6 s */
    assert_int_equal(kit_view(kit).page, 0);
    kit_pass(kit, 1);
    assert_int_equal(kit_view(kit).page, 1);
    kit_finish(kit, "A001");
    kit_finish(kit, "A002");
    kit_finish(kit, "A003");
    view = kit_view(kit); /* the page went away under it */
    assert_int_equal(view.page, 0);
    assert_int_equal(view.pages, 1);
}

static void all_pages_are_seen_within_30_s(void **state)
{
    (void)state;
    for (int rows = SIGHT_ROWS_LEAST; rows <= SIGHT_ROWS_MOST; rows++)
        assert_true((BOARD_CALLS_MAX + rows - 1) / rows * BOARD_PAGE_MS <= 30000);
}

/* ---- the footer ---- */

/* The pages of one round, each with its time: "2.0 3.0@8000 ...". */
static void footer_goes_round(void **state)
{
    struct kit *kit = *state;
    kit_change(kit, "{\"missed\":{\"A005\":{\"missed_ms\":1},\"A009\":{\"missed_ms\":2}},"
                    "\"domains\":{\"1\":{\"waiting\":12},\"2\":{\"waiting\":3},\"9\":{\"waiting\":1},\"4\":{"
                    "\"waiting\":0}}}");
    static const struct board_foot round[] = {
        {BOARD_FOOT_NUMBERS, 0}, {BOARD_FOOT_WAITING, 0}, {BOARD_FOOT_WAITING, 1}, {BOARD_FOOT_LINE, 0},
        {BOARD_FOOT_NUMBERS, 0}, {BOARD_FOOT_WAITING, 0}, {BOARD_FOOT_WAITING, 1}, {BOARD_FOOT_LINE, 1},
    };
    for (size_t i = 0; i < sizeof round / sizeof round[0]; i++) {
        struct board_view view = kit_view(kit);
        assert_int_equal(view.foot.kind, round[i].kind);
        assert_int_equal(view.foot.index, round[i].index);
        kit_pass(kit, BOARD_FOOT_MS - 1);
        assert_int_equal(kit_view(kit).foot.kind, round[i].kind);
        kit_pass(kit, 1);
    }
    assert_string_equal(kit->board.missed[0].number, "A009");
    assert_int_equal(kit->board.waits[1].domain, 2);
}

static void a_footer_page_that_is_no_longer_true_goes_at_once(void **state)
{
    struct kit *kit = *state;
    kit_change(kit, "{\"missed\":{\"A005\":{\"missed_ms\":1}}}");
    assert_int_equal(kit_view(kit).foot.kind, BOARD_FOOT_NUMBERS);
    kit_pass(kit, 10);
    kit_change(kit, "{\"missed\":{\"A005\":null}}");
    struct board_view view = kit_view(kit);
    assert_int_equal(view.foot.kind, BOARD_FOOT_NOBODY);
    assert_int_equal(view.foot_before.kind, BOARD_FOOT_NOBODY); /* it does not fade out */
}

static void fourteen_missed_numbers_are_kept(void **state)
{
    struct kit *kit = *state;
    char patch[96];
    for (int i = 1; i <= 20; i++) {
        snprintf(patch, sizeof patch, "{\"missed\":{\"A%03d\":{\"missed_ms\":%d}}}", i, i);
        kit_change(kit, patch);
    }
    assert_int_equal(kit->board.missed_count, BOARD_MISSED_MAX);
    assert_string_equal(kit->board.missed[0].number, "A020");
    assert_string_equal(kit->board.missed[13].number, "A007");
}

static void forecasts_are_rounded_outward(void **state)
{
    struct kit *kit = *state;
    static const int cases[][4] = {{17, 23, 15, 25}, {20, 20, 20, 25}, {0, 4, 0, 5}, {12, 14, 10, 15}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char patch[128];
        snprintf(patch, sizeof patch, "{\"domains\":{\"2\":{\"waiting\":1,\"low_min\":%d,\"high_min\":%d}}}",
                 cases[i][0], cases[i][1]);
        kit_change(kit, patch);
        assert_int_equal(kit->board.waits[0].low_min, cases[i][2]);
        assert_int_equal(kit->board.waits[0].high_min, cases[i][3]);
    }
}

/* ---- scenes ---- */

static void scenes(void **state)
{
    struct kit fresh, *kit = *state;
    kit_init(&fresh, 5, WORDS_ZH);
    assert_int_equal(kit_view(&fresh).scene, BOARD_CONNECTING);
    kit_hall(&fresh, "{}");
    assert_int_equal(kit_view(&fresh).scene, BOARD_CONNECTING); /* the calls are still missing */
    kit_destroy(&fresh);

    assert_int_equal(kit_view(kit).scene, BOARD_QUIET);
    assert_true(kit_view(kit).is_first);
    kit_hall(kit, "{\"day\":\"closed\",\"next_open_ms\":1795482000000}");
    assert_int_equal(kit_view(kit).scene, BOARD_CLOSED);
    kit_hall(kit, "{\"day\":\"closing\",\"numbers\":\"stopped\"}");
    assert_int_equal(kit_view(kit).scene, BOARD_QUIET);
    kit_pass(kit, BOARD_FOOT_MS);
    assert_int_equal(kit_view(kit).foot.kind, BOARD_FOOT_STOPPED);
    kit_call(kit, "A001", 1, 1);
    assert_int_equal(kit_view(kit).scene, BOARD_BUSY);
    kit_hall(kit, "{\"notice\":{\"zh\":\"今天下午停水\",\"en\":\"No water this afternoon\"}}");
    assert_int_equal(kit_view(kit).scene, BOARD_BUSY);
    kit_hall(kit,
             "{\"notice\":{\"zh\":\"请从安全出口离开\",\"en\":\"Leave by the exits\",\"emergency\":true}}");
    assert_int_equal(kit_view(kit).scene, BOARD_EMERGENCY);
    kit_hall(kit, "{\"notice\":{\"zh\":\"\",\"emergency\":true}}"); /* no words: no emergency */
    assert_int_equal(kit_view(kit).scene, BOARD_BUSY);
}

/* ---- time ---- */

static void stale_at_5_s_dimmed_at_5_min(void **state)
{
    struct kit *kit = *state;
    kit_call(kit, "A001", 1, 1);
    kit->time.age_ms = 5000;
    assert_false(kit_view(kit).stale);
    kit->time.age_ms = 5001;
    struct board_view view = kit_view(kit);
    assert_true(view.stale);
    assert_false(view.dimmed);
    assert_int_equal(view.lost_s, 5);
    assert_int_equal(view.scene, BOARD_BUSY); /* frozen rows stay */
    kit->time.age_ms = 299999;
    assert_false(kit_view(kit).dimmed);
    kit->time.age_ms = 300000;
    view = kit_view(kit);
    assert_true(view.dimmed);
    assert_int_equal(view.lost_s, 300);
    kit->time.age_ms = 10;
    assert_false(kit_view(kit).stale);
}

static void never_connected_is_stale_too(void **state)
{
    struct kit fresh;
    (void)state;
    kit_init(&fresh, 5, WORDS_ZH);
    fresh.time.age_ms = BOARD_NEVER;
    assert_false(kit_view(&fresh).stale);
    kit_pass(&fresh, 5001);
    assert_true(kit_view(&fresh).stale);
    kit_destroy(&fresh);
}

/* Whenever nothing but time makes the picture differ, board_wake_ms foresaw it. */
static void wakes_before_anything_changes(void **state)
{
    struct kit *kit = *state;
    char number[16];
    for (int i = 1; i <= 8; i++) {
        snprintf(number, sizeof number, "A%03d", i);
        kit_call(kit, number, i, 1);
    }
    kit_change(kit, "{\"missed\":{\"A105\":{\"missed_ms\":1}}}");
    kit->time.age_ms = 1;
    struct board_view before = kit_view(kit);
    int64_t wake_ms = board_wake_ms(&kit->board, &kit->time);
    int changes = 0;
    for (int i = 0; i < 40 * 137; i++) {
        kit_pass(kit, 7);
        struct board_view view = kit_view(kit);
        bool differs = view.page != before.page || view.foot.kind != before.foot.kind ||
                       view.foot.index != before.foot.index || view.stale != before.stale ||
                       view.wall_ms / 1000 != before.wall_ms / 1000;
        if (differs) {
            changes++;
            assert_true(kit->time.mono_ms >= wake_ms);
            before = view;
        }
        if (kit->time.mono_ms >= wake_ms)
            wake_ms = board_wake_ms(&kit->board, &kit->time);
        assert_true(wake_ms > kit->time.mono_ms);
        assert_true(wake_ms <= kit->time.mono_ms + 1000);
    }
    assert_true(changes >= 38);
}

static void the_picture_wanders_by_2_px(void **state)
{
    struct kit *kit = *state;
    bool moved = false;
    for (int i = 0; i < 16; i++) {
        struct board_view view = kit_view(kit);
        assert_true(view.shift_x >= -2 && view.shift_x <= 2 && view.shift_y >= -2 && view.shift_y <= 2);
        moved = moved || view.shift_x || view.shift_y;
        assert_int_equal(view.shift_x == 0 && view.shift_y == 0, i % 8 == 0);
        kit_pass(kit, 60000);
    }
    assert_true(moved);
}

static void night_begins_at_8_in_the_evening(void **state)
{
    struct kit *kit = *state;
    assert_false(kit_view(kit).night);
    kit_pass(kit, 36000000); /* 20:16 */
    assert_true(kit_view(kit).night);
    kit_pass(kit, 39600000); /* 07:16 */
    assert_false(kit_view(kit).night);
}

/* ---- sight ---- */

static void rows_follow_screen_and_seat(void **state)
{
    (void)state;
    /* the table of the specification, in tenths of a metre */
    static const struct {
        int inches, rows, good_dm, least_dm;
    } table[] = {{43, 4, 55, 79},  {43, 5, 44, 63},  {43, 6, 37, 53},   {55, 4, 70, 101}, {55, 5, 56, 80},
                 {55, 6, 47, 67},  {65, 4, 83, 119}, {65, 5, 66, 94},   {65, 6, 55, 79},  {75, 4, 96, 137},
                 {75, 5, 76, 109}, {75, 6, 64, 92},  {86, 4, 110, 158}, {86, 5, 87, 125}, {86, 6, 73, 105}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_in_range((sight_good_mm(table[i].inches, table[i].rows) + 50) / 100, table[i].good_dm - 1,
                        table[i].good_dm + 1);
        assert_in_range((sight_least_mm(table[i].inches, table[i].rows) + 50) / 100, table[i].least_dm - 1,
                        table[i].least_dm + 1);
    }
    assert_int_equal(sight_rows(43, 3), 6);
    assert_int_equal(sight_rows(43, 4), 5);
    assert_int_equal(sight_rows(43, 5), 4);
    assert_int_equal(sight_rows(43, 20), 4);
    assert_int_equal(sight_rows(86, 7), 6);
    assert_int_equal(sight_rows(86, 8), 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(newest_first_and_ten_kept),
        TEST(a_row_stays_until_its_service_ends),
        TEST(a_recall_is_a_new_call),
        TEST(two_calls_within_4_s_share_the_hero),
        TEST(calls_of_one_instant_are_both_new),
        TEST(what_comes_back_is_not_new),
        TEST(a_restart_replays_nothing),
        TEST(restarts_at_a_thousand_instants),
        TEST(after_a_gap_only_recent_calls_are_new),
        TEST(after_a_gap_a_recent_call_is_new),
        TEST(a_short_gap_loses_no_call),
        TEST(another_run_replays_nothing_old),
        TEST(another_run_may_count_from_one),
        TEST(a_new_day_counts_anew),
        TEST(odd_input_is_left_out),
        TEST(long_words_are_cut_at_a_character),
        TEST(pages_turn_and_a_call_interrupts),
        TEST(all_pages_are_seen_within_30_s),
        TEST(footer_goes_round),
        TEST(a_footer_page_that_is_no_longer_true_goes_at_once),
        TEST(fourteen_missed_numbers_are_kept),
        TEST(forecasts_are_rounded_outward),
        TEST(scenes),
        TEST(stale_at_5_s_dimmed_at_5_min),
        TEST(never_connected_is_stale_too),
        TEST(wakes_before_anything_changes),
        TEST(the_picture_wanders_by_2_px),
        TEST(night_begins_at_8_in_the_evening),
        TEST(rows_follow_screen_and_seat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
