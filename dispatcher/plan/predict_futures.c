/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/predict_futures.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/draw.h"

enum { LINE_MAX = POOL_WAITING_MAX + 256, SHAPE_TRIES = 12, SHAPES_MIN = 20 };

#define GONE_AFTER_S (4 * 3600.0)

/* Somebody who may be called before the guest. */
struct ahead {
    double place_s; /* arrival minus head start, seconds from now */
    double comes_s, leaves_s;
    uint8_t kind;
};

struct play {
    const struct pool *pool;
    const struct futures_params *params;
    struct rng rng;
    double shifts[POOL_RANKS][ORDER_SHIFTS]; /* cumulated */
    double own_s;                            /* own place */
    unsigned line_count, server_count;
    struct ahead line[LINE_MAX];
    double free_s[POOL_SERVERS];
    uint16_t server[POOL_SERVERS];
};

/* ---- draws ---- */

static double draw_shift(struct play *p, const double cumulated[ORDER_SHIFTS])
{
    double u = rng_unit(&p->rng) * cumulated[ORDER_SHIFTS - 1];
    unsigned i = 0;
    while (i + 1 < ORDER_SHIFTS && cumulated[i] <= u)
        i++;
    return order_shift_s(i);
}

static double draw_guest_shift(struct play *p, const struct pool_guest *guest)
{
    double u = rng_unit(&p->rng), so_far = 0;
    for (unsigned i = 0; i < ORDER_SHIFTS; i++)
        if ((so_far += (double)guest->shift[i]) > u)
            return order_shift_s(i);
    return 0;
}

/* How much longer a service takes that has taken elapsed_s. */
static double draw_length(struct play *p, unsigned server, uint8_t kind, double elapsed_s)
{
    const struct pool_kind *k = &p->pool->kinds[kind];
    double unit = pool_length_s(p->pool, kind) * pool_factor(p->pool, server);
    double elapsed = elapsed_s / unit, longer = -1;
    unsigned found = 0;
    if (k->count < SHAPES_MIN)
        k = &p->pool->kinds[0];
    if (k->count < SHAPES_MIN)
        return draw_exponential(&p->rng, unit);
    for (unsigned i = 0; i < SHAPE_TRIES; i++) {
        double shape = (double)k->shapes[rng_below(&p->rng, k->count)];
        if (shape > elapsed)
            return (shape - elapsed) * unit;
    }
    for (unsigned i = 0; i < k->count; i++) /* few are so long: one of them */
        if ((double)k->shapes[i] > elapsed && rng_below(&p->rng, ++found) == 0)
            longer = (double)k->shapes[i];
    return longer > 0 ? (longer - elapsed) * unit : draw_exponential(&p->rng, unit / 2);
}

/* How much longer somebody stays who has waited so long. */
static double draw_patience(struct play *p, uint8_t rank, double waited_s)
{
    double need = draw_exponential(&p->rng, 1), at = waited_s;
    unsigned bin = at < 10 * (POOL_PATIENCE - 1) ? (unsigned)(at / 10) : POOL_PATIENCE - 1;
    for (;; bin++) {
        double hazard = -log(1 - pool_impatience(p->pool, rank, bin)) / 10;
        double end = bin < POOL_PATIENCE - 1 ? 10.0 * (bin + 1) : INFINITY;
        if (need <= (end - at) * hazard)
            return at + need / hazard - waited_s;
        need -= (end - at) * hazard;
        at = end;
    }
}

/* Until an idle server serves again. */
static double draw_return(struct play *p, double idle_s)
{
    double need = draw_exponential(&p->rng, 1), at = idle_s;
    for (unsigned bin = pool_return_bin(at);; bin++) {
        double hazard = pool_return_hazard(p->pool, bin), end = pool_return_end_s(bin);
        if (need <= (end - at) * hazard)
            return at + need / hazard - idle_s;
        need -= (end - at) * hazard;
        at = end;
    }
}

/* ---- one future ---- */

static void add_ahead(struct play *p, double place_s, double comes_s, uint8_t kind, uint8_t rank)
{
    if (place_s > p->own_s || p->line_count == LINE_MAX)
        return;
    double waited = comes_s < 0 ? -comes_s : 0;
    double from = comes_s < 0 ? 0 : comes_s;
    p->line[p->line_count++] = (struct ahead){place_s, comes_s, from + draw_patience(p, rank, waited), kind};
}

