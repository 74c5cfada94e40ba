/* SPDX-License-Identifier: MIT
 * Logarithms against the C library's, dates against gmtime, printed numbers, and the tables of policies,
 * refusals and names. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/fields.h"
#include "dispatcher/core/fixed.h"
#include "dispatcher/core/ids.h"
#include "dispatcher/core/policy.h"
#include "dispatcher/core/refusal.h"
#include "dispatcher/plan/rng.h"

/* ---- fixed point ---- */

static void check_log2(uint64_t value)
{
    long double exact = log2l((long double)value);
    long double error = fabsl((long double)fixed_log2_q16(value) / 65536 - exact);
    if (error >= 1.0L / 65536)
        fail_msg("log2(%llu) is off by %Lg", (unsigned long long)value, error);
}

static void test_log2_is_right_to_its_last_bit(void **state)
{
    (void)state;
    for (uint64_t value = 1; value <= 300000; value++)
        check_log2(value);
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t power = (uint64_t)1 << bit;
        assert_int_equal(fixed_log2_q16(power), bit * 65536);
        for (uint64_t near = 1; near < 40 && near < power; near++) {
            check_log2(power - near);
            check_log2(power + near);
        }
    }
    check_log2(UINT64_MAX);
    struct rng rng = {7};
    for (unsigned i = 0; i < 300000; i++) {
        uint64_t value = rng_next(&rng) >> rng_below(&rng, 64);
        check_log2(value ? value : 1);
    }
}

static void test_log2_never_falls(void **state)
{
    (void)state;
    int32_t last = fixed_log2_q16(1);
    for (uint64_t value = 2; value <= 2000000; value++) {
        int32_t present = fixed_log2_q16(value);
        assert_true(present >= last);
        last = present;
    }
}

/* ---- dates ---- */

static void test_dates_agree_with_the_c_library(void **state)
{
    (void)state;
    for (int32_t date = 0; date <= date_from_civil(2100, 12, 31); date++) {
        time_t seconds = (time_t)date * 86400;
        struct tm tm;
        gmtime_r(&seconds, &tm);
        struct civil civil = date_to_civil(date);
        assert_int_equal(civil.year, tm.tm_year + 1900);
        assert_int_equal(civil.month, tm.tm_mon + 1);
        assert_int_equal(civil.day, tm.tm_mday);
        assert_int_equal(date_from_civil(civil.year, civil.month, civil.day), date);
        assert_int_equal(date_weekday(date), tm.tm_wday);
        assert_true(civil_is_valid(civil.year, civil.month, civil.day));
    }
}

static void test_dates_before_1970(void **state)
{
    (void)state;
    for (int32_t date = -800000; date < 0; date += 37) {
        struct civil civil = date_to_civil(date);
        assert_int_equal(date_from_civil(civil.year, civil.month, civil.day), date);
        assert_int_equal((date_weekday(date) + 1) % 7, date_weekday(date + 1));
    }
    assert_int_equal(date_from_civil(1969, 12, 31), -1);
}

