/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/draw.h"

#include <math.h>

double draw_normal(struct rng *rng)
{
    for (;;) {
        double x = 2 * rng_unit(rng) - 1, y = 2 * rng_unit(rng) - 1;
        double s = x * x + y * y;
        if (s > 0 && s < 1)
            return x * sqrt(-2 * log(s) / s);
    }
}

double draw_lognormal(struct rng *rng, double mean, double cv)
{
    double variance = log(1 + cv * cv);
    return mean * exp(sqrt(variance) * draw_normal(rng) - variance / 2);
}

double draw_exponential(struct rng *rng, double mean)
{
    return -mean * log(1 - rng_unit(rng));
}

static double draw_gamma_unit(struct rng *rng, double shape)
{
    if (shape < 1) /* a shape below 1 is a larger one, shrunk */
        return draw_gamma_unit(rng, shape + 1) * pow(1 - rng_unit(rng), 1 / shape);
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = draw_normal(rng), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        if (log(1 - rng_unit(rng)) < x * x / 2 + d - d * v + d * log(v))
            return d * v;
    }
}

double draw_gamma(struct rng *rng, double mean, double cv)
{
    double shape = 1 / (cv * cv);
    return draw_gamma_unit(rng, shape) * mean / shape;
}

unsigned draw_poisson(struct rng *rng, double mean)
{
    unsigned count = 0;
    while (mean > 30) { /* in parts, so that exp() keeps its digits */
        count += draw_poisson(rng, 30);
        mean -= 30;
    }
    double product = 1 - rng_unit(rng), least = exp(-mean);
    while (product > least) {
        product *= 1 - rng_unit(rng);
        count++;
    }
    return count;
}
