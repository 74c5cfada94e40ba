/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/propose_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIGHTED = 4 }; /* futures that the ranking looks at */

bool search_init(struct search *search, const struct scene *scene, const struct tryout_params *tryout,
                 const struct propose_params *params)
{
    memset(search, 0, sizeof *search);
    search->params = params;
    search->base = malloc(params->futures * sizeof *search->base);
    search->other = malloc(params->futures * sizeof *search->other);
    search->gains = malloc((size_t)params->futures * params->tries * sizeof *search->gains);
    search->standard_s =
        malloc((size_t)scene->model.windows * scene->model.domains * sizeof *search->standard_s);
    for (unsigned w = 0; w < scene->model.windows; w++)
        search->posted[w] = scene->model.window[w].posted;
    return tryout_init(&search->tryout, scene, tryout) && search->base && search->other && search->gains &&
           search->standard_s;
}

void search_destroy(struct search *search)
{
    tryout_destroy(&search->tryout);
    free(search->base);
    free(search->other);
    free(search->gains);
    free(search->standard_s);
}

bool search_play_all(struct search *search, const uint64_t *posted, struct tried *out)
{
    for (unsigned n = 0; n < search->params->futures; n++)
        if (!tryout_play(&search->tryout, n, posted, &out[n]))
            return false;
    return true;
}

/* ---- ranking ---- */

/* Adds what the play just made says of domains and windows. */
static void note_play(struct search *search, unsigned n)
{
    const struct tryout *tryout = &search->tryout;
    const struct future *future = &tryout->drawn[n];
    unsigned domains = tryout->model.domains;
    for (unsigned t = 0; t < future->count; t++) {
        const struct engine_ticket *ticket = &future->tickets[t];
        const struct engine_result *result = &tryout->results[t];
        if (ticket->no_show)
            continue;
        search->cost_s[ticket->domain] +=
            wait_cost_s(&tryout->costs, ticket->class, tryout_wait_ms(tryout, t));
        if (result->first_call_ms != ENGINE_NEVER)
            search->standard_s[result->window * domains + ticket->domain] += (float)ticket->length_ms / 1000;
    }
}

static bool look_around(struct search *search)
{
    const struct engine_model *model = &search->tryout.model;
    memset(search->standard_s, 0, (size_t)model->windows * model->domains * sizeof *search->standard_s);
    memset(search->cost_s, 0, sizeof search->cost_s);
    for (unsigned n = 0; n < SIGHTED && n < search->params->futures; n++) {
        if (!tryout_play(&search->tryout, n, search->posted, &search->base[n]))
            return false;
        note_play(search, n);
    }
    if (search->base_count < SIGHTED)
        search->base_count = SIGHTED < search->params->futures ? SIGHTED : search->params->futures;
    return true;
}

/* What an hour less at one domain costs against an hour more at another: the domain's cost of waiting by the
 * work that is done in it. */
static void find_densities(const struct search *search, double *density)
{
    const struct engine_model *model = &search->tryout.model;
    for (unsigned d = 0; d < model->domains; d++) {
        double work_s = 60;
        for (unsigned w = 0; w < model->windows; w++)
            work_s += (double)search->standard_s[w * model->domains + d];
        density[d] = search->cost_s[d] / work_s;
    }
}

static double factor_of(const struct engine_model *model, unsigned w, unsigned d)
{
    return model->true_factor_q16[w * model->domains + d] / 65536.0;
}

/* The window gives its time to the domains that it would be posted for, by what waiting costs in them. */
static double promise_of(const struct search *search, const double *density, const struct move *move)
{
    const struct engine_model *model = &search->tryout.model;
    const float *standard_s = &search->standard_s[move->window * model->domains];
    double free_s = 0, lost = 0, cost_s = 0, value = 0;
    for (unsigned d = 0; d < model->domains; d++) {
        double done_s = (double)standard_s[d];
        free_s += done_s * factor_of(model, move->window, d);
        lost += done_s * density[d];
        if (move->after >> d & 1)
            cost_s += search->cost_s[d];
    }
    for (unsigned d = 0; d < model->domains && cost_s > 0; d++)
        if (move->after >> d & 1)
            value += search->cost_s[d] / cost_s * density[d] / factor_of(model, move->window, d);
    return free_s * value - lost;
}

static int by_promise(const void *a, const void *b)
{
    const struct move *x = a, *y = b;
    if (x->promise != y->promise)
        return x->promise > y->promise ? -1 : 1;
    if (x->window != y->window)
        return x->window < y->window ? -1 : 1;
    return (x->after > y->after) - (x->after < y->after);
}

