/* SPDX-License-Identifier: MIT
 * What if: changes do what they say and nothing else, and move waits the way they must. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/plan/what_if_text.h"
#include "hall.h"

enum { CHANGES_MOST = 4 };

static unsigned read_all(const char *const texts[CHANGES_MOST], struct what_if_change *changes)
{
    unsigned count = 0;
    struct day_fault fault;
    for (; count < CHANGES_MOST && texts[count]; count++)
        if (!what_if_read(texts[count], &changes[count], &fault))
            fail_msg("%s", fault.text);
    return count;
}

static struct what_if *run_seed(const struct day_outlook *o, const char *const texts[CHANGES_MOST],
                                unsigned futures, uint64_t seed)
{
    struct what_if_change changes[CHANGES_MOST];
    struct what_if_params params = {.seed = seed, .futures = futures};
    struct what_if *out = malloc(sizeof *out);
    struct day_fault fault;
    assert_non_null(out);
    unsigned count = read_all(texts, changes);
    if (what_if_run(o, changes, count, &params, out, &fault) != OUTCOME_DONE)
        fail_msg("%s", fault.text);
    return out;
}

static struct what_if *run(const struct day_outlook *o, const char *a, const char *b, unsigned futures)
{
    const char *const texts[CHANGES_MOST] = {a, b};
    return run_seed(o, texts, futures, 1);
}

/* How many standard errors the mean wait of a group becomes longer. */
static double longer(const struct what_if *result, unsigned group)
{
    double error_ms = result->difference.mean_error_ms[group];
    return error_ms > 0 ? result->difference.mean_ms[group] / error_ms : 0;
}

static void nothing_changes_nothing(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(6, 0.75);
    struct what_if *result = run(o, NULL, NULL, 40);
    assert_memory_equal(&result->now, &result->changed, sizeof result->now);
    for (unsigned group = 0; group < DAY_GROUPS; group++)
        assert_true(result->difference.mean_ms[group] == 0 && result->difference.mean_error_ms[group] == 0);
    assert_int_equal(result->futures, 40);
    assert_int_equal(result->now.days, 40);
    free(result);
    result = run(o, "arrivals factor=1", "service factor=1", 40); /* drawn anew */
    assert_memory_equal(&result->now, &result->changed, sizeof result->now);
    free(result);
    free(o);
}

static void the_same_seed_gives_the_same_figures(void **state)
{
    (void)state;
    static const char *const texts[CHANGES_MOST] = {"close window=2 from=10:00 to=12:00"};
    struct day_outlook *o = hall_outlook(6, 0.75);
    struct what_if *a = run_seed(o, texts, 30, 9), *b = run_seed(o, texts, 30, 9),
                   *other = run_seed(o, texts, 30, 10);
    assert_memory_equal(&a->changed, &b->changed, sizeof a->changed);
    assert_memory_equal(&a->difference, &b->difference, sizeof a->difference);
    assert_true(other->difference.mean_ms[GROUP_ALL] != a->difference.mean_ms[GROUP_ALL]);
    free(a);
    free(b);
    free(other);
    free(o);
}

/* Each row changes waits for certain: shorter (-1) or longer (1). */
static void waits_move_as_they_must(void **state)
{
    (void)state;
    static const struct {
        const char *change;
        int sign;
    } rows[] = {
        {"arrivals factor=2", 1},
        {"arrivals factor=0.5", -1},
        {"arrivals factor=1.5 from=10:00 to=12:00", 1},
        {"arrivals domain=1 factor=1.5", 1},
        {"service factor=1.3", 1},
        {"service domain=3 factor=0.5", -1},
        {"service item=32 factor=2", 1},
        {"speed window=2 factor=0.5", 1},
        {"speed window=2 factor=2", -1},
        {"close window=1", 1},
        {"close window=1 from=10:00 to=12:00", 1},
        {"open window=7", -1},
        {"open window=7 from=10:00 to=12:00", -1},
        {"forbid window=3 domains=1,2", 1},
    };
    struct day_outlook *o = hall_outlook(7, 0.65);
    o->windows[6].duty_count = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct what_if *result = run(o, rows[i].change, NULL, 100);
        double errors = longer(result, GROUP_ALL) * rows[i].sign;
        if (errors < 3)
            fail_msg("%s moves waits by %.1f standard errors", rows[i].change, -errors * rows[i].sign);
        free(result);
    }
    free(o);
}

