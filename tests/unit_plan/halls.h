/* SPDX-License-Identifier: MIT
 * Halls for tests of planning: made up from a seed, or set up by hand. */
#ifndef TESTS_UNIT_PLAN_HALLS_H
#define TESTS_UNIT_PLAN_HALLS_H

#include "dispatcher/plan/outlook.h"
#include "dispatcher/plan/rng.h"
#include "dispatcher/sim/stage.h"

struct halls {
    struct stage stage;
    struct rng rng;
    int32_t today;
    struct outlook outlook;
};

/* cmocka set-up and tear-down. */
int halls_set_up(void **state);
int halls_tear_down(void **state);

/* Gives a command; true when the hall accepted it. Fails the test when something is broken. */
bool halls_act(struct halls *h, const struct command *command);

/* A fresh hall of the seed, its day open at 9:00, everybody on duty. odd: item-level authority, special
 * windows, retired items and the like. */
void halls_random(struct halls *h, uint64_t seed, bool odd);

/* Random values for the knobs of the call rule. */
void halls_random_knobs(struct halls *h);

/* A hall set up by hand: windows of mode domain, primary domain w % domains + 1, authorised for all domains,
 * one item of `minutes` in each. Open at 9:00, everybody on duty. */
struct halls_plain {
    unsigned domains, windows;
    uint32_t minutes;
};
void halls_plain(struct halls *h, struct halls_plain plain);

/* `count` tickets of an item, issued now. */
void halls_issue(struct halls *h, unsigned item, unsigned count);
void halls_post(struct halls *h, unsigned window, uint64_t domains);
void halls_pass(struct halls *h, int64_t ms);

/* Expects `per_hour` visitors of each domain all day. */
void halls_expect(struct halls *h, double per_hour);

/* The scene of the hall now, to be ended with scene_destroy. */
void halls_scene(struct halls *h, struct scene *out);

#endif