/* ---- the race ---- */

struct mean {
    double mean, error;
};

static struct mean mean_of(const double *values, unsigned count)
{
    double sum = 0, squares = 0;
    for (unsigned n = 0; n < count; n++) {
        sum += values[n];
        squares += values[n] * values[n];
    }
    double mean = sum / count, variance = (squares - sum * mean) / (count > 1 ? count - 1 : 1);
    return (struct mean){mean, sqrt((variance > 0 ? variance : 0) / count)};
}

/* The gain that is needed, from as many futures as were played. */
static double least_gain_s(const struct search *search)
{
    double base_s = 0;
    for (unsigned n = 0; n < search->base_count; n++)
        base_s += search->base[n].cost_s / search->base_count;
    return fmax(search->params->gain_least * 60, search->params->gain_share * base_s);
}

static bool play_base(struct search *search, unsigned until)
{
    for (; search->base_count < until; search->base_count++)
        if (!tryout_play(&search->tryout, search->base_count, search->posted,
                         &search->base[search->base_count]))
            return false;
    return true;
}

static bool run_lap(struct search *search, const struct move *move, double *gains, unsigned from,
                    unsigned until)
{
    uint64_t before = search->posted[move->window];
    struct tried tried;
    bool all = true;
    search->posted[move->window] = move->after;
    for (unsigned n = from; n < until && all; n++) {
        all = tryout_play(&search->tryout, n, search->posted, &tried);
        gains[n] = search->base[n].cost_s - tried.cost_s;
    }
    search->posted[move->window] = before;
    return all;
}

/* One lap for all that are still in; false without memory. */
static bool race_on(struct search *search, struct move *moves, unsigned count, unsigned from, unsigned until)
{
    unsigned left = 0;
    for (unsigned m = 0; m < count; m++)
        left += moves[m].is_in;
    if (!left)
        return true;
    if (!play_base(search, until))
        return false;
    for (unsigned m = 0; m < count; m++) {
        double *gains = &search->gains[m * search->params->futures];
        if (!moves[m].is_in)
            continue;
        if (!run_lap(search, &moves[m], gains, from, until))
            return false;
        struct mean mean = mean_of(gains, until);
        moves[m].is_in = mean.mean + mean.error > least_gain_s(search);
    }
    return true;
}

static bool race(struct search *search, struct move *moves, unsigned count, struct found *out)
{
    unsigned futures = search->params->futures, from = 0;
    const unsigned laps[] = {futures / 6, futures / 3, futures * 2 / 3, futures};
    for (unsigned lap = 0; lap < sizeof laps / sizeof *laps; lap++) {
        if (laps[lap] <= from)
            continue;
        if (!race_on(search, moves, count, from, laps[lap]))
            return false;
        from = laps[lap];
    }
    for (unsigned m = 0; m < count; m++) {
        struct mean gain = mean_of(&search->gains[m * futures], futures);
        if (!moves[m].is_in || gain.mean < least_gain_s(search) ||
            gain.mean < search->params->gain_errors * gain.error || (out->any && gain.mean <= out->gain_s))
            continue;
        *out = (struct found){true, moves[m], gain.mean, gain.error};
    }
    return true;
}

bool search_best(struct search *search, struct move *moves, unsigned count, struct found *out)
{
    double density[DOMAINS_MAX];
    *out = (struct found){0};
    if (!count)
        return true;
    if (!look_around(search))
        return false;
    find_densities(search, density);
    for (unsigned m = 0; m < count; m++)
        moves[m].promise = promise_of(search, density, &moves[m]);
    qsort(moves, count, sizeof *moves, by_promise);
    if (count > search->params->tries)
        count = search->params->tries;
    for (unsigned m = 0; m < count; m++)
        moves[m].is_in = moves[m].promise > 0;
    if (!race(search, moves, count, out))
        return false;
    if (!out->any)
        return true;
    uint64_t before = search->posted[out->move.window];
    search->posted[out->move.window] = out->move.after;
    bool all = search_play_all(search, search->posted, search->other);
    search->posted[out->move.window] = before;
    return all;
}

void search_take(struct search *search, const struct found *found)
{
    search->posted[found->move.window] = found->move.after;
    memcpy(search->base, search->other, search->params->futures * sizeof *search->base);
    search->base_count = search->params->futures;
}
