/* SPDX-License-Identifier: MIT */
#include "scenes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BOOKINGS_MOST = 8, ONE_Q16 = 65536 };

void scenes_plain(struct scene *scene, struct scenes_plain plain)
{
    assert_true(
        scene_init(scene, plain.domains, plain.windows, plain.waiting_most, BOOKINGS_MOST, plain.domains));
    scene->rate_cv = scene->domain_rate_cv = scene->speed_cv = 0;
    scene->model.open_ms = -1;
    scene->model.changeover_ms = 0;
    scene->model.no_show_ms = MINUTE_MS;
    scene->model.early_ms = 5 * MINUTE_MS;
    scene->class_share[CLASS_NORMAL] = 1;
    for (unsigned d = 0; d < plain.domains; d++) {
        scene->model.mean_ms[d] = (int32_t)plain.minutes * MINUTE_MS;
        scene->items[d] = (struct scene_item){(int32_t)plain.minutes * MINUTE_MS, 1};
        scene->item_from[d + 1] = d + 1;
    }
    for (unsigned w = 0; w < plain.windows; w++) {
        struct engine_window *window = &scene->model.window[w];
        window->may = plain.domains < 64 ? ((uint64_t)1 << plain.domains) - 1 : UINT64_MAX;
        window->primary = (uint8_t)(w % plain.domains);
        window->last_domain = NO_DOMAIN;
        for (unsigned d = 0; d < plain.domains; d++)
            scene->model.true_factor_q16[w * plain.domains + d] =
                scene->model.rule_factor_q16[w * plain.domains + d] = ONE_Q16;
    }
}

void scenes_chance(struct scene *scene, double per_hour)
{
    scene->cv = 0.6;
    scene->speed_cv = 0.06;
    scene->rate_cv = 0.1;
    scene->domain_rate_cv = 0.15;
    scene->no_show_share = 0.05;
    scene->bin_count = 48;
    for (unsigned d = 0; d < scene->model.domains; d++)
        for (unsigned bin = 0; bin < scene->bin_count; bin++)
            scene->expected[d][bin] = (float)(per_hour / 6);
}

void scenes_wait(struct scene *scene, unsigned domain, enum ticket_class class, int since_min)
{
    scene->waiting[scene->waiting_count++] = (struct engine_ticket){.arrive_ms = -1,
                                                                    .ref_ms = -since_min * MINUTE_MS,
                                                                    .expect_ms = scene->model.mean_ms[domain],
                                                                    .domain = (uint8_t)domain,
                                                                    .domain2 = NO_DOMAIN,
                                                                    .class = (uint8_t) class};
}

void scenes_serve(struct scene *scene, unsigned w, unsigned domain, unsigned elapsed_min)
{
    scene->serving[w] = (struct scene_service){.serving = true,
                                               .domain = (uint8_t)domain,
                                               .expect_ms = scene->model.mean_ms[domain],
                                               .elapsed_ms = (int32_t)elapsed_min * MINUTE_MS,
                                               .domain2 = NO_DOMAIN};
}

struct rule_knobs scenes_knobs(void)
{
    static const int32_t weights_q16[TICKET_CLASSES] = {0, 0, 103872, 283242, 217706}; /* 1 1 3 20 10 */
    static const int32_t head_starts_min[TICKET_CLASSES] = {51, 51, 28, 20, 30};
    struct rule_knobs knobs = {.wait_permille = 1100,
                               .speed_permille = 1000,
                               .efficiency_permille = 6000,
                               .crowd_permille = 530,
                               .unposted_q16 = -131072,
                               .item_permille = 500,
                               .early_ms = 5 * MINUTE_MS};
    for (unsigned class = 0; class < TICKET_CLASSES; class ++) {
        knobs.of[class].weight_q16 = weights_q16[class];
        knobs.of[class].head_start_ms = (int64_t)head_starts_min[class] * MINUTE_MS;
        knobs.of[class].late_from_ms = class == CLASS_BOOKED ? 0 : 55 * MINUTE_MS;
        knobs.of[class].late_permille = class == CLASS_BOOKED ? 22000 : 500;
    }
    return knobs;
}
