/* SPDX-License-Identifier: MIT
 * Staffing formulas against textbook values; and the engine against them: halls of one domain with 1, 3 and
 * 10 windows, random arrivals and exponential lengths wait as Erlang says. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dispatcher/plan/draw.h"
#include "dispatcher/plan/fair.h"
#include "dispatcher/plan/staffing.h"
#include "dispatcher/plan/tomorrow_play.h"

static void assert_near(double value, double expected, double most)
{
    if (fabs(value - expected) <= most)
        return;
    fail_msg("%.6g is not within %.3g of %.6g", value, most, expected);
}

static void delays_are_erlangs(void **state)
{
    (void)state;
    /* one window: the load itself; two: 2 rho^2 / (1 + rho); the others from tables of Erlang C */
    assert_near(staffing_delay(1, 0.5), 0.5, 1e-12);
    assert_near(staffing_delay(2, 1), 1.0 / 3, 1e-12);
    assert_near(staffing_delay(3, 2), 4.0 / 9, 1e-12);
    assert_near(staffing_delay(5, 4), 0.554113, 1e-6);
    assert_near(staffing_delay(10, 8), 0.409180, 1e-6);
    assert_near(staffing_delay(100, 90), 0.216951, 1e-4);
    assert_near(staffing_delay(4, 4), 1, 0);
    assert_near(staffing_delay(4, 0), 0, 0);
    assert_true(staffing_delay(400, 380) > 0 && staffing_delay(400, 380) < 1);
}

static void waits_follow_delays(void **state)
{
    (void)state;
    assert_near(staffing_wait(1, 0.8), 4, 1e-12); /* rho / (1 - rho) */
    assert_near(staffing_wait(2, 1), 1.0 / 3, 1e-12);
    assert_true(isinf(staffing_wait(3, 3)));
    assert_int_equal(staffing_windows_for(0, 1), 0);
    assert_int_equal(staffing_windows_for(1, 0.34), 2);
    assert_int_equal(staffing_windows_for(1, 0.33), 3);
}

static void square_root_rule(void **state)
{
    (void)state;
    assert_int_equal(staffing_windows(0, 1), 0);
    assert_int_equal(staffing_windows(100, 1), 110);
    assert_int_equal(staffing_windows(100, 0.5), 105);
    assert_near(staffing_delay_of_beta(1), 0.22336, 1e-4); /* Halfin & Whitt 1981, table 1 */
    assert_near(staffing_delay_of_beta(0.5), 0.50450, 1e-4);
    assert_near(staffing_beta(0.22336), 1, 1e-3);
    assert_near(staffing_delay(10100, 10000), staffing_delay_of_beta(1), 5e-3);
}

/* ---- the engine ---- */

enum { TICKETS = 12000, WARM_UP = 2000, RUNS = 150, MEAN_MS = 30000 };

struct station {
    struct engine_model model;
    struct engine_window windows[10];
    uint32_t factors[10];
    struct engine_ticket tickets[TICKETS];
    struct engine_result results[TICKETS];
};

static double mean_wait(struct station *station, struct engine_run *run, const struct engine_policy *policy,
                        double load, uint64_t seed)
{
    struct rng rng = rng_part(seed, 0);
    double at_ms = 0, sum_ms = 0;
    for (unsigned t = 0; t < TICKETS; t++) {
        at_ms += draw_exponential(&rng, MEAN_MS / load);
        station->tickets[t] = (struct engine_ticket){.arrive_ms = (int32_t)at_ms,
                                                     .ref_ms = (int32_t)at_ms,
                                                     .length_ms = (int32_t)draw_exponential(&rng, MEAN_MS),
                                                     .expect_ms = MEAN_MS,
                                                     .domain2 = NO_DOMAIN,
                                                     .class = CLASS_NORMAL};
    }
    engine_play(run, &station->model, policy, station->tickets, station->results, TICKETS, 0,
                ENGINE_NEVER - 1);
    for (unsigned t = WARM_UP; t < TICKETS; t++)
        sum_ms += station->results[t].wait_ms;
    return sum_ms / (TICKETS - WARM_UP) / MEAN_MS;
}

static void check_station(unsigned windows, double load)
{
    struct station *station = calloc(1, sizeof *station);
    struct engine_run run;
    struct rule_knobs knobs;
    struct fair fair;
    int32_t policy[POLICY_KEYS];
    double sum = 0, squares = 0;
    assert_non_null(station);
    for (unsigned key = 0; key < POLICY_KEYS; key++)
        policy[key] = policy_row(key)->standard;
    station->model = (struct engine_model){.domains = 1,
                                           .windows = windows,
                                           .mean_ms = {MEAN_MS},
                                           .window = station->windows,
                                           .true_factor_q16 = station->factors,
                                           .rule_factor_q16 = station->factors};
    for (unsigned w = 0; w < windows; w++) {
        station->windows[w] = (struct engine_window){.may = 1, .last_domain = NO_DOMAIN};
        station->factors[w] = 65536;
    }
    assert_true(day_rule_knobs(policy, &knobs) && fair_init(&fair, &knobs, &station->model) &&
                engine_init(&run, TICKETS));
    struct engine_policy rule = fair_policy(&fair);
    for (unsigned n = 0; n < RUNS; n++) {
        double wait = mean_wait(station, &run, &rule, load, 1000 * windows + n);
        sum += wait;
        squares += wait * wait;
    }
    double mean = sum / RUNS, error = sqrt((squares / RUNS - mean * mean) / (RUNS - 1));
    print_message("%2u windows, load %.1f: simulated %.4f +- %.4f, Erlang %.4f\n", windows, load, mean, error,
                  staffing_wait(windows, load));
    assert_true(error < 0.1 * staffing_wait(windows, load));
    assert_near(mean, staffing_wait(windows, load), 3 * error);
    engine_destroy(&run);
    fair_destroy(&fair);
    free(station);
}

static void engine_waits_are_erlangs(void **state)
{
    (void)state;
    check_station(1, 0.7);
    check_station(3, 2.4);
    check_station(10, 8.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delays_are_erlangs),
        cmocka_unit_test(waits_follow_delays),
        cmocka_unit_test(square_root_rule),
        cmocka_unit_test(engine_waits_are_erlangs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
