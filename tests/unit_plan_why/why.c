/* SPDX-License-Identifier: MIT
 * Why a ticket was called, in words: the right cause, both languages, no word of the one in the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/plan/rng.h"
#include "dispatcher/plan/why.h"

enum { ONE = 65536 };

/* A012 normal that waited 12 min and takes 6, B003 normal that waited 5 min and takes 15. */
static struct ticket_called call_of_two(void)
{
    struct ticket_called called = {.number = {'A', 0, 12}, .window = {3}, .waited_ms = 720000};
    called.candidates.count = 2;
    called.candidates.list[0] = (struct candidate){.number = {'A', 0, 12}, .age_s = 720, .handling_s = 360};
    called.candidates.list[1] = (struct candidate){.number = {'B', 0, 3}, .age_s = 300, .handling_s = 900};
    return called;
}

/* The first is ahead by so much in this term. */
static void lead(struct ticket_called *called, enum rule_term term, int32_t by)
{
    struct candidate *first = &called->candidates.list[0];
    first->terms_q16[term] += by;
    first->index_q16 += by;
}

static void assert_why(const struct ticket_called *called, enum why_cause cause, const char *zh,
                       const char *en)
{
    struct why why = why_called(called);
    assert_string_equal(why.zh, zh);
    assert_string_equal(why.en, en);
    assert_string_equal(why_cause_names[why.cause], why_cause_names[cause]);
}

static void the_largest_difference_is_the_cause(void **state)
{
    (void)state;
    struct ticket_called called = call_of_two();
    lead(&called, TERM_WAIT, 2 * ONE);
    lead(&called, TERM_SPEED, ONE);
    assert_why(&called, WHY_WAIT, "A012（普通，等了 12 分钟）先于 B003（普通，等了 5 分钟）：等得更久",
               "A012 (normal, waited 12 min) before B003 (normal, waited 5 min): it waited longer");
    lead(&called, TERM_SPEED, 2 * ONE);
    assert_why(
        &called, WHY_SPEED,
        "A012（普通，等了 12 分钟）先于 B003（普通，等了 5 分钟）：办得更快，约 6 分钟，另一个约 15 分钟",
        "A012 (normal, waited 12 min) before B003 (normal, waited 5 min): "
        "it takes about 6 min, the other about 15 min");
    lead(&called, TERM_EFFICIENCY, 4 * ONE);
    assert_why(&called, WHY_EFFICIENCY,
               "A012（普通，等了 12 分钟）先于 B003（普通，等了 5 分钟）：由 3 号窗口来办更合适",
               "A012 (normal, waited 12 min) before B003 (normal, waited 5 min): window 3 suits it better");
    lead(&called, TERM_CROWD, 5 * ONE);
    assert_why(
        &called, WHY_CROWD, "A012（普通，等了 12 分钟）先于 B003（普通，等了 5 分钟）：它的领域等候的人更多",
        "A012 (normal, waited 12 min) before B003 (normal, waited 5 min): more people wait in its domain");
    lead(&called, TERM_POSTING, 6 * ONE);
    assert_why(
        &called, WHY_POSTING,
        "A012（普通，等了 12 分钟）先于 B003（普通，等了 5 分钟）：它的领域在 3 号窗口的配置之内",
        "A012 (normal, waited 12 min) before B003 (normal, waited 5 min): window 3 is posted for its domain");
}

/* A term in which the first is behind is never the cause, however far. */
static void what_spoke_against_it_is_not_the_cause(void **state)
{
    (void)state;
    struct ticket_called called = call_of_two();
    lead(&called, TERM_WAIT, -9 * ONE);
    lead(&called, TERM_CROWD, 10 * ONE);
    assert_int_equal(why_called(&called).cause, WHY_CROWD);
}

/* Weight and head start are both the class's: the wait's term counts as class where the wait is not longer.
 */
static void a_class_goes_first(void **state)
{
    (void)state;
    struct ticket_called called = call_of_two();
    called.candidates.list[0].class = CLASS_PRIORITY;
    called.candidates.list[0].age_s = 20;
    called.candidates.list[1].class = CLASS_REJOINED;
    lead(&called, TERM_WAIT, 2 * ONE);
    lead(&called, TERM_CROWD, ONE);
    assert_why(&called, WHY_CLASS,
               "A012（优先，等了不到 1 分钟）先于 B003（过号重排，等了 5 分钟）：优先先于过号重排",
               "A012 (priority, waited under a minute) before B003 (rejoined, waited 5 min): "
               "priority goes before rejoined");
    called.candidates.list[0].age_s = 900;
    assert_int_equal(why_called(&called).cause, WHY_WAIT);
    lead(&called, TERM_WEIGHT, 3 * ONE);
    assert_int_equal(why_called(&called).cause, WHY_CLASS);
}