static void draw_line(struct play *p)
{
    const struct pool *pool = p->pool;
    p->line_count = 0;
    p->own_s = -draw_shift(p, p->shifts[p->params->rank]);
    for (unsigned i = 0; i < pool->waiting_count; i++) {
        const struct pool_guest *guest = &pool->waiting[i];
        double comes = guest->since_s - pool->now_s;
        add_ahead(p, comes - draw_guest_shift(p, guest), comes, guest->kind, guest->rank);
    }
    for (uint8_t rank = 0; rank < POOL_RANKS; rank++) {
        double reach = p->own_s + (rank ? order_shift_s(ORDER_SHIFTS - 1) : 0);
        double mean = 1 / (pool->arrivals_per_s[rank] + 1e-9);
        for (double at = draw_exponential(&p->rng, mean); at < reach; at += draw_exponential(&p->rng, mean))
            add_ahead(p, at - draw_shift(p, p->shifts[rank]), at, p->params->kind, rank);
    }
}

static void draw_servers(struct play *p)
{
    const struct pool *pool = p->pool;
    p->server_count = 0;
    for (unsigned i = 0; i < pool->server_count; i++) {
        const struct pool_server *s = &pool->servers[i];
        double since = pool->now_s > s->since_s ? pool->now_s - s->since_s : 0;
        if (!s->present || (!s->busy && since > GONE_AFTER_S))
            continue;
        p->server[p->server_count] = (uint16_t)i;
        p->free_s[p->server_count++] =
            s->busy ? draw_length(p, i, s->kind, since) + draw_return(p, 0) : draw_return(p, since);
    }
}

/* Whom the server calls at `at`: an index into the line; -1 nobody there that it may serve. */
static int choose(const struct play *p, unsigned server, double at)
{
    int best = -1;
    for (unsigned i = 0; i < p->line_count; i++) {
        const struct ahead *a = &p->line[i];
        if (a->leaves_s < at || a->comes_s > at || !pool_may_serve(p->pool, server, a->kind))
            continue;
        if (best < 0 || a->place_s < p->line[best].place_s)
            best = (int)i;
    }
    return best;
}

static double play_one(struct play *p)
{
    draw_line(p);
    draw_servers(p);
    for (;;) {
        unsigned first = 0;
        for (unsigned i = 1; i < p->server_count; i++)
            if (p->free_s[i] < p->free_s[first])
                first = i;
        if (!p->server_count || p->free_s[first] >= FUTURES_WAIT_MAX_S)
            return FUTURES_WAIT_MAX_S;
        double at = p->free_s[first];
        unsigned server = p->server[first];
        int called = choose(p, server, at);
        if (called >= 0) {
            p->line[called].leaves_s = -1;
            p->free_s[first] = at + draw_length(p, server, p->line[called].kind, 0) + draw_return(p, 0);
        } else if (pool_may_serve(p->pool, server, p->params->kind)) {
            return at;
        } else {
            p->free_s[first] = INFINITY;
        }
    }
}

/* ---- all of them ---- */

struct outcome {
    double wait_s, weight;
};

static int outcome_order(const void *a, const void *b)
{
    double x = ((const struct outcome *)a)->wait_s, y = ((const struct outcome *)b)->wait_s;
    return (x > y) - (x < y);
}

static double outcome_quantile(const struct outcome *list, unsigned count, double total, double quantile)
{
    double so_far = 0;
    for (unsigned i = 0; i < count; i++)
        if ((so_far += list[i].weight) >= quantile * total)
            return list[i].wait_s;
    return list[count - 1].wait_s;
}

void futures_play(const struct pool *pool, const struct futures_params *params, struct futures_waits *waits)
{
    assert(params->count >= 1 && params->count <= FUTURES_MAX);
    assert(params->kind < POOL_KINDS && params->rank < POOL_RANKS);
    struct outcome list[FUTURES_MAX];
    struct play p;
    double total = 0;
    p.pool = pool;
    p.params = params;
    p.rng = (struct rng){params->seed};
    for (uint8_t rank = 0; rank < POOL_RANKS; rank++) {
        memcpy(p.shifts[rank], pool->order.share[rank], sizeof p.shifts[rank]);
        for (unsigned i = 1; i < ORDER_SHIFTS; i++)
            p.shifts[rank][i] += p.shifts[rank][i - 1];
    }
    for (unsigned i = 0; i < params->count; i++) {
        list[i].wait_s = play_one(&p);
        list[i].weight = pool_patience(pool, params->rank, list[i].wait_s);
        total += list[i].weight;
    }
    qsort(list, params->count, sizeof *list, outcome_order);
    *waits = (struct futures_waits){.p10 = outcome_quantile(list, params->count, total, 0.10),
                                    .p25 = outcome_quantile(list, params->count, total, 0.25),
                                    .p50 = outcome_quantile(list, params->count, total, 0.50),
                                    .p75 = outcome_quantile(list, params->count, total, 0.75),
                                    .p90 = outcome_quantile(list, params->count, total, 0.90)};
    for (unsigned i = 0; i < params->count; i++) {
        waits->mean += list[i].weight * list[i].wait_s / total;
        waits->spread += list[i].weight * fabs(list[i].wait_s - waits->p50) / total;
    }
}
