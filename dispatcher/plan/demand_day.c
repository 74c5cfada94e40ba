/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/demand_day.h"

#include <math.h>
#include <string.h>

void demand_day_see(struct demand_day *day, unsigned domain, int minute)
{
    if (domain < 1 || domain > DOMAINS_MAX)
        return;
    minute = minute < 0 ? 0 : minute >= DEMAND_MINUTES ? DEMAND_MINUTES - 1 : minute;
    uint16_t *seen = &day->observed[domain - 1][minute];
    *seen = (uint16_t)(*seen + (*seen < UINT16_MAX));
}

double demand_day_expected(const struct demand_day *day, unsigned domain, double from_min, double to_min)
{
    double sum = 0, end_min = (double)day->bins * DEMAND_BIN_MIN;
    from_min = from_min < 0 ? 0 : from_min;
    to_min = to_min > end_min ? end_min : to_min;
    while (from_min < to_min) {
        unsigned bin = (unsigned)(from_min / DEMAND_BIN_MIN);
        double bin_end = (double)(bin + 1) * DEMAND_BIN_MIN, until = bin_end < to_min ? bin_end : to_min;
        sum += day->expected[domain - 1][bin] * (until - from_min) / DEMAND_BIN_MIN;
        from_min = until;
    }
    return sum;
}

unsigned demand_day_observed(const struct demand_day *day, unsigned domain, int from_min, int to_min)
{
    unsigned sum = 0;
    for (int m = from_min < 0 ? 0 : from_min; m < to_min && m < DEMAND_MINUTES; m++)
        sum += day->observed[domain - 1][m];
    return sum;
}

static double within_limits(double factor)
{
    return factor < DEMAND_FACTOR_LEAST  ? DEMAND_FACTOR_LEAST
           : factor > DEMAND_FACTOR_MOST ? DEMAND_FACTOR_MOST
                                         : factor;
}

/* ---- the ratio ---- */

enum { RATIO_WINDOW_MIN = 40, RATIO_DOMAIN_PRIOR = 8, RATIO_DAY_PRIOR = 15 };

static void factors_by_ratio(const struct demand_day *day, int now_min, double out[DOMAINS_MAX])
{
    double observed = RATIO_DAY_PRIOR, expected = RATIO_DAY_PRIOR;
    for (unsigned d = 1; d <= DOMAINS_MAX; d++) {
        observed += demand_day_observed(day, d, 0, now_min);
        expected += demand_day_expected(day, d, 0, now_min);
    }
    double of_day = observed / expected;
    for (unsigned d = 1; d <= DOMAINS_MAX; d++) {
        int from_min = now_min - RATIO_WINDOW_MIN;
        double seen = demand_day_observed(day, d, from_min, now_min);
        double told = demand_day_expected(day, d, from_min, now_min);
        out[d - 1] = within_limits((seen + RATIO_DOMAIN_PRIOR * of_day) / (told + RATIO_DOMAIN_PRIOR));
    }
}

/* ---- the mixture ---- */

/* Widths of the gamma distributions of domains around the day: shape = arrivals' worth of prior. */
static const double shapes[] = {6, 15, 40, 150};
enum { SHAPES = sizeof shapes / sizeof *shapes };
#define DAY_PRIOR   150.0 /* the day's own factor: a standard deviation of 8 % */
#define RUSH_FACTOR 1.8   /* a rush multiplies a domain's arrivals, */
#define RUSH_BEGINS .005  /* begins with this probability in ten minutes */
#define RUSH_ENDS   .2    /* and ends with this one */

struct mixing {
    unsigned domains;         /* rows in use */
    double seen[DOMAINS_MAX]; /* so far */
    double told[DOMAINS_MAX]; /* expected so far, as if without rush */
    double rush[DOMAINS_MAX]; /* probability of being in one */
    double log_weight[SHAPES];
    double weight[SHAPES], of_day[SHAPES];
};

/* The day's factor if domains differ as this shape says: each tells of it as far as it does not of itself. */
static double day_factor(const struct mixing *m, double shape)
{
    double seen = DAY_PRIOR, told = DAY_PRIOR;
    for (unsigned d = 0; d < m->domains; d++) {
        double own = shape / (shape + m->told[d]);
        seen += own * m->seen[d];
        told += own * m->told[d];
    }
    return seen / told;
}

static void mixing_weigh(struct mixing *m)
{
    double most = m->log_weight[0], sum = 0;
    for (unsigned s = 1; s < SHAPES; s++)
        most = m->log_weight[s] > most ? m->log_weight[s] : most;
    for (unsigned s = 0; s < SHAPES; s++)
        sum += m->weight[s] = exp(m->log_weight[s] - most);
    for (unsigned s = 0; s < SHAPES; s++) {
        m->weight[s] /= sum;
        m->of_day[s] = day_factor(m, shapes[s]);
    }
}

