/* SPDX-License-Identifier: MIT
 * Tomorrow's plan: shorter waits than by hand, within the rules, the same again, and stopped when asked. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/plan/tomorrow_plan.h"
#include "hall.h"

static struct tomorrow_params small(uint64_t seed)
{
    struct tomorrow_params params = tomorrow_defaults;
    params.seed = seed;
    params.days = 1500;
    return params;
}

static struct tomorrow_plan *make(const struct day_outlook *o, const struct tomorrow_params *params)
{
    struct tomorrow_plan *plan = malloc(sizeof *plan);
    struct day_fault fault;
    assert_non_null(plan);
    assert_int_equal(tomorrow_plan_make(o, params, plan, &fault), OUTCOME_DONE);
    return plan;
}

static void drop(struct tomorrow_plan *plan)
{
    tomorrow_plan_destroy(plan);
    free(plan);
}

static void assert_rules_kept(const struct tomorrow_plan *plan, const struct roster_rules *rules)
{
    const struct day_outlook *o = plan->day;
    for (int32_t at_ms = o->open_ms; at_ms < o->close_ms; at_ms += HALL_MINUTE_MS) {
        unsigned away = 0;
        uint64_t there = 0;
        for (unsigned w = 0; w < o->window_count; w++) {
            bool is_away = false;
            for (unsigned b = 0; b < o->windows[w].break_count; b++)
                is_away = is_away ||
                          (o->windows[w].breaks[b].from_ms <= at_ms && at_ms < o->windows[w].breaks[b].to_ms);
            away += is_away;
            there |= is_away ? 0 : o->windows[w].may;
        }
        assert_true(away <= plan->away_most);
        assert_int_equal(there, 7);
    }
    for (unsigned w = 0; w < o->window_count; w++) {
        int32_t last_ms = o->open_ms;
        assert_int_equal(plan->relaxed[w], 0);
        assert_int_equal(o->windows[w].break_count, 3);
        for (unsigned b = 0; b < 3; b++) {
            assert_in_range(o->windows[w].breaks[b].from_ms - last_ms, rules->apart_ms, rules->stretch_ms);
            last_ms = o->windows[w].breaks[b].to_ms;
        }
        assert_true(o->windows[w].breaks[1].from_ms >= rules->lunch_from_ms);
        assert_true(o->windows[w].breaks[1].to_ms <= rules->lunch_to_ms);
    }
}

static void waits_become_shorter(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(9, 0.72);
    struct tomorrow_params params = small(1);
    struct tomorrow_plan *plan = make(o, &params);
    double gain_ms = plan->difference.mean_ms[GROUP_ALL],
           error_ms = plan->difference.mean_error_ms[GROUP_ALL];
    assert_true(plan->today_is_by_hand);
    print_message("by hand %.2f min, planned %.2f, difference %.2f +- %.2f\n",
                  plan->as_today.of[GROUP_ALL].mean_ms / HALL_MINUTE_MS,
                  plan->as_planned.of[GROUP_ALL].mean_ms / HALL_MINUTE_MS, gain_ms / HALL_MINUTE_MS,
                  error_ms / HALL_MINUTE_MS);
    assert_true(gain_ms < -3 * error_ms && error_ms > 0);
    assert_true(plan->as_planned.low_ms <= plan->as_planned.of[GROUP_ALL].mean_ms);
    assert_true(plan->as_planned.high_ms >= plan->as_planned.of[GROUP_ALL].mean_ms);
    assert_true(plan->days <= params.days * 5 / 4);
    assert_rules_kept(plan, &params.rules);
    /* everybody who comes is worked for, and nobody works who is not there */
    for (unsigned half = 18; half < 34; half++) {
        double at_work = 0;
        for (unsigned d = 0; d < HALL_DOMAINS; d++)
            at_work += (double)plan->at_work[d][half];
        assert_true(at_work <= (double)plan->there[half] + 0.3 && plan->there[half] <= 9);
        assert_true(plan->needed[half] > 0);
    }
    drop(plan);
    free(o);
}

static void a_good_roster_is_kept_as_good(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(9, 0.72);
    struct tomorrow_params params = small(1);
    struct tomorrow_plan *first = make(o, &params);
    params.seed = 2; /* other days */
    struct tomorrow_plan *second = make(first->day, &params);
    assert_false(second->today_is_by_hand);
    assert_true(second->difference.cost_min < 2 * second->difference.cost_error_min + 0.02);
    drop(first);
    drop(second);
    free(o);
}

static bool is_same_day(const struct day_outlook *a, const struct day_outlook *b)
{
    for (unsigned w = 0; w < a->window_count; w++) {
        if (a->windows[w].break_count != b->windows[w].break_count ||
            memcmp(a->windows[w].posted, b->windows[w].posted, sizeof a->windows[w].posted) != 0)
            return false;
        for (unsigned i = 0; i < a->windows[w].break_count; i++)
            if (a->windows[w].breaks[i].from_ms != b->windows[w].breaks[i].from_ms)
                return false;
    }
    return true;
}

static void the_same_seed_gives_the_same_plan(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(6, 0.75);
    struct tomorrow_params params = small(5);
    struct tomorrow_plan *a = make(o, &params), *b = make(o, &params);
    assert_true(is_same_day(a->day, b->day));
    assert_int_equal(a->days, b->days);
    assert_memory_equal(&a->difference, &b->difference, sizeof a->difference);
    params.seed = 6;
    struct tomorrow_plan *other = make(o, &params);
    assert_true(other->difference.mean_ms[GROUP_ALL] != a->difference.mean_ms[GROUP_ALL]);
    drop(a);
    drop(b);
    drop(other);
    free(o);
}

