/* SPDX-License-Identifier: MIT
 * Seeded randomness (splitmix64), the same on every machine. */
#ifndef DISPATCHER_PLAN_RNG_H
#define DISPATCHER_PLAN_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

static inline uint64_t rng_next(struct rng *rng)
{
    uint64_t z = rng->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* 0 .. below - 1; below > 0. */
static inline uint32_t rng_below(struct rng *rng, uint32_t below)
{
    return (uint32_t)((rng_next(rng) >> 32) * below >> 32);
}

/* least .. most. */
static inline uint32_t rng_range(struct rng *rng, uint32_t least, uint32_t most)
{
    return least + rng_below(rng, most - least + 1);
}

static inline bool rng_chance(struct rng *rng, uint32_t permille)
{
    return rng_below(rng, 1000) < permille;
}

/* 0 <= x < 1. */
static inline double rng_unit(struct rng *rng)
{
    return (double)(rng_next(rng) >> 11) * (1.0 / 9007199254740992.0);
}

/* Starts a stream of its own for the n-th part of something seeded. */
static inline struct rng rng_part(uint64_t seed, uint64_t n)
{
    struct rng rng = {seed ^ (n * 0xd1342543de82ef95u + 1)};
    rng_next(&rng);
    return rng;
}

#endif