static void test_days_that_do_not_exist(void **state)
{
    (void)state;
    static const int wrong[][3] = {{2026, 2, 29}, {2100, 2, 29}, {2026, 4, 31},  {2026, 0, 1}, {2026, 13, 1},
                                   {2026, 1, 0},  {2026, 1, 32}, {1969, 12, 31}, {10000, 1, 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(civil_is_valid(wrong[i][0], wrong[i][1], wrong[i][2]));
    assert_true(civil_is_valid(2028, 2, 29));
    assert_true(civil_is_valid(2000, 2, 29));
}

/* ---- printed numbers ---- */

static void check_number(struct number number)
{
    char text[NUMBER_TEXT_MAX];
    struct number back;
    unsigned length = number_format(number, text);
    assert_int_equal(length, strlen(text));
    assert_true(number_parse(text, length, &back));
    assert_true(number_equals(number, back));
}

static void test_every_number_is_read_back(void **state)
{
    (void)state;
    for (char letter = 'A'; letter <= 'Z'; letter++)
        for (uint16_t count = 1; count <= 9999; count++)
            check_number((struct number){letter, 0, count});
    for (char kiosk = 'A'; kiosk <= 'Z'; kiosk++)
        for (uint16_t count = 1; count <= 9999; count++)
            check_number((struct number){'L', kiosk, count});
}

static void test_numbers_as_printed(void **state)
{
    (void)state;
    static const struct {
        struct number number;
        const char *text;
    } rows[] = {{{'A', 0, 1}, "A001"},      {{'A', 0, 999}, "A999"}, {{'Y', 0, 1034}, "Y1034"},
                {{'Z', 0, 9999}, "Z9999"},  {{'L', 'B', 7}, "LB07"}, {{'L', 'B', 99}, "LB99"},
                {{'L', 'B', 100}, "LB100"}, {{0, 0, 0}, "-"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[NUMBER_TEXT_MAX];
        number_format(rows[i].number, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void test_what_is_no_number(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",    "A",     "A1",   "A01", "A000", "a001", "A0001", "A01000", "A10000",  "1A01",         "AB01",
        "LB7", "LB007", "LB00", "-",   "A00x", "A-01", "A 01",  "LBB07",  "LB10000", "\xe4\xb8\x80", "A00\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct number number = {'Q', 'Q', 42};
        if (number_parse(wrong[i], (unsigned)strlen(wrong[i]), &number))
            fail_msg("\"%s\" is read as a number", wrong[i]);
        assert_int_equal(number.count, 42);
    }
}

/* ---- tables ---- */

static void check_wire_name(const char *name)
{
    assert_true(strlen(name) > 1);
    for (const char *c = name; *c; c++)
        assert_true((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-');
}

static void test_policies_begin_within_their_range(void **state)
{
    (void)state;
    for (unsigned key = 0; key < POLICY_KEYS; key++) {
        const struct policy_row *row = policy_row((enum policy_key)key);
        check_wire_name(row->name);
        assert_true(row->least <= row->standard && row->standard <= row->most);
        assert_true(row->least < row->most);
        assert_true(strlen(row->zh) > 0 && strlen(row->en) > 0);
        assert_int_equal(policy_find(row->name, (unsigned)strlen(row->name)), key);
    }
    assert_int_equal(policy_find("no-such-policy", 14), POLICY_KEYS);
    assert_int_equal(policy_find("recall-limi", 11), POLICY_KEYS);
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void test_refusals_say_the_same_in_both_languages(void **state)
{
    (void)state;
    for (unsigned code = 0; code < REFUSAL_CODES; code++) {
        enum refusal_code c = (enum refusal_code)code;
        check_wire_name(refusal_wire(c));
        assert_true(strlen(refusal_zh(c)) > 0 && strlen(refusal_en(c)) > 0);
        assert_int_equal(has(refusal_zh(c), "{number}"), has(refusal_en(c), "{number}"));
        assert_int_equal(has(refusal_zh(c), "{value}"), has(refusal_en(c), "{value}"));
        for (unsigned other = 0; other < code; other++)
            assert_string_not_equal(refusal_wire(c), refusal_wire((enum refusal_code)other));
    }
}

static void test_every_enum_has_all_its_names(void **state)
{
    (void)state;
    static const struct {
        const char *const *names;
        int count;
    } tables[] = {{actor_names, ACTOR_MANAGER + 1},
                  {class_names, TICKET_CLASSES},
                  {case_type_names, CASE_TYPES},
                  {mode_names, WINDOW_MODES},
                  {authorisation_class_names, AUTHORISATION_CLASSES},
                  {pause_reason_names, PAUSE_REASONS},
                  {rule_names, CALL_RULES},
                  {place_names, PLACES},
                  {channel_names, CHANNELS},
                  {lapse_reason_names, LAPSE_REASONS},
                  {act_names, WINDOW_ACTS},
                  {rating_names, RATING_LEVELS}};
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        int count = 0;
        while (tables[t].names[count])
            count++;
        assert_int_equal(count, tables[t].count);
        for (int i = 0; i < count; i++)
            assert_int_equal(name_find(tables[t].names, tables[t].names[i], strlen(tables[t].names[i])), i);
    }
}

static void test_every_kind_is_found_by_its_name(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++) {
        const char *name = event_name((enum event_kind)kind);
        check_wire_name(name);
        assert_int_equal(event_find(name, (unsigned)strlen(name)), kind);
    }
    for (unsigned kind = 0; kind < COMMAND_KINDS; kind++) {
        const char *name = command_name((enum command_kind)kind);
        check_wire_name(name);
        assert_int_equal(command_find(name, (unsigned)strlen(name)), kind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log2_is_right_to_its_last_bit),
        cmocka_unit_test(test_log2_never_falls),
        cmocka_unit_test(test_dates_agree_with_the_c_library),
        cmocka_unit_test(test_dates_before_1970),
        cmocka_unit_test(test_days_that_do_not_exist),
        cmocka_unit_test(test_every_number_is_read_back),
        cmocka_unit_test(test_numbers_as_printed),
        cmocka_unit_test(test_what_is_no_number),
        cmocka_unit_test(test_policies_begin_within_their_range),
        cmocka_unit_test(test_refusals_say_the_same_in_both_languages),
        cmocka_unit_test(test_every_enum_has_all_its_names),
        cmocka_unit_test(test_every_kind_is_found_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
