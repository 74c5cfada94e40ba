/* SPDX-License-Identifier: MIT
 * Demand learned from the days of a hall whose truth is known, and what may not be taken for a quiet day. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dispatcher/plan/demand_inside.h"
#include "dispatcher/plan/draw.h"
#include "kit.h"

enum { DOMAINS = 6, FROM_MIN = 525, TO_MIN = 1005 }; /* numbers from 8:45 to 16:45 */

static const double levels[DOMAINS] = {5, 3, 2, 1.5, 1, .5}; /* arrivals in ten minutes */
static const double weekdays[7] = {1, 1.3, 1.05, .9, .9, .95, .8};

struct world {
    struct kit kit;
    struct rng rng;
    int32_t date;
    double level; /* of everything */
};

/* Two peaks, the second smaller and at another height in each domain. */
static double truth(const struct world *world, unsigned d, unsigned weekday, int minute)
{
    double morning = exp(-pow((minute - 600) / 70.0, 2)), afternoon = exp(-pow((minute - 900) / 60.0, 2));
    double own_day = d == 2 && weekday == 5 ? 1.4 : 1;
    return world->level * levels[d - 1] * weekdays[weekday] * own_day *
           (.35 + 1.4 * morning + (.3 + .15 * d) * afternoon);
}

static double truth_between(const struct world *world, unsigned d, int32_t date, int from_min, int to_min)
{
    double sum = 0;
    for (int m = from_min; m < to_min; m++)
        sum += m >= FROM_MIN && m < TO_MIN ? truth(world, d, (unsigned)date_weekday(date), m) / 10 : 0;
    return sum;
}

static void issue(struct kit *kit, unsigned item)
{
    kit_do(kit,
           (struct command){.kind = COMMAND_ISSUE, .issue.items = {.count = 1, .items = {{(uint16_t)item}}}});
}

/* The day's arrivals from opening to to_min; the day stays open. factor: of this day against others. */
static void arrive(struct world *world, int from_min, int to_min, double factor)
{
    for (int m = from_min; m < to_min; m++)
        for (unsigned d = 1; d <= DOMAINS; d++) {
            unsigned weekday = (unsigned)date_weekday(world->date);
            double mean = m >= FROM_MIN && m < TO_MIN ? factor * truth(world, d, weekday, m) / 10 : 0;
            world->kit.now_ms = kit_at_ms(world->date, (unsigned)m);
            for (unsigned n = draw_poisson(&world->rng, mean); n; n--)
                issue(&world->kit, d);
        }
}

static void world_init(struct world *world, uint64_t seed)
{
    struct kit_shape shape = {DOMAINS, DOMAINS, 1, 1, 300000, 1000};
    *world = (struct world){.rng = rng_part(seed, 1), .date = KIT_DATE, .level = 1};
    kit_init(&world->kit);
    kit_found(&world->kit, &shape);
}

static void day_begin(struct world *world)
{
    while (!hall_sessions(world->kit.hall, world->date).count)
        world->date++;
    kit_open(&world->kit, world->date, FROM_MIN, 0);
}

static void day_end(struct world *world, unsigned minute)
{
    world->kit.now_ms = kit_at_ms(world->date, minute);
    kit_close(&world->kit);
    world->date++;
}

static void days_pass(struct world *world, unsigned days)
{
    while (days--) {
        day_begin(world);
        arrive(world, FROM_MIN, TO_MIN, draw_gamma(&world->rng, 1, .1));
        day_end(world, TO_MIN + 30);
    }
    day_begin(world); /* so that the last one teaches too */
}

static double expected(const struct world *world, unsigned d, int32_t date, unsigned from_min,
                       unsigned to_min)
{
    return demand_expected(world->kit.demand, world->kit.hall, (struct domain_id){(uint16_t)d}, date,
                           from_min, to_min);
}

/* Mean relative error over hours, weighted by arrivals, for the week that begins on a Monday. */
static double error_of(const struct world *world, int32_t monday)
{
    double wrong = 0, all = 0;
    for (int32_t date = monday; date < monday + 5; date++)
        for (unsigned d = 1; d <= DOMAINS; d++)
            for (unsigned hour = 540; hour < 1000; hour += 60) {
                double should = truth_between(world, d, date, (int)hour, (int)hour + 60);
                wrong += fabs(expected(world, d, date, hour, hour + 60) - should);
                all += should;
            }
    return wrong / all;
}

