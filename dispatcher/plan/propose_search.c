/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/propose_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The race: up to which part of the futures a lap goes, and how many go on from it, in eighths of `tries`. */
static const struct lap {
    unsigned futures_part, keep_eighths;
} laps[] = {{24, 12}, {8, 6}, {4, 4}, {2, 2}, {1, 2}};
enum {
    LAPS = sizeof laps / sizeof *laps,
    STARTERS = 3,      /* times `tries` */
    FUTURES_LEAST = 2, /* of the first lap */
    SMALL = 6,         /* times the least gain: a cost of which no move can save that much */
};

bool search_init(struct search *search, const struct scene *scene, const struct tryout_params *tryout,
                 const struct propose_params *params)
{
    memset(search, 0, sizeof *search);
    search->params = params;
    search->base = malloc(params->futures * sizeof *search->base);
    search->other = malloc(params->futures * sizeof *search->other);
    for (unsigned w = 0; w < scene->model.windows; w++)
        search->posted[w] = scene->model.window[w].posted;
    return tryout_init(&search->tryout, scene, tryout) && search->base && search->other;
}

void search_destroy(struct search *search)
{
    tryout_destroy(&search->tryout);
    free(search->base);
    free(search->other);
    free(search->gains);
}

bool search_play_all(struct search *search, const uint64_t *posted, struct tried *out)
{
    for (unsigned n = 0; n < search->params->futures; n++)
        if (!tryout_play(&search->tryout, n, posted, &out[n]))
            return false;
    return true;
}

/* ---- who starts ---- */

/* The number of people waiting in the fullest of the domains. */
static unsigned waiting_most(const unsigned *waiting, uint64_t domains)
{
    unsigned most = 0;
    for (; domains; domains &= domains - 1) {
        unsigned count = waiting[__builtin_ctzll(domains)];
        most = count > most ? count : most;
    }
    return most;
}

static int by_gain(const void *a, const void *b)
{
    const struct move *x = a, *y = b;
    if (x->mean != y->mean)
        return x->mean > y->mean ? -1 : 1;
    if (x->window != y->window)
        return x->window < y->window ? -1 : 1;
    return (x->after > y->after) - (x->after < y->after);
}

/* Of too many moves those start whose windows get most done and whose domains have most people waiting: all
 * that could be found to tell good moves beforehand, and it does not tell much. */
static unsigned choose_starters(struct search *search, struct move *moves, unsigned count)
{
    const struct tryout *tryout = &search->tryout;
    unsigned waiting[DOMAINS_MAX] = {0}, most = STARTERS * search->params->tries;
    if (count <= most)
        return count;
    for (unsigned t = 0; t < tryout->scene->waiting_count; t++)
        waiting[tryout->scene->waiting[t].domain]++;
    for (unsigned m = 0; m < count; m++)
        moves[m].mean = (double)tryout->run.window[moves[m].window].standard_ms *
                        sqrt(waiting_most(waiting, moves[m].after) + 1);
    qsort(moves, count, sizeof *moves, by_gain);
    return most;
}

/* ---- the race ---- */

static bool play_base(struct search *search, unsigned until)
{
    for (; search->base_count < until; search->base_count++)
        if (!tryout_play(&search->tryout, search->base_count, search->posted,
                         &search->base[search->base_count]))
            return false;
    return true;
}

static double base_cost_s(const struct search *search)
{
    double sum_s = 0;
    for (unsigned n = 0; n < search->base_count; n++)
        sum_s += search->base[n].cost_s;
    return sum_s / search->base_count;
}

/* The gain that is needed, from as many futures as were played. */
static double least_gain_s(const struct search *search)
{
    return fmax(search->params->gain_least * 60, search->params->gain_share * base_cost_s(search));
}

static void sum_gains(struct move *move, unsigned count)
{
    double sum = 0, squares = 0;
    for (unsigned n = 0; n < count; n++) {
        sum += move->gains[n];
        squares += move->gains[n] * move->gains[n];
    }
    double variance = (squares - sum * sum / count) / (count > 1 ? count - 1 : 1);
    move->mean = sum / count;
    move->error = sqrt((variance > 0 ? variance : 0) / count);
}

static bool play_move(struct search *search, struct move *move, unsigned from, unsigned until)
{
    uint64_t before = search->posted[move->window];
    struct tried tried;
    bool all = true;
    search->posted[move->window] = move->after;
    for (unsigned n = from; n < until && all; n++) {
        all = tryout_play(&search->tryout, n, search->posted, &tried);
        move->gains[n] = search->base[n].cost_s - tried.cost_s;
    }
    search->posted[move->window] = before;
    sum_gains(move, until);
    return all;
}

/* Whether a move that stands like this after `played` futures may still prove good enough after all of them.
 * Two say nothing of errors. */
static bool is_hopeful(const struct search *search, const struct move *move, unsigned played)
{
    double final_error = move->error * sqrt((double)played / search->params->futures);
    if (played <= FUTURES_LEAST)
        return move->mean > 0;
    return move->mean + move->error > fmax(least_gain_s(search), search->params->gain_errors * final_error);
}

/* Those who go on are moved to the front, best first. */
static unsigned drop_out(const struct search *search, struct move *moves, unsigned count, unsigned lap,
                         unsigned played)
{
    unsigned left = 0, most = search->params->tries * laps[lap].keep_eighths / 8;
    for (unsigned m = 0; m < count; m++)
        if (is_hopeful(search, &moves[m], played))
            moves[left++] = moves[m];
    qsort(moves, left, sizeof *moves, by_gain);
    return left < most ? left : most > 0 ? most : 1;
}

/* Returns how many arrived, best first; -1 without memory. */
static int race(struct search *search, struct move *moves, unsigned count)
{
    unsigned futures = search->params->futures, from = 0;
    for (unsigned lap = 0; lap < LAPS && count; lap++) {
        unsigned until = futures / laps[lap].futures_part;
        until = until > FUTURES_LEAST ? until : FUTURES_LEAST < futures ? FUTURES_LEAST : futures;
        if (until <= from)
            continue;
        if (!play_base(search, until))
            return -1;
        if (base_cost_s(search) < SMALL * search->params->gain_least * 60)
            return 0;
        if (!lap)
            count = choose_starters(search, moves, count);
        for (unsigned m = 0; m < count; m++)
            if (!play_move(search, &moves[m], from, until))
                return -1;
        count = drop_out(search, moves, count, lap, until);
        from = until;
    }
    return (int)count;
}

bool search_best(struct search *search, struct move *moves, unsigned count, struct found *out)
{
    unsigned futures = search->params->futures;
    *out = (struct found){0};
    if (!count)
        return true;
    free(search->gains);
    search->gains = malloc((size_t)count * futures * sizeof *search->gains);
    if (!search->gains)
        return false;
    for (unsigned m = 0; m < count; m++)
        moves[m].gains = &search->gains[(size_t)m * futures];
    int arrived = race(search, moves, count);
    for (int m = 0; m < arrived && !out->any; m++)
        if (moves[m].mean > least_gain_s(search) &&
            moves[m].mean > search->params->gain_errors * moves[m].error)
            *out = (struct found){true, moves[m]};
    if (arrived < 0 || !out->any)
        return arrived >= 0;
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
