/* SPDX-License-Identifier: MIT
 * Today's correction: the ratio exactly as it is written, and that the mixture foretells better on days of
 * every kind. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/plan/demand_day.h"
#include "dispatcher/plan/draw.h"

enum { DOMAINS = 8, BINS = 48, DAYS = 40, AHEAD = 60 };

static struct demand_day day;

static void see(unsigned domain, int minute, unsigned count)
{
    while (count--)
        demand_day_see(&day, domain, minute);
}

static void assert_near(double is, double should)
{
    if (fabs(is - should) > 1e-9)
        fail_msg("%.12f is not %.12f", is, should);
}

static void expectations_are_taken_evenly_from_bins(void **state)
{
    (void)state;
    memset(&day, 0, sizeof day);
    day.bins = 3;
    day.expected[0][0] = 10;
    day.expected[0][1] = 20;
    day.expected[0][2] = 30;
    day.expected[0][3] = 1000; /* not in use */
    assert_near(demand_day_expected(&day, 1, 0, 30), 60);
    assert_near(demand_day_expected(&day, 1, 5, 15), 15);
    assert_near(demand_day_expected(&day, 1, 12.5, 13), 1);
    assert_near(demand_day_expected(&day, 1, -50, 5), 5);
    assert_near(demand_day_expected(&day, 1, 25, 500), 15);
    assert_near(demand_day_expected(&day, 1, 20, 20), 0);
    assert_near(demand_day_expected(&day, 1, 40, 30), 0);
    assert_near(demand_day_expected(&day, 2, 0, 30), 0);
}

static void arrivals_outside_count_at_the_edge(void **state)
{
    (void)state;
    memset(&day, 0, sizeof day);
    demand_day_see(&day, 1, -5);
    demand_day_see(&day, 1, 0);
    demand_day_see(&day, DOMAINS_MAX, 5000);
    demand_day_see(&day, 0, 3);
    demand_day_see(&day, DOMAINS_MAX + 1, 3);
    assert_int_equal(demand_day_observed(&day, 1, 0, 1), 2);
    assert_int_equal(demand_day_observed(&day, DOMAINS_MAX, DEMAND_MINUTES - 1, DEMAND_MINUTES), 1);
    assert_int_equal(demand_day_observed(&day, 1, -10, 5000), 2);
}

static void the_ratio_is_as_it_is_written(void **state)
{
    (void)state;
    double out[DOMAINS_MAX];
    memset(&day, 0, sizeof day);
    day.bins = 12;
    for (unsigned b = 0; b < 12; b++) {
        day.expected[0][b] = 5;
        day.expected[1][b] = 1;
    }
    demand_day_factors(&day, 0, DEMAND_FILTER_RATIO, out);
    assert_near(out[0], 1);
    see(1, 3, 40);  /* before the last 40 minutes */
    see(1, 22, 10); /* in them: from minute 20 */
    see(2, 59, 3);
    see(2, 60, 50); /* not yet */
    demand_day_factors(&day, 60, DEMAND_FILTER_RATIO, out);
    double of_day = (40 + 10 + 3 + 15.0) / (30 + 6 + 15.0);
    assert_near(out[0], (10 + 8 * of_day) / (20 + 8));
    assert_near(out[1], (3 + 8 * of_day) / (4 + 8));
    see(1, 50, 500);
    demand_day_factors(&day, 60, DEMAND_FILTER_RATIO, out);
    assert_near(out[0], DEMAND_FACTOR_MOST);
    memset(day.observed, 0, sizeof day.observed);
    demand_day_factors(&day, 120, DEMAND_FILTER_RATIO, out);
    assert_near(out[0], DEMAND_FACTOR_LEAST);
}

static void the_mixture_begins_at_one_and_stays_within_limits(void **state)
{
    (void)state;
    double out[DOMAINS_MAX];
    memset(&day, 0, sizeof day);
    demand_day_factors(&day, 600, DEMAND_FILTER_MIXED, out); /* nothing expected at all */
    assert_near(out[0], 1);
    day.bins = BINS;
    for (unsigned b = 0; b < BINS; b++)
        day.expected[0][b] = day.expected[1][b] = 10;
    demand_day_factors(&day, 0, DEMAND_FILTER_MIXED, out);
    assert_true(out[0] > .98 && out[0] < 1.05);
    assert_near(out[5], 1);
    for (int m = 0; m < 400; m++) {
        see(1, m, 60);
        see(2, m, m % 10 ? 0 : 1);
    }
    demand_day_factors(&day, 400, DEMAND_FILTER_MIXED, out);
    assert_near(out[0], DEMAND_FACTOR_MOST);
    assert_true(out[1] >= DEMAND_FACTOR_LEAST && out[1] < .6);
    demand_day_factors(&day, 100000, DEMAND_FILTER_MIXED, out);
    assert_near(out[0], DEMAND_FACTOR_MOST);
}