static void it_says_something_soon_and_good_things_later(void **state)
{
    (void)state;
    static const struct {
        unsigned days;
        double most;
    } steps[] = {{1, .6}, {2, .4}, {5, .18}, {20, .1}, {40, .08}};
    struct world world;
    unsigned days = 0;
    world_init(&world, 21);
    assert_true(expected(&world, 1, KIT_DATE, 540, 1020) <= 0);
    for (unsigned s = 0; s < sizeof steps / sizeof *steps; s++) {
        days_pass(&world, steps[s].days - days); /* and begins the next */
        days = steps[s].days;
        double error = error_of(&world, KIT_DATE + 364);
        printf("after %u days: error of hours %.3f\n", days, error);
        assert_true(error <= steps[s].most);
        assert_int_equal(demand_days_all(world.kit.demand), days);
        arrive(&world, FROM_MIN, TO_MIN, 1);
        day_end(&world, TO_MIN + 30);
        days++;
    }
    /* The last minutes before and the first after a limit are as busy as their neighbours. */
    double edge = 0, edge_truth = 0, shares[2] = {0};
    for (int32_t date = KIT_DATE + 364; date < KIT_DATE + 369; date++)
        for (unsigned d = 1; d <= DOMAINS; d++) {
            edge += expected(&world, d, date, 525, 530) + expected(&world, d, date, 1000, 1005);
            edge_truth +=
                truth_between(&world, d, date, 525, 530) + truth_between(&world, d, date, 1000, 1005);
        }
    printf("at the edges of the day: %.2f of the truth\n", edge / edge_truth);
    assert_true(edge / edge_truth > .8 && edge / edge_truth < 1.25);
    /* Domains have their own shapes. */
    for (unsigned n = 0; n < 2; n++)
        shares[n] = expected(&world, 1 + 4 * n, KIT_DATE + 364, 870, 930) /
                    truth_between(&world, 1 + 4 * n, KIT_DATE + 364, 870, 930);
    printf("afternoons of domains 1 and 5: %.2f and %.2f of the truth\n", shares[0], shares[1]);
    assert_true(fabs(shares[0] - 1) < .12 && fabs(shares[1] - 1) < .15);
    /* Fridays of domain 2 are special; those of domain 1 are not. */
    int32_t friday = KIT_DATE + 364 + 4, thursday = friday - 1;
    double second = expected(&world, 2, friday, 540, 1000) / expected(&world, 2, thursday, 540, 1000);
    double first = expected(&world, 1, friday, 540, 1000) / expected(&world, 1, thursday, 540, 1000);
    printf("Friday against Thursday: domain 2 %.2f, domain 1 %.2f\n", second, first);
    assert_true(second > 1.2 && first < 1.2);
    kit_destroy(&world.kit);
}

static void expectations_keep_to_the_calendar(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, 22);
    days_pass(&world, 5);
    int32_t monday = KIT_DATE + 70;
    double day = expected(&world, 1, monday, 0, 1440);
    assert_true(day > 50);
    assert_true(fabs(expected(&world, 1, monday, FROM_MIN, TO_MIN) - day) < 1e-9);
    assert_true(expected(&world, 1, monday, 0, FROM_MIN) <= 0);
    assert_true(expected(&world, 1, monday, TO_MIN, 1440) <= 0);
    assert_true(expected(&world, 1, monday + 6, 0, 1440) <= 0); /* a Sunday */
    double parts = 0;
    for (unsigned m = 0; m < 1440; m += 7)
        parts += expected(&world, 1, monday, m, m + 7 < 1440 ? m + 7 : 1440);
    assert_true(fabs(parts - day) < 1e-9);
    /* A Saturday that was never seen open: the domain's level and shape. */
    struct calendar_set open = {monday + 5, {.count = 1, .sessions = {{540, 720}}}};
    kit_do(&world.kit, (struct command){.kind = COMMAND_SET_CALENDAR, .set_calendar = open});
    double saturday = expected(&world, 1, monday + 5, 0, 1440);
    double morning = expected(&world, 1, monday + 3, 525, 705);
    printf("Saturday morning %.1f, Thursday morning %.1f\n", saturday, morning);
    assert_true(saturday > .7 * morning && saturday < 1.5 * morning);
    struct demand_day filled;
    demand_fill(world.kit.demand, world.kit.hall, monday, &filled);
    assert_true(fabs(demand_day_expected(&filled, 1, 0, 1440) - day) < 1e-9);
    assert_true(fabs(demand_day_expected(&filled, 1, 600, 633) - expected(&world, 1, monday, 600, 633)) <
                1e-9);
    assert_true(expected(&world, 99, monday, 0, 1440) <= 0);
    kit_destroy(&world.kit);
}

static void set_day(struct world *world, int32_t date, struct session_list sessions)
{
    kit_do(&world->kit, (struct command){.kind = COMMAND_SET_CALENDAR, .set_calendar = {date, sessions}});
}