/* One more window never makes waits longer beyond error, whichever it is and whenever. */
static void one_more_window_never_harms(void **state)
{
    (void)state;
    static const char *const changes[] = {"open window=8", "open window=8 from=09:00 to=10:00",
                                          "open window=8 from=12:00 to=14:00",
                                          "open window=8 from=16:00 to=17:00"};
    for (unsigned d = 0; d < 2; d++) {
        struct day_outlook *o = hall_outlook(8, 0.7);
        o->windows[7].duty_count = 0;
        o->windows[7].may = d ? 7 : 1;
        for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
            struct what_if *result = run(o, changes[i], NULL, 60);
            if (longer(result, GROUP_ALL) > 3)
                fail_msg("%s makes waits longer by %.1f standard errors", changes[i],
                         longer(result, GROUP_ALL));
            free(result);
        }
        free(o);
    }
}

/* The afternoon cannot touch the morning. */
static void later_changes_leave_earlier_waits(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(6, 0.7);
    struct what_if *result = run(o, "close window=1 from=14:00", "arrivals factor=1.5 from=14:00", 40);
    for (unsigned hour = 8; hour < 12; hour++)
        assert_true(result->difference.mean_ms[GROUP_HOURS + hour] == 0);
    assert_true(longer(result, GROUP_HOURS + 15) > 3);
    assert_true(result->now.of[GROUP_HOURS + 9].visitors > 0);
    free(result);
    free(o);
}

/* Enough futures that the mean's difference is known to 5 % of the mean. */
static void differences_are_known_well_enough(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(20, 0.75);
    struct what_if *result = run(o, "close window=3 from=10:00 to=12:00", "arrivals factor=1.1", 0);
    assert_int_equal(result->futures, 400);
    print_message("%.2f min and %+.3f +- %.3f\n", result->now.of[GROUP_ALL].mean_ms / HALL_MINUTE_MS,
                  result->difference.mean_ms[GROUP_ALL] / HALL_MINUTE_MS,
                  result->difference.mean_error_ms[GROUP_ALL] / HALL_MINUTE_MS);
    assert_true(result->difference.mean_error_ms[GROUP_ALL] < 0.05 * result->now.of[GROUP_ALL].mean_ms);
    assert_true(result->difference.mean_error_ms[GROUP_ALL] > 0);
    free(result);
    free(o);
}

/* The standard error is honest: over many seeds, differences scatter about as much as it says. */
static void standard_errors_are_honest(void **state)
{
    (void)state;
    enum { SEEDS = 40 };
    static const char *const texts[CHANGES_MOST] = {"close window=1 from=10:00 to=11:00"};
    struct day_outlook *o = hall_outlook(6, 0.7);
    double sum = 0, squares = 0, errors = 0;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        struct what_if *result = run_seed(o, texts, 40, 100 + seed);
        double difference = result->difference.mean_ms[GROUP_ALL];
        sum += difference;
        squares += difference * difference;
        errors += result->difference.mean_error_ms[GROUP_ALL];
        free(result);
    }
    double scatter = sqrt((squares - sum * sum / SEEDS) / (SEEDS - 1));
    print_message("scatter %.0f ms, standard error %.0f ms\n", scatter, errors / SEEDS);
    assert_true(scatter < 1.5 * errors / SEEDS && errors / SEEDS < 1.5 * scatter);
    free(o);
}

/* ---- what changes do ---- */

static struct day_outlook *apply(const struct day_outlook *o, const char *a, const char *b, unsigned warnings)
{
    const char *const texts[CHANGES_MOST] = {a, b};
    struct what_if_change changes[CHANGES_MOST];
    struct what_if_warnings *told = calloc(1, sizeof *told);
    struct day_outlook *out = malloc(sizeof *out);
    struct day_fault fault;
    assert_true(told && out);
    unsigned count = read_all(texts, changes);
    if (!what_if_apply(o, changes, count, out, told, &fault))
        fail_msg("%s", fault.text);
    if (told->count != warnings)
        fail_msg("%u warnings, the first: %s", told->count, told->list[0].text);
    free(told);
    return out;
}

static void assert_duty(const struct day_window *window, unsigned i, int from_hour, int to_hour)
{
    assert_int_equal(window->duties[i].from_ms, hall_clock(from_hour, 0));
    assert_int_equal(window->duties[i].to_ms, hall_clock(to_hour, 0));
}

