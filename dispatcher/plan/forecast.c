/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/forecast.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/fair.h"
#include "dispatcher/plan/future.h"

enum {
    MINUTE_MS = 60000,
    SOON_MS = 16 * MINUTE_MS, /* how far ahead runs look at first */
};

const struct forecast_params forecast_defaults = {.seed = 1,
                                                  .futures = 40,
                                                  .horizon_ms = 480 * MINUTE_MS,
                                                  .asks_taking = true,
                                                  .asks_hall = true,
                                                  .only = -1};

/* One forecast's memory: the scene with its ghosts, the run, and what came out by question and future.
 * The scene's ghosts come after those who wait. */
struct asking {
    const struct forecast_params *params;
    struct scene scene; /* a copy with own `waiting` and own windows */
    unsigned waiting, ghosts;
    struct fair fair;
    struct engine_policy policy;
    struct engine_run run;
    struct engine_result *results;
    unsigned capacity;
    struct future future;
    unsigned soon;    /* its tickets until then are those waiting, the ghosts, those who come soon */
    int32_t *samples; /* [question][future]: those asked for, the ghosts */
    int32_t *hall;    /* [future] */
    double step_ms[DOMAINS_MAX]; /* for those not called by the horizon */
};

/* ---- what is asked ---- */

static void add_ghosts(struct asking *a)
{
    if (!a->params->asks_taking)
        return;
    a->ghosts = a->scene.model.domains;
    for (unsigned d = 0; d < a->ghosts; d++)
        a->scene.waiting[a->scene.waiting_count++] =
            (struct engine_ticket){.ref_ms = 1, /* after those who came this moment */
                                   .domain = (uint8_t)d,
                                   .domain2 = NO_DOMAIN,
                                   .class = CLASS_NORMAL,
                                   .expect_ms = a->scene.model.mean_ms[d],
                                   .is_ghost = true,
                                   .is_awaited = true};
}

static void add_waiting(struct asking *a, const struct scene *scene)
{
    a->waiting = scene->waiting_count;
    for (unsigned i = 0; i < scene->waiting_count; i++) {
        a->scene.waiting[i] = scene->waiting[i];
        a->scene.waiting[i].is_awaited = a->params->only < 0 || (unsigned)a->params->only == i;
    }
}

static bool set_scene(struct asking *a, const struct scene *scene)
{
    size_t windows = scene->model.windows;
    a->scene = *scene;
    a->scene.waiting = malloc((scene->waiting_count + DOMAINS_MAX) * sizeof *a->scene.waiting);
    a->scene.model.window = malloc((windows + 1) * sizeof *a->scene.model.window);
    if (!a->scene.waiting || !a->scene.model.window)
        return false;
    memcpy(a->scene.model.window, scene->model.window, windows * sizeof *scene->model.window);
    add_waiting(a, scene);
    add_ghosts(a);
    for (unsigned d = 0; d < scene->model.domains; d++)
        a->step_ms[d] = forecast_quick_step_ms(scene, d);
    return true;
}

static bool asking_init(struct asking *a, const struct scene *scene, const struct rule_knobs *knobs,
                        const struct forecast_params *params)
{
    a->params = params;
    if (!set_scene(a, scene) || !fair_init(&a->fair, knobs, &a->scene.model))
        return false;
    a->policy = fair_policy(&a->fair);
    a->samples = malloc((a->scene.waiting_count + (size_t)1) * params->futures * sizeof *a->samples);
    a->hall = malloc(params->futures * sizeof *a->hall);
    return a->samples && a->hall;
}

static void asking_destroy(struct asking *a)
{
    free(a->scene.waiting);
    free(a->scene.model.window);
    fair_destroy(&a->fair);
    engine_destroy(&a->run);
    free(a->results);
    future_destroy(&a->future);
    free(a->samples);
    free(a->hall);
}

/* ---- playing ---- */

static bool make_room(struct asking *a)
{
    if (a->future.count <= a->capacity)
        return true;
    engine_destroy(&a->run);
    free(a->results);
    a->capacity = 0;
    a->results = malloc(a->future.capacity * sizeof *a->results);
    if (!a->results || !engine_init(&a->run, a->future.capacity))
        return false;
    a->capacity = a->future.capacity;
    return true;
}

/* For the hall a run has to call all that come soon. */
static void await_hall(struct asking *a)
{
    a->soon = a->scene.waiting_count;
    while (a->params->asks_hall && a->soon < a->future.count &&
           a->future.tickets[a->soon].arrive_ms <= FORECAST_HALL_MS)
        a->future.tickets[a->soon++].is_awaited = true;
}

/* Plays the n-th future until all have been called; looks further ahead when that takes longer. */
static bool play_future(struct asking *a, struct futures *futures, unsigned n)
{
    for (;; futures->until_ms *= 2) {
        if (futures->until_ms >= a->params->horizon_ms / 2)
            futures->until_ms = a->params->horizon_ms;
        if (!future_draw(futures, n, &a->future) || !make_room(a))
            return false;
        future_set_windows(&a->future, &a->scene.model);
        await_hall(a);
        engine_play(&a->run, &a->scene.model, &a->policy, a->future.tickets, a->results, a->future.count, 0,
                    futures->until_ms);
        if (!a->run.to_call || futures->until_ms == a->params->horizon_ms)
            return true;
    }
}

