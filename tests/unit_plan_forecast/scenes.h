/* SPDX-License-Identifier: MIT
 * Scenes for tests of forecasts, set up by hand. */
#ifndef TESTS_UNIT_PLAN_FORECAST_SCENES_H
#define TESTS_UNIT_PLAN_FORECAST_SCENES_H

#include "dispatcher/core/rule_index.h"
#include "dispatcher/plan/scene.h"

enum { MINUTE_MS = 60000 };

/* Windows with everything free, authorised for all domains, primary w % domains; items of `minutes` in each
 * domain; nobody waits. Nothing is left to chance: lengths are what is expected, nobody comes. */
struct scenes_plain {
    unsigned domains, windows, minutes, waiting_most;
};
void scenes_plain(struct scene *scene, struct scenes_plain plain);

/* Chance: lengths, clerks' speeds, no-shows, and so many visitors an hour and domain for eight hours. */
void scenes_chance(struct scene *scene, double per_hour);

/* One more waits, since `since_min` ago (ahead of its slot when below 0), with the domain's usual length. */
void scenes_wait(struct scene *scene, unsigned domain, enum ticket_class class, int since_min);

/* Window w has served the domain for `elapsed_min`. */
void scenes_serve(struct scene *scene, unsigned w, unsigned domain, unsigned elapsed_min);

/* The call rule with values like those of a hall. */
struct rule_knobs scenes_knobs(void);

#endif