static void closed_time_is_not_quiet_time(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, 23);
    days_pass(&world, 10);
    arrive(&world, FROM_MIN, TO_MIN, 1);
    day_end(&world, TO_MIN + 30);
    double week[5];
    int32_t monday = KIT_DATE + 364;
    for (int k = 0; k < 5; k++)
        week[k] = expected(&world, 1, monday + k, 0, 1440);
    /* A half day: Tuesday until noon. */
    set_day(&world, world.date, (struct session_list){.count = 1, .sessions = {{540, 720}}});
    day_begin(&world);
    arrive(&world, FROM_MIN, 705, 1);
    day_end(&world, 720);
    /* Wednesday, Thursday: a holiday. Friday would be the first day after it; closed early at 11:00. */
    set_day(&world, world.date, (struct session_list){0});
    set_day(&world, world.date + 1, (struct session_list){0});
    day_begin(&world);
    assert_int_equal(date_weekday(world.date), 5);
    assert_true(demand_is_reopening(world.kit.hall, world.date));
    assert_false(demand_is_reopening(world.kit.hall, world.date + 3)); /* an ordinary Monday */
    arrive(&world, FROM_MIN, 660, 1.2);
    day_end(&world, 660);
    /* A Monday that opened late. */
    assert_int_equal(date_weekday(world.date), 6);
    world.date += 2;
    kit_open(&world.kit, world.date, 630, 0);
    arrive(&world, 630, TO_MIN, 1);
    day_end(&world, TO_MIN + 30);
    /* And a day on which the hall was opened by mistake. */
    day_begin(&world);
    day_end(&world, 900);
    day_begin(&world);
    for (int k = 0; k < 5; k++) {
        double ratio = expected(&world, 1, monday + k, 0, 1440) / week[k];
        printf("weekday %d: %.3f of what was expected\n", k + 1, ratio);
        assert_true(ratio > .88 && ratio < 1.12);
    }
    assert_int_equal(demand_days_all(world.kit.demand), 14);
    /* The Friday that closed at eleven says nothing of three o'clock. */
    assert_true(world.kit.demand->days[5][60] > 2.2 && world.kit.demand->days[5][90] < 2);
    assert_true(world.kit.demand->days[1][90] > world.kit.demand->days[1][60] + .8);
    kit_destroy(&world.kit);
}

static void first_days_after_a_holiday_are_their_own(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, 24);
    days_pass(&world, 15);
    arrive(&world, FROM_MIN, TO_MIN, 1);
    day_end(&world, TO_MIN + 30);
    assert_int_equal(demand_reopening_permille(world.kit.demand), 1200);
    int32_t monday = KIT_DATE + 364;
    double before = expected(&world, 1, monday, 0, 1440);
    for (unsigned holiday = 0; holiday < 5; holiday++) {
        while (date_weekday(world.date) != 4)
            world.date++;
        set_day(&world, world.date, (struct session_list){0});
        set_day(&world, world.date + 1, (struct session_list){0});
        world.date += 4; /* Monday */
        day_begin(&world);
        assert_true(demand_is_reopening(world.kit.hall, world.date));
        arrive(&world, FROM_MIN, TO_MIN, 1.6);
        day_end(&world, TO_MIN + 30);
    }
    day_begin(&world);
    printf("first days: %u permille\n", demand_reopening_permille(world.kit.demand));
    assert_in_range(demand_reopening_permille(world.kit.demand), 1400, 1650);
    /* Mondays are not taken to be so busy for it. */
    assert_true(fabs(expected(&world, 1, monday, 0, 1440) / before - 1) < .15);
    set_day(&world, monday - 3, (struct session_list){0});
    assert_true(expected(&world, 1, monday, 0, 1440) > 1.3 * before);
    kit_destroy(&world.kit);
}

static void old_weeks_fade(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, 25);
    days_pass(&world, 40);
    double before = expected(&world, 1, KIT_DATE + 364, 0, 1440);
    world.level = 2;
    arrive(&world, FROM_MIN, TO_MIN, 1);
    day_end(&world, TO_MIN + 30);
    days_pass(&world, 5 * DEMAND_HALF_LIFE_WEEKS);
    double after = expected(&world, 1, KIT_DATE + 364, 0, 1440);
    printf("a doubled level is seen as %.2f after a half-life\n", after / before);
    assert_true(after / before > 1.62 && after / before < 1.9);
    kit_destroy(&world.kit);
}

