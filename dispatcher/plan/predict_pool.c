/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/predict_pool.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define LENGTH_MAX_S     7200.0 /* a longer one is a forgotten "finish" */
#define LENGTH_MEAN_MAX  1800.0 /* counts at most so much in a mean */
#define LENGTH_KEEP      1500.0 /* services that a mean remembers */
#define FACTOR_PRIOR     30.0
#define ARRIVALS_OVER_S  900.0
#define DAY_FADE         0.95
#define SKILL_FADE       0.9
#define SKILL_SERVED_MIN 20.0 /* services before a missing kind means anything */
#define SKILL_KIND_MIN   0.3
#define GONE_AFTER_S     (4 * 3600.0) /* idle so long when the day closes: gone home */

static const double return_from_s[POOL_RETURN] = {0, 2, 3, 4, 5, 7, 10, 15, 25, 45, 90, 240, 900, 2400};

void pool_init(struct pool *pool, double mean_s)
{
    memset(pool, 0, sizeof *pool);
    order_init(&pool->order);
    for (unsigned i = 0; i < POOL_KINDS; i++) {
        pool->kinds[i].length_sum = mean_s * 20;
        pool->kinds[i].length_weight = 20;
    }
    for (unsigned i = 0; i < POOL_RANKS; i++)
        pool->arrivals_per_s[i] = 1.0 / 600;
}

/* ---- what it knows ---- */

double pool_length_s(const struct pool *pool, uint8_t kind)
{
    return pool->kinds[kind].length_sum / pool->kinds[kind].length_weight;
}

double pool_factor(const struct pool *pool, unsigned server)
{
    if (server >= POOL_SERVERS)
        return 1;
    const struct pool_server *s = &pool->servers[server];
    return (s->factor_sum + FACTOR_PRIOR) / (s->factor_weight + FACTOR_PRIOR);
}

bool pool_may_serve(const struct pool *pool, unsigned server, uint8_t kind)
{
    const struct pool_server *s = &pool->servers[server];
    return s->served_all < SKILL_SERVED_MIN || s->served[kind] > SKILL_KIND_MIN;
}

double pool_impatience(const struct pool *pool, uint8_t rank, unsigned bin)
{
    if (bin >= POOL_PATIENCE - 1)
        return 0.05;
    return (pool->left[rank][bin] + 0.2) / (pool->stayed[rank][bin] + 30);
}

double pool_patience(const struct pool *pool, uint8_t rank, double wait_s)
{
    double share = 1;
    for (unsigned bin = 0; (bin + 1) * 10 <= wait_s && bin < 200; bin++)
        share *= 1 - pool_impatience(pool, rank, bin);
    return share;
}

unsigned pool_return_bin(double idle_s)
{
    unsigned bin = 0;
    while (bin + 1 < POOL_RETURN && idle_s >= return_from_s[bin + 1])
        bin++;
    return bin;
}

double pool_return_end_s(unsigned bin)
{
    return bin + 1 < POOL_RETURN ? return_from_s[bin + 1] : INFINITY;
}

double pool_return_hazard(const struct pool *pool, unsigned bin)
{
    return (pool->returned[bin] + 0.02) / (pool->idle_s[bin] + 20);
}

/* ---- time passing ---- */

/* Idle servers were idle while somebody waited. */
static void count_idle(struct pool *pool, double to_s)
{
    for (unsigned i = 0; i < pool->server_count; i++) {
        const struct pool_server *s = &pool->servers[i];
        if (!s->present || s->busy)
            continue;
        double at = pool->now_s > s->since_s ? pool->now_s - s->since_s : 0;
        double to = to_s - s->since_s;
        for (unsigned bin = pool_return_bin(at); at < to; bin++) {
            double end = pool_return_end_s(bin) < to ? pool_return_end_s(bin) : to;
            pool->idle_s[bin] += end - at;
            at = end;
        }
    }
}

void pool_pass(struct pool *pool, double now_s)
{
    if (now_s <= pool->now_s)
        return;
    if (pool->waiting_count)
        count_idle(pool, now_s);
    double keep = exp(-(now_s - pool->now_s) / ARRIVALS_OVER_S);
    for (unsigned i = 0; i < POOL_RANKS; i++)
        pool->arrivals_per_s[i] *= keep;
    pool->now_s = now_s;
}

/* ---- the line ---- */

static int find_guest(const struct pool *pool, uint32_t id)
{
    for (unsigned i = 0; i < pool->waiting_count; i++)
        if (pool->waiting[i].id == id)
            return (int)i;
    return -1;
}

void pool_join(struct pool *pool, double now_s, uint32_t id, uint8_t kind, uint8_t rank)
{
    assert(kind < POOL_KINDS && rank < POOL_RANKS);
    pool_pass(pool, now_s);
    pool->arrivals_per_s[rank] += 1 / ARRIVALS_OVER_S;
    if (pool->waiting_count == POOL_WAITING_MAX)
        return;
    struct pool_guest *guest = &pool->waiting[pool->waiting_count++];
    *guest = (struct pool_guest){.id = id, .since_s = now_s, .kind = kind, .rank = rank};
    for (unsigned i = 0; i < ORDER_SHIFTS; i++)
        guest->shift[i] = (float)pool->order.share[rank][i];
}

