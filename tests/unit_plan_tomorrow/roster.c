/* SPDX-License-Identifier: MIT
 * Breaks and lunches lie where the rules allow, in the cheapest places, and it is told what had to be given
 * up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/plan/rng.h"
#include "dispatcher/plan/tomorrow_roster.h"
#include "hall.h"

static void assert_follows(const struct roster_rules *rules, const struct day_window *window)
{
    int32_t last_ms = window->duties[0].from_ms;
    assert_int_equal(window->break_count, 3);
    for (unsigned b = 0; b < 3; b++) {
        const struct day_break *off = &window->breaks[b];
        assert_int_equal(off->kind, b == 1 ? DAY_BREAK_LUNCH : DAY_BREAK_SHORT);
        assert_int_equal(off->to_ms - off->from_ms, b == 1 ? rules->lunch_ms : rules->short_ms);
        assert_in_range(off->from_ms - last_ms, rules->apart_ms, rules->stretch_ms);
        last_ms = off->to_ms;
    }
    assert_true(window->breaks[1].from_ms >= rules->lunch_from_ms);
    assert_true(window->breaks[1].to_ms <= rules->lunch_to_ms);
    assert_in_range(window->duties[0].to_ms - last_ms, rules->apart_ms, rules->stretch_ms);
}

static void random_costs(struct rng *rng, double cost[ROSTER_STEPS])
{
    for (unsigned step = 0; step < ROSTER_STEPS; step++)
        cost[step] = rng_unit(rng);
}

/* The least cost of all places that the rules allow, by trying each. */
static double try_all(const struct roster_rules *rules, const struct day_window *window, const double *cost)
{
    const int32_t lengths[3] = {rules->short_ms, rules->lunch_ms, rules->short_ms};
    int32_t from_ms = window->duties[0].from_ms, to_ms = window->duties[0].to_ms;
    double least = 1e9;
    for (int32_t a = from_ms; a < to_ms; a += DAY_STEP_MS)
        for (int32_t b = a; b < to_ms; b += DAY_STEP_MS)
            for (int32_t c = b; c < to_ms; c += DAY_STEP_MS) {
                const int32_t at[3] = {a, b, c};
                int32_t last_ms = from_ms;
                double sum = 0;
                bool is_right = b >= rules->lunch_from_ms && b + lengths[1] <= rules->lunch_to_ms;
                for (unsigned i = 0; i < 3 && is_right; i++) {
                    is_right = at[i] - last_ms >= rules->apart_ms && at[i] - last_ms <= rules->stretch_ms;
                    for (int32_t ms = at[i]; ms < at[i] + lengths[i]; ms += DAY_STEP_MS)
                        sum += cost[ms / DAY_STEP_MS];
                    last_ms = at[i] + lengths[i];
                }
                is_right =
                    is_right && to_ms - last_ms >= rules->apart_ms && to_ms - last_ms <= rules->stretch_ms;
                if (is_right && sum < least)
                    least = sum;
            }
    return least;
}

static void places_are_the_cheapest(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(6, 0.7);
    struct rng rng = {11};
    for (unsigned n = 0; n < 5; n++) {
        struct roster roster;
        double cost[ROSTER_STEPS], sum, least;
        random_costs(&rng, cost);
        roster_init(&roster, o, &roster_rules_usual);
        struct day_window window = o->windows[0];
        assert_int_equal(roster_place(&roster, cost, &window, &sum), 0);
        assert_follows(&roster_rules_usual, &window);
        least = try_all(&roster_rules_usual, &window, cost);
        assert_true(sum < least + 1e-9 && sum > least - 1e-9);
        assert_true(roster_cost(&window, cost) < sum + 1e-9 && roster_cost(&window, cost) > sum - 1e-9);
    }
    free(o);
}

static unsigned away_at(const struct day_outlook *o, int32_t at_ms, uint64_t *there)
{
    unsigned away = 0;
    *there = 0;
    for (unsigned w = 0; w < o->window_count; w++) {
        bool is_away = false;
        for (unsigned b = 0; b < o->windows[w].break_count; b++)
            is_away = is_away ||
                      (o->windows[w].breaks[b].from_ms <= at_ms && at_ms < o->windows[w].breaks[b].to_ms);
        away += is_away;
        *there |= is_away ? 0 : o->windows[w].may;
    }
    return away;
}