static void crowds_are_counted_too(void **state)
{
    (void)state;
    double out[DOMAINS_MAX];
    memset(&day, 0, sizeof day);
    day.bins = BINS;
    for (unsigned b = 0; b < BINS; b++)
        day.expected[0][b] = day.expected[1][b] = 5000;
    for (int m = 0; m < 300; m++) {
        see(1, m, 500);
        see(2, m, 600);
    }
    demand_day_factors(&day, 300, DEMAND_FILTER_MIXED, out);
    assert_true(fabs(out[0] - 1) < .05);
    assert_true(fabs(out[1] - 1.2) < .06);
}

/* ---- foretelling ---- */

struct kind_of_day {
    const char *name;
    double day_cv, domain_cv; /* of the day's factor, and of domains around it */
    bool has_rush;
    double gain; /* least gain in deviance over the ratio: close to what these seeds give */
};

static void draw_day(struct rng *rng, const struct kind_of_day *kind)
{
    double of_day = draw_gamma(rng, 1, kind->day_cv);
    unsigned rushed = kind->has_rush ? rng_below(rng, DOMAINS) : DOMAINS;
    unsigned from = rng_below(rng, BINS - 15);
    memset(&day, 0, sizeof day);
    day.bins = BINS;
    for (unsigned d = 0; d < DOMAINS; d++) {
        double factor = of_day * draw_gamma(rng, 1, kind->domain_cv);
        for (unsigned b = 0; b < BINS; b++) {
            bool is_rush = d == rushed && b >= from && b < from + 9;
            day.expected[d][b] = (8.0 - d) * (.6 + .5 * sin(.13 * b + d) * sin(.13 * b + d));
            double mean = day.expected[d][b] * factor * (is_rush ? 2.2 : 1) / DEMAND_BIN_MIN;
            for (int m = 0; m < DEMAND_BIN_MIN; m++)
                see(d + 1, (int)b * DEMAND_BIN_MIN + m, draw_poisson(rng, mean));
        }
    }
}

/* Adds Poisson deviance and absolute error of the next hour's arrivals. */
static void foretell(enum demand_filter filter, double *deviance, double *error)
{
    double out[DOMAINS_MAX];
    for (int now = 20; now + AHEAD <= BINS * DEMAND_BIN_MIN; now += 25) {
        demand_day_factors(&day, now, filter, out);
        for (unsigned d = 1; d <= DOMAINS; d++) {
            double seen = demand_day_observed(&day, d, now, now + AHEAD);
            double told = out[d - 1] * demand_day_expected(&day, d, now, now + AHEAD);
            *deviance += 2 * ((seen > 0 ? seen * log(seen / told) : 0) - seen + told);
            *error += fabs(seen - told);
        }
    }
}

static void the_mixture_foretells_better(void **state)
{
    (void)state;
    static const struct kind_of_day kinds[] = {
        {"as expected", .03, .03, false, .32},
        {"usual", .12, .2, false, .235},
        {"badly expected", .15, .5, false, .315},
        {"with a rush", .12, .15, true, .185},
    };
    for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        double deviance[DEMAND_FILTERS] = {0}, error[DEMAND_FILTERS] = {0};
        struct rng rng = rng_part(31, k);
        for (unsigned n = 0; n < DAYS; n++) {
            draw_day(&rng, &kinds[k]);
            for (unsigned f = 0; f < DEMAND_FILTERS; f++)
                foretell((enum demand_filter)f, &deviance[f], &error[f]);
        }
        double gain = 1 - deviance[DEMAND_FILTER_MIXED] / deviance[DEMAND_FILTER_RATIO];
        printf("%s: deviance %.3f less, absolute error %.3f less\n", kinds[k].name, gain,
               1 - error[DEMAND_FILTER_MIXED] / error[DEMAND_FILTER_RATIO]);
        assert_true(gain >= kinds[k].gain);
        assert_true(error[DEMAND_FILTER_MIXED] < error[DEMAND_FILTER_RATIO]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expectations_are_taken_evenly_from_bins),
        cmocka_unit_test(arrivals_outside_count_at_the_edge),
        cmocka_unit_test(the_ratio_is_as_it_is_written),
        cmocka_unit_test(the_mixture_begins_at_one_and_stays_within_limits),
        cmocka_unit_test(crowds_are_counted_too),
        cmocka_unit_test(the_mixture_foretells_better),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