static void the_other_ways_of_being_called(void **state)
{
    (void)state;
    struct ticket_called called = call_of_two();
    assert_int_equal(why_called(&called).cause, WHY_INDEX); /* an old record: no terms */
    lead(&called, TERM_SPEED, ONE);
    called.candidates.list[1].terms_q16[TERM_CROWD] = ONE;
    called.candidates.list[1].index_q16 = ONE;
    assert_int_equal(why_called(&called).cause, WHY_EARLIER);
    called.rule = RULE_NUMBER;
    assert_why(&called, WHY_STAFF, "A012 由工作人员指定叫号，等了 12 分钟",
               "A012 was called out of order by staff; it had waited 12 min");
    called.rule = RULE_ASKED_WINDOW;
    assert_why(&called, WHY_ASKED, "A012 指定由 3 号窗口办理，等了 12 分钟",
               "A012 had asked for service at window 3; it had waited 12 min");
    called.rule = RULE_ASKED_CLERK;
    assert_why(&called, WHY_ASKED, "A012 指定由 3 号窗口的工作人员办理，等了 12 分钟",
               "A012 had asked for the clerk at window 3; it had waited 12 min");
    called.rule = RULE_FAIR;
    called.candidates.count = 1;
    called.candidates.list[0].class = CLASS_BOOKED;
    called.candidates.list[0].age_s = -240;
    assert_why(&called, WHY_ALONE, "A012（预约，离预约时段还有 4 分钟）是 3 号窗口唯一可叫的号",
               "A012 (booked, 4 min ahead of its slot) was the only one that window 3 could call");
    called.candidates.count = 0;
    assert_why(&called, WHY_ALONE, "A012（普通，等了 12 分钟）是 3 号窗口唯一可叫的号",
               "A012 (normal, waited 12 min) was the only one that window 3 could call");
}

/* Whatever the figures: the texts end, the Chinese one has no English word, the English one none in Chinese.
 */
static void languages_do_not_mix(void **state)
{
    (void)state;
    struct rng rng = rng_part(20261123, 1);
    uint32_t seen = 0;
    for (unsigned i = 0; i < 20000; i++) {
        struct ticket_called called = call_of_two();
        called.rule = rng_chance(&rng, 100) ? (uint8_t)rng_below(&rng, CALL_RULES) : RULE_FAIR;
        called.window.value = (uint16_t)rng_range(&rng, 1, WINDOWS_MAX);
        called.waited_ms = (int64_t)rng_below(&rng, 100000000);
        called.candidates.count = (uint16_t)rng_below(&rng, 3);
        for (unsigned c = 0; c < 2; c++) {
            struct candidate *k = &called.candidates.list[c];
            k->class = (uint8_t)rng_below(&rng, TICKET_CLASSES);
            k->age_s = (int32_t)rng_below(&rng, 200000) - 3000;
            k->handling_s = (int32_t)rng_below(&rng, 20000);
            k->number = (struct number){'L', 'B', 9999};
            for (unsigned t = 0; t < RULE_TERMS && i % 50; t++)
                k->index_q16 += k->terms_q16[t] = (int32_t)rng_below(&rng, 3 * ONE);
        }
        if (i % 97 == 0)
            called.candidates.list[1].index_q16 = called.candidates.list[0].index_q16;
        struct why why = why_called(&called);
        seen |= 1u << why.cause;
        assert_true(strlen(why.zh) < WHY_TEXT_MAX - 1 && strlen(why.en) < WHY_TEXT_MAX - 1);
        for (const char *c = why.en; *c; c++)
            assert_true((unsigned char)*c < 128);
        for (const char *c = why.zh; *c; c++) /* letters only in numbers */
            assert_false(*c >= 'a' && *c <= 'z');
        assert_null(strchr(why.zh, '"'));
    }
    assert_int_equal(seen, (1u << WHY_CAUSES) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_difference_is_the_cause),
        cmocka_unit_test(what_spoke_against_it_is_not_the_cause),
        cmocka_unit_test(a_class_goes_first),
        cmocka_unit_test(the_other_ways_of_being_called),
        cmocka_unit_test(languages_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