static void duties_are_cut_and_joined(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(4, 0.7), *out;
    out = apply(o, "close window=2 from=10:00 to=12:00", "close window=2 from=15:00", 0);
    assert_int_equal(out->windows[1].duty_count, 2);
    assert_duty(&out->windows[1], 0, 9, 10);
    assert_duty(&out->windows[1], 1, 12, 15);
    assert_int_equal(out->windows[0].duty_count, 1);
    struct day_outlook *again = apply(out, "open window=2 from=10:00 to=11:00", NULL, 0);
    assert_int_equal(again->windows[1].duty_count, 2);
    assert_duty(&again->windows[1], 0, 9, 11);
    free(again);
    again = apply(out, "open window=2", NULL, 0);
    assert_int_equal(again->windows[1].duty_count, 1);
    assert_duty(&again->windows[1], 0, 9, 17);
    free(again);
    free(out);
    out = apply(o, "close window=2", NULL, 0);
    assert_int_equal(out->windows[1].duty_count, 0);
    free(out);
    out = apply(o, "open window=2 from=10:00 to=11:00", NULL, 1); /* is there anyway */
    free(out);
    free(o);
}

static void other_changes_land_where_they_should(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(4, 0.7), *out;
    roster_by_hand(&roster_rules_usual, o);
    out = apply(o, "post window=1 domains=2 from=10:00 to=11:30", "authorise window=2 domains=1", 0);
    assert_int_equal(out->windows[0].posted[19], 0);
    assert_int_equal(out->windows[0].posted[20], 2);
    assert_int_equal(out->windows[0].posted[22], 2);
    assert_int_equal(out->windows[0].posted[23], 0);
    assert_int_equal(out->windows[1].may, 7);
    free(out);
    out = apply(o, "arrivals domain=2 factor=3 from=10:00 to=10:15", "service item=21 factor=2", 0);
    /* bins begin at 8:50: from 10:00 on all of one, half of the next */
    assert_true(out->domains[1].arrival_factor[6] == 1 && out->domains[1].arrival_factor[7] == 3);
    assert_true(fabs((double)out->domains[1].arrival_factor[8] - 2) < 1e-6);
    assert_true(out->domains[0].arrival_factor[7] == 1 && out->domains[1].arrival_factor[9] == 1);
    assert_true(out->items[2].length_factor == 2 && out->items[3].length_factor == 1);
    free(out);
    out = apply(o, "policy name=speed-exponent-permille value=500", "break window=1 at=11:30 to=12:45", 0);
    assert_int_equal(out->policy[POLICY_SPEED_EXPONENT_PERMILLE], 500);
    assert_int_equal(out->windows[0].breaks[1].from_ms, hall_clock(12, 45));
    assert_int_equal(out->windows[0].breaks[1].to_ms, hall_clock(13, 30));
    free(out);
    free(o);
}

static void who_is_left_alone_is_told(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(3, 0.5), *out;
    static const char *const texts[CHANGES_MOST] = {"forbid window=2 domains=3", "forbid window=3 domains=3"};
    out = apply(o, texts[0], texts[1], 1); /* domain 3 */
    free(out);
    struct what_if *result = run(o, texts[0], texts[1], 20);
    assert_non_null(strstr(result->warnings.list[0].text, "domain 3"));
    assert_true(result->now.of[GROUP_DOMAINS + 2].unserved == 0);
    assert_true(result->changed.of[GROUP_DOMAINS + 2].unserved > 1);
    assert_true(longer(result, GROUP_DOMAINS + 2) > 3);
    free(result);
    result = run(o, "close window=2 from=14:00 to=15:00", "close window=3 from=14:00 to=15:00", 20);
    assert_int_equal(result->warnings.count, 1);
    assert_string_equal(result->warnings.list[0].text,
                        "from 14:00 to 15:00 no window on duty may serve domain 3");
    assert_true(result->changed.of[GROUP_DOMAINS + 2].unserved == 0); /* it opens again */
    free(result);
    free(o);
}

/* ---- what is refused ---- */

