/* SPDX-License-Identifier: MIT
 * Measures, baselines and bounds on days small enough to be worked out by hand; and the product's own hall on
 * made-up days: everybody is served, nobody is overtaken in line, the same day twice is the same. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/sim/balance.h"
#include "dispatcher/sim/days.h"

static struct hall_file hall;
static struct day_file day;
static struct day_ticket tickets[16];

/* Two windows, two domains of 10 and 20 minutes, each window doing one of them first and both if it must. */
static void small_hall(void)
{
    memset(&hall, 0, sizeof hall);
    memset(&day, 0, sizeof day);
    strcpy(hall.scenario, "hand");
    strcpy(day.scenario, "hand");
    hall.tickets_from_min = -15;
    hall.close_min = 480;
    hall.off_primary_slowdown = 1.5;
    hall.all_domain_slowdown = 1.5;
    hall.changeover_min = 1;
    hall.no_show_handling_min = 1;
    hall.domain_count = hall.item_count = hall.window_count = 2;
    hall.bin_count = 1;
    for (unsigned i = 0; i < 2; i++) {
        hall.domains[i].mean_min = hall.items[i].mean_min = 10 * (i + 1);
        hall.domains[i].visit_share = 0.5;
        hall.items[i].domain = i;
        hall.items[i].share_in_domain = 1;
        hall.windows[i] = (struct hall_file_window){i, 3, false, true, 1, 1};
        day.windows[i].posted_dedicated = day.windows[i].posted_mixed = (uint64_t)1 << i;
    }
    day.tickets = tickets;
    day.ticket_count = 0;
}

static void come(double arrival_min, enum day_class class, unsigned item, double standard_min)
{
    tickets[day.ticket_count++] = (struct day_ticket){.arrival_min = arrival_min,
                                                      .slot_min = NAN,
                                                      .class = class,
                                                      .item = item,
                                                      .standard_min = standard_min,
                                                      .item2 = -1};
}

static struct measures play(const char *policy, struct played *played)
{
    struct measures measures;
    struct error error;
    struct balance_params params = {
        .policy = balance_policy_find(policy), .hall = &hall, .day = &day, .seed = 1, .manager = {100, 5}};
    assert_non_null(params.policy);
    if (balance_play(&params, played, &error) != STATUS_OK)
        fail_msg("%s: %s", policy, error.text);
    measure_day(&hall, &day, played, &measures);
    return measures;
}

static struct measures play_only(const char *policy)
{
    struct played played;
    struct measures measures = play(policy, &played);
    played_destroy(&played);
    return measures;
}

static void near(double value, double expected)
{
    if (fabs(value - expected) > 0.001)
        fail_msg("%g, expected %g", value, expected);
}

static void test_fixed_windows(void **state)
{
    (void)state;
    small_hall();
    come(0, DAY_WALK_IN, 0, 10); /* at once until 10 */
    come(2, DAY_WALK_IN, 0, 10); /* waits 8, until 20 */
    come(4, DAY_WALK_IN, 0, 10); /* waits 16, until 30 */
    struct measures m = play_only("static-dedicated");
    near(m.of[MEASURE_MEAN], 8);
    near(m.of[MEASURE_MAX], 16);
    near(m.of[MEASURE_P50], 8);
    near(m.of[MEASURE_TICKETS], 3);
    near(m.of[MEASURE_UTIL], 30 / 480.0 / 2);
    near(m.of[MEASURE_JAIN_BUSY], 0.5);
    near(m.of[MEASURE_CHANGEOVERS], 0);
    near(m.of[MEASURE_COST], 8);
}

static void test_all_authorised_windows(void **state)
{
    (void)state;
    small_hall();
    come(0, DAY_WALK_IN, 0, 10); /* window 0 until 10 */
    come(2, DAY_WALK_IN, 0, 10); /* window 1, 15 minutes off its primary domain, until 17 */
    come(4, DAY_WALK_IN, 1, 20); /* window 0 at 10: waits 6 */
    const char *const policies[] = {"first-come", "strict", "longest-queue", "max-weight", "fair"};
    for (size_t p = 0; p < sizeof policies / sizeof policies[0]; p++) {
        struct measures m = play_only(policies[p]);
        near(m.of[MEASURE_MEAN], 2);
        near(m.of[MEASURE_CHANGEOVERS], 1 / 16.0); /* one in twice eight hours */
    }
}

/* Nobody is slower elsewhere and nobody changes over: only lengths and order are left. */
static void test_bounds_have_no_friction(void **state)
{
    (void)state;
    small_hall();
    come(0, DAY_WALK_IN, 0, 10);
    come(1, DAY_WALK_IN, 1, 20);
    come(2, DAY_WALK_IN, 1, 20);
    come(3, DAY_WALK_IN, 0, 10);
    near(play_only("b2").of[MEASURE_MEAN], (0 + 0 + 8 + 18) / 4.0);
    near(play_only("b1").of[MEASURE_MEAN], (0 + 0 + 7 + 18) / 4.0); /* the short one first */
}

