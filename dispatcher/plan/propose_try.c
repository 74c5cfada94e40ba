/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/propose_try.h"

#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/calendar.h"

enum { LATE_MS = 40 * MINUTE_MS, MEASURED_PERCENT = 80 };

/* ---- costs ---- */

struct wait_costs wait_costs_of(const struct hall *hall)
{
    static const struct {
        double weight;
        enum policy_key target;
    } classes[TICKET_CLASSES] = {
        [CLASS_NORMAL] = {1, POLICY_TARGET_NORMAL_MIN},     [CLASS_REJOINED] = {1, POLICY_TARGET_NORMAL_MIN},
        [CLASS_PRIORITY] = {2, POLICY_TARGET_PRIORITY_MIN}, [CLASS_BOOKED] = {3, POLICY_TARGET_BOOKED_MIN},
        [CLASS_GREEN] = {6, POLICY_TARGET_GREEN_MIN},
    };
    struct wait_costs costs;
    for (unsigned class = 0; class < TICKET_CLASSES; class ++) {
        costs.weight[class] = classes[class].weight;
        costs.target_ms[class] = hall->policy[classes[class].target] * MINUTE_MS;
        costs.late_ms[class] = class <= CLASS_REJOINED ? LATE_MS : INT32_MAX;
    }
    return costs;
}

double wait_cost_s(const struct wait_costs *costs, unsigned class, int32_t wait_ms)
{
    double sum_ms = wait_ms;
    if (wait_ms > costs->target_ms[class])
        sum_ms += wait_ms - costs->target_ms[class];
    if (wait_ms > costs->late_ms[class])
        sum_ms += wait_ms - costs->late_ms[class];
    return costs->weight[class] * sum_ms / 1000;
}

/* ---- memory ---- */

bool tryout_init(struct tryout *tryout, const struct scene *scene, const struct tryout_params *params)
{
    size_t windows = scene->model.windows;
    memset(tryout, 0, sizeof *tryout);
    tryout->scene = scene;
    tryout->costs = params->costs;
    tryout->model = scene->model;
    tryout->model.window = malloc((windows + 1) * sizeof *tryout->model.window);
    tryout->drawn = calloc(params->futures + 1u, sizeof *tryout->drawn);
    if (!tryout->model.window || !tryout->drawn)
        return false;
    memcpy(tryout->model.window, scene->model.window, windows * sizeof *tryout->model.window);
    tryout->room = params->futures;
    futures_begin(&tryout->futures, scene, params->seed, params->horizon_ms);
    if (!fair_init(&tryout->fair, params->knobs, &tryout->model))
        return false;
    tryout->policy = fair_policy(&tryout->fair);
    return true;
}

void tryout_destroy(struct tryout *tryout)
{
    for (unsigned n = 0; n < tryout->ready; n++)
        future_destroy(&tryout->drawn[n]);
    free(tryout->drawn);
    free(tryout->model.window);
    fair_destroy(&tryout->fair);
    if (tryout->capacity)
        engine_destroy(&tryout->run);
    free(tryout->tickets);
    free(tryout->results);
    memset(tryout, 0, sizeof *tryout);
}

static bool make_room(struct tryout *tryout, unsigned count)
{
    if (tryout->capacity && count <= tryout->capacity)
        return true;
    if (tryout->capacity)
        engine_destroy(&tryout->run);
    free(tryout->tickets);
    free(tryout->results);
    tryout->capacity = 0;
    unsigned capacity = count + count / 4 + 64;
    tryout->tickets = malloc(capacity * sizeof *tryout->tickets);
    tryout->results = malloc(capacity * sizeof *tryout->results);
    if (!tryout->tickets || !tryout->results || !engine_init(&tryout->run, capacity))
        return false;
    tryout->capacity = capacity;
    return true;
}

/* ---- playing ---- */

int32_t tryout_wait_ms(const struct tryout *tryout, unsigned t)
{
    const struct engine_result *result = &tryout->results[t];
    if (result->first_call_ms != ENGINE_NEVER)
        return result->wait_ms;
    int32_t wait_ms = tryout->futures.until_ms - tryout->tickets[t].ref_ms;
    return wait_ms > 0 ? wait_ms : 0;
}

static void add_up(const struct tryout *tryout, const struct future *future, struct tried *out)
{
    int32_t measured_ms = tryout->futures.until_ms / 100 * MEASURED_PERCENT;
    memset(out, 0, sizeof *out);
    for (unsigned t = 0; t < future->count; t++) {
        const struct engine_ticket *ticket = &future->tickets[t];
        if (ticket->no_show)
            continue;
        int32_t wait_ms = tryout_wait_ms(tryout, t);
        out->cost_s += wait_cost_s(&tryout->costs, ticket->class, wait_ms);
        if (ticket->arrive_ms > measured_ms)
            continue;
        out->wait_s[ticket->domain] += wait_ms / 1000.0;
        out->count[ticket->domain]++;
    }
    for (unsigned w = 0; w < tryout->model.windows; w++)
        out->changeovers += tryout->run.window[w].changeovers;
}

bool tryout_play(struct tryout *tryout, unsigned n, const uint64_t *posted, struct tried *out)
{
    while (tryout->ready <= n) {
        tryout->ready++;
        if (!future_draw(&tryout->futures, tryout->ready - 1, &tryout->drawn[tryout->ready - 1]))
            return false;
    }
    const struct future *future = &tryout->drawn[n];
    if (!make_room(tryout, future->count))
        return false;
    if (future->count)
        memcpy(tryout->tickets, future->tickets, future->count * sizeof *tryout->tickets);
    future_set_windows(future, &tryout->model);
    for (unsigned w = 0; w < tryout->model.windows; w++)
        tryout->model.window[w].posted = posted[w];
    engine_play(&tryout->run, &tryout->model, &tryout->policy, tryout->tickets, tryout->results,
                future->count, 0, tryout->futures.until_ms);
    add_up(tryout, future, out);
    tryout->plays++;
    return true;
}
