/* SPDX-License-Identifier: MIT
 * Forecasts: exact where nothing is left to chance, right in distribution where it is, and calm in the odd
 * hall: empty, overcrowded, closed, without windows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/plan/fair.h"
#include "dispatcher/plan/forecast.h"
#include "dispatcher/plan/future.h"
#include "dispatcher/plan/rng.h"
#include "scenes.h"

static struct forecasts make(const struct scene *scene, struct forecast_params params)
{
    struct forecasts out;
    struct rule_knobs knobs = scenes_knobs();
    assert_true(forecasts_make(scene, &knobs, &params, &out));
    return out;
}

static bool is_never(struct forecast forecast)
{
    return forecast.low_ms < 0 && forecast.high_ms < 0 && forecast.mean_ms < 0;
}

static bool is_same(struct forecast a, struct forecast b)
{
    return a.low_ms == b.low_ms && a.high_ms == b.high_ms && a.mean_ms == b.mean_ms;
}

static void assert_about(struct forecast forecast, double minutes)
{
    int32_t ms = (int32_t)(minutes * MINUTE_MS), off_ms = 3000;
    assert_in_range(forecast.low_ms, ms > off_ms ? ms - off_ms : 0, ms + off_ms);
    assert_in_range(forecast.high_ms, ms > off_ms ? ms - off_ms : 0, ms + off_ms);
    assert_in_range(forecast.mean_ms, ms > off_ms ? ms - off_ms : 0, ms + off_ms);
}

static void assert_middle(struct forecast forecast, double minutes)
{
    assert_int_equal(forecast.low_ms, (int32_t)(minutes * MINUTE_MS));
    assert_true(forecast.high_ms > forecast.low_ms);
}

/* ---- nothing left to chance ---- */