/* ---- what came out ---- */

static void note_waiting(struct asking *a, unsigned n)
{
    double last_ms[DOMAINS_MAX];
    for (unsigned d = 0; d < DOMAINS_MAX; d++)
        last_ms[d] = a->params->horizon_ms;
    for (unsigned t = 0; t < a->scene.waiting_count; t++) {
        unsigned d = a->scene.waiting[t].domain;
        int32_t *sample = &a->samples[t * a->params->futures + n];
        *sample = a->results[t].first_call_ms;
        if (*sample != ENGINE_NEVER)
            continue;
        last_ms[d] += a->step_ms[d];
        *sample = last_ms[d] < INT32_MAX / 2 ? (int32_t)last_ms[d] : INT32_MAX / 2;
    }
}

static void note_hall(struct asking *a, unsigned n)
{
    double sum = 0;
    unsigned count = 0;
    for (unsigned t = a->scene.waiting_count; t < a->soon; t++) {
        const struct engine_ticket *ticket = &a->future.tickets[t];
        if (ticket->no_show)
            continue;
        if (a->results[t].first_call_ms == ENGINE_NEVER)
            sum += a->params->horizon_ms - ticket->arrive_ms;
        else
            sum += a->results[t].wait_ms;
        count++;
    }
    a->hall[n] = count ? (int32_t)(sum / count) : 0;
}

static bool play(struct asking *a)
{
    struct futures futures;
    futures_begin(&futures, &a->scene, a->params->seed, SOON_MS);
    for (unsigned n = 0; n < a->params->futures; n++) {
        if (!play_future(a, &futures, n))
            return false;
        note_waiting(a, n);
        if (a->params->asks_hall)
            note_hall(a, n);
    }
    return true;
}

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static void sort(int32_t *list, unsigned count)
{
    if (count > 128) {
        qsort(list, count, sizeof *list, by_value);
        return;
    }
    for (unsigned i = 1; i < count; i++) {
        int32_t value = list[i];
        unsigned at = i;
        for (; at && list[at - 1] > value; at--)
            list[at] = list[at - 1];
        list[at] = value;
    }
}

/* The value of a sorted list below which one more would fall with this share. */
static int32_t quantile(const int32_t *list, unsigned count, double share)
{
    double at = share * (count + 1.0) - 1;
    if (at <= 0)
        return list[0];
    unsigned below = (unsigned)at;
    if (below + 1 >= count)
        return list[count - 1];
    return list[below] + (int32_t)((at - below) * (list[below + 1] - list[below]));
}

static struct forecast forecast_of(int32_t *list, unsigned count, double low, double high)
{
    double sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += list[i];
    sort(list, count);
    return (struct forecast){quantile(list, count, low), quantile(list, count, high), (int32_t)(sum / count)};
}

static const struct forecast never = {-1, -1, -1};

static struct forecast answer_to(const struct asking *a, unsigned t)
{
    bool is_open = a->scene.model.open_ms < a->params->horizon_ms;
    if (!is_open || !forecast_is_served(&a->scene, a->scene.waiting[t].domain))
        return never;
    unsigned futures = a->params->futures;
    return forecast_of(&a->samples[t * futures], futures, 0.5, 0.9);
}

static void answer(struct asking *a, struct forecasts *out)
{
    for (unsigned t = 0; t < a->waiting; t++)
        out->waiting[t] = a->scene.waiting[t].is_awaited ? answer_to(a, t) : never;
    for (unsigned d = 0; d < DOMAINS_MAX; d++)
        out->taking[d] = d < a->ghosts ? answer_to(a, a->waiting + d) : never;
    out->hall = never;
    if (a->params->asks_hall && a->scene.model.open_ms < a->params->horizon_ms)
        out->hall = forecast_of(a->hall, a->params->futures, 0.1, 0.9);
}

bool forecasts_make(const struct scene *scene, const struct rule_knobs *knobs,
                    const struct forecast_params *params, struct forecasts *out)
{
    assert(params->futures >= 1 && params->futures <= FORECAST_FUTURES_MAX && params->horizon_ms > 0);
    struct asking *a = calloc(1, sizeof *a);
    out->waiting = malloc((scene->waiting_count + 1u) * sizeof *out->waiting);
    bool is_made = a && out->waiting && asking_init(a, scene, knobs, params) && play(a);
    if (is_made)
        answer(a, out);
    else
        forecasts_destroy(out);
    if (a)
        asking_destroy(a);
    free(a);
    return is_made;
}

void forecasts_destroy(struct forecasts *forecasts)
{
    free(forecasts->waiting);
    forecasts->waiting = NULL;
}