static void test_bookings_are_called_in_their_slot(void **state)
{
    (void)state;
    small_hall();
    come(0, DAY_WALK_IN, 0, 30);
    come(1, DAY_WALK_IN, 1, 26);
    come(2, DAY_WALK_IN, 0, 10);
    come(20, DAY_BOOKED, 0, 10); /* slot 25: called at 27, two minutes after */
    tickets[3].slot_min = 25;
    struct measures m = play_only("strict");
    near(m.of[MEASURE_B5], 100);
    near(m.of[MEASURE_BOOKED], 2);
    struct measures first =
        play_only("first-come"); /* behind the walk-in, who is called at 27 until 42: at 30 */
    near(first.of[MEASURE_BOOKED], 5);
    tickets[3].slot_min = 0; /* more than 15 late: a walk-in from its arrival, and not counted as punctual */
    m = play_only("strict");
    near(m.of[MEASURE_BOOKED], 10);
    assert_true(isnan(m.of[MEASURE_B5]));
}

static void test_cover_when_a_posted_window_is_away(void **state)
{
    (void)state;
    small_hall();
    day.windows[0].offs[day.windows[0].off_count++] = (struct day_off){10, 100, true};
    come(12, DAY_WALK_IN, 0, 10);
    struct measures m = play_only("static-dedicated");
    near(m.of[MEASURE_MEAN], 3); /* window 1 is added at the next full five minutes */
    near(m.of[MEASURE_POSTED_CHANGES], 1 / 8.0);
}

static void test_the_lower_bound(void **state)
{
    (void)state;
    small_hall();
    come(0, DAY_WALK_IN, 0, 10);
    near(bound_mean_wait_min(&hall, &day), 0);
    come(0, DAY_WALK_IN, 0, 10);
    come(0, DAY_WALK_IN, 0, 10);
    come(0, DAY_WALK_IN, 0, 10);
    /* one machine of speed 2: busy around 2.5, 7.5, 12.5, 17.5; less half of 10 each */
    near(bound_mean_wait_min(&hall, &day), (2.5 + 7.5 + 12.5 + 17.5) / 4 - 5);
    assert_true(bound_mean_wait_min(&hall, &day) <= play_only("b1").of[MEASURE_MEAN]);
    near(bound_jain(&hall, &day), 1);
    hall.windows[1].authorised = 2;
    hall.windows[1].primary = 1;
    near(bound_jain(&hall, &day), 0.5);
}

static void test_second_legs(void **state)
{
    (void)state;
    small_hall();
    hall.windows[0].authorised = 1;
    hall.windows[0].all_domains = false;
    hall.windows[1] = (struct hall_file_window){1, 2, false, false, 1, 1};
    come(0, DAY_WALK_IN, 0, 10);
    tickets[0].item2 = 1;
    tickets[0].standard2_min = 20;
    come(1, DAY_WALK_IN, 1, 20); /* window 1 until 21 */
    const char *const policies[] = {"first-come", "fair", "product-rule"};
    for (size_t p = 0; p < sizeof policies / sizeof policies[0]; p++)
        near(play_only(policies[p]).of[MEASURE_MEAN],
             (0 + 11) / 2.0); /* its second leg waits from 10 to 21 */
}

/* ---- made-up days ---- */

static void make_day(const char *name, unsigned number)
{
    static struct days_scenario scenario;
    struct error error;
    if (days_scenario_read(name, &scenario, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    days_hall(&scenario, number, 5, &hall);
    if (days_day(&scenario, &hall, number, 5, &day, &error) != STATUS_OK)
        fail_msg("%s", error.text);
}

static void test_the_hall_serves_everybody(void **state)
{
    (void)state;
    const char *const names[] = {"small12", "absent20", "books35"};
    for (unsigned n = 0; n < 3; n++) {
        make_day(names[n], n);
        struct played once, again;
        struct measures m = play("product", &once), same = play("product", &again);
        assert_int_equal(memcmp(&m.of[MEASURE_MEAN], &same.of[MEASURE_MEAN], sizeof m.of[0]), 0);
        for (unsigned t = 0; t < day.ticket_count; t++)
            assert_true(once.tickets[t].wait_min == again.tickets[t].wait_min);
        assert_true(m.of[MEASURE_STRANDED] == 0);
        assert_true(m.of[MEASURE_OVERTAKEN_P99] == 0);
        assert_true(m.of[MEASURE_MEAN] < play_only("static-dedicated").of[MEASURE_MEAN]);
        played_destroy(&once);
        played_destroy(&again);
        day_file_destroy(&day);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_windows),
        cmocka_unit_test(test_all_authorised_windows),
        cmocka_unit_test(test_bounds_have_no_friction),
        cmocka_unit_test(test_bookings_are_called_in_their_slot),
        cmocka_unit_test(test_cover_when_a_posted_window_is_away),
        cmocka_unit_test(test_the_lower_bound),
        cmocka_unit_test(test_second_legs),
        cmocka_unit_test(test_the_hall_serves_everybody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