static void one_window_in_turn(void **state)
{
    (void)state;
    struct scene scene;
    scenes_plain(&scene, (struct scenes_plain){1, 1, 10, 3});
    scenes_serve(&scene, 0, 0, 4);
    for (int i = 0; i < 3; i++)
        scenes_wait(&scene, 0, CLASS_NORMAL, 9 - 3 * i);
    struct forecasts made = make(&scene, forecast_defaults);
    for (unsigned i = 0; i < 3; i++)
        assert_about(made.waiting[i], 6 + 10 * i);
    assert_about(made.taking[0], 36);
    assert_middle(forecast_quick_taking(&scene, 0), 40); /* it takes a service under way for a new one */
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

static void free_windows_call_at_once(void **state)
{
    (void)state;
    struct scene scene;
    scenes_plain(&scene, (struct scenes_plain){3, 4, 10, 2});
    scenes_wait(&scene, 1, CLASS_NORMAL, 0);
    scenes_wait(&scene, 1, CLASS_NORMAL, 0);
    struct forecasts made = make(&scene, forecast_defaults);
    assert_about(made.waiting[0], 0);
    assert_about(made.waiting[1], 0);
    for (unsigned d = 0; d < 3; d++)
        assert_about(made.taking[d], 0);
    for (unsigned d = 3; d < DOMAINS_MAX; d++)
        assert_true(is_never(made.taking[d]));
    assert_about(made.hall, 0);
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

static void breaks_and_absences_are_waited_for(void **state)
{
    (void)state;
    struct scene scene;
    scenes_plain(&scene, (struct scenes_plain){1, 1, 10, 1});
    scenes_wait(&scene, 0, CLASS_NORMAL, 5);
    struct engine_window *window = &scene.model.window[0];
    window->off_count = 1;
    window->offs[0] = (struct engine_off){-10 * MINUTE_MS, 20 * MINUTE_MS};
    struct forecasts made = make(&scene, forecast_defaults);
    assert_in_range(made.waiting[0].low_ms, 20 * MINUTE_MS, 31 * MINUTE_MS);
    forecasts_destroy(&made);

    window->off_count = 0;
    scene.serving[0].is_away = true;
    scene.serving[0].elapsed_ms = 15 * MINUTE_MS;
    made = make(&scene, forecast_defaults);
    assert_about(made.waiting[0], 25); /* of 40 */
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

static void a_booking_waits_for_its_slot(void **state)
{
    (void)state;
    struct scene scene;
    scenes_plain(&scene, (struct scenes_plain){1, 1, 10, 2});
    scenes_serve(&scene, 0, 0, 9);
    scenes_wait(&scene, 0, CLASS_BOOKED, -12);
    scenes_wait(&scene, 0, CLASS_NORMAL, 1);
    struct forecasts made = make(&scene, forecast_defaults);
    assert_about(made.waiting[0], 11);
    assert_about(made.waiting[1], 1);
    assert_middle(forecast_quick(&scene, 0), 12);
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

static void the_second_leg_comes_back(void **state)
{
    (void)state;
    struct scene scene;
    scenes_plain(&scene, (struct scenes_plain){2, 2, 10, 1});
    scene.model.window[0].may = 1;
    scene.model.window[1].may = 2;
    scenes_serve(&scene, 0, 0, 8);
    scenes_serve(&scene, 1, 1, 5);
    scene.serving[0].domain2 = 1;
    scene.serving[0].expect2_ms = 7 * MINUTE_MS;
    scenes_wait(&scene, 1, CLASS_NORMAL, 0);
    struct forecasts made = make(&scene, forecast_defaults);
    assert_about(made.waiting[0], 12); /* after the priority that the leg gives */
    assert_about(made.taking[1], 22);
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

/* ---- chance ---- */

/* A busy hall: some serve, many wait in all classes. */
static void busy(struct scene *scene, unsigned waiting)
{
    static const enum ticket_class classes[] = {CLASS_NORMAL, CLASS_NORMAL, CLASS_PRIORITY, CLASS_NORMAL,
                                                CLASS_BOOKED};
    scenes_plain(scene, (struct scenes_plain){4, 8, 7, waiting});
    scenes_chance(scene, 14);
    scene->class_share[CLASS_PRIORITY] = 0.1;
    scene->second_share = 0.04;
    scene->same_share = 0.07;
    for (unsigned w = 0; w < 8; w++) {
        scene->model.window[w].may = (1u << w % 4) | (1u << (w + 1) % 4);
        scenes_serve(scene, w, w % 4, w);
    }
    for (unsigned i = 0; i < waiting; i++)
        scenes_wait(scene, i * 7 % 4, classes[i % 5], (int)(waiting - i) % 50);
    scene->booking_count = 4;
    scene->lateness_ms = -5 * MINUTE_MS;
    scene->lateness_sd_ms = 7 * MINUTE_MS;
    for (unsigned i = 0; i < 4; i++)
        scene->bookings[i] = (struct scene_booking){.slot_ms = ((int32_t)i - 1) * 10 * MINUTE_MS,
                                                    .expect_ms = 7 * MINUTE_MS,
                                                    .domain = (uint8_t)i,
                                                    .domain2 = NO_DOMAIN};
}

static void the_same_again(void **state)
{
    (void)state;
    struct scene scene;
    busy(&scene, 30);
    struct forecast_params params = forecast_defaults;
    struct forecasts a = make(&scene, params), b = make(&scene, params);
    assert_memory_equal(a.waiting, b.waiting, 30 * sizeof *a.waiting);
    assert_memory_equal(a.taking, b.taking, sizeof a.taking);
    assert_true(is_same(a.hall, b.hall));
    params.seed++;
    struct forecasts c = make(&scene, params);
    assert_memory_not_equal(a.waiting, c.waiting, 30 * sizeof *a.waiting);
    forecasts_destroy(&a);
    forecasts_destroy(&b);
    forecasts_destroy(&c);
    scene_destroy(&scene);
}

/* Whoever else is asked for, each answer is the same: ghosts change nobody's wait, and runs that end sooner
 * or look less far ahead have the same futures. */
static void questions_do_not_disturb(void **state)
{
    (void)state;
    struct scene scene;
    busy(&scene, 60);
    struct forecast_params params = forecast_defaults;
    struct forecasts all = make(&scene, params);
    params.asks_hall = false;
    struct forecasts no_hall = make(&scene, params);
    assert_memory_equal(no_hall.taking, all.taking, sizeof all.taking);
    assert_true(is_never(no_hall.hall));
    params.asks_taking = false;
    struct forecasts bare = make(&scene, params);
    assert_memory_equal(bare.waiting, all.waiting, 60 * sizeof *all.waiting);
    assert_true(is_never(bare.taking[0]));
    params.horizon_ms *= 2;
    for (params.only = 0; params.only < 60; params.only++) {
        struct forecasts one = make(&scene, params);
        assert_true(is_same(one.waiting[params.only], all.waiting[params.only]));
        assert_true(is_never(one.waiting[(params.only + 1) % 60]));
        forecasts_destroy(&one);
    }
    forecasts_destroy(&all);
    forecasts_destroy(&no_hall);
    forecasts_destroy(&bare);
    scene_destroy(&scene);
}

/* The n-th future of another seed as what really happens: its first calls, ms. */
static void live(const struct scene *scene, uint64_t seed, int32_t *called_ms)
{
    struct futures futures;
    struct future future = {0};
    struct engine_run run;
    struct fair fair;
    struct rule_knobs knobs = scenes_knobs();
    struct engine_model model = scene->model;
    model.window = malloc(model.windows * sizeof *model.window);
    memcpy(model.window, scene->model.window, model.windows * sizeof *model.window);
    futures_begin(&futures, scene, seed, 480 * MINUTE_MS);
    assert_true(future_draw(&futures, 0, &future) && fair_init(&fair, &knobs, &model));
    assert_true(engine_init(&run, future.count));
    struct engine_result *results = malloc(future.count * sizeof *results);
    struct engine_policy policy = fair_policy(&fair);
    future_set_windows(&future, &model);
    engine_play(&run, &model, &policy, future.tickets, results, future.count, 0, 480 * MINUTE_MS);
    for (unsigned i = 0; i < scene->waiting_count; i++)
        called_ms[i] = results[i].first_call_ms;
    free(results);
    free(model.window);
    engine_destroy(&run);
    fair_destroy(&fair);
    future_destroy(&future);
}

static void shares_are_what_they_say(void **state)
{
    (void)state;
    enum { LIVES = 400, WAITING = 24 };
    int32_t called_ms[WAITING];
    unsigned low = 0, high = 0;
    double mean = 0, outcome = 0;
    struct scene scene;
    busy(&scene, WAITING);
    struct forecast_params params = forecast_defaults;
    for (unsigned n = 0; n < LIVES; n++) {
        params.seed = 77 + n;
        struct forecasts made = make(&scene, params);
        live(&scene, 1000 + n, called_ms);
        for (unsigned i = 0; i < WAITING; i++) {
            low += called_ms[i] <= made.waiting[i].low_ms;
            high += called_ms[i] <= made.waiting[i].high_ms;
            mean += made.waiting[i].mean_ms;
            outcome += called_ms[i];
        }
        forecasts_destroy(&made);
    }
    assert_in_range(low, LIVES * WAITING * 47 / 100, LIVES * WAITING * 53 / 100);
    assert_in_range(high, LIVES * WAITING * 88 / 100, LIVES * WAITING * 92 / 100);
    assert_true(mean > 0.97 * outcome && mean < 1.03 * outcome);
    scene_destroy(&scene);
}

/* A ghost's answer against that of a ticket that is really there: all domains together 2 % apart at most. */
static void a_ghost_waits_like_a_ticket(void **state)
{
    (void)state;
    double ghost_ms = 0, real_ms = 0;
    struct scene scene;
    busy(&scene, 41);
    scene.waiting_count = 40;
    struct forecast_params params = forecast_defaults;
    params.futures = 400;
    struct forecasts ghosts = make(&scene, params);
    for (unsigned d = 0; d < 4; d++) {
        scene.waiting_count = 40;
        scenes_wait(&scene, d, CLASS_NORMAL, 0);
        struct forecasts real = make(&scene, params);
        ghost_ms += ghosts.taking[d].mean_ms;
        real_ms += real.waiting[40].mean_ms;
        forecasts_destroy(&real);
    }
    assert_true(ghost_ms > 0.98 * real_ms && ghost_ms < 1.02 * real_ms);
    forecasts_destroy(&ghosts);
    scene_destroy(&scene);
}

static void looking_further_ahead_only_adds(void **state)
{
    (void)state;
    struct scene scene;
    struct futures near, far;
    struct future a = {0}, b = {0};
    busy(&scene, 10);
    futures_begin(&near, &scene, 5, 23 * MINUTE_MS);
    futures_begin(&far, &scene, 5, 300 * MINUTE_MS);
    for (unsigned n = 0; n < 20; n++) {
        assert_true(future_draw(&near, n, &a) && future_draw(&far, n, &b));
        assert_true(b.count > a.count && a.count > 10);
        for (unsigned t = 0; t < a.count; t++) {
            if (t >= 10 && a.tickets[t].arrive_ms > 23 * MINUTE_MS)
                continue; /* a second leg may come after the end; others then stand before it */
            assert_memory_equal(&a.tickets[t], &b.tickets[t], sizeof a.tickets[t]);
            assert_true(t <= 10 || a.tickets[t].arrive_ms >= a.tickets[t - 1].arrive_ms);
        }
        assert_memory_equal(a.pace_q16, b.pace_q16, 8 * sizeof *a.pace_q16);
    }
    future_destroy(&a);
    future_destroy(&b);
    scene_destroy(&scene);
}

static void more_visitors_more_waiting(void **state)
{
    (void)state;
    struct scene scene;
    busy(&scene, 30);
    struct forecasts before = make(&scene, forecast_defaults);
    scenes_chance(&scene, 60);
    struct forecasts after = make(&scene, forecast_defaults);
    assert_true(after.hall.mean_ms > before.hall.mean_ms + 2 * MINUTE_MS);
    assert_true(before.hall.low_ms <= before.hall.mean_ms && before.hall.mean_ms <= before.hall.high_ms);
    forecasts_destroy(&before);
    forecasts_destroy(&after);
    scene_destroy(&scene);
}

/* ---- odd halls ---- */

static void nobody_waits_nobody_comes(void **state)
{
    (void)state;
    struct scene scene;
    scenes_plain(&scene, (struct scenes_plain){2, 1, 10, 0});
    scenes_serve(&scene, 0, 0, 0);
    struct forecasts made = make(&scene, forecast_defaults);
    assert_about(made.taking[1], 10);
    assert_about(made.hall, 0);
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

static void five_hundred_wait(void **state)
{
    (void)state;
    struct scene scene;
    busy(&scene, 500);
    struct forecasts made = make(&scene, forecast_defaults);
    for (unsigned i = 0; i < 500; i++) {
        assert_in_range(made.waiting[i].low_ms, 0, 24 * 60 * MINUTE_MS);
        assert_true(made.waiting[i].high_ms >= made.waiting[i].low_ms);
        for (unsigned k = 0; k < i; k++) { /* no overtaking inside a domain and class */
            const struct engine_ticket *x = &scene.waiting[i], *y = &scene.waiting[k];
            if (x->domain == y->domain && x->class == y->class && x->ref_ms > y->ref_ms)
                assert_true(made.waiting[i].low_ms >= made.waiting[k].low_ms);
        }
    }
    assert_true(made.taking[0].low_ms > 60 * MINUTE_MS);
    assert_true(forecast_quick_taking(&scene, 0).low_ms > 60 * MINUTE_MS);
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

/* Nobody is called before the horizon's end: each waits for it and for those before. */
static void beyond_the_horizon(void **state)
{
    (void)state;
    struct scene scene;
    scenes_plain(&scene, (struct scenes_plain){1, 1, 10, 4});
    scenes_serve(&scene, 0, 0, 0);
    for (int i = 0; i < 4; i++)
        scenes_wait(&scene, 0, CLASS_NORMAL, 9 - i);
    struct forecast_params params = forecast_defaults;
    params.horizon_ms = 5 * MINUTE_MS;
    struct forecasts made = make(&scene, params);
    for (unsigned i = 0; i < 4; i++)
        assert_about(made.waiting[i], 15 + 10 * i);
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

static void nobody_on_duty(void **state)
{
    (void)state;
    struct scene scene;
    busy(&scene, 8);
    for (unsigned w = 0; w < 8; w++) {
        scene.model.window[w].absent = true;
        scene.serving[w] = (struct scene_service){0};
    }
    struct forecasts made = make(&scene, forecast_defaults);
    for (unsigned i = 0; i < 8; i++) {
        assert_true(is_never(made.waiting[i]));
        assert_true(is_never(forecast_quick(&scene, i)));
    }
    assert_true(is_never(made.taking[0]) && is_never(forecast_quick_taking(&scene, 0)));
    assert_true(forecast_quick_step_ms(&scene, 0) > 0);
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

static void no_windows_at_all(void **state)
{
    (void)state;
    struct scene scene;
    scenes_plain(&scene, (struct scenes_plain){1, 0, 10, 1});
    scenes_wait(&scene, 0, CLASS_NORMAL, 3);
    struct forecasts made = make(&scene, forecast_defaults);
    assert_true(is_never(made.waiting[0]) && is_never(made.taking[0]));
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

static void a_ticket_that_nobody_can_serve(void **state)
{
    (void)state;
    struct scene scene;
    scenes_plain(&scene, (struct scenes_plain){2, 2, 10, 2});
    scene.model.window[0].may = scene.model.window[1].may = 1;
    scenes_serve(&scene, 0, 0, 5);
    scenes_serve(&scene, 1, 0, 2);
    scenes_wait(&scene, 1, CLASS_NORMAL, 30);
    scenes_wait(&scene, 0, CLASS_NORMAL, 3);
    struct forecasts made = make(&scene, forecast_defaults);
    assert_true(is_never(made.waiting[0]) && is_never(made.taking[1]));
    assert_true(is_never(forecast_quick(&scene, 0)) && is_never(forecast_quick_taking(&scene, 1)));
    assert_about(made.waiting[1], 5);
    assert_about(made.taking[0], 8);
    assert_false(forecast_is_served(&scene, 1));
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

static void a_closed_hall(void **state)
{
    (void)state;
    struct scene scene;
    scenes_plain(&scene, (struct scenes_plain){1, 1, 10, 2});
    scenes_wait(&scene, 0, CLASS_NORMAL, 3);
    scenes_wait(&scene, 0, CLASS_NORMAL, 2);
    scene.model.open_ms = ENGINE_NEVER;
    struct forecasts made = make(&scene, forecast_defaults);
    assert_true(is_never(made.waiting[0]) && is_never(made.taking[0]) && is_never(made.hall));
    assert_true(is_never(forecast_quick(&scene, 0)));
    forecasts_destroy(&made);

    scene.model.open_ms = 15 * MINUTE_MS; /* numbers are given out before */
    made = make(&scene, forecast_defaults);
    assert_about(made.waiting[0], 15);
    assert_about(made.waiting[1], 25);
    assert_middle(forecast_quick(&scene, 0), 15);
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

static void quick_follows_the_line(void **state)
{
    (void)state;
    struct scene scene;
    scenes_plain(&scene, (struct scenes_plain){2, 4, 6, 24});
    for (unsigned w = 0; w < 4; w++)
        scenes_serve(&scene, w, w % 2, 1);
    for (unsigned i = 0; i < 24; i++)
        scenes_wait(&scene, i % 2, CLASS_NORMAL, (int)(40 - i));
    scenes_wait(&scene, 0, CLASS_PRIORITY, 1);
    struct forecast_params params = forecast_defaults;
    struct forecasts made = make(&scene, params);
    for (unsigned i = 2; i < 24; i++) {
        struct forecast quick = forecast_quick(&scene, i);
        assert_true(quick.low_ms > forecast_quick(&scene, i - 2).low_ms && quick.high_ms > quick.low_ms);
        assert_in_range(quick.low_ms, made.waiting[i].low_ms / 2,
                        made.waiting[i].low_ms * 3 / 2 + 5 * MINUTE_MS);
    }
    assert_true(forecast_quick(&scene, 24).low_ms < forecast_quick(&scene, 2).low_ms);
    forecasts_destroy(&made);
    scene_destroy(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_window_in_turn),
        cmocka_unit_test(free_windows_call_at_once),
        cmocka_unit_test(breaks_and_absences_are_waited_for),
        cmocka_unit_test(a_booking_waits_for_its_slot),
        cmocka_unit_test(the_second_leg_comes_back),
        cmocka_unit_test(the_same_again),
        cmocka_unit_test(questions_do_not_disturb),
        cmocka_unit_test(shares_are_what_they_say),
        cmocka_unit_test(a_ghost_waits_like_a_ticket),
        cmocka_unit_test(looking_further_ahead_only_adds),
        cmocka_unit_test(more_visitors_more_waiting),
        cmocka_unit_test(nobody_waits_nobody_comes),
        cmocka_unit_test(five_hundred_wait),
        cmocka_unit_test(beyond_the_horizon),
        cmocka_unit_test(nobody_on_duty),
        cmocka_unit_test(no_windows_at_all),
        cmocka_unit_test(a_ticket_that_nobody_can_serve),
        cmocka_unit_test(a_closed_hall),
        cmocka_unit_test(quick_follows_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