static void impossible_changes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b, *words;
    } rows[] = {
        {"close window=9", NULL, "change 1, close: there is no window 9"},
        {"speed window=1 factor=1.1", "close window=0", "change 2, close: there is no window 0"},
        {"arrivals domain=4 factor=2", NULL, "there is no domain 4"},
        {"service item=13 factor=2", NULL, "there is no item 13"},
        {"authorise window=1 domains=1,9", NULL, "domains has 9"},
        {"authorise window=1 domains=all", NULL, "domains is empty"},
        {"arrivals factor=0.09", NULL, "factor is 0.09, must be 0.1 to 10"},
        {"speed window=1 factor=11", NULL, "factor is 11, must be 0.1 to 10"},
        {"close window=1 from=12:00 to=12:00", NULL, "to is 12:00, must be after from, 12:00"},
        {"close window=1 from=12:02 to=13:00", NULL, "must be at steps of 5 minutes"},
        {"post window=1 domains=1 from=12:10", NULL, "must be at steps of 30 minutes"},
        {"service domain=1 item=11 factor=2", NULL, "domain and item are both there"},
        {"break window=1 at=12:00 to=13:00", NULL, "has no break that begins about 12:00"},
        {"policy name=weight-booked value=0", NULL, "weight-booked is 0, must be 1 to 1000"},
        {"policy name=recall-limit value=3", NULL, "recall-limit changes no wait here"},
        {"close window=1", "open window=1 from=10:00 to=11:00", "changes 1 and 2 contradict each other"},
        {"post window=1 domains=1", "post window=1 domains=2 from=10:00", "posted twice"},
        {"close window=1 from=10:00", "post window=1 domains=2", "closed and posted"},
        {"authorise window=1 domains=1,3", "forbid window=1 domains=3", "gets and loses"},
        {"arrivals factor=2", "arrivals factor=0.5 from=15:00", "two factors at the same time"},
        {"service item=11 factor=2", "service item=11 factor=2", "two factors"},
        {"speed window=2 factor=2", "speed window=2 factor=0.5", "two speeds"},
        {"policy name=weight-booked value=5", "policy name=weight-booked value=6", "two values"},
    };
    struct day_outlook *o = hall_outlook(3, 0.5);
    struct what_if *out = malloc(sizeof *out);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const texts[CHANGES_MOST] = {rows[i].a, rows[i].b};
        struct what_if_change changes[CHANGES_MOST];
        struct what_if_params params = {.futures = 2};
        struct day_fault fault;
        unsigned count = read_all(texts, changes);
        assert_int_equal(what_if_run(o, changes, count, &params, out, &fault), OUTCOME_REFUSED);
        if (!strstr(fault.text, rows[i].words))
            fail_msg("\"%s\" does not say \"%s\"", fault.text, rows[i].words);
    }
    free(out);
    free(o);
}

/* What could be meant together is done together. */
static void possible_pairs_are_done(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(3, 0.5);
    free(apply(o, "arrivals factor=2", "arrivals domain=1 factor=0.5", 0));
    free(apply(o, "close window=1 to=12:00", "open window=1 from=12:00", 1));
    free(apply(o, "arrivals factor=2 to=12:00", "arrivals factor=3 from=12:00", 0));
    free(apply(o, "service factor=2", "service item=11 factor=2", 0));
    free(apply(o, "forbid window=1 domains=2", "authorise window=1 domains=3", 0));
    free(o);
}

struct patience {
    unsigned calls, most;
};

static bool lose_patience(double done, void *userdata)
{
    struct patience *patience = userdata;
    assert_true(done >= 0 && done <= 1);
    return ++patience->calls < patience->most;
}

static void it_can_be_stopped(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(4, 0.5);
    struct what_if *out = malloc(sizeof *out);
    struct patience patience = {.most = 3};
    struct what_if_params params = {.futures = 400, .progress = lose_patience, .userdata = &patience};
    struct day_fault fault;
    assert_int_equal(what_if_run(o, NULL, 0, &params, out, &fault), OUTCOME_CANCELLED);
    assert_int_equal(patience.calls, 3);
    free(out);
    free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changes_nothing),
        cmocka_unit_test(the_same_seed_gives_the_same_figures),
        cmocka_unit_test(waits_move_as_they_must),
        cmocka_unit_test(one_more_window_never_harms),
        cmocka_unit_test(later_changes_leave_earlier_waits),
        cmocka_unit_test(differences_are_known_well_enough),
        cmocka_unit_test(standard_errors_are_honest),
        cmocka_unit_test(duties_are_cut_and_joined),
        cmocka_unit_test(other_changes_land_where_they_should),
        cmocka_unit_test(who_is_left_alone_is_told),
        cmocka_unit_test(impossible_changes_are_refused),
        cmocka_unit_test(possible_pairs_are_done),
        cmocka_unit_test(it_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
