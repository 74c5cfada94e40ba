/* SPDX-License-Identifier: MIT
 * Random quantities out of seeded randomness. */
#ifndef DISPATCHER_PLAN_DRAW_H
#define DISPATCHER_PLAN_DRAW_H

#include "dispatcher/plan/rng.h"

/* Standard normal (Marsaglia's polar method, one of the pair). */
double draw_normal(struct rng *rng);

/* Lognormal with this mean (> 0) and coefficient of variation (>= 0). */
double draw_lognormal(struct rng *rng, double mean, double cv);

/* Exponential with this mean. */
double draw_exponential(struct rng *rng, double mean);

/* Gamma with this mean (> 0) and coefficient of variation (> 0); Marsaglia and Tsang 2000. */
double draw_gamma(struct rng *rng, double mean, double cv);

/* How many events with this mean (>= 0) occur. */
unsigned draw_poisson(struct rng *rng, double mean);

#endif