/* Everybody wishes the same time; still somebody stays for each domain and no more than half are away. */
static void somebody_stays(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(9, 0.7);
    struct roster roster;
    double cost[ROSTER_STEPS], sum;
    uint64_t there;
    unsigned most = 0;
    roster_init(&roster, o, &roster_rules_usual);
    assert_int_equal(roster.away_most, 5);
    for (unsigned step = 0; step < ROSTER_STEPS; step++)
        cost[step] = step == 146 ? 0 : 1 + abs((int)step - 146); /* about ten past twelve */
    for (unsigned w = 0; w < 9; w++) {
        assert_int_equal(roster_place(&roster, cost, &o->windows[w], &sum), 0);
        roster_put(&roster, &o->windows[w]);
        assert_follows(&roster_rules_usual, &o->windows[w]);
    }
    for (int32_t at_ms = hall_clock(9, 0); at_ms < hall_clock(17, 0); at_ms += HALL_MINUTE_MS) {
        unsigned away = away_at(o, at_ms, &there);
        assert_true(away <= roster.away_most);
        assert_int_equal(away, roster.away[at_ms / DAY_STEP_MS]);
        assert_int_equal(there, 7);
        most = away > most ? away : most;
    }
    assert_int_equal(most, 5);
    /* taking out and putting in leaves no trace */
    struct roster again;
    for (unsigned w = 0; w < 9; w++)
        roster_take(&roster, &o->windows[w]);
    for (unsigned w = 0; w < 9; w++)
        roster_put(&roster, &o->windows[w]);
    roster_init(&again, o, &roster_rules_usual);
    assert_memory_equal(roster.away, again.away, sizeof roster.away);
    assert_memory_equal(roster.there, again.there, sizeof roster.there);
    free(o);
}

static void what_is_given_up_is_told(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(2, 0.7);
    struct roster roster;
    double cost[ROSTER_STEPS] = {0}, sum;
    struct roster_rules rules = roster_rules_usual;
    rules.stretch_ms = hall_clock(1, 30); /* eight hours cannot be cut so small with three breaks */
    roster_init(&roster, o, &rules);
    assert_int_equal(roster_place(&roster, cost, &o->windows[0], &sum), ROSTER_STRETCH);
    assert_int_equal(o->windows[0].break_count, 3);
    roster_put(&roster, &o->windows[0]);
    rules.away_most = 1;
    rules.lunch_from_ms = hall_clock(12, 0); /* one lunch fits in, not two */
    rules.lunch_to_ms = hall_clock(13, 0);
    o->windows[0].break_count = o->windows[1].break_count = 0;
    roster_init(&roster, o, &rules);
    roster_place(&roster, cost, &o->windows[0], &sum);
    roster_put(&roster, &o->windows[0]);
    assert_true(roster_place(&roster, cost, &o->windows[1], &sum) & ROSTER_AWAY);
    rules.lunch_from_ms = hall_clock(9, 0); /* a meeting all day */
    rules.lunch_to_ms = hall_clock(17, 0);
    o->windows[1].break_count = 1;
    o->windows[1].breaks[0] = (struct day_break){hall_clock(9, 0), hall_clock(17, 0), DAY_BREAK_FIXED};
    assert_int_equal(roster_place(&roster, cost, &o->windows[1], &sum), ROSTER_NO_ROOM);
    assert_int_equal(o->windows[1].break_count, 1);
    free(o);
}

/* Part-time clerks get fewer breaks; who goes home over noon needs no lunch; meetings stay where they are. */
static void breaks_suit_the_duty(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(3, 0.7);
    struct day_break needs[DAY_BREAKS_MAX];
    struct roster roster;
    double cost[ROSTER_STEPS] = {0}, sum;
    assert_int_equal(roster_needs(&roster_rules_usual, &o->windows[0], needs), 3);
    o->windows[0].duties[0].to_ms = hall_clock(12, 0);
    assert_int_equal(roster_needs(&roster_rules_usual, &o->windows[0], needs), 1);
    o->windows[0].duties[0].to_ms = hall_clock(11, 0);
    assert_int_equal(roster_needs(&roster_rules_usual, &o->windows[0], needs), 0);
    o->windows[1].duty_count = 2;
    o->windows[1].duties[0] = (struct day_span){hall_clock(9, 0), hall_clock(12, 0)};
    o->windows[1].duties[1] = (struct day_span){hall_clock(13, 30), hall_clock(17, 0)};
    assert_int_equal(roster_needs(&roster_rules_usual, &o->windows[1], needs), 2);
    o->windows[2].break_count = 1;
    o->windows[2].breaks[0] = (struct day_break){hall_clock(12, 0), hall_clock(13, 0), DAY_BREAK_FIXED};
    roster_init(&roster, o, &roster_rules_usual);
    assert_int_equal(roster_place(&roster, cost, &o->windows[2], &sum), 0);
    assert_int_equal(o->windows[2].break_count, 4);
    for (unsigned b = 1; b < 4; b++)
        assert_true(o->windows[2].breaks[b].from_ms >= o->windows[2].breaks[b - 1].to_ms);
    free(o);
}

static void by_hand_follows_the_rules(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(20, 0.7);
    unsigned first = 0;
    roster_by_hand(&roster_rules_usual, o);
    for (unsigned w = 0; w < 20; w++) {
        assert_follows(&roster_rules_usual, &o->windows[w]);
        first += o->windows[w].breaks[1].from_ms < hall_clock(12, 0);
    }
    assert_int_equal(first, 10);
    free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_the_cheapest),   cmocka_unit_test(somebody_stays),
        cmocka_unit_test(what_is_given_up_is_told),  cmocka_unit_test(breaks_suit_the_duty),
        cmocka_unit_test(by_hand_follows_the_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