static void bookings_are_counted_apart(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, 26);
    struct item_set item = world.kit.hall->items[1].set;
    item.bookable = true;
    item.slot_capacity = 20;
    kit_do(&world.kit, (struct command){.kind = COMMAND_SET_ITEM, .set_item = item});
    day_begin(&world);
    world.kit.now_ms = kit_at_ms(world.date, 540);
    struct booking_code codes[20];
    for (uint32_t n = 0; n < 20; n++) {
        struct book book = {
            .item = {1}, .date = world.date, .slot_min = 660, .person = {n + 1}, .channel = CHANNEL_KIOSK};
        kit_do(&world.kit, (struct command){.kind = COMMAND_BOOK, .book = book});
        codes[n] = kit_event_of(&world.kit, EVENT_BOOKING_MADE)->booking_made.booking;
    }
    world.kit.now_ms = kit_at_ms(world.date, 645);
    for (unsigned n = 0; n < 10; n++) {
        struct check_in check_in = {codes[n], CHANNEL_KIOSK};
        kit_do(&world.kit, (struct command){.kind = COMMAND_CHECK_IN, .check_in = check_in});
        issue(&world.kit, 2);
    }
    assert_int_equal(demand_checked_in(world.kit.demand, (struct domain_id){1}), 10);
    assert_int_equal(demand_checked_in(world.kit.demand, (struct domain_id){2}), 0);
    const struct demand_day *today = demand_today(world.kit.demand);
    assert_int_equal(demand_day_observed(today, 1, 0, 1440), 0);
    assert_int_equal(demand_day_observed(today, 2, 0, 1440), 10);
    assert_int_equal(demand_day_observed(today, 2, 645, 646), 10);
    assert_int_equal(demand_booking_came_permille(world.kit.demand), (10 + 18) * 1000 / 30);
    day_end(&world, 1040);
    assert_int_equal(demand_booking_came_permille(world.kit.demand), (10 + 18) * 1000 / 40);
    kit_destroy(&world.kit);
}

/* A kiosk that was cut off hands in later what it gave out earlier. */
static void late_news_count_when_they_happened(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, 28);
    day_begin(&world);
    world.kit.now_ms = kit_at_ms(world.date, 700);
    struct issue late = {.items = {.count = 1, .items = {{1}}},
                         .number = {'L', 'B', 7},
                         .channel = CHANNEL_KIOSK,
                         .ref_ms = kit_at_ms(world.date, 640)};
    kit_do(&world.kit, (struct command){.kind = COMMAND_ISSUE, .by = {ACTOR_KIOSK, 1}, .issue = late});
    const struct demand_day *today = demand_today(world.kit.demand);
    assert_int_equal(demand_day_observed(today, 1, 640, 641), 1);
    assert_int_equal(demand_day_observed(today, 1, 0, 1440), 1);
    kit_destroy(&world.kit);
}

static void old_bookings_fade(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, 29);
    day_begin(&world);
    world.kit.demand->bookings_missed = world.kit.demand->bookings_came = 100;
    uint32_t before = demand_booking_came_permille(world.kit.demand);
    arrive(&world, FROM_MIN, 600, 1);
    day_end(&world, 1040);
    days_pass(&world, 5 * DEMAND_HALF_LIFE_WEEKS);
    assert_int_equal(before, (118 * 1000 + 110) / 220);
    /* Half of them: 18 + 50 of 20 + 100, or a little less. */
    assert_in_range(demand_booking_came_permille(world.kit.demand), 566, 572);
    kit_destroy(&world.kit);
}

/* A busy day is seen as one, and the factor is for what is still to come. */
static void today_corrects(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, 27);
    days_pass(&world, 20);
    arrive(&world, FROM_MIN, 720, 1.5);
    int64_t noon_ms = kit_at_ms(world.date, 720);
    double by_ratio[DOMAINS_MAX];
    double factor = demand_today_factor(world.kit.demand, (struct domain_id){1}, noon_ms);
    demand_today_factors(world.kit.demand, noon_ms, DEMAND_FILTER_RATIO, by_ratio);
    printf("at noon of a day with 1.5 times the arrivals: %.2f, by ratio %.2f\n", factor, by_ratio[0]);
    assert_true(factor > 1.25 && factor < 1.65);
    assert_true(by_ratio[0] > 1.1 && by_ratio[0] < 1.9);
    double at_opening =
        demand_today_factor(world.kit.demand, (struct domain_id){1}, kit_at_ms(world.date, 500));
    assert_true(fabs(at_opening - 1) < .05);
    assert_true(fabs(demand_today_factor(world.kit.demand, (struct domain_id){60}, noon_ms) - 1) < 1e-9);
    kit_destroy(&world.kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_something_soon_and_good_things_later),
        cmocka_unit_test(expectations_keep_to_the_calendar),
        cmocka_unit_test(closed_time_is_not_quiet_time),
        cmocka_unit_test(first_days_after_a_holiday_are_their_own),
        cmocka_unit_test(old_weeks_fade),
        cmocka_unit_test(bookings_are_counted_apart),
        cmocka_unit_test(late_news_count_when_they_happened),
        cmocka_unit_test(old_bookings_fade),
        cmocka_unit_test(today_corrects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