/* Probability of `seen` arrivals where `told` were expected, the factor being gamma with this shape and rate:
 * negative binomial, without what does not depend on shape and rate. */
static double likelihood(unsigned seen, double told, double shape, double rate)
{
    double log_sum = shape * log(rate / (rate + told)), product = 1;
    for (unsigned k = 0; k < seen; k++) {
        product *= (shape + k) * told / ((rate + told) * (k + 1));
        if (product < 1e-200 || product > 1e200) {
            log_sum += log(product);
            product = 1;
        }
    }
    return exp(log_sum) * product;
}

/* Takes in one domain's arrivals of a while. */
static void mixing_see(struct mixing *m, unsigned d, unsigned seen, double told)
{
    double calm_sum = 0, rush_sum = 0, rush = m->rush[d];
    for (unsigned s = 0; s < SHAPES && told > 0; s++) {
        double shape = m->seen[d] + shapes[s] * m->of_day[s], rate = m->told[d] + shapes[s];
        double calm = likelihood(seen, told, shape, rate);
        double rushed = likelihood(seen, told * RUSH_FACTOR, shape, rate);
        m->log_weight[s] += log((1 - rush) * calm + rush * rushed + 1e-300);
        calm_sum += m->weight[s] * calm;
        rush_sum += m->weight[s] * rushed;
    }
    double all = (1 - rush) * calm_sum + rush * rush_sum;
    rush = all > 0 ? rush * rush_sum / all : rush;
    m->seen[d] += seen;
    m->told[d] += told * (1 + rush * (RUSH_FACTOR - 1));
    m->rush[d] = rush * (1 - RUSH_ENDS) + (1 - rush) * RUSH_BEGINS;
}

static double mixing_factor(const struct mixing *m, unsigned d)
{
    double calm = 0, ahead = 0, rush = m->rush[d];
    for (unsigned s = 0; s < SHAPES; s++)
        calm += m->weight[s] * (m->seen[d] + shapes[s] * m->of_day[s]) / (m->told[d] + shapes[s]);
    for (unsigned step = 0; step < DEMAND_AHEAD_MIN / DEMAND_BIN_MIN; step++) {
        ahead += 1 + rush * (RUSH_FACTOR - 1);
        rush = rush * (1 - RUSH_ENDS) + (1 - rush) * RUSH_BEGINS;
    }
    return within_limits(calm * ahead * DEMAND_BIN_MIN / DEMAND_AHEAD_MIN);
}

/* How many rows hold expectations, and the first bin that does. */
static unsigned domains_in_use(const struct demand_day *day, unsigned *first_bin)
{
    unsigned domains = 0;
    *first_bin = day->bins;
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        for (unsigned b = 0; b < day->bins; b++) {
            if (day->expected[d - 1][b] <= 0)
                continue;
            domains = d;
            *first_bin = b < *first_bin ? b : *first_bin;
        }
    return domains;
}

static void factors_by_mixture(const struct demand_day *day, int now_min, double out[DOMAINS_MAX])
{
    unsigned first_bin;
    struct mixing m = {.domains = domains_in_use(day, &first_bin)};
    int last_min = (int)day->bins * DEMAND_BIN_MIN;
    now_min = now_min > last_min ? last_min : now_min;
    for (unsigned d = 0; d < m.domains; d++)
        m.rush[d] = RUSH_BEGINS;
    mixing_weigh(&m);
    for (int from_min = (int)first_bin * DEMAND_BIN_MIN; from_min < now_min; from_min += DEMAND_BIN_MIN) {
        int to_min = from_min + DEMAND_BIN_MIN < now_min ? from_min + DEMAND_BIN_MIN : now_min;
        for (unsigned d = 0; d < m.domains; d++)
            mixing_see(&m, d, demand_day_observed(day, d + 1, from_min, to_min),
                       demand_day_expected(day, d + 1, from_min, to_min));
        mixing_weigh(&m);
    }
    for (unsigned d = 0; d < DOMAINS_MAX; d++)
        out[d] = d < m.domains ? mixing_factor(&m, d) : 1;
}

void demand_day_factors(const struct demand_day *day, int now_min, enum demand_filter filter,
                        double out[DOMAINS_MAX])
{
    if (filter == DEMAND_FILTER_RATIO)
        factors_by_ratio(day, now_min, out);
    else
        factors_by_mixture(day, now_min, out);
}