/* Out of the line; how long the wait was tells of patience. */
static void remove_guest(struct pool *pool, unsigned index, bool gave_up)
{
    struct pool_guest *guest = &pool->waiting[index];
    double waited = pool->now_s - guest->since_s;
    unsigned last = waited < 10 * (POOL_PATIENCE - 1) ? (unsigned)(waited / 10) : POOL_PATIENCE - 1;
    for (unsigned bin = 0; bin <= last; bin++)
        pool->stayed[guest->rank][bin]++;
    if (gave_up)
        pool->left[guest->rank][last]++;
    memmove(guest, guest + 1, (pool->waiting_count - index - 1) * sizeof *guest);
    pool->waiting_count--;
}

void pool_leave(struct pool *pool, double now_s, uint32_t id)
{
    pool_pass(pool, now_s);
    int index = find_guest(pool, id);
    if (index >= 0)
        remove_guest(pool, (unsigned)index, true);
}

/* `called` was called while `other` waited. What it says about both. */
static void compare(struct pool_guest *called, struct pool_guest *other)
{
    double joint[2][ORDER_SHIFTS] = {0}, lead = other->since_s - called->since_s;
    for (unsigned i = 0; i < ORDER_SHIFTS; i++)
        for (unsigned j = 0; j < ORDER_SHIFTS; j++) {
            if (called->shift[i] < 1e-6f || other->shift[j] < 1e-6f)
                continue;
            double p = (double)called->shift[i] * (double)other->shift[j] *
                       order_called_first(lead + order_shift_s(i) - order_shift_s(j));
            joint[0][i] += p;
            joint[1][j] += p;
        }
    struct pool_guest *guests[2] = {called, other};
    for (unsigned side = 0; side < 2; side++) {
        double total = 0;
        for (unsigned i = 0; i < ORDER_SHIFTS; i++)
            total += joint[side][i];
        for (unsigned i = 0; i < ORDER_SHIFTS && total > 0; i++)
            guests[side]->shift[i] = (float)(joint[side][i] / total);
    }
}

void pool_call(struct pool *pool, double now_s, uint32_t id, unsigned server)
{
    pool_pass(pool, now_s);
    int index = find_guest(pool, id);
    if (index < 0)
        return;
    struct pool_guest *called = &pool->waiting[index];
    for (unsigned i = 0; i < pool->waiting_count && server < POOL_SERVERS; i++) {
        struct pool_guest *other = &pool->waiting[i];
        if (other == called || (!other->rank && !called->rank) || !pool_may_serve(pool, server, other->kind))
            continue;
        order_note(&pool->order, called->rank, other->rank, other->since_s - called->since_s);
        compare(called, other);
    }
    remove_guest(pool, (unsigned)index, false);
}

/* ---- the servers ---- */

void pool_start(struct pool *pool, double now_s, unsigned server, uint8_t kind, bool from_line)
{
    assert(kind < POOL_KINDS);
    pool_pass(pool, now_s);
    if (server >= POOL_SERVERS)
        return;
    struct pool_server *s = &pool->servers[server];
    if (server >= pool->server_count)
        pool->server_count = server + 1;
    if (from_line && s->present && !s->busy)
        pool->returned[pool_return_bin(now_s > s->since_s ? now_s - s->since_s : 0)]++;
    s->present = s->busy = true;
    s->kind = kind;
    s->since_s = now_s;
    s->served[kind]++;
    s->served_all++;
}

static void learn_length(struct pool *pool, unsigned server, uint8_t kind, double length_s)
{
    struct pool_kind *k = &pool->kinds[kind];
    struct pool_server *s = &pool->servers[server];
    double mean = pool_length_s(pool, kind), ratio = length_s / mean;
    s->factor_sum += ratio < 6 ? ratio : 6;
    s->factor_weight++;
    k->length_sum += length_s < LENGTH_MEAN_MAX ? length_s : LENGTH_MEAN_MAX;
    k->length_weight++;
    if (k->length_weight > LENGTH_KEEP) {
        k->length_sum /= 2;
        k->length_weight /= 2;
    }
    k->shapes[k->next] = (float)(ratio / pool_factor(pool, server));
    k->next = (k->next + 1) % POOL_SHAPES;
    if (k->count < POOL_SHAPES)
        k->count++;
}

void pool_end(struct pool *pool, double now_s, unsigned server, uint8_t kind, double began_s)
{
    pool_pass(pool, now_s);
    if (server >= POOL_SERVERS)
        return;
    struct pool_server *s = &pool->servers[server];
    double length = now_s - began_s;
    if (s->busy && s->since_s <= began_s) {
        s->busy = false;
        s->since_s = now_s;
    }
    if (length >= 0)
        learn_length(pool, server, kind, length < LENGTH_MAX_S ? length : LENGTH_MAX_S);
}

static void fade(double *list, unsigned count, double keep)
{
    for (unsigned i = 0; i < count; i++)
        list[i] *= keep;
}

void pool_close_day(struct pool *pool)
{
    order_close_day(&pool->order);
    fade(pool->returned, POOL_RETURN, DAY_FADE);
    fade(pool->idle_s, POOL_RETURN, DAY_FADE);
    for (unsigned i = 0; i < POOL_RANKS; i++) {
        fade(pool->left[i], POOL_PATIENCE, DAY_FADE);
        fade(pool->stayed[i], POOL_PATIENCE, DAY_FADE);
    }
    for (unsigned i = 0; i < pool->server_count; i++) {
        struct pool_server *s = &pool->servers[i];
        fade(s->served, POOL_KINDS, SKILL_FADE);
        s->served_all *= SKILL_FADE;
        s->factor_sum *= DAY_FADE;
        s->factor_weight *= DAY_FADE;
        if (!s->busy && pool->now_s - s->since_s > GONE_AFTER_S)
            s->present = false;
    }
}