struct patience {
    unsigned calls, most;
    double last;
};

static bool lose_patience(double done, void *userdata)
{
    struct patience *patience = userdata;
    assert_true(done >= patience->last && done <= 1);
    patience->last = done;
    return ++patience->calls < patience->most;
}

static void a_plan_can_be_stopped(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(6, 0.75);
    struct tomorrow_params params = small(1);
    struct patience patience = {.most = UINT32_MAX};
    struct tomorrow_plan *plan = malloc(sizeof *plan);
    struct day_fault fault;
    params.progress = lose_patience;
    params.userdata = &patience;
    assert_int_equal(tomorrow_plan_make(o, &params, plan, &fault), OUTCOME_DONE);
    tomorrow_plan_destroy(plan);
    unsigned calls = patience.calls;
    assert_true(calls > 10);
    for (unsigned most = 1; most <= calls; most += calls / 5) {
        patience = (struct patience){.most = most};
        assert_int_equal(tomorrow_plan_make(o, &params, plan, &fault), OUTCOME_CANCELLED);
        assert_null(plan->day);
        assert_int_equal(patience.calls, most);
    }
    free(plan);
    free(o);
}

/* One clerk only may serve a domain: his lunch leaves it alone, which is told, and nobody else is hindered.
 */
static void a_lonely_domain_is_told(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(6, 0.6);
    struct tomorrow_params params = small(1);
    for (unsigned w = 0; w < 6; w++)
        o->windows[w].may = w == 2 ? 4 : 3;
    o->windows[2].primary = 2;
    struct tomorrow_plan *plan = make(o, &params);
    assert_int_equal(plan->uncovered, 4);
    assert_int_equal(plan->relaxed[2], 0);
    drop(plan);
    free(o);
}

static void odd_halls_have_plans(void **state)
{
    (void)state;
    struct tomorrow_params params = small(1);
    params.days = 100;
    struct day_outlook *o = hall_outlook(1, 0.7); /* one window */
    struct tomorrow_plan *plan = make(o, &params);
    assert_int_equal(plan->day->windows[0].break_count, 3);
    drop(plan);
    free(o);
    o = hall_outlook(4, 0.0001); /* hardly anybody comes */
    plan = make(o, &params);
    assert_true(plan->as_planned.of[GROUP_ALL].mean_ms >= 0);
    drop(plan);
    free(o);
    o = hall_outlook(3, 3); /* far too many */
    plan = make(o, &params);
    assert_true(plan->as_planned.of[GROUP_ALL].mean_ms > HALL_HOUR_MS);
    drop(plan);
    free(o);
    o = hall_outlook(4, 0.7); /* half of them absent, one with a day full of meetings */
    o->windows[0].duty_count = o->windows[1].duty_count = 0;
    o->windows[2].break_count = 1;
    o->windows[2].breaks[0] = (struct day_break){hall_clock(9, 30), hall_clock(16, 30), DAY_BREAK_FIXED};
    plan = make(o, &params);
    assert_int_equal(plan->day->windows[0].break_count, 0);
    assert_int_equal(plan->day->windows[2].breaks[0].to_ms, hall_clock(16, 30));
    drop(plan);
    free(o);
}

static void impossible_wishes_are_refused(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(4, 0.7);
    struct tomorrow_plan *plan = malloc(sizeof *plan);
    struct tomorrow_params params = small(1);
    struct day_fault fault;
    params.days = 99;
    assert_int_equal(tomorrow_plan_make(o, &params, plan, &fault), OUTCOME_REFUSED);
    assert_non_null(strstr(fault.text, "days is 99"));
    params = small(1);
    params.rules.lunch_to_ms = params.rules.lunch_from_ms + 1;
    assert_int_equal(tomorrow_plan_make(o, &params, plan, &fault), OUTCOME_REFUSED);
    assert_non_null(strstr(fault.text, "rules.lunch_to_ms"));
    params = small(1);
    for (unsigned w = 0; w < 4; w++)
        o->windows[w].duty_count = 0;
    assert_int_equal(tomorrow_plan_make(o, &params, plan, &fault), OUTCOME_REFUSED);
    assert_non_null(strstr(fault.text, "no window is on duty"));
    o->windows[0].speed = -1;
    assert_int_equal(tomorrow_plan_make(o, &params, plan, &fault), OUTCOME_REFUSED);
    assert_non_null(strstr(fault.text, "windows[0].speed"));
    free(plan);
    free(o);
}

static void days_for_a_time(void **state)
{
    (void)state;
    struct day_outlook *few = hall_outlook(6, 0.7), *many = hall_outlook(60, 0.7);
    assert_true(tomorrow_days(few, 10) > 10 * tomorrow_days(many, 10));
    assert_in_range(tomorrow_days(few, 10), 2 * tomorrow_days(few, 5) - 2, 2 * tomorrow_days(few, 5) + 2);
    assert_int_equal(tomorrow_days(many, 0), 100);
    free(few);
    free(many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_become_shorter),
        cmocka_unit_test(a_good_roster_is_kept_as_good),
        cmocka_unit_test(the_same_seed_gives_the_same_plan),
        cmocka_unit_test(a_plan_can_be_stopped),
        cmocka_unit_test(a_lonely_domain_is_told),
        cmocka_unit_test(odd_halls_have_plans),
        cmocka_unit_test(impossible_wishes_are_refused),
        cmocka_unit_test(days_for_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
