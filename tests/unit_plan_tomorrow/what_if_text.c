/* SPDX-License-Identifier: MIT
 * Changes as text: what is written reads the same again, what is wrong is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/plan/rng.h"
#include "dispatcher/plan/what_if_text.h"
#include "hall.h"

static void texts_come_back(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "close window=3 from=14:00 to=15:00",
        "close window=3",
        "open window=0 to=09:05",
        "post window=4 domains=1,6 from=09:00 to=10:30",
        "post window=4 domains=all",
        "authorise window=4 domains=2",
        "forbid window=4 domains=2,3,4",
        "arrivals domain=2 factor=1.5 from=10:00",
        "arrivals factor=0.25",
        "service item=12 factor=0.8",
        "service domain=0 factor=1.2",
        "speed window=3 factor=1.1",
        "break window=3 at=10:30 to=11:00",
        "policy name=speed-exponent-permille value=500",
        "policy name=weight-booked value=-1",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct what_if_change change;
        struct day_fault fault;
        char text[256];
        if (!what_if_read(texts[i], &change, &fault))
            fail_msg("%s", fault.text);
        what_if_write(&change, text, sizeof text);
        assert_string_equal(text, texts[i]);
    }
}

static void words_are_read(void **state)
{
    (void)state;
    struct what_if_change change;
    struct day_fault fault;
    assert_true(what_if_read("  arrivals\tfrom=8:05  factor=2 ", &change, &fault));
    assert_int_equal(change.kind, WHAT_IF_ARRIVALS);
    assert_int_equal(change.from_ms, hall_clock(8, 5));
    assert_int_equal(change.to_ms, WHAT_IF_ALL);
    assert_int_equal(change.domain, WHAT_IF_ALL);
    assert_true(change.factor == 2);
    assert_true(what_if_read("close window=1 from=00:00 to=24:00", &change, &fault));
    assert_int_equal(change.to_ms, 24 * HALL_HOUR_MS);
}

static void wrong_words_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", "there is no change \"\"; there are close, open"},
        {"clsoe window=3", "there is no change \"clsoe\""},
        {"close", "close: window is missing"},
        {"close window", "close: \"window\" is none of its members; they are window= from= to="},
        {"close widnow=3", "close: \"widnow\" is none of its members"},
        {"close window=3 window=4", "close: window is there twice"},
        {"close window=x", "close: window is \"x\", must be a number like 3"},
        {"close window=-1", "window is \"-1\""},
        {"close window=70000", "window is \"70000\""},
        {"close window=3 from=25:00", "from is \"25:00\", must be a time of the day like 14:05"},
        {"close window=3 from=12:60", "from is \"12:60\""},
        {"close window=3 from=12:001", "from is \"12:001\""},
        {"close window=3 from=noon", "from is \"noon\""},
        {"arrivals factor=nan", "factor is \"nan\", must be a number like 1.25"},
        {"arrivals factor=1e999", "factor is \"1e999\""},
        {"arrivals factor=", "factor is \"\""},
        {"arrivals", "arrivals: factor is missing"},
        {"post window=1 domains=1,,2", "domains is \"1,,2\", must be numbers of domains like 1,6, or all"},
        {"policy name=speed value=1", "name is \"speed\", must be the name of a policy"},
        {"policy name=weight-booked value=1.5", "value is \"1.5\", must be a whole number"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct what_if_change change;
        struct day_fault fault;
        assert_false(what_if_read(rows[i].text, &change, &fault));
        if (!strstr(fault.text, rows[i].words))
            fail_msg("\"%s\" does not say \"%s\"", fault.text, rows[i].words);
    }
    char *longest = malloc(10001);
    struct what_if_change change;
    struct day_fault fault;
    memset(longest, 'a', 10000);
    longest[10000] = '\0';
    assert_false(what_if_read(longest, &change, &fault));
    free(longest);
}

/* Whatever is typed: read and written without harm, and what was read can be tried. */
static void anything_may_be_typed(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "close ",  "arrivals ",   "post ",       "service ",  "break ",   "policy ",
        "forbid ", "window=1 ",   "window=3 ",   "domain=2 ", "domains=", "domains=1,2 ",
        "factor=", "factor=1.5 ", "from=09:30 ", "to=12:00 ", "from=",    "to=",
        "=",       " ",           "999999999",   "all ",      "name=",    "value=7 ",
        "weight-", "booked ",     "-",           "at=11:30 ", "item=11 ", "\xe4\xb8\x80",
        "1,2,3",   "\t",          ",,",          "0"};
    struct day_outlook *o = hall_outlook(4, 0.5), *out = malloc(sizeof *out);
    struct what_if_warnings *warnings = malloc(sizeof *warnings);
    struct rng rng = {3};
    unsigned read = 0, applied = 0;
    for (unsigned n = 0; n < 60000; n++) {
        char text[512] = "", again[512];
        struct what_if_change change, other;
        struct day_fault fault;
        for (unsigned i = rng_range(&rng, 2, 5); i; i--)
            strcat(text, pieces[rng_below(&rng, sizeof pieces / sizeof pieces[0])]);
        if (!what_if_read(text, &change, &fault)) {
            assert_true(strlen(fault.text) > 5);
            continue;
        }
        read++;
        what_if_write(&change, again, sizeof again);
        assert_true(what_if_read(again, &other, &fault));
        applied += what_if_apply(o, &change, 1, out, warnings, &fault);
    }
    print_message("%u read, %u of them possible\n", read, applied);
    assert_true(read > 50 && applied > 0);
    free(warnings);
    free(out);
    free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_come_back),
        cmocka_unit_test(words_are_read),
        cmocka_unit_test(wrong_words_are_named),
        cmocka_unit_test(anything_may_be_typed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
