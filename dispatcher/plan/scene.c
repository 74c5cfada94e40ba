/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/scene.h"

#include <stdlib.h>
#include <string.h>

bool scene_init(struct scene *scene, unsigned domains, unsigned windows, unsigned waiting, unsigned bookings,
                unsigned items)
{
    memset(scene, 0, sizeof *scene);
    scene->rate_cv = 0.1;
    scene->domain_rate_cv = 0.15;
    scene->speed_cv = 0.06;
    scene->away_ms = 40 * 60000;
    scene->late_limit_ms = 15 * 60000;
    scene->model.domains = domains;
    scene->model.windows = windows;
    scene->model.window = calloc(windows + 1u, sizeof *scene->model.window);
    scene->model.true_factor_q16 = calloc((size_t)windows * domains + 1, sizeof(uint32_t));
    scene->model.rule_factor_q16 = calloc((size_t)windows * domains + 1, sizeof(uint32_t));
    scene->serving = calloc(windows + 1u, sizeof *scene->serving);
    scene->waiting = calloc(waiting + 1u, sizeof *scene->waiting);
    scene->waiting_ids = calloc(waiting + 1u, sizeof *scene->waiting_ids);
    scene->bookings = calloc(bookings + 1u, sizeof *scene->bookings);
    scene->expected = calloc(domains + 1u, sizeof *scene->expected);
    scene->items = calloc(items + 1u, sizeof *scene->items);
    if (scene->model.window && scene->model.true_factor_q16 && scene->model.rule_factor_q16 &&
        scene->serving && scene->waiting && scene->waiting_ids && scene->bookings && scene->expected &&
        scene->items)
        return true;
    scene_destroy(scene);
    return false;
}

void scene_destroy(struct scene *scene)
{
    free(scene->model.window);
    free(scene->model.true_factor_q16);
    free(scene->model.rule_factor_q16);
    free(scene->serving);
    free(scene->waiting);
    free(scene->waiting_ids);
    free(scene->bookings);
    free(scene->expected);
    free(scene->items);
    memset(scene, 0, sizeof *scene);
}
